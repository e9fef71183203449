"""Commands that copy the database while the bot runs, and put a copy in its place."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer

from bot.audit.flows import note
from bot.audit.operator import find_operator
from bot.config import read_settings
from bot.database.engine import Database, DatabaseError, Transaction
from bot.database.versions import check_schema, find_revision, migrate
from bot.delivery.restoring import mark_backup, mark_restored
from bot.log import configure_log

FIRST = "0002"
"""The first schema that knows what a restored database must look up."""


class CannotRestore(DatabaseError):
    """The copy, or the place where it is to go, is not fit for it; `str()` says why."""


def backup_command(
    file: Annotated[Path, typer.Argument(help="File to write; must not exist.")],
) -> None:
    """Copy the whole database into a file, while the bot runs."""
    settings = read_settings()
    configure_log(settings.log_format, settings.log_level)
    if file.exists():
        raise typer.BadParameter(f"{file} exists: a backup overwrites nothing")
    part = file.with_name(f"{file.name}.part")
    with closing(Database.at(settings.database_url)) as database:
        check_schema(database)
        with database.lease() as tx:
            mark_backup(tx, database.now(tx))
        part.touch(0o600)  # it will hold what people asked
        (_copy_sqlite if database.dialect == "sqlite" else _dump_postgresql)(database, part)
    part.replace(file)
    typer.echo(f"backup: {file}, {file.stat().st_size:,} bytes")


def restore_command(
    file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.", exists=True)],
    replace: Annotated[bool, typer.Option(help="Overwrite what the database holds.")] = False,
) -> None:
    """Put a backup in the database's place; stop every `serve` first.

    What was open in it is looked up at the chat services before it is sent.
    """
    settings = read_settings()
    configure_log(settings.log_format, settings.log_level)
    with closing(Database.at(settings.database_url)) as database:
        put = _put_sqlite if database.dialect == "sqlite" else _put_postgresql
        posts, events = put(database, file, replace)
        migrate(database)
        with database.lease() as tx:
            after = {"posts": posts, "events": events}
            now = database.now(tx)
            note(tx, find_operator(), "database.restored", f"file:{file.name}", now, after=after)
    typer.echo(f"restored; in doubt: {posts} posts and what {events} events lead to")


# ---------------------------------------------------------------- SQLite


def _copy_sqlite(database: Database, file: Path) -> None:
    """SQLite's own copy of a database that others write to."""
    with (
        closing(sqlite3.connect(_path(database))) as source,
        closing(sqlite3.connect(file)) as copy,
    ):
        source.backup(copy, pages=1000)


def _path(database: Database) -> Path:
    return Path(str(database.engine.url.database))


def _put_sqlite(database: Database, file: Path, replace: bool) -> tuple[int, int]:
    """Mark a copy beside the database, and give it the database's name only then."""
    place = _path(database)
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists() and place.stat().st_size:
        if not replace:
            raise CannotRestore(f"{place} is not empty: --replace overwrites it")
        _check_unused(place)
    copy = place.with_name(f"{place.name}.restoring")
    try:
        shutil.copyfile(file, copy)
        copy.chmod(0o600)
        marked = _mark_copy(copy)
        copy.replace(place)
    finally:
        for left in (copy, *(copy.with_name(f"{copy.name}-{end}") for end in ("wal", "shm"))):
            left.unlink(missing_ok=True)
    return marked


def _check_unused(place: Path) -> None:
    """Leaving WAL mode needs the database for oneself, and folds its other files into it."""
    try:
        with closing(sqlite3.connect(place, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise CannotRestore(f"{place} is in use: stop every `madoguchi serve` first") from error
    except sqlite3.DatabaseError:
        return  # what is no database, or broken, is what a restore is for


def _mark_copy(copy: Path) -> tuple[int, int]:
    try:
        with closing(sqlite3.connect(copy)) as connection:
            (sound,) = connection.execute("PRAGMA quick_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise CannotRestore(f"the backup is no SQLite database: {error}") from error
    if sound != "ok":
        raise CannotRestore(f"the backup is damaged: {sound}")
    with closing(Database.at(f"sqlite:///{copy}")) as database:
        _check_revision(find_revision(database))
        with database.lease() as tx:
            marked = mark_restored(tx, database.now(tx))
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")  # one file, complete
    return marked


def _check_revision(revision: str | None) -> None:
    if revision is None or revision < FIRST:
        raise CannotRestore(f"this is no backup of madoguchi: its schema is {revision or 'empty'}")


# ---------------------------------------------------------------- PostgreSQL
#
# By PostgreSQL's own programs: they know every type, sequence and constraint of every version,
# and their format lets us leave out the row without which no version of the bot starts.


def _dump_postgresql(database: Database, file: Path) -> None:
    _run(database, "pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={file}")


def _put_postgresql(database: Database, file: Path, replace: bool) -> tuple[int, int]:
    """Restore all but the schema's version; only with that, all open rows marked, may any run."""
    contents = _run(database, "pg_restore", "--list", str(file), connect=False).splitlines()
    revision = _read_revision(database, file)
    _check_revision(revision)
    _clear(database, replace)
    kept = file.with_name(f"{file.name}.list")
    try:
        version = "TABLE DATA public alembic_version"
        kept.write_text("\n".join(line for line in contents if version not in line))
        _run(
            database,
            "pg_restore",
            "--no-owner",
            "--no-acl",
            "--single-transaction",
            "--exit-on-error",
            f"--use-list={kept}",
            str(file),
        )
    finally:
        kept.unlink(missing_ok=True)
    with database.lease() as tx:
        marked = mark_restored(tx, database.now(tx))
        put = sa.text("INSERT INTO alembic_version (version_num) VALUES (:revision)")
        tx.execute(put, {"revision": revision})
    return marked


def _read_revision(database: Database, file: Path) -> str | None:
    """The schema's version in a dump: the line after its COPY."""
    wanted = ("--data-only", "--table=alembic_version", "--file=-")
    lines = iter(_run(database, "pg_restore", *wanted, str(file), connect=False).splitlines())
    for line in lines:
        if line.startswith("COPY "):
            return next(lines, None)
    return None


def _clear(database: Database, replace: bool) -> None:
    with database.lease() as tx:
        tables = tx.scalars(_TABLES).all()
        if tables and not replace:
            raise CannotRestore("the database is not empty: --replace overwrites it")
        if tables and _is_used(tx):
            raise CannotRestore("the database is in use: stop every `madoguchi serve` first")
        for table in tables:
            tx.execute(sa.text(f"DROP TABLE public.{_quoted(tx, table)} CASCADE"))


_TABLES = sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")


def _quoted(tx: Transaction, name: str) -> str:
    return tx.dialect.identifier_preparer.quote(name)


def _is_used(tx: Transaction) -> bool:
    """Whether another process of ours is connected: each says who it is."""
    others = """
        SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
        AND application_name = 'madoguchi' AND pid <> pg_backend_pid()
    """
    return bool(tx.scalar(sa.text(others)))


def _run(database: Database, program: str, *arguments: str, connect: bool = True) -> str:
    """Run one of PostgreSQL's programs; what it prints. Raises DatabaseError."""
    target = (f"--dbname={database.engine.url.database}",) if connect else ()
    command = (str(_find_program(program)), *target, *arguments)
    surrounding = {**os.environ, **_whereabouts(database)}
    done = subprocess.run(  # noqa: S603  # no shell, and a program of PostgreSQL's own
        command, env=surrounding, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise DatabaseError(f"{program} failed: {done.stderr.strip()}")
    return done.stdout


def _whereabouts(database: Database) -> dict[str, str]:
    """Where the database is, by environment: a command line can be read by anybody."""
    url = database.engine.url
    host = url.host or url.query.get("host")
    given = {
        "PGHOST": host,
        "PGPORT": url.port or url.query.get("port"),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGSSLMODE": url.query.get("sslmode"),
    }
    return {name: str(value) for name, value in given.items() if value is not None}


def _find_program(name: str) -> Path:
    """A program of PostgreSQL: on the PATH, or where Debian keeps the newest one."""
    found = shutil.which(name)
    if found:
        return Path(found)
    versions = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest = max(versions, key=lambda path: float(path.parts[-3]), default=None)
    if newest is None:
        raise DatabaseError(f"{name} is not installed: it comes with PostgreSQL's client")
    return newest
