"""What tests of the local page share: a database with its tables, a desk with three people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.chat.gallery import list_samples
from bot.chat.local.page import build_page
from bot.chat.local.server import PageServer, claim_loopback
from bot.chat.local.service import LocalService
from bot.database import engine
from bot.database.engine import Database
from bot.database.schema import metadata
from tests.chat.stage import CHANNELS, PERSONAS, Browser, Recorder, StoppedClock


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A real SQLite file, as in a demonstration; whoever finds it locked gives up soon."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 1.0)
    database = Database.at(f"sqlite:///{tmp_path / 'page.db'}")
    with database.write() as tx:
        metadata.create_all(tx)
    yield database
    database.close()


@pytest.fixture
def time() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def service(database: Database, time: StoppedClock) -> LocalService:
    return LocalService(database, PERSONAS, CHANNELS, time)


@pytest.fixture
def heard() -> Recorder:
    return Recorder()


@pytest.fixture
def server(service: LocalService, heard: Recorder) -> Iterator[PageServer]:
    """The page, really served on a free port."""
    page = build_page(service, heard, secret="kept", gallery=list_samples())
    server = PageServer(page, claim_loopback("127.0.0.1", 0))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def browser(server: PageServer) -> Iterator[Browser]:
    """A browser that runs no script."""
    with Browser(server.url) as browser:
        yield browser
