"""What a chaos run kills, and what it needs: Slack's double, a database, bots."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

from tests.conftest import CACHE
from tests.postgresql import Server, find_server_programs, running_server
from tests.slack.fake.workspace import TEAM

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
"""The longest that a bot may take to be ready on a busy machine."""


# ---------------------------------------------------------------- Slack


@dataclass
class Slack:
    """The strict double in a process of its own: what it accepted is the truth."""

    url: str
    process: subprocess.Popen[str]

    def ask(self, path: str, **given: Any) -> Any:
        data = json.dumps(given).encode() if given else None
        with urllib.request.urlopen(f"{self.url}{path}", data, timeout=60) as answer:
            return json.load(answer)


@contextmanager
def running_slack() -> Iterator[Slack]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.slack.fake", "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield Slack(process.stdout.readline().strip(), process)
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


class HasUrl(Protocol):
    """A double of Slack, in whichever process it lives."""

    @property
    def url(self) -> str: ...


# ---------------------------------------------------------------- databases


@dataclass
class Store:
    """A database's address, and how to crash its server where it has one."""

    url: str
    server: Server | None = None

    def crash(self) -> None:
        """Have PostgreSQL drop everything at once, and recover."""
        assert self.server is not None
        self.server.stop("immediate")
        self.server.start()


@contextmanager
def running_store(kind: str, folder: Path) -> Iterator[Store]:
    if kind == "sqlite":
        yield Store(f"sqlite:///{folder}/desk.db")
        return
    programs = find_server_programs()
    assert programs is not None, "PostgreSQL is not installed"
    # What it has confirmed must outlive its own crash, as in earnest.
    with running_server(programs, folder, durable=True) as server:
        yield Store(server.create("chaos"), server)


# ---------------------------------------------------------------- bots


@dataclass
class Bots:
    """Processes of `madoguchi serve`, alike, on one database."""

    environment: Mapping[str, str]
    log: IO[bytes]
    ports: list[int]
    processes: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, port: int) -> None:
        self.processes[port] = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve", "--port", str(port)],
            cwd=ROOT,
            env=self.environment,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    def kill(self, port: int, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to a bot and all that it may have started."""
        with suppress(ProcessLookupError):
            os.killpg(self.processes[port].pid, number)
        if number == signal.SIGKILL:
            self.processes[port].wait()

    def lose(self, port: int) -> None:
        """Kill a bot that never comes back."""
        self.kill(port)
        self.ports.remove(port)

    def revive(self) -> None:
        """Start again what has ended by itself, as an init system would."""
        for port in self.ports:
            if self.processes[port].poll() is not None:
                self.start(port)

    def wait_until_ready(self, port: int) -> bool:
        """Whether the bot took its port and reached its database in time."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.processes[port].poll() is None:
            if self.is_ready(port):
                return True
            time.sleep(0.05)
        return False

    def is_ready(self, port: int) -> bool:
        """Whether the bot says that it can take work, at once."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as told:
                return bool(told.status == 200)
        except OSError:
            return False

    def stop(self) -> None:
        for port in list(self.processes):
            self.kill(port, signal.SIGCONT)
            self.kill(port)


def make_environment(slack: HasUrl, store: Store, folder: Path, **more: str) -> dict[str, str]:
    """What a bot is told: no settings of whoever runs this."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MADOGUCHI_")}
    settings = {
        "DATABASE_URL": store.url,
        "SLACK_BOT_TOKEN": "xoxb-fake",
        "SLACK_SIGNING_SECRET": "signing-secret",
        "SLACK_TEAM_IDS": TEAM,
        "SLACK_API_URL": f"{slack.url}/api/",
        "DESK_CHANNEL": "C0DESK",
        **more,
    }
    ours = {f"MADOGUCHI_{key}": value for key, value in settings.items()}
    return {**kept, "XDG_DATA_HOME": str(folder), "XDG_CACHE_HOME": str(CACHE), **ours}


def run_command(environment: Mapping[str, str], *arguments: str, given: str = "") -> str:
    """Run one of the bot's commands to its end; what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def find_ports(number: int) -> list[int]:
    """Ports of loopback that are free now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
