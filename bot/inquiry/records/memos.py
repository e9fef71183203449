"""What the people of a desk noted for themselves."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bot.conversation.address import Account
from bot.database.engine import Transaction
from bot.database.schema import Instant, Serial, metadata
from bot.inquiry.model import Memo

memos = sa.Table(
    "memos",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("token", sa.String(32), nullable=False, unique=True),
    sa.Column("number", sa.String(20), nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("by", sa.String(200), nullable=False, doc="the position of whoever noted it"),
    sa.Column("service", sa.String(20), nullable=False),
    sa.Column("tenant", sa.String(100), nullable=False),
    sa.Column("account", sa.String(200), nullable=False),
    sa.Column("at", Instant, nullable=False),
)


def add_memo(tx: Transaction, memo: Memo, who: Account) -> None:
    tx.execute(
        memos.insert().values(
            token=memo.token,
            number=memo.number,
            text=memo.text,
            by=memo.by,
            service=who.service,
            tenant=who.tenant,
            account=who.id,
            at=memo.at,
        )
    )


def list_memos(tx: Transaction, number: str) -> tuple[Memo, ...]:
    """All that was noted of an inquiry, in that order."""
    noted = sa.select(memos).where(memos.c.number == number).order_by(memos.c.id)
    return tuple(map(_memo, tx.execute(noted)))


def _memo(row: sa.Row[Any]) -> Memo:
    return Memo(row.token, row.number, row.text, row.by, row.at)
