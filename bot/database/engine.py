"""Opens transactions on SQLite or PostgreSQL, and says in five words how a database may fail."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from bot import clock

Transaction = sa.Connection
"""What flows and records take: an open transaction that they never commit."""

BUSY_SECONDS = 5.0
"""How long a SQLite writer waits for another before it is told so."""
TURN_SECONDS = 4 * BUSY_SECONDS
"""How long it waits for those of its own process, each of which may wait that long."""

_CLOCK = sa.select(sa.func.clock_timestamp())
"""Asked for several times in every event; made once."""
_NO_TURN = nullcontext()
"""For those who need not wait for each other."""


class DatabaseError(Exception):
    """The database did not do what it was asked; `str()` says what an operator can do."""


class DatabaseBusy(DatabaseError):
    """Another process holds the write lock for too long."""


class DatabaseReadOnly(DatabaseError):
    """The database may be read and not written."""


class DatabaseFull(DatabaseError):
    """There is no room left on the database's disk."""


class DatabaseAway(DatabaseError):
    """There is no database at that address, or it cannot be reached now."""


class Conflict(DatabaseError):
    """Two transactions could not both be right: run this one again, whole."""


class Database:
    """A database and its three kinds of transactions.

    `write` is for flows: SERIALIZABLE on PostgreSQL, BEGIN IMMEDIATE on SQLite. `lease` is for
    taking work: READ COMMITTED, because rows that others hold are skipped there instead of
    fought over. `read` sees one snapshot and writes nothing.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._turn = _Turn() if engine.dialect.name == "sqlite" else _NO_TURN
        self.dialect = engine.dialect.name
        self._write = _with(engine, "IMMEDIATE", "SERIALIZABLE")
        self._lease = _with(engine, "IMMEDIATE", "READ COMMITTED")
        self._read = _with(engine, "DEFERRED", "REPEATABLE READ")

    @classmethod
    def at(cls, url: str, *, connections: int = 10) -> Database:
        """The database at an address such as sqlite:///desk.db or postgresql+psycopg://host/name.

        Nothing is opened yet. Raises DatabaseAway for an address that means nothing.
        """
        try:
            address = sa.make_url(url)
            if address.get_backend_name() == "sqlite":
                return cls(_sqlite(address, connections))
            return cls(_postgresql(address, connections))
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, OSError) as error:
            raise DatabaseAway(f"cannot use this database address: {error}") from error

    def write(self) -> AbstractContextManager[Transaction]:
        """A transaction for one flow: returning commits, raising rolls back."""
        return _open(self._write, self._turn)

    def lease(self) -> AbstractContextManager[Transaction]:
        """A transaction that takes, returns or marks a piece of work."""
        return _open(self._lease, self._turn)

    def read(self) -> AbstractContextManager[Transaction]:
        """A transaction that only reads."""
        return _open(self._read)

    def now(self, tx: Transaction) -> datetime:
        """The time by which leases run: one clock for all replicas of one database."""
        if self.dialect == "postgresql":
            return tx.scalar(_CLOCK)  # type: ignore[return-value]
        return clock.real_now()

    def ping(self) -> None:
        """Raises DatabaseError unless the database answers now."""
        with self.read() as tx:
            tx.execute(sa.select(1))

    def close(self) -> None:
        self.engine.dispose()


class _Turn(AbstractContextManager[None]):
    """Lets one of this process's writers in at a time.

    SQLite has the others sleep and try again, the unlucky ones for long; here each is woken when
    its turn comes. Writers of other processes still meet in SQLite.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=TURN_SECONDS):
            raise DatabaseBusy("another thread holds the write lock for too long; try again")

    def __exit__(self, *_raised: object) -> None:
        self._lock.release()


@contextmanager
def _open(
    engine: sa.Engine, turn: AbstractContextManager[object] = _NO_TURN
) -> Iterator[Transaction]:
    try:
        with turn, engine.begin() as tx:
            yield tx
    except DBAPIError as error:
        named = _named(error)
        raise named if named else error from error


def _with(engine: sa.Engine, sqlite_begin: str, isolation: str) -> sa.Engine:
    if engine.dialect.name == "sqlite":
        return engine.execution_options(sqlite_begin=sqlite_begin)
    readonly = sqlite_begin == "DEFERRED"
    return engine.execution_options(isolation_level=isolation, postgresql_readonly=readonly)


def _sqlite(url: sa.URL, connections: int) -> sa.Engine:
    if not url.database or url.database == ":memory:":
        raise ArgumentError("SQLite needs a file: a database in memory has one user only")
    if not url.database.startswith("file:"):
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    wait = url.query.get("timeout", BUSY_SECONDS)
    engine = sa.create_engine(
        url,
        connect_args={"timeout": float(str(wait))},
        pool_size=connections,
        max_overflow=connections,
        hide_parameters=True,  # an error ends in the logs, and they may be what somebody wrote
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        # The driver's own BEGIN comes too late and is deferred: we emit ours below.
        connection.isolation_level = None
        # FULL, because under NORMAL a power cut can forget that a message was already posted.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


def _postgresql(url: sa.URL, connections: int) -> sa.Engine:
    if url.get_backend_name() != "postgresql":
        raise ArgumentError(f"{url.get_backend_name()} is not supported: SQLite or PostgreSQL")
    return sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        # A connection that died while the database was away is replaced, not handed out.
        pool_pre_ping=True,
        pool_size=connections,
        max_overflow=connections,
        hide_parameters=True,
        connect_args={"connect_timeout": 5, "application_name": "madoguchi"},
    )


_SQLITE = {
    sqlite3.SQLITE_BUSY: DatabaseBusy("the database is locked by another process; try again"),
    sqlite3.SQLITE_LOCKED: DatabaseBusy("the database is locked by another process; try again"),
    sqlite3.SQLITE_READONLY: DatabaseReadOnly("the database is read-only: check file permissions"),
    sqlite3.SQLITE_FULL: DatabaseFull("the disk is full: free some space; nothing was lost"),
    sqlite3.SQLITE_CANTOPEN: DatabaseAway("the database file cannot be opened: check its path"),
    sqlite3.SQLITE_IOERR: DatabaseAway("the database file cannot be read or written"),
}
_POSTGRESQL = {
    "40001": Conflict("could not serialize"),
    "40P01": Conflict("deadlock"),
    "53100": DatabaseFull("the database server's disk is full; nothing was lost"),
    "25006": DatabaseReadOnly("the database is read-only (a standby?)"),
    "55P03": DatabaseBusy("a lock was not available in time; try again"),
}


def _named(error: DBAPIError) -> DatabaseError | None:
    """The failure in our words, or None for what is a bug in a statement."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        known = _SQLITE.get(code & 0xFF)  # the low byte is the primary code, the rest refines it
        return type(known)(str(known)) if known else None
    state = getattr(error.orig, "sqlstate", None)
    known = _POSTGRESQL.get(state or "")
    if known:
        return type(known)(str(known))
    if error.connection_invalidated or state is None or state[:2] in ("08", "57"):
        return DatabaseAway("the database server cannot be reached")
    return None
