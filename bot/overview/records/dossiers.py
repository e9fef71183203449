"""All that is kept of inquiries, as several tables have it together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from bot.database.engine import Transaction
from bot.desk.records import inquiries, questions
from bot.inquiry.model import Reply, Sight, Standing
from bot.inquiry.records.cases import cases, seen
from bot.inquiry.records.replies import read_sources, replies
from bot.overview.model import Dossier
from bot.overview.records.queue import make_listed

_CHUNK = 1000
"""Rows in memory at once."""


def count_dossiers(tx: Transaction, sight: Sight) -> int:
    """How many inquiries somebody may see."""
    return tx.execute(sa.select(sa.func.count()).select_from(cases).where(seen(sight))).scalar_one()


def list_desks(tx: Transaction, sight: Sight) -> tuple[str | None, ...]:
    """The desks that have what somebody may see."""
    desks = sa.select(cases.c.desk).where(seen(sight)).distinct().order_by(cases.c.desk)
    return tuple(tx.scalars(desks))


def iterate_dossiers(tx: Transaction, sight: Sight, limit: int | None = None) -> Iterator[Dossier]:
    """Inquiries that somebody may see, the latest first, each with its last reply."""
    query = _EVERYTHING.where(seen(sight)).order_by(cases.c.id.desc()).limit(limit)
    for row in tx.execute(query.execution_options(yield_per=_CHUNK)):
        yield Dossier(make_listed(row), tuple(json.loads(row.articles)), _make_reply(row))


_others = replies.alias()
_LAST = (
    sa.select(sa.func.max(_others.c.id))
    .where(_others.c.number == cases.c.number)
    .correlate(cases)
    .scalar_subquery()
)
_EVERYTHING = (
    sa.select(
        cases,
        *questions.c["text", "ministry", "articles"],
        inquiries.c.escalated_at,
        *(column.label(f"reply_{column.name}") for column in replies.c),
    )
    .join(questions, questions.c.token == cases.c.question)
    .join(inquiries, inquiries.c.question_id == questions.c.id)
    .outerjoin(replies, replies.c.id == _LAST)
)


def _make_reply(row: sa.Row[Any]) -> Reply | None:
    if row.reply_id is None:
        return None
    return Reply(
        token=row.reply_token,
        number=row.number,
        text=row.reply_text,
        basis=row.reply_basis,
        standing=Standing(row.reply_standing),
        office=row.reply_office,
        sent_at=row.reply_sent_at,
        sources=read_sources(row.reply_sources),
    )
