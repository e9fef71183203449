"""The table of what owners were told of stale articles: each reason once."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bot.database.engine import Transaction
from bot.database.schema import Instant, Serial, insert_once, metadata

stale_notices = sa.Table(
    "stale_notices",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("key", sa.String(200), nullable=False, unique=True),
    sa.Column("told_at", Instant, nullable=False),
)


def add_notice(tx: Transaction, key: str, now: datetime) -> bool:
    """Keep that somebody is told; False: they were told before."""
    return insert_once(tx, stale_notices, {"key": key, "told_at": now}) is not None
