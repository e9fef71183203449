"""Replies that wait, or waited, for a second person: every revision of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.conversation.address import Account
from bot.database.engine import Transaction
from bot.database.schema import Instant, Serial, metadata, one_of
from bot.inquiry.model import Composed, Fate, ReplyDraft, Standing
from bot.inquiry.records.replies import read_sources, write_sources

reply_drafts = sa.Table(
    "reply_drafts",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("token", sa.String(32), nullable=False, unique=True),
    sa.Column("number", sa.String(20), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("basis", sa.Text, nullable=False),
    sa.Column("standing", sa.String(10), nullable=False),
    sa.Column("sources", sa.Text, doc="a JSON list"),
    sa.Column("service", sa.String(20), nullable=False),
    sa.Column("tenant", sa.String(100), nullable=False),
    sa.Column("account", sa.String(200), nullable=False),
    sa.Column("by", sa.String(200), nullable=False, doc="the position of whoever wrote it"),
    sa.Column("written_at", Instant, nullable=False),
    sa.Column("fate", sa.String(10), nullable=False),
    sa.Column("checker_service", sa.String(20)),
    sa.Column("checker_tenant", sa.String(100)),
    sa.Column("checker_account", sa.String(200)),
    sa.Column("settled_at", Instant),
    sa.Column("reason", sa.Text),
    one_of("standing", Standing),
    one_of("fate", Fate),
    # Of two who write at once, one writes the next revision.
    sa.UniqueConstraint("number", "revision"),
)


def add_draft(tx: Transaction, draft: ReplyDraft) -> None:
    composed, author = draft.composed, draft.author
    tx.execute(
        reply_drafts.insert().values(
            token=draft.token,
            number=draft.number,
            revision=draft.revision,
            text=composed.text,
            basis=composed.basis,
            standing=composed.standing.value,
            sources=write_sources(composed.sources),
            service=author.service,
            tenant=author.tenant,
            account=author.id,
            by=draft.by,
            written_at=draft.written_at,
            fate=draft.fate.value,
        )
    )


def find_draft(tx: Transaction, token: str) -> ReplyDraft | None:
    row = tx.execute(sa.select(reply_drafts).where(reply_drafts.c.token == token)).one_or_none()
    return _draft(row) if row else None


def list_drafts(tx: Transaction, number: str) -> tuple[ReplyDraft, ...]:
    """All revisions of all replies drafted for an inquiry, in their order."""
    written = sa.select(reply_drafts).where(reply_drafts.c.number == number)
    return tuple(map(_draft, tx.execute(written.order_by(reply_drafts.c.revision))))


def put_fate(
    tx: Transaction,
    token: str,
    fate: Fate,
    at: datetime,
    checker: Account | None = None,
    reason: str = "",
) -> None:
    """What became of a drafted reply, and who saw to it."""
    values = {
        "fate": fate.value,
        "settled_at": at,
        "checker_service": checker.service if checker else None,
        "checker_tenant": checker.tenant if checker else None,
        "checker_account": checker.id if checker else None,
        "reason": reason or None,
    }
    tx.execute(sa.update(reply_drafts).where(reply_drafts.c.token == token).values(values))


def _draft(row: sa.Row[Any]) -> ReplyDraft:
    sources = read_sources(row.sources)
    return ReplyDraft(
        token=row.token,
        number=row.number,
        revision=row.revision,
        composed=Composed(row.text, row.basis, Standing(row.standing), sources),
        author=Account(row.service, row.tenant, row.account),
        by=row.by,
        written_at=row.written_at,
        fate=Fate(row.fate),
        reason=row.reason or "",
    )
