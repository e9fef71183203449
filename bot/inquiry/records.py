"""Tables of what became of inquiries: their stage, every step, replies and proposed articles."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from bot.conversation.address import Account
from bot.database.engine import Transaction
from bot.database.schema import Instant, Serial, insert_once, metadata, one_of
from bot.inquiry.model import Draft, Inquiry, Reply, Stage, Standing, Step, Verdict

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("number", sa.String(20), nullable=False, unique=True),
    sa.Column("question", sa.String(32), nullable=False, unique=True, doc="the question's token"),
    sa.Column("stage", sa.String(10), nullable=False),
    sa.Column("holder_service", sa.String(20)),
    sa.Column("holder_tenant", sa.String(100)),
    sa.Column("holder_account", sa.String(200)),
    sa.Column("office", sa.String(100)),
    sa.Column("due_on", sa.Date, doc="null: referred before there were due days"),
    sa.Column("notices", sa.Integer, nullable=False, server_default=sa.text("0")),
    one_of("stage", Stage),
)
_OPEN = "stage IN ('waiting', 'taken')"
sa.Index(
    "ix_cases_open",
    cases.c.due_on,
    sqlite_where=sa.text(_OPEN),
    postgresql_where=sa.text(_OPEN),
)
case_steps = sa.Table(
    "case_steps",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("number", sa.String(20), nullable=False, index=True),
    sa.Column("step", sa.String(20), nullable=False),
    sa.Column("service", sa.String(20), nullable=False),
    sa.Column("tenant", sa.String(100), nullable=False),
    sa.Column("account", sa.String(200), nullable=False),
    sa.Column("at", Instant, nullable=False),
    one_of("step", Step),
)
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
    one_of("standing", Standing),
)
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


def add_inquiry(tx: Transaction, number: str, token: str, due_on: date) -> Inquiry:
    """Begin the history of an inquiry."""
    row = {"number": number, "question": token, "stage": Stage.WAITING.value, "due_on": due_on}
    insert_once(tx, cases, row)
    found = find_inquiry(tx, number)
    assert found is not None
    return found


def find_inquiry(tx: Transaction, number: str) -> Inquiry | None:
    row = tx.execute(sa.select(cases).where(cases.c.number == number)).one_or_none()
    return _inquiry(row) if row else None


def list_late(tx: Transaction, today: date) -> tuple[Inquiry, ...]:
    """Open inquiries whose due day is over, the latest first."""
    late = sa.and_(sa.text(_OPEN), cases.c.due_on < today)
    rows = tx.execute(sa.select(cases).where(late).order_by(cases.c.due_on, cases.c.id))
    return tuple(map(_inquiry, rows))


def put_notices(tx: Transaction, number: str, notices: int) -> None:
    """How often the desk was told."""
    tx.execute(sa.update(cases).where(cases.c.number == number).values(notices=notices))


def put_due_day(tx: Transaction, number: str, due_on: date) -> None:
    """Count anew from now on."""
    tx.execute(sa.update(cases).where(cases.c.number == number).values(due_on=due_on, notices=0))


def _inquiry(row: sa.Row[Any]) -> Inquiry:
    holder = (
        Account(row.holder_service, row.holder_tenant, row.holder_account)
        if row.holder_account
        else None
    )
    stage = Stage(row.stage)
    return Inquiry(row.number, row.question, stage, holder, row.office, row.due_on, row.notices)


def put_stage(
    tx: Transaction, number: str, stage: Stage, holder: Account | None, office: str | None
) -> None:
    """Where an inquiry stands from now on, and who has it."""
    values = {
        "stage": stage.value,
        "holder_service": holder.service if holder else None,
        "holder_tenant": holder.tenant if holder else None,
        "holder_account": holder.id if holder else None,
        "office": office,
    }
    tx.execute(sa.update(cases).where(cases.c.number == number).values(values))


def add_step(tx: Transaction, number: str, step: Step, who: Account, at: datetime) -> int:
    """Keep who did what, and when; how many steps there are now."""
    row = {"number": number, "step": step.value, "at": at}
    tx.execute(
        case_steps.insert().values(**row, service=who.service, tenant=who.tenant, account=who.id)
    )
    these = sa.select(sa.func.count()).where(case_steps.c.number == number)
    return tx.execute(these).scalar_one()


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
        )
    )


def find_reply(tx: Transaction, token: str) -> Reply | None:
    row = tx.execute(sa.select(replies).where(replies.c.token == token)).one_or_none()
    return _reply(row) if row else None


def find_last_reply(tx: Transaction, number: str) -> Reply | None:
    last = sa.select(replies).where(replies.c.number == number).order_by(replies.c.id.desc())
    row = tx.execute(last.limit(1)).one_or_none()
    return _reply(row) if row else None


def _reply(row: sa.Row[Any]) -> Reply:
    standing = Standing(row.standing)
    return Reply(row.token, row.number, row.text, row.basis, standing, row.office, row.sent_at)


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
    if row is None:
        return None
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
