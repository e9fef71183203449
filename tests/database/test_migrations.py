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
    """SQL on one line, a table's columns and constraints in one order: theirs means nothing.

    Nor do the quotes that SQLite puts around the name of a table that was renamed.
    """
    line = re.sub(r"\s+", " ", sql)
    if not line.startswith("CREATE TABLE"):
        return line
    head, _, inside = line.removesuffix(")").partition("(")
    parts = re.split(r",(?![^(]*\))", inside)  # commas within parentheses belong to one part
    listed = ", ".join(sorted(part.strip() for part in parts))
    return f"{head.replace(chr(34), '').strip()} ({listed})"


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


def fill(database: Database) -> None:
    """Rows as the first version of the schema had them, wherever a later one changes tables."""
    at = "'2026-10-06 03:00:00+00:00'" if database.dialect == "postgresql" else _STAMP
    columns = """
        INSERT INTO outbox (key, delivery_id, kind, service, tenant, conversation, target, body,
                            priority, state, not_before, attempts, decided_at)
        VALUES (:key, :key, 'new', 'local', 'local', 'c', '{}', '{}', 0, :state, AT, 0, AT)
    """
    with database.write() as tx:
        for number, state in enumerate(("waiting", "leased", "doubt", "sent", "failed")):
            row = {"key": f"k{number}", "state": state}
            tx.execute(sa.text(columns.replace("AT", at)), row)
        for number, state in enumerate(("waiting", "done", "failed")):
            event = """
                INSERT INTO inbox (service, tenant, event_id, conversation, kind, state, attempts,
                                   taken_at)
                VALUES ('local', 'local', :id, 'c', 'Said', :state, 0, AT)
            """
            tx.execute(sa.text(event.replace("AT", at)), {"id": f"e{number}", "state": state})
        tx.execute(sa.text(f"INSERT INTO pace (scope, not_before) VALUES ('c', {at})"))
        tx.execute(sa.text("INSERT INTO files (digest, data) VALUES ('d', 'x')"))
        tx.execute(sa.text("INSERT INTO file_uses (owner, digest) VALUES ('outbox:1', 'd')"))
        tx.execute(sa.text("INSERT INTO people (name, declared) VALUES ('a', false)"))
        tx.execute(sa.text("INSERT INTO person_roles (person_id, role) VALUES (1, 'approver')"))


def fill_inquiries(database: Database) -> None:
    """An inquiry as the version before there were desks had it, with what became of it."""
    at = "'2026-10-06 03:00:00+00:00'" if database.dialect == "postgresql" else _STAMP
    with database.write() as tx:
        tx.execute(
            sa.text("INSERT INTO cases (number, question, stage) VALUES ('n', 't', 'waiting')")
        )
        step = f"""
            INSERT INTO case_steps (number, step, service, tenant, account, at)
            VALUES ('n', 'escalated', 'local', 'local', 'a', {at})
        """
        tx.execute(sa.text(step))


def list_inquiries(database: Database) -> list[tuple[object, ...]]:
    """What stands in the columns that the version before there were desks knew."""
    columns = "cases.id, cases.number, question, stage, notices, step, account"
    joined = "cases JOIN case_steps ON case_steps.number = cases.number"
    with database.read() as tx:
        return list(map(tuple, tx.execute(sa.text(f"SELECT {columns} FROM {joined}"))))


_STAMP = "'2026-10-06 03:00:00.000000'"


def list_rows(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """What stands in the columns that the first version knew."""
    with database.read() as tx:
        return {
            table: sorted(map(tuple, tx.execute(sa.text(f"SELECT {columns} FROM {table}"))))
            for table, columns in {
                "outbox": "id, key, delivery_id, state, attempts",
                "inbox": "id, event_id, state, attempts",
                "pace": "scope",
                "files": "digest",
                "file_uses": "owner, digest",
                "people": "id, name, declared",
                "person_roles": "person_id, role",
            }.items()
        }


def test_no_migration_loses_a_row(empty: Database) -> None:
    """Every version, up and down again, should keep each row as it was."""
    migrate(empty, "0001")
    fill(empty)
    before = list_rows(empty)
    assert [len(rows) for rows in before.values()] == [5, 3, 1, 1, 1, 1, 1]
    for revision in ("0002", "0003", "0001", "head"):
        migrate(empty, revision)
        assert list_rows(empty) == before
    check_schema(empty)


def test_no_migration_loses_an_inquiry(empty: Database) -> None:
    """What was referred before there were several desks should be there after, up and down."""
    migrate(empty, "0004")
    fill_inquiries(empty)
    before = list_inquiries(empty)
    assert before == [(1, "n", "t", "waiting", 0, "escalated", "a")]
    for revision in ("head", "0004", "head"):
        migrate(empty, revision)
        assert list_inquiries(empty) == before


def test_code_from_before_the_desks_writes_inquiries_on_this_schema(empty: Database) -> None:
    """A replica that knows of one desk should be able to go on while others know more."""
    migrate(empty)
    fill_inquiries(empty)

    assert list_inquiries(empty) == [(1, "n", "t", "waiting", 0, "escalated", "a")]


def fill_drafts(database: Database) -> None:
    """Proposed articles as the version before there were revisions had them."""
    draft = """
        INSERT INTO drafts (token, number, service, tenant, account, title, questions, answer,
                            basis, issuer, applies_to, review_by, owner, verdict)
        VALUES (:verdict, 'n', 'local', 'local', 'a', 't', '[]', 'a', 'b', 'i', 'x', '2027-01-01',
                'o', :verdict)
    """
    with database.write() as tx:
        for verdict in ("proposed", "approved", "rejected"):
            tx.execute(sa.text(draft), {"verdict": verdict})


def list_drafts(database: Database) -> list[tuple[object, ...]]:
    with database.read() as tx:
        rows = tx.execute(sa.text("SELECT id, token, number, title, verdict FROM drafts"))
        return sorted(map(tuple, rows))


def test_no_migration_loses_a_proposed_article(empty: Database) -> None:
    """What was proposed should be there after, up and down; what is newer is let go, not lost."""
    migrate(empty, "0012")
    fill_drafts(empty)
    before = list_drafts(empty)
    for revision in ("head", "0012", "head"):
        migrate(empty, revision)
        assert list_drafts(empty) == before
    change = "UPDATE drafts SET number = NULL, article = 'x', verdict = 'returned' WHERE id = 1"
    with empty.write() as tx:
        tx.execute(sa.text(change))
    migrate(empty, "0012")
    assert list_drafts(empty)[0] == (1, "proposed", "", "t", "rejected")


def test_no_migration_loses_a_confirmed_wording(empty: Database) -> None:
    """What askers confirmed before anybody could judge it should wait after, up and down."""
    migrate(empty, "0014")
    at = "'2026-10-06 03:00:00+00:00'" if empty.dialect == "postgresql" else _STAMP
    asked = f"""
        INSERT INTO questions (token, service, tenant, account, conversation, text, words, asked_at,
                               as_of, state, decision, articles, others)
        VALUES ('t', 'local', 'local', 'a', 'c', 'x', 'x', {at}, '2026-10-06', 'open', 'answered',
                '[]', '[]')
    """
    said = f"""
        INSERT INTO wordings (question_id, article, text, how, confirmed_at)
        VALUES (1, 'core', 'x', 'resolved', {at})
    """
    with empty.write() as tx:
        tx.execute(sa.text(asked))
        tx.execute(sa.text(said))
    for revision in ("head", "0014", "head"):
        migrate(empty, revision)
        with empty.read() as tx:
            rows = tx.execute(sa.text("SELECT id, article, text, how FROM wordings")).all()
        assert list(map(tuple, rows)) == [(1, "core", "x", "resolved")]


def test_code_from_before_revisions_proposes_articles_on_this_schema(empty: Database) -> None:
    """A replica that knows of no revisions should be able to go on while others do."""
    migrate(empty)
    fill_drafts(empty)

    assert len(list_drafts(empty)) == 3


def test_code_of_the_version_before_runs_on_this_schema(empty: Database) -> None:
    """What does not know the new columns should be able to write: replicas change one by one."""
    migrate(empty)
    fill(empty)

    assert [len(rows) for rows in list_rows(empty).values()] == [5, 3, 1, 1, 1, 1, 1]


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
