"""The table of what was decided on confirmed wordings: by whom, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.conversation.address import Account
from bot.database.engine import Transaction
from bot.database.schema import Instant, Serial, metadata, one_of
from bot.editing.model import Judged, Judgement

decisions = sa.Table(
    "wording_decisions",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("article", sa.String(100), nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("judgement", sa.String(10), nullable=False),
    sa.Column("service", sa.String(20), nullable=False),
    sa.Column("tenant", sa.String(100), nullable=False),
    sa.Column("account", sa.String(200), nullable=False),
    sa.Column("at", Instant, nullable=False),
    one_of("judgement", Judgement),
)


def add_decision(
    tx: Transaction, article: str, text: str, judgement: Judgement, who: Account, at: datetime
) -> None:
    row = {"article": article, "text": text, "judgement": judgement.value, "at": at}
    values = {**row, "service": who.service, "tenant": who.tenant, "account": who.id}
    tx.execute(decisions.insert().values(values))


def list_decisions(tx: Transaction, article: str) -> tuple[Judged, ...]:
    """What was decided on an article's wordings, the first one first."""
    these = sa.select(decisions).where(decisions.c.article == article)
    return tuple(map(_judged, tx.execute(these.order_by(decisions.c.id))))


def _judged(row: sa.Row[Any]) -> Judged:
    who = Account(row.service, row.tenant, row.account)
    return Judged(row.text, Judgement(row.judgement), who, row.at)
