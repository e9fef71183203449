"""The table of proposed articles: every revision, who proposed it, and what became of it."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from bot.conversation.address import Account
from bot.database.engine import Transaction
from bot.database.schema import Instant, Serial, metadata, one_of
from bot.editing.model import Body, Draft, Settlement, Verdict, find_number, make_article_id

drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("token", sa.String(32), nullable=False, unique=True),
    sa.Column("number", sa.String(20), index=True, doc="null: it rewords what is published"),
    sa.Column("article", sa.String(100), doc="null: what was made of the inquiry"),
    sa.Column("revision", sa.Integer, nullable=False, server_default=sa.text("1")),
    sa.Column("service", sa.String(20), nullable=False),
    sa.Column("tenant", sa.String(100), nullable=False),
    sa.Column("account", sa.String(200), nullable=False),
    sa.Column("proposed_at", Instant),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("questions", sa.Text, nullable=False, doc="a JSON list"),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("detail", sa.Text),
    sa.Column("basis", sa.Text, nullable=False),
    sa.Column("issuer", sa.Text, nullable=False),
    sa.Column("applies_to", sa.Text, nullable=False),
    sa.Column("in_force", sa.Date),
    sa.Column("review_by", sa.Date, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("scope", sa.Text, doc="a JSON list of ministries; null: common to all"),
    sa.Column("verdict", sa.String(10), nullable=False),
    sa.Column("settler_service", sa.String(20)),
    sa.Column("settler_tenant", sa.String(100)),
    sa.Column("settler_account", sa.String(200)),
    sa.Column("settled_at", Instant),
    sa.Column("reason", sa.Text),
    sa.UniqueConstraint("article", "revision"),
    one_of("verdict", Verdict),
)


def add_draft(tx: Transaction, draft: Draft) -> None:
    body = draft.body
    row = {
        "token": draft.token,
        "number": draft.number,
        "article": draft.article,
        "revision": draft.revision,
        "service": draft.proposer.service,
        "tenant": draft.proposer.tenant,
        "account": draft.proposer.id,
        "proposed_at": draft.proposed_at,
        "title": body.title,
        "questions": json.dumps(body.questions, ensure_ascii=False),
        "answer": body.answer,
        "detail": body.detail,
        "basis": body.basis,
        "issuer": body.issuer,
        "applies_to": body.applies_to,
        "in_force": body.in_force,
        "review_by": body.review_by,
        "owner": body.owner,
        "scope": json.dumps(body.scope, ensure_ascii=False) if body.scope else None,
        "verdict": draft.verdict.value,
    }
    tx.execute(drafts.insert().values(row))


def find_draft(tx: Transaction, token: str) -> Draft | None:
    row = tx.execute(sa.select(drafts).where(drafts.c.token == token)).one_or_none()
    return _draft(row) if row else None


def list_drafts(tx: Transaction, article: str) -> tuple[Draft, ...]:
    """Every revision of an article, the first one first."""
    these = drafts.c.article == article
    number = find_number(article)
    if number is not None:
        # Those of the version before this one name their inquiry alone.
        unnamed = sa.and_(drafts.c.article.is_(None), drafts.c.number == number)
        these = sa.or_(these, unnamed)
    rows = tx.execute(sa.select(drafts).where(these).order_by(drafts.c.id))
    return tuple(map(_draft, rows))


def list_proposed(tx: Transaction) -> tuple[Draft, ...]:
    """What nobody has decided on, the oldest first."""
    proposed = sa.select(drafts).where(drafts.c.verdict == Verdict.PROPOSED.value)
    return tuple(map(_draft, tx.execute(proposed.order_by(drafts.c.id))))


def put_settlement(tx: Transaction, token: str, verdict: Verdict, settled: Settlement) -> None:
    """What became of a draft, by whom, when and why."""
    values = {
        "verdict": verdict.value,
        "settler_service": settled.who.service,
        "settler_tenant": settled.who.tenant,
        "settler_account": settled.who.id,
        "settled_at": settled.at,
        "reason": settled.reason,
    }
    tx.execute(sa.update(drafts).where(drafts.c.token == token).values(values))


def _draft(row: sa.Row[Any]) -> Draft:
    return Draft(
        token=row.token,
        article=row.article or make_article_id(row.number),
        revision=row.revision,
        number=row.number,
        proposer=Account(row.service, row.tenant, row.account),
        proposed_at=row.proposed_at,
        body=_body(row),
        verdict=Verdict(row.verdict),
        settled=_settlement(row),
    )


def _body(row: sa.Row[Any]) -> Body:
    return Body(
        title=row.title,
        questions=tuple(json.loads(row.questions)),
        answer=row.answer,
        detail=row.detail,
        basis=row.basis,
        issuer=row.issuer,
        applies_to=row.applies_to,
        in_force=row.in_force,
        owner=row.owner,
        review_by=row.review_by,
        scope=tuple(json.loads(row.scope or "[]")),
    )


def _settlement(row: sa.Row[Any]) -> Settlement | None:
    if row.settler_account is None:
        return None
    who = Account(row.settler_service, row.settler_tenant, row.settler_account)
    return Settlement(who, row.settled_at, row.reason or "")
