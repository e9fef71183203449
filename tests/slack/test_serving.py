"""`madoguchi serve` in Slack, as an init system runs it: refused in words, up, down in order."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from bot.chat.slack.install import SCOPES
from bot.chat.slack.receive import PATH
from bot.database.engine import Database
from bot.delivery.inbox import inbox
from bot.delivery.outbox import outbox
from tests.commanding import run, surrounding
from tests.slack.fake.fake import FakeSlack
from tests.slack.fake.workspace import Channel, Person

LONGEST = 60
"""Seconds in which a process has to be up, or down, on a busy machine."""
QUESTION = "フレックスのコアタイムは何時間ですか"


@pytest.fixture
def url(sqlite_template: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'desk.db')}"


def make_settings(slack: FakeSlack, url: str) -> dict[str, str]:
    """An operator's environment for a workspace and a database."""
    return {
        "MADOGUCHI_DATABASE_URL": url,
        "MADOGUCHI_SLACK_API_URL": slack.api_url,
        "MADOGUCHI_SLACK_BOT_TOKEN": slack.bot_token,
        "MADOGUCHI_SLACK_SIGNING_SECRET": slack.signing_secret,
        "MADOGUCHI_SLACK_TEAM_IDS": slack.team,
    }


# ---------------------------------------------------------------- an install that cannot work


@pytest.mark.parametrize(
    ("scopes", "wrong", "words"),
    [
        (
            [scope for scope in SCOPES if scope != "im:write"],
            {},
            f"scope im:write is missing ({SCOPES['im:write']}",
        ),
        (
            SCOPES,
            {"MADOGUCHI_SLACK_BOT_TOKEN": "xoxb-dead"},
            "MADOGUCHI_SLACK_BOT_TOKEN: Slack says invalid_auth",
        ),
        (SCOPES, {"MADOGUCHI_SLACK_TEAM_IDS": "T0OTHER"}, "MADOGUCHI_SLACK_TEAM_IDS: "),
    ],
    ids=["a scope is missing", "a dead token", "another workspace"],
)
def test_an_install_that_cannot_work_is_refused(
    scopes: list[str], wrong: dict[str, str], words: str, url: str, tmp_path: Path
) -> None:
    """Whoever starts it should read what to mend, and nothing should run."""
    with FakeSlack(scopes=tuple(scopes)) as slack:
        settings = {**make_settings(slack, url), **wrong}
        done = run("serve", "--port", "0", folder=tmp_path, **settings)

    assert done.returncode == 1
    assert words in done.stderr


# ---------------------------------------------------------------- a process


class Served:
    """A bot in a process of its own, until it is told to end."""

    def __init__(self, settings: dict[str, str], folder: Path) -> None:
        self.port = _find_port()
        self.log = folder / "serve.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "serve", "--port", str(self.port)],
                env=surrounding(folder, **settings),
                stdout=log,
                stderr=log,
            )

    def get(self, path: str) -> int:
        """How a path answers; 0 where nobody listens."""
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}{path}", verify=False).status_code
        except httpx.TransportError:
            return 0

    def end(self, number: signal.Signals) -> int:
        """Tell it to end; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(LONGEST)

    def read_log(self) -> str:
        return self.log.read_text(encoding="utf-8")


def _find_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


@contextmanager
def served(slack: FakeSlack, url: str, folder: Path) -> Iterator[Served]:
    bot = Served(make_settings(slack, url), folder)
    slack.send_events_to(f"http://127.0.0.1:{bot.port}{PATH}")
    try:
        wait(lambda: bot.get("/readyz") == 200 or bot.process.poll() is not None)
        yield bot
    finally:
        bot.process.kill()
        bot.process.wait(LONGEST)


def wait(is_so: Callable[[], object]) -> None:
    end = time.monotonic() + LONGEST
    while not is_so():
        assert time.monotonic() < end, "it never came to be so"
        time.sleep(0.02)


def list_states(url: str, table: sa.Table) -> list[str]:
    database = Database.at(url)
    with database.read() as tx:
        states = list(tx.scalars(sa.select(table.c.state).order_by(table.c.id)))
    database.close()
    return states


@pytest.mark.process
def test_it_starts_while_slack_is_away(
    workspace: FakeSlack, hana: Person, hall: Channel, url: str, tmp_path: Path
) -> None:
    """An outage of Slack should keep no bot from starting: it answers when Slack is back."""
    workspace.configure(down="refused")
    with served(workspace, url, tmp_path) as bot:
        assert bot.get("/healthz") == 200
        workspace.configure(down="")
        asked = workspace.mention(hana, hall, QUESTION)
        workspace.wait_for(hall, thread=asked.ts, seconds=LONGEST)
        assert bot.end(signal.SIGTERM) == 0

    assert "slack_install_not_checked" in bot.read_log()


@pytest.mark.process
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_was_begun_is_finished_at_the_end(
    number: signal.Signals,
    workspace: FakeSlack,
    hana: Person,
    hall: Channel,
    url: str,
    tmp_path: Path,
) -> None:
    """An answer on its way when the machine is restarted should arrive, and be noted as sent."""
    with served(workspace, url, tmp_path) as bot:
        workspace.configure(latency=1.0)
        asked = workspace.mention(hana, hall, QUESTION)
        wait(lambda: list_states(url, outbox) == ["leased"])
        code = bot.end(number)

    assert code == 0
    assert "Traceback" not in bot.read_log()
    assert list_states(url, inbox) == ["done"]
    assert list_states(url, outbox) == ["sent"]
    assert len(workspace.find_posts(hall, thread=asked.ts)) == 1


@pytest.mark.process
def test_a_request_that_never_ends_does_not_hold_it_up(
    workspace: FakeSlack, url: str, tmp_path: Path
) -> None:
    """Who has sent half a request and waits should not keep the bot from ending."""
    with (
        served(workspace, url, tmp_path) as bot,
        socket.create_connection(("127.0.0.1", bot.port)) as half,
    ):
        half.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n".encode())
        assert bot.end(signal.SIGTERM) == 0
