"""A database that is locked, read-only, full or gone: said in words, and nothing lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from bot.clock import Clock
from bot.config import Settings
from bot.conversation.port import NotTaken
from bot.database.engine import (
    Conflict,
    Database,
    DatabaseAway,
    DatabaseBusy,
    DatabaseError,
    DatabaseFull,
    DatabaseReadOnly,
)
from bot.database.schema import Instant
from bot.delivery.inbox import inbox
from knowledge.base import KnowledgeBase
from tests.playing import AT, Bot, said


@pytest.fixture
def path(sqlite_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sqlite_template, tmp_path / "desk.db"))


@contextmanager
def locked(path: Path) -> Iterator[Database]:
    """The database while another process holds the write lock."""
    other = Database.at(f"sqlite:///{path}")
    with other.write():
        yield Database.at(f"sqlite:///{path}?timeout=0.05")


@contextmanager
def read_only(path: Path) -> Iterator[Database]:
    yield Database.at(f"sqlite:///file:{path}?mode=ro&uri=true")


@contextmanager
def full(path: Path) -> Iterator[Database]:
    """The database on a disk without room for another page."""
    database = Database.at(f"sqlite:///{path}")

    @event.listens_for(database.engine, "connect")
    def no_room(connection: Any, _entry: Any) -> None:
        connection.execute("PRAGMA max_page_count=1")  # rounds up to what it has already

    yield database


@pytest.mark.parametrize(
    ("broken", "error"),
    [(locked, DatabaseBusy), (read_only, DatabaseReadOnly), (full, DatabaseFull)],
)
def test_a_failure_is_named_and_the_event_not_taken(
    path: Path,
    broken: Any,
    error: type[DatabaseError],
    knowledge: KnowledgeBase,
    clock: Clock,
) -> None:
    """An event that cannot be stored should be refused by name, and be taken once it can be."""
    long = said("a", "質問" * 20_000, "e1", "@a")
    with broken(path) as database:
        bot = Bot(database, knowledge, clock, Settings())
        with pytest.raises(NotTaken) as refused:
            bot.router.accept(long)

    assert isinstance(refused.value.__cause__, error)
    sound = Database.at(f"sqlite:///{path}")
    assert Bot(sound, knowledge, clock, Settings()).router.accept(long)


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "mysql://host/name", "sqlite://", "sqlite:////proc/none/x.db"],
)
def test_an_address_that_means_nothing_is_refused(url: str) -> None:
    """A wrong database address should be an error in words before anything is opened."""
    with pytest.raises(DatabaseAway, match="cannot use this database address"):
        Database.at(url)


@pytest.mark.postgresql
def test_a_server_that_is_not_there_is_away() -> None:
    """A PostgreSQL that cannot be reached should be named as away."""
    database = Database.at("postgresql://nobody@127.0.0.1:1/none")

    with pytest.raises(DatabaseAway):
        database.ping()


def test_raising_rolls_back(database: Database) -> None:
    """What a transaction wrote should be gone when it raises, whatever it raises."""

    def broken() -> None:
        with database.write() as tx:
            tx.execute(
                sa.text(
                    "INSERT INTO pace (scope, not_before) VALUES ('x', '2026-01-01 00:00:00+00')"
                )
            )
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()

    with database.read() as tx:
        assert tx.scalar(sa.text("SELECT count(*) FROM pace")) == 0


def test_a_read_cannot_write(database: Database) -> None:
    """A transaction for reading should see one snapshot; on PostgreSQL it refuses to write."""
    insert = sa.text("INSERT INTO pace (scope, not_before) VALUES ('x', '2026-01-01 00:00:00+00')")
    with database.read() as tx:
        before = tx.scalar(sa.text("SELECT count(*) FROM pace"))
        with database.write() as other:
            other.execute(insert)
        assert tx.scalar(sa.text("SELECT count(*) FROM pace")) == before
    if database.dialect == "postgresql":
        with pytest.raises(DatabaseReadOnly), database.read() as tx:
            tx.execute(insert)


@pytest.mark.postgresql
def test_two_flows_that_cannot_both_be_right_conflict(server: Any) -> None:
    """Under SERIALIZABLE the loser of a write skew should get a Conflict, to be run again."""
    database = Database.at(server.create(template="template"))
    count = sa.text("SELECT count(*) FROM pace")

    def skewed() -> None:
        with database.write() as one:
            one.scalar(count)
            with database.write() as two:
                two.scalar(count)
                two.execute(sa.text("INSERT INTO pace (scope, not_before) VALUES ('b', now())"))
            one.execute(sa.text("INSERT INTO pace (scope, not_before) VALUES ('a', now())"))

    with pytest.raises(Conflict):
        skewed()
    database.close()


def test_a_naive_time_is_a_bug(database: Database) -> None:
    """A time without a zone should never reach the database, and what comes out should be aware."""
    with pytest.raises(sa.exc.StatementError), database.read() as tx:
        tx.execute(sa.select(inbox).where(inbox.c.taken_at == AT.replace(tzinfo=None)))
    with database.write() as tx:
        tx.execute(
            sa.text(
                "INSERT INTO pace (scope, not_before) VALUES ('x', '2026-10-06 03:00:00+00:00')"
            )
        )

    with database.read() as tx:
        found = tx.scalar(sa.select(sa.column("not_before", Instant)).select_from(sa.table("pace")))

    assert found == AT
