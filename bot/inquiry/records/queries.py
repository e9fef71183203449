"""What the desk asked askers back, and what they said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.conversation.address import Account, Conversation, Place
from bot.database.engine import Transaction
from bot.database.schema import Instant, Serial, metadata
from bot.inquiry.model import Query, Stage
from bot.inquiry.records.cases import cases

queries = sa.Table(
    "queries",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("token", sa.String(32), nullable=False, unique=True),
    sa.Column("number", sa.String(20), nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("office", sa.String(100), nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    # Whom it was asked, and where: every message that somebody writes is looked up here.
    sa.Column("service", sa.String(20), nullable=False),
    sa.Column("tenant", sa.String(100), nullable=False),
    sa.Column("account", sa.String(200), nullable=False),
    sa.Column("conversation", sa.String(200), nullable=False),
    sa.Column("thread", sa.String(100)),
    sa.Column("answer", sa.Text),
    sa.Column("answered_at", Instant),
    sa.Column("dropped_at", Instant),
    sa.Column("reminded_at", Instant),
    sa.Column("missed_at", Instant),
)
OPEN = "answered_at IS NULL AND dropped_at IS NULL"
sa.Index(
    "ix_queries_open",
    queries.c.account,
    queries.c.conversation,
    sqlite_where=sa.text(OPEN),
    postgresql_where=sa.text(OPEN),
)


def add_query(tx: Transaction, query: Query, asker: Account, place: Place) -> None:
    """Keep what is asked, of whom and where."""
    tx.execute(
        queries.insert().values(
            token=query.token,
            number=query.number,
            text=query.text,
            office=query.office,
            asked_at=query.asked_at,
            service=asker.service,
            tenant=asker.tenant,
            account=asker.id,
            conversation=place.conversation.id,
            thread=place.thread,
        )
    )


def find_query(tx: Transaction, token: str) -> Query | None:
    row = tx.execute(sa.select(queries).where(queries.c.token == token)).one_or_none()
    return _query(row) if row else None


def find_open_query(tx: Transaction, number: str) -> Query | None:
    """What an inquiry waits for, if it does: one thing at a time."""
    mine = sa.and_(queries.c.number == number, sa.text(OPEN))
    row = tx.execute(sa.select(queries).where(mine)).one_or_none()
    return _query(row) if row else None


def list_queries(tx: Transaction, number: str) -> tuple[Query, ...]:
    """All that was asked back about an inquiry, in that order."""
    mine = sa.select(queries).where(queries.c.number == number).order_by(queries.c.id)
    return tuple(map(_query, tx.execute(mine)))


def list_addressed(
    tx: Transaction, asker: Account, conversation: Conversation
) -> tuple[tuple[Query, Place], ...]:
    """What somebody is waited for in a conversation, each with its place there."""
    named = {"service": asker.service, "tenant": asker.tenant, "account": asker.id}
    rows = tx.execute(_ADDRESSED, {**named, "conversation": conversation.id})
    return tuple((_query(row), Place(conversation, row.thread)) for row in rows)


# Made once, as every message asks for it: to build a statement takes longer than to run it.
_ADDRESSED = (
    sa.select(queries)
    .join(cases, cases.c.number == queries.c.number)
    .where(
        sa.text(OPEN),
        cases.c.stage == Stage.ASKED_BACK.value,
        *(
            queries.c[name] == sa.bindparam(name)
            for name in ("service", "tenant", "account", "conversation")
        ),
    )
    .order_by(queries.c.id)
)


def list_awaited(tx: Transaction) -> tuple[Query, ...]:
    """All that desks wait for now, the oldest first."""
    waiting = sa.and_(sa.text(OPEN), cases.c.stage == Stage.ASKED_BACK.value)
    joined = sa.select(queries).join(cases, cases.c.number == queries.c.number)
    return tuple(map(_query, tx.execute(joined.where(waiting).order_by(queries.c.id))))


def list_all(tx: Transaction, numbers: Collection[str]) -> Mapping[str, tuple[Query, ...]]:
    """All that was asked back about some inquiries, by their numbers."""
    found: defaultdict[str, tuple[Query, ...]] = defaultdict(tuple)
    asked = sa.select(queries).where(queries.c.number.in_(numbers)).order_by(queries.c.id)
    for row in tx.execute(asked):
        found[row.number] += (_query(row),)
    return found


def put_answer(tx: Transaction, token: str, answer: str, at: datetime) -> None:
    """What the asker said."""
    _put(tx, token, answer=answer, answered_at=at)


def put_dropped(tx: Transaction, token: str, at: datetime) -> None:
    """The desk no longer needs to know."""
    _put(tx, token, dropped_at=at)


def put_reminded(tx: Transaction, token: str, at: datetime) -> None:
    """The asker was asked once more."""
    _put(tx, token, reminded_at=at)


def put_missed(tx: Transaction, token: str, at: datetime) -> None:
    """The desk was told that nothing came."""
    _put(tx, token, missed_at=at)


def _put(tx: Transaction, token: str, **values: Any) -> None:
    tx.execute(sa.update(queries).where(queries.c.token == token).values(values))


def _query(row: sa.Row[Any]) -> Query:
    return Query(
        token=row.token,
        number=row.number,
        text=row.text,
        office=row.office,
        asked_at=row.asked_at,
        answer=row.answer,
        answered_at=row.answered_at,
        dropped_at=row.dropped_at,
        reminded_at=row.reminded_at,
        missed_at=row.missed_at,
        in_thread=row.thread is not None,
    )
