"""Articles published in the database: every wording that ever stood, the last one in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from bot.database.engine import Transaction
from bot.database.schema import Instant, Serial, metadata

published = sa.Table(
    "published_articles",
    metadata,
    sa.Column("number", Serial, primary_key=True),
    sa.Column("article_id", sa.String(100), nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False, doc="the article as YAML"),
    sa.Column("published_at", Instant, nullable=False),
)


def add_article(tx: Transaction, article_id: str, text: str, now: datetime) -> None:
    """Publish an article, or a new wording of one; the earlier wordings stay on record."""
    tx.execute(published.insert().values(article_id=article_id, text=text, published_at=now))


def get_edition(tx: Transaction) -> int:
    """A number that grows with every publication; 0 before the first."""
    return tx.scalar(sa.select(sa.func.max(published.c.number))) or 0


def list_articles(tx: Transaction) -> Mapping[str, str]:
    """The wording in force of every published article, by id."""
    last = sa.select(sa.func.max(published.c.number)).group_by(published.c.article_id)
    rows = sa.select(published.c.article_id, published.c.text).where(published.c.number.in_(last))
    return {row.article_id: row.text for row in tx.execute(rows.order_by(published.c.article_id))}


def list_publications(tx: Transaction, article_id: str) -> tuple[datetime, ...]:
    """When each wording of an article was published, the first one first."""
    these = sa.select(published.c.published_at).where(published.c.article_id == article_id)
    return tuple(tx.scalars(these.order_by(published.c.number)))
