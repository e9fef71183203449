"""Changes a CHECK: PostgreSQL can, SQLite needs the table to be made again."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


def allow(table: str, column: str, before: Sequence[str], after: Sequence[str]) -> None:
    """Let a column hold other values than before; its constraint is named after it."""
    name = f"ck_{table}_{column}"
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, _write(column, after))
    else:
        make_again(table, {_write(column, before): _write(column, after)})


def _write(column: str, values: Sequence[str]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"


def make_again(table: str, changes: dict[str, str]) -> None:
    """Make a table of SQLite anew with other words in its definition, its rows and indexes kept.

    Nothing else can go amiss so: what the definition says otherwise stays as it was written.
    """
    bind = op.get_bind()
    kept = sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :table AND sql NOT NULL")
    rows = bind.execute(kept, {"table": table}).all()
    definition = next(sql for kind, sql in rows if kind == "table")
    for old, new in changes.items():
        if old not in definition:
            raise LookupError(f"{table} says nowhere: {old}")
        definition = definition.replace(old, new)
    op.execute(f"CREATE TEMPORARY TABLE kept AS SELECT * FROM {table}")  # noqa: S608
    op.drop_table(table)
    op.execute(definition)
    op.execute(f"INSERT INTO {table} SELECT * FROM kept")  # noqa: S608
    op.execute("DROP TABLE kept")
    for kind, sql in rows:
        if kind == "index":
            op.execute(sql)
