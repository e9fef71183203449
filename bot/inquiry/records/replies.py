"""What people answered."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from bot.database.engine import Transaction
from bot.database.schema import Instant, Serial, metadata, one_of
from bot.inquiry.model import Citation, Reply, Standing

replies = sa.Table(
    "replies",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("token", sa.String(32), nullable=False, unique=True),
    sa.Column("number", sa.String(20), nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("basis", sa.Text, nullable=False),
    sa.Column("standing", sa.String(10), nullable=False),
    sa.Column("office", sa.String(100), nullable=False),
    sa.Column("sent_at", Instant, nullable=False),
    sa.Column("sources", sa.Text, doc="a JSON list; null: none, or from before there were any"),
    one_of("standing", Standing),
)


def add_reply(tx: Transaction, reply: Reply) -> None:
    tx.execute(
        replies.insert().values(
            token=reply.token,
            number=reply.number,
            text=reply.text,
            basis=reply.basis,
            standing=reply.standing.value,
            office=reply.office,
            sent_at=reply.sent_at,
            sources=write_sources(reply.sources),
        )
    )


def find_reply(tx: Transaction, token: str) -> Reply | None:
    row = tx.execute(sa.select(replies).where(replies.c.token == token)).one_or_none()
    return _reply(row) if row else None


def list_replies(tx: Transaction, number: str) -> tuple[Reply, ...]:
    """All answers to an inquiry, in their order."""
    sent = sa.select(replies).where(replies.c.number == number).order_by(replies.c.id)
    return tuple(map(_reply, tx.execute(sent)))


def find_last_reply(tx: Transaction, number: str) -> Reply | None:
    last = sa.select(replies).where(replies.c.number == number).order_by(replies.c.id.desc())
    row = tx.execute(last.limit(1)).one_or_none()
    return _reply(row) if row else None


def _reply(row: sa.Row[Any]) -> Reply:
    standing = Standing(row.standing)
    return Reply(
        token=row.token,
        number=row.number,
        text=row.text,
        basis=row.basis,
        standing=standing,
        office=row.office,
        sent_at=row.sent_at,
        sources=read_sources(row.sources),
    )


def write_sources(sources: tuple[Citation, ...]) -> str | None:
    """Sources as they are kept."""
    kept = [asdict(source) for source in sources]
    return json.dumps(kept, ensure_ascii=False) if kept else None


def read_sources(kept: str | None) -> tuple[Citation, ...]:
    """Sources as they were kept."""
    return tuple(Citation(**source) for source in json.loads(kept or "[]"))
