"""The schema's versions: up and down on both databases, and no drift from the tables in code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import bot.app  # noqa: F401  # every table stands on the metadata once the bot is composed
from bot.database.engine import Database
from bot.database.schema import metadata
from bot.database.versions import WrongSchema, check_schema, find_revision, migrate
from bot.delivery import inbox
from tests.playing import AT, said


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A database without any table, of each kind."""
    if request.param == "sqlite":
        database = Database.at(f"sqlite:///{tmp_path}/empty.db")
    else:
        database = Database.at(request.getfixturevalue("server").create())
    yield database
    database.close()


def dump(database: Database) -> set[tuple[str, ...]]:
    """The schema as the database itself tells it, CHECKs and partial indexes included."""
    queries = {
        "sqlite": "SELECT type, name, tbl_name, sql FROM sqlite_master",
        "postgresql": """
            SELECT 'column', table_name, column_name,
                   concat_ws(' ', data_type, character_maximum_length, is_nullable)
            FROM information_schema.columns WHERE table_schema = 'public'
            UNION ALL
            SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            UNION ALL
            SELECT 'index', tablename, indexname, indexdef
            FROM pg_indexes WHERE schemaname = 'public'
        """,
    }
    with database.read() as tx:
        rows = tx.execute(sa.text(queries[database.dialect])).all()
    plain = {tuple(_one_way(str(cell)) for cell in row) for row in rows}
    return {row for row in plain if "alembic_version" not in " ".join(row)}


def _one_way(sql: str) -> str:
    """SQL on one line, a table's columns and constraints in one order: theirs means nothing."""
    line = re.sub(r"\s+", " ", sql)
    if not line.startswith("CREATE TABLE"):
        return line
    head, _, inside = line.removesuffix(")").partition("(")
    parts = re.split(r",(?![^(]*\))", inside)  # commas within parentheses belong to one part
    return f"{head.strip()} ({', '.join(sorted(part.strip() for part in parts))})"


def create_from_code(database: Database) -> None:
    with database.write() as tx:
        metadata.create_all(tx)


def test_migrations_make_the_schema_that_the_code_describes(
    empty: Database, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """A migrated database should equal one made from the tables in code, to the last CHECK."""
    other_url = (
        f"sqlite:///{tmp_path}/code.db"
        if empty.dialect == "sqlite"
        else request.getfixturevalue("server").create()
    )
    other = Database.at(other_url)
    migrate(empty)
    create_from_code(other)

    assert dump(empty) == dump(other)
    with empty.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []
    other.close()


def test_a_planted_drift_is_seen(empty: Database) -> None:
    """A CHECK or a partial index that a migration forgot should show in the comparison."""
    migrate(empty)
    before = dump(empty)
    with empty.write() as tx:
        tx.execute(sa.text("DROP INDEX ux_inbox_one_leased"))
        tx.execute(sa.text("CREATE UNIQUE INDEX ux_inbox_one_leased ON inbox (conversation)"))

    assert dump(empty) != before


def test_down_and_up_again(empty: Database) -> None:
    """Going down to nothing should leave no table, and going up again the same schema."""
    migrate(empty)
    first = dump(empty)
    migrate(empty, "base")
    assert dump(empty) == set()
    migrate(empty)

    assert dump(empty) == first


def test_migrating_twice_changes_nothing_and_keeps_the_data(empty: Database) -> None:
    """Migrating a database that is up to date should lose no row."""
    migrate(empty)
    with empty.lease() as tx:
        inbox.add_event(tx, said("a", "質問", "e1", "@a"), AT)
    migrate(empty)

    with empty.read() as tx:
        assert tx.scalar(sa.text("SELECT count(*) FROM inbox")) == 1


def test_an_old_schema_is_refused_in_words(empty: Database) -> None:
    """Code should not start on an empty or older schema, and say how to bring it up."""
    assert find_revision(empty) is None

    with pytest.raises(WrongSchema, match="madoguchi migrate"):
        check_schema(empty)


def test_a_newer_schema_is_refused_in_words(empty: Database) -> None:
    """Code should not touch a schema that a newer version made, neither run nor migrate."""
    migrate(empty)
    with empty.write() as tx:
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(WrongSchema, match="newer version"):
        check_schema(empty)
    with pytest.raises(WrongSchema, match="newer version"):
        migrate(empty)
