"""Brings a database to the schema that this code knows, and says when it is another."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

import migrations
from bot.database.engine import Database, DatabaseError

_LOCK = 0x4D41444F
"""PostgreSQL's advisory lock for migrations ("MADO"): two migrators take turns."""


class WrongSchema(DatabaseError):
    """The database is older or newer than the code."""


def migrate(database: Database, revision: str = "head") -> None:
    """Upgrade, or downgrade, to a revision of `migrations/`, in one transaction."""
    here = _script().get_current_head()
    found = find_revision(database)
    if found is not None and not _knows(found):
        raise WrongSchema(_newer(found, here))
    if revision not in ("head", "base") and not _knows(revision):
        raise WrongSchema(f"there is no revision {revision}: head is {here}")
    with _migrating(database) as connection:
        config = _config()
        config.attributes["connection"] = connection
        ahead = revision == "head" or found is None or _is_above(revision, found)
        (command.upgrade if ahead else command.downgrade)(config, revision)
        _check_references(connection)


def check_schema(database: Database) -> None:
    """Raises WrongSchema, with what to do, unless code and database agree."""
    found, wanted = find_revision(database), _script().get_current_head()
    if found == wanted:
        return
    if found is not None and not _knows(found):
        raise WrongSchema(_newer(found, wanted))
    raise WrongSchema(
        f"the database's schema is {found or 'empty'}, this version needs {wanted}: "
        "run `madoguchi migrate` first"
    )


def find_revision(database: Database) -> str | None:
    """The schema's revision; None for an empty database."""
    with database.read() as tx:
        return MigrationContext.configure(tx).get_current_revision()


def _newer(found: str, wanted: str | None) -> str:
    return (
        f"the database's schema is {found}, which this version (at {wanted}) does not know: "
        "install the newer version of madoguchi that migrated it"
    )


def _knows(revision: str) -> bool:
    return revision in {script.revision for script in _script().walk_revisions()}


def _is_above(revision: str, than: str) -> bool:
    below = {script.revision for script in _script().iterate_revisions(than, "base")}
    return revision not in below and revision != "base"


def _config() -> Config:
    config = Config()
    folder = str(Path(migrations.__file__).parent)
    config.set_main_option("script_location", folder.replace("%", "%%"))
    return config


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


@contextmanager
def _migrating(database: Database) -> Iterator[sa.Connection]:
    """A connection of its own: SQLite cannot rebuild a table while foreign keys are watched."""
    engine = sa.create_engine(database.engine.url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        _without_foreign_keys(engine)
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            yield connection
    except sa.exc.OperationalError as error:
        raise DatabaseError(f"cannot migrate: {error.orig}") from error
    finally:
        engine.dispose()


def _without_foreign_keys(engine: sa.Engine) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys=OFF")

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _check_references(connection: sa.Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise DatabaseError(f"the migration would break {len(broken)} references; rolled back")
