"""Prints how a bot in Slack bears load, beside a bare app that stores nothing.

python -m tests.benchmarks.slack --load slack_load.py [--database sqlite|postgresql] [--only open]

The load generator is an external program: it signs and sends events, and is their Web API.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.chaos.world import (
    ROOT,
    Store,
    find_ports,
    make_environment,
    run_command,
    running_slack,
)
from tests.commanding import surrounding
from tests.postgresql import find_server_programs, running_server
from tests.slack.fake.harness import LENIENT

SECRET, TEAM = "benchmark", "T0LOAD"
QUESTION = "フレックスのコアタイムは何時間ですか"
"""One that is answered with an article: the generator's own words are no question at all."""
WARM = 20
"""Events before those that are counted; they are answered as well."""
ANSWERED = (0, 1, 3)
"""Which of each five mixed events are questions, answered in their thread."""
CLOSED_SECONDS = 3.0
"""Of a closed loop: what it takes in them, a bot answers in half a minute."""
DRAIN = 120.0
"""The longest that answers may come after the last event; less where nothing comes any more."""
READY = 60.0
"""The longest that a bot may take to start."""
TICK = os.sysconf("SC_CLK_TCK")

LATE_ACKS_MS = 100.0
LEAST_RATIO = 0.5
MOST_CPU_MS = 15.0
LEAST_SHARE = 0.95
HANDFUL = 10


# ---------------------------------------------------------------- who is measured


@dataclass(frozen=True)
class Bot:
    """A bot that hears, as a process."""

    process: subprocess.Popen[bytes]
    port: int
    api_port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/slack/events"

    @property
    def cpu(self) -> float:
        """Seconds of CPU so far, all threads."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK


@contextmanager
def running(command: Sequence[str], environment: Mapping[str, str], pinned: bool) -> Iterator[Any]:
    """A process, on one core where that is asked for: its threads are born there."""
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    if pinned:
        os.sched_setaffinity(process.pid, {min(os.sched_getaffinity(0))})
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def running_store(kind: str) -> Iterator[tuple[Path, str]]:
    """An empty database that loses nothing in a crash: that is what an acknowledgement costs."""
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-bench-"))
    try:
        if kind == "sqlite":
            yield folder, f"sqlite:///{folder}/desk.db"
            return
        programs = find_server_programs()
        assert programs is not None, "PostgreSQL is not installed"
        with running_server(programs, folder, durable=True) as server:
            yield folder, server.create("desk")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_ours(database: str, pinned: bool = False) -> Iterator[Bot]:
    """`madoguchi serve` on a database of its own."""
    port, api_port = find_ports(2)
    with running_store(database) as (folder, url):
        environment = surrounding(
            folder,
            MADOGUCHI_DATABASE_URL=url,
            MADOGUCHI_SLACK_BOT_TOKEN="xoxb-load",
            MADOGUCHI_SLACK_SIGNING_SECRET=SECRET,
            MADOGUCHI_SLACK_TEAM_IDS=TEAM,
            MADOGUCHI_SLACK_API_URL=f"http://127.0.0.1:{api_port}/api/",
            MADOGUCHI_DESK_CHANNEL="C0DESK",
        )
        run_command(environment, "migrate")
        command = [sys.executable, "-m", "bot", "serve", "--port", str(port)]
        with running(command, environment, pinned) as process:
            yield _wait(Bot(process, port, api_port))


@contextmanager
def running_bare(pinned: bool = False) -> Iterator[Bot]:
    """The app that stores nothing."""
    port, api_port = find_ports(2)
    api = f"http://127.0.0.1:{api_port}/api/"
    command = [sys.executable, "-m", "tests.benchmarks.slack.bare", str(port), api, SECRET]
    with running(command, os.environ, pinned) as process:
        yield _wait(Bot(process, port, api_port))


def _wait(bot: Bot) -> Bot:
    """The bot, once it listens: it has reached its database by then."""
    end = time.monotonic() + READY
    while time.monotonic() < end and bot.process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", bot.port), 1).close()
            return bot
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("a bot does not start")


# ---------------------------------------------------------------- what is measured


@dataclass(frozen=True)
class Taken:
    """What the load generator tells of one run, and what it cost the bot."""

    told: Mapping[str, Any]
    cpu: float
    load: float
    """Of the machine, before."""

    @property
    def ack_ms(self) -> str:
        told = self.told["ack_ms"]
        return f"{told['p50']:.0f} / {told['p99']:.0f} / {told['max']:.0f}"

    @property
    def asked(self) -> int:
        """Questions among the mixed events, by their running numbers."""
        first = WARM + 1
        return sum(n % 5 in ANSWERED for n in range(first, first + self.told["acks"]))

    @property
    def cpu_ms(self) -> float:
        """Of one answered question; those that warmed up were answered too."""
        answered: int = self.told["replies"] + WARM
        return 1000 * self.cpu / answered


def put_load(program: Path, bot: Bot, seconds: float, *options: str) -> Taken:
    """Run the load generator against a bot until all is answered."""
    load, before = os.getloadavg()[0], bot.cpu
    command = [
        sys.executable, str(program), "--bot-url", bot.url, "--signing-secret", SECRET,
        "--api-port", str(bot.api_port), "--seconds", str(seconds), "--drain", str(DRAIN),
        "--warm", str(WARM), *options,
    ]  # fmt: skip
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=seconds + 2 * DRAIN
    )
    assert done.returncode == 0, done.stderr
    return Taken(json.loads(done.stdout), bot.cpu - before, load)


def measure_open(program: Path, database: str, seconds: float) -> bool:
    """Events at a steady rate, at a Slack that takes its time; whether the limits are kept."""
    print("| open loop, 60/s | HTTP | ack p50 / p99 / max ms | over 3 s | answered | 429s | load |")
    print("|---|---|--:|--:|--:|--:|--:|")
    kept = True
    for name, more in (("all posts taken", ()), ("every fifth limited", ("--api-429-every", "5"))):
        with running_ours(database) as bot:
            options = ("--kind", "mix", "--rate", "60", "--api-delay-ms", "150", "--conns", "200")
            taken = put_load(program, bot, seconds, *options, *more)
        told = taken.told
        codes = ", ".join(f"{code} × {count:,}" for code, count in told["http"].items())
        late, answered = told["acks_over_3s"], told["replies"]
        _print(
            name, codes + "".join(f", {k} × {v}" for k, v in told["errors"].items()),
            taken.ack_ms, late, f"{answered:,} of {taken.asked:,}", told["429s"], _load(taken),
        )  # fmt: skip
        kept &= {*told["http"]} == {"200"} and not told["errors"] and not late
        kept &= answered == taken.asked and told["ack_ms"]["p99"] <= LATE_ACKS_MS
    return kept


def measure_closed(program: Path, database: str, rounds: int) -> bool:
    """As many events as are acknowledged, ours and the bare app in turn."""
    print("\n| closed loop, 16 at once | acks/s | bare acks/s | ratio | CPU ms an answer | load |")
    print("|---|--:|--:|--:|--:|--:|")
    kept = True
    for name, pinned in (("any core", False), ("one core", True)):
        ours: list[Taken] = []
        bare: list[Taken] = []
        for _ in range(rounds):
            with running_bare(pinned) as bot:
                bare.append(_put_closed(program, bot))
            with running_ours(database, pinned) as bot:
                ours.append(_put_closed(program, bot))
        mine, theirs = _middle(ours, _rate), _middle(bare, _rate)
        cpu = _middle(ours, lambda taken: taken.cpu_ms)
        lost = sum(taken.told["unanswered"] for taken in ours)
        _print(
            name + (f", {lost} not answered" if lost else ""), f"{mine:.0f}", f"{theirs:.0f}",
            f"{mine / theirs:.2f}", f"{cpu:.1f}", _load(*ours, *bare),
        )  # fmt: skip
        kept &= mine / theirs >= LEAST_RATIO and cpu <= MOST_CPU_MS and not lost
    return kept


def _put_closed(program: Path, bot: Bot) -> Taken:
    options = ("--kind", "app_mention", "--conns", "16", "--text", QUESTION)
    return put_load(program, bot, CLOSED_SECONDS, *options)


def measure_pace(database: str, posts: int) -> bool:
    """Notices at a workspace that counts: five a second, one a second in a channel."""
    print("\n| pace, 5/s and 1/s a channel | posts | seconds | of what is allowed | 429s | load |")
    print("|---|--:|--:|--:|--:|--:|")
    load = os.getloadavg()[0]
    with running_slack() as slack, running_store(database) as (folder, url):
        slack.ask(
            "/_reset", **LENIENT, channel_pause=1.0, workspace_per_second=5.0, workspace_burst=1
        )
        environment = make_environment(
            slack, Store(url), folder, SLACK_POSTS_PER_SECOND="5", LOG_FORMAT="json"
        )
        run_command(environment, "migrate")
        lines = (
            json.dumps(
                {
                    "key": f"n{number}",
                    "service": "slack",
                    "conversation": f"C0LOAD{number % 50}",
                    "text": f"お知らせ {number}",
                }
            )
            for number in range(posts)
        )
        run_command(environment, "outbox", "add", "-", given="\n".join(lines))
        command = [sys.executable, "-m", "bot", "serve", "--port", str(find_ports(1)[0])]
        with running(command, environment, pinned=False):
            end = time.monotonic() + READY + posts / 4
            while time.monotonic() < end and slack.ask("/_stats")["accepted"] < posts:
                time.sleep(1)
        stats = slack.ask("/_stats")
    share = stats["accepted"] / (5 * stats["seconds"] + 1)
    limited = sum(stats["limited"].values())
    _print(
        "notices", f"{stats['distinct']:,} of {posts:,}", f"{stats['seconds']:.1f}",
        f"{share:.1%}", limited, f"{load:.1f}",
    )  # fmt: skip
    whole = bool(stats["accepted"] == stats["distinct"] == posts)
    return whole and share >= LEAST_SHARE and limited <= HANDFUL


def _rate(taken: Taken) -> float:
    return float(taken.told["ack_rps"])


def _middle(found: Sequence[Taken], read: Callable[[Taken], float]) -> float:
    return median(map(read, found))


def _load(*found: Taken) -> str:
    least, most = (f"{end(taken.load for taken in found):.1f}" for end in (min, max))
    return least if least == most else f"{least}-{most}"


def _print(*cells: object) -> None:
    print(f"| {' | '.join(map(str, cells))} |", flush=True)


def main() -> bool:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--load", type=Path, required=True, help="the load generator")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--only", choices=("open", "closed", "pace"))
    parser.add_argument("--seconds", type=float, default=30, help="of the open loop")
    parser.add_argument("--rounds", type=int, default=3, help="of the closed loop, of 3 s each")
    parser.add_argument("--posts", type=int, default=300, help="at a pace")
    given = parser.parse_args()
    measures: Mapping[str, Callable[[], bool]] = {
        "open": lambda: measure_open(given.load, given.database, given.seconds),
        "closed": lambda: measure_closed(given.load, given.database, given.rounds),
        "pace": lambda: measure_pace(given.database, given.posts),
    }
    print(f"{given.database}, {len(os.sched_getaffinity(0))} cores\n")
    kept = [run() for name, run in measures.items() if given.only in (None, name)]
    return all(kept)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
