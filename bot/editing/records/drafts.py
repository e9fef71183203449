"""Articles that were proposed, and what became of them."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from bot.conversation.address import Account
from bot.database.engine import Transaction
from bot.database.schema import Serial, metadata, one_of
from bot.editing.model import Draft, Verdict

drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("token", sa.String(32), nullable=False, unique=True),
    sa.Column("number", sa.String(20), nullable=False, index=True),
    sa.Column("service", sa.String(20), nullable=False),
    sa.Column("tenant", sa.String(100), nullable=False),
    sa.Column("account", sa.String(200), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("questions", sa.Text, nullable=False, doc="a JSON list"),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("basis", sa.Text, nullable=False),
    sa.Column("issuer", sa.Text, nullable=False),
    sa.Column("applies_to", sa.Text, nullable=False),
    sa.Column("in_force", sa.Date),
    sa.Column("review_by", sa.Date, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("verdict", sa.String(10), nullable=False),
    one_of("verdict", Verdict),
)


def add_draft(tx: Transaction, draft: Draft) -> None:
    tx.execute(
        drafts.insert().values(
            token=draft.token,
            number=draft.number,
            service=draft.proposer.service,
            tenant=draft.proposer.tenant,
            account=draft.proposer.id,
            title=draft.title,
            questions=json.dumps(draft.questions, ensure_ascii=False),
            answer=draft.answer,
            basis=draft.basis,
            issuer=draft.issuer,
            applies_to=draft.applies_to,
            in_force=draft.in_force,
            review_by=draft.review_by,
            owner=draft.owner,
            verdict=draft.verdict.value,
        )
    )


def find_draft(tx: Transaction, token: str) -> Draft | None:
    row = tx.execute(sa.select(drafts).where(drafts.c.token == token)).one_or_none()
    return _draft(row) if row else None


def list_proposed(tx: Transaction) -> tuple[Draft, ...]:
    """What nobody has decided on, the oldest first."""
    proposed = sa.select(drafts).where(drafts.c.verdict == Verdict.PROPOSED.value)
    return tuple(map(_draft, tx.execute(proposed.order_by(drafts.c.id))))


def _draft(row: sa.Row[Any]) -> Draft:
    return Draft(
        token=row.token,
        number=row.number,
        proposer=Account(row.service, row.tenant, row.account),
        title=row.title,
        questions=tuple(json.loads(row.questions)),
        answer=row.answer,
        basis=row.basis,
        issuer=row.issuer,
        applies_to=row.applies_to,
        in_force=row.in_force,
        review_by=row.review_by,
        owner=row.owner,
        verdict=Verdict(row.verdict),
    )


def put_verdict(tx: Transaction, token: str, verdict: Verdict) -> None:
    settled = sa.update(drafts).where(drafts.c.token == token)
    tx.execute(settled.values(verdict=verdict.value))
