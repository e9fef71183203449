"""What the database publishes: articles, every text that ever stood, and confirmed wordings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa

from bot.database.engine import Transaction
from bot.database.schema import Instant, Serial, metadata
from knowledge.article import Amendment
from knowledge.watching import Review

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


amendments = sa.Table(
    "amendments",
    metadata,
    sa.Column("number", Serial, primary_key=True),
    sa.Column("source", sa.Text, nullable=False, doc="a source's title, or an article's id"),
    sa.Column("amended_on", sa.Date, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("marked_at", Instant, nullable=False),
)
reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("number", Serial, primary_key=True),
    sa.Column("article_id", sa.String(100), nullable=False, index=True),
    sa.Column("was", sa.Date, nullable=False, doc="the article's own day of review then"),
    sa.Column("review_by", sa.Date, nullable=False),
    sa.Column("amendment", sa.BigInteger, nullable=False, doc="the last one that was known"),
    sa.Column("reviewed_at", Instant, nullable=False),
)


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


def _last(table: sa.Table) -> sa.ColumnElement[int]:
    last = sa.select(sa.func.max(table.c.number)).scalar_subquery()
    return sa.func.coalesce(last, 0)


# Made once: every process asks for it every second.
_EDITION = sa.select(
    _last(published) + _last(published_wordings) + _last(amendments) + _last(reviews)
)


def add_amendment(tx: Transaction, amendment: Amendment, now: datetime) -> None:
    """Register that a source was amended."""
    row = {"source": amendment.source, "amended_on": amendment.on, "note": amendment.note}
    tx.execute(amendments.insert().values(**row, marked_at=now))


def list_amendments(tx: Transaction) -> Mapping[int, Amendment]:
    """By number, the first one first."""
    rows = tx.execute(sa.select(amendments).order_by(amendments.c.number))
    return {row.number: Amendment(row.source, row.amended_on, row.note) for row in rows}


def add_review(tx: Transaction, article_id: str, was: date, review_by: date, now: datetime) -> None:
    """Keep that an article was looked through, with all that is registered by now."""
    known = tx.scalar(sa.select(_last(amendments)))
    row = {"article_id": article_id, "was": was, "review_by": review_by, "amendment": known}
    tx.execute(reviews.insert().values(**row, reviewed_at=now))


def list_reviews(tx: Transaction) -> Mapping[str, Sequence[Review]]:
    """Every article's reviews, the first one first."""
    found: dict[str, list[Review]] = {}
    for row in tx.execute(sa.select(reviews).order_by(reviews.c.number)):
        review = Review(row.was, row.review_by, row.amendment)
        found.setdefault(row.article_id, []).append(review)
    return found


def list_articles(tx: Transaction) -> Mapping[str, str]:
    """The wording in force of every published article, by id."""
    last = sa.select(sa.func.max(published.c.number)).group_by(published.c.article_id)
    rows = sa.select(published.c.article_id, published.c.text).where(published.c.number.in_(last))
    return {row.article_id: row.text for row in tx.execute(rows.order_by(published.c.article_id))}


def list_publications(tx: Transaction, article_id: str) -> tuple[datetime, ...]:
    """When each wording of an article was published, the first one first."""
    these = sa.select(published.c.published_at).where(published.c.article_id == article_id)
    return tuple(tx.scalars(these.order_by(published.c.number)))
