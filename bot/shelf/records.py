"""What the database publishes: articles, every text that ever stood, and confirmed wordings."""

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

published_wordings = sa.Table(
    "published_wordings",
    metadata,
    sa.Column("number", Serial, primary_key=True),
    sa.Column("article_id", sa.String(100), nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("withdrawn", sa.Boolean(name="withdrawn"), nullable=False),
    sa.Column("published_at", Instant, nullable=False),
)
"""Nothing is changed here: of several rows for one wording, the last one says what holds."""


def add_article(tx: Transaction, article_id: str, text: str, now: datetime) -> None:
    """Publish an article, or a new wording of one; the earlier wordings stay on record."""
    tx.execute(published.insert().values(article_id=article_id, text=text, published_at=now))


def add_wording(
    tx: Transaction, article_id: str, text: str, now: datetime, *, withdrawn: bool = False
) -> None:
    """Publish a wording as a phrasing of an article, or take one back."""
    row = {"article_id": article_id, "text": text, "withdrawn": withdrawn, "published_at": now}
    tx.execute(published_wordings.insert().values(row))


def list_wordings(tx: Transaction) -> Mapping[str, tuple[str, ...]]:
    """The wordings that are published, by article, in the order of their approval."""
    held: dict[tuple[str, str], bool] = {}
    for row in tx.execute(sa.select(published_wordings).order_by(published_wordings.c.number)):
        held.pop((row.article_id, row.text), None)
        held[row.article_id, row.text] = not row.withdrawn
    found: dict[str, tuple[str, ...]] = {}
    for (article, text), is_held in held.items():
        if is_held:
            found[article] = (*found.get(article, ()), text)
    return dict(sorted(found.items()))


def get_edition(tx: Transaction) -> int:
    """A number that grows with everything that is published; 0 before the first."""
    return int(tx.scalar(_EDITION) or 0)


# Made once: every process asks for it every second.
_EDITION = sa.select(
    sa.func.coalesce(sa.select(sa.func.max(published.c.number)).scalar_subquery(), 0)
    + sa.func.coalesce(sa.select(sa.func.max(published_wordings.c.number)).scalar_subquery(), 0)
)


def list_articles(tx: Transaction) -> Mapping[str, str]:
    """The wording in force of every published article, by id."""
    last = sa.select(sa.func.max(published.c.number)).group_by(published.c.article_id)
    rows = sa.select(published.c.article_id, published.c.text).where(published.c.number.in_(last))
    return {row.article_id: row.text for row in tx.execute(rows.order_by(published.c.article_id))}


def list_publications(tx: Transaction, article_id: str) -> tuple[datetime, ...]:
    """When each wording of an article was published, the first one first."""
    these = sa.select(published.c.published_at).where(published.c.article_id == article_id)
    return tuple(tx.scalars(these.order_by(published.c.number)))
