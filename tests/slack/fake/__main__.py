"""The fake as a process of its own: `python -m tests.slack.fake --port 18080`."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from tests.slack.fake.fake import FakeSlack


def run() -> None:
    """Serve until told to stop; the address is printed once it is open."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0: any that is free")
    parser.add_argument("--events-to", action="append", default=[], help="the bot's address")
    parser.add_argument("--signing-secret", default="signing-secret")
    parser.add_argument("--bot-token", default="xoxb-fake")
    parser.add_argument("--app-token", default="xapp-fake")
    parser.add_argument("--enterprise", help="id of the organisation, for an install to all of it")
    given = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with FakeSlack(**vars(given)) as slack:
        sys.stdout.write(f"{slack.url}\n")
        sys.stdout.flush()
        stop.wait()


if __name__ == "__main__":
    run()
