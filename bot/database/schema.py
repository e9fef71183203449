"""The tables' common ground: one metadata, names of constraints, and how an instant is stored."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

metadata = sa.MetaData(
    # Named constraints, so that both databases can change them in a migration.
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A key that counts up; SQLite counts only in its own INTEGER."""


class Instant(sa.types.TypeDecorator[datetime]):
    """A point in time: aware in Python, UTC in the database. A naive time is a bug."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def one_of(column: str, values: type[Any]) -> sa.CheckConstraint:
    """A constraint that a column holds a value of an enumeration; named after the column."""
    listed = ", ".join(f"'{member.value}'" for member in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def insert_once(
    tx: sa.Connection, table: sa.Table, row: dict[str, Any], unique: str | None = None
) -> Any:
    """Insert a row unless one of its unique keys, or that column's value, exists.

    Its primary key, or None if it did. RETURNING tells which it was: a row count is -1 on
    PostgreSQL.
    """
    return tx.scalar(_make_insert_once(tx.dialect.name, table, unique), row)


@cache
def _make_insert_once(dialect: str, table: sa.Table, unique: str | None) -> sa.Executable:
    """Made once for each table: to build a statement takes longer than to run it."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    (key,) = table.primary_key.columns
    on: Any = None if unique is None else [unique]
    return insert(table).on_conflict_do_nothing(index_elements=on).returning(key)
