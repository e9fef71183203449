"""What every test may ask for: a clean database of either kind, a fixed clock, a small bot."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
import structlog

from bot.clock import Clock, fixed_clock
from bot.config import Settings
from bot.database.engine import Database
from bot.database.versions import migrate
from knowledge.base import KnowledgeBase
from knowledge.library import content_folder, read_library
from tests.knowledge.content import Content, make_content
from tests.left_out import LeftOut, examples
from tests.postgresql import Server, find_server_programs, running_server

CACHE = Path(tempfile.gettempdir()) / f"madoguchi-test-cache-{os.getuid()}"
"""Kept from run to run: vectors of the articles' texts, by the hash of what they are made from."""
VECTORS = CACHE / "madoguchi" / "vectors"
"""Where a command looks for them whose user's cache this is."""
NOON = datetime(2026, 10, 6, 3, 0, tzinfo=UTC)
"""Noon in Tokyo on a Tuesday: the instant at which most tests stand still."""


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(LeftOut(config))
    # No deadline: how long an example takes says more of the machine than of the code.
    hypothesis.settings.register_profile("house", max_examples=examples(), deadline=None)
    hypothesis.settings.load_profile("house")
    # A traceback drawn with all its variables takes longer than most tests do.
    plain = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    shared = structlog.get_config()["processors"][:-1]
    structlog.configure(processors=[*shared, plain])


def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as cores: tests wait for threads, for sockets and for the disk.

    Where slow suites run too, which start processes of their own, there are none to spare.
    """
    cores = os.cpu_count() or 1
    return cores if os.environ.get("MADOGUCHI_CI") else (3 * cores + 1) // 2


def absent(what: str) -> None:
    """Skip for want of a program, with the reason; where CI promises it, fail."""
    if os.environ.get("MADOGUCHI_CI"):
        pytest.fail(f"{what} is not installed, and CI promises it")
    pytest.skip(f"{what} is not installed")


@pytest.fixture
def clock() -> Clock:
    return fixed_clock(NOON)


@pytest.fixture(scope="session")
def knowledge() -> KnowledgeBase:
    """The shipped content."""
    return KnowledgeBase(read_library(content_folder()), cache=VECTORS)


@pytest.fixture
def content(tmp_path_factory: pytest.TempPathFactory) -> Content:
    """A content folder without a fault."""
    return make_content(tmp_path_factory.mktemp("content"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database at today's schema; copying it is faster than migrating again."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    database = Database.at(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real PostgreSQL of our own, on a socket, for this run."""
    programs = find_server_programs()
    if programs is None:
        absent("PostgreSQL (initdb, pg_ctl)")
    assert programs is not None
    with running_server(programs, tmp_path_factory.mktemp("postgresql")) as server:
        database = Database.at(server.create("template"))
        migrate(database)
        database.close()
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database at today's schema: each test runs on both kinds."""
    if request.param == "sqlite":
        path = tmp_path / "desk.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    server: Server = request.getfixturevalue("server")
    return server.create(template="template")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database.at(database_url, connections=20)
    yield database
    database.close()


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url)
