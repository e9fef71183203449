"""Inquiries and their stages, and every step that somebody took."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from bot.conversation.address import Account
from bot.database.engine import Transaction
from bot.database.schema import Instant, Serial, insert_once, metadata, one_of
from bot.inquiry.model import CLOCK_STARTS, Inquiry, Sight, Stage, Step, Taken

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
    sa.Column("desk", sa.String(100), doc="null: the common desk's, before there were others"),
    sa.Column("main", sa.String(20), index=True, doc="the inquiry whose answer it waits for"),
    sa.Column("alike", sa.Text, doc="numbers as a JSON list; null: not looked for"),
    sa.Column("moves", sa.Integer, nullable=False, server_default=sa.text("0")),
    sa.Column("nameless", sa.Boolean(), nullable=False, server_default=sa.false()),
    one_of("stage", Stage),
)
OPEN = "stage IN ('waiting', 'taken', 'asked_back', 'checking')"
"""What waits for the desk: text, as a planner uses a partial index for its own words alone."""
sa.Index(
    "ix_cases_open",
    cases.c.due_on,
    sqlite_where=sa.text(OPEN),
    postgresql_where=sa.text(OPEN),
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
    sa.Column("at", Instant, nullable=False, index=True),
    sa.Column("desk", sa.String(100), doc="who had it then; null: nobody else than before"),
    sa.Column("about", sa.String(64), doc="what else it concerns: whose answer it waits for"),
    one_of("step", Step),
)


def add_inquiry(
    tx: Transaction, number: str, token: str, desk: str, due_on: date, *, nameless: bool
) -> Inquiry:
    """Begin the history of an inquiry."""
    row = {"number": number, "question": token, "stage": Stage.WAITING.value}
    insert_once(tx, cases, {**row, "desk": desk, "due_on": due_on, "nameless": nameless})
    found = find_inquiry(tx, number)
    assert found is not None
    return found


def find_inquiry(tx: Transaction, number: str) -> Inquiry | None:
    row = tx.execute(sa.select(cases).where(cases.c.number == number)).one_or_none()
    return _inquiry(row) if row else None


def seen(sight: Sight) -> sa.ColumnElement[bool]:
    """Whether somebody may look at an inquiry."""
    if sight.only is not None:
        return cases.c.desk.in_(sight.only)
    return sa.or_(cases.c.desk.is_(None), cases.c.desk.not_in(sight.but))


def list_late(tx: Transaction, today: date) -> tuple[Inquiry, ...]:
    """Open inquiries whose due day is over, the latest first."""
    late = sa.and_(sa.text(OPEN), cases.c.due_on < today)
    rows = tx.execute(sa.select(cases).where(late).order_by(cases.c.due_on, cases.c.id))
    return tuple(map(_inquiry, rows))


def list_held(tx: Transaction) -> tuple[Inquiry, ...]:
    """Open inquiries that somebody has, in their order."""
    held = sa.and_(sa.text(OPEN), cases.c.holder_account.is_not(None))
    rows = tx.execute(sa.select(cases).where(held).order_by(cases.c.id))
    return tuple(map(_inquiry, rows))


def list_at(tx: Transaction, desks: Collection[str | None], limit: int) -> tuple[Inquiry, ...]:
    """Open inquiries of some desks, the latest first; None: from before there were several."""
    named = cases.c.desk.in_([desk for desk in desks if desk is not None])
    theirs = sa.or_(named, cases.c.desk.is_(None)) if None in desks else named
    latest = sa.select(cases).where(sa.text(OPEN), theirs).order_by(cases.c.id.desc())
    return tuple(map(_inquiry, tx.execute(latest.limit(limit))))


def list_inquiries(tx: Transaction, numbers: Collection[str]) -> Mapping[str, Inquiry]:
    """Inquiries by their numbers, as far as they are kept."""
    rows = tx.execute(sa.select(cases).where(cases.c.number.in_(numbers)))
    return {row.number: _inquiry(row) for row in rows}


def list_followers(tx: Transaction, main: str) -> tuple[Inquiry, ...]:
    """Inquiries that wait for another one's answer, the earliest first."""
    rows = tx.execute(sa.select(cases).where(cases.c.main == main).order_by(cases.c.id))
    return tuple(map(_inquiry, rows))


def put_main(tx: Transaction, number: str, main: str | None) -> None:
    """Whose answer an inquiry waits for from now on; None: its own."""
    tx.execute(sa.update(cases).where(cases.c.number == number).values(main=main))


def put_alike(tx: Transaction, number: str, alike: Sequence[str]) -> None:
    """Which inquiries were found that may ask for the same."""
    values = {"alike": json.dumps(list(alike))}
    tx.execute(sa.update(cases).where(cases.c.number == number).values(values))


def put_notices(tx: Transaction, number: str, notices: int) -> None:
    """How often the desk was told."""
    tx.execute(sa.update(cases).where(cases.c.number == number).values(notices=notices))


def put_pause(tx: Transaction, number: str, due_on: date | None) -> None:
    """What waiting has made of the due day; None: nobody can say yet."""
    tx.execute(sa.update(cases).where(cases.c.number == number).values(due_on=due_on))


def find_clock_start(tx: Transaction, number: str) -> datetime | None:
    """Since when the desk's working days are counted."""
    starts = sa.and_(case_steps.c.number == number, case_steps.c.step.in_(CLOCK_STARTS))
    last: datetime | None = tx.scalar(sa.select(sa.func.max(case_steps.c.at)).where(starts))
    return last


def put_due_day(tx: Transaction, number: str, due_on: date) -> None:
    """Count anew from now on."""
    tx.execute(sa.update(cases).where(cases.c.number == number).values(due_on=due_on, notices=0))


def put_desk(tx: Transaction, number: str, desk: str, due_on: date) -> None:
    """Give an inquiry to another desk, where nobody has taken it over and nothing was told yet."""
    put_stage(tx, number, Stage.WAITING, None, None)
    given = sa.update(cases).where(cases.c.number == number)
    tx.execute(given.values(desk=desk, due_on=due_on, notices=0, moves=cases.c.moves + 1))


def list_steps(tx: Transaction, number: str) -> tuple[Taken, ...]:
    """All that was done with an inquiry, in that order."""
    taken = sa.select(case_steps).where(case_steps.c.number == number).order_by(case_steps.c.id)
    return tuple(
        Taken(
            Step(row.step),
            Account(row.service, row.tenant, row.account),
            row.at,
            row.desk,
            row.about,
        )
        for row in tx.execute(taken)
    )


def list_desks(tx: Transaction, number: str) -> tuple[str, ...]:
    """The desks that had an inquiry, in their order."""
    had = sa.select(case_steps.c.desk).where(
        case_steps.c.number == number, case_steps.c.desk.is_not(None)
    )
    return tuple(tx.scalars(had.order_by(case_steps.c.id)))


def _inquiry(row: sa.Row[Any]) -> Inquiry:
    holder = (
        Account(row.holder_service, row.holder_tenant, row.holder_account)
        if row.holder_account
        else None
    )
    return Inquiry(
        number=row.number,
        token=row.question,
        stage=Stage(row.stage),
        holder=holder,
        office=row.office,
        due_on=row.due_on,
        notices=row.notices,
        main=row.main,
        alike=tuple(json.loads(row.alike or "[]")),
        desk=row.desk,
        moves=row.moves,
        nameless=row.nameless,
    )


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


def add_step(
    tx: Transaction,
    number: str,
    step: Step,
    who: Account,
    at: datetime,
    desk: str | None = None,
    about: str | None = None,
) -> int:
    """Keep who did what, and when, which desk has it now, and what else it concerns.

    How many steps there are.
    """
    row = {"number": number, "step": step.value, "at": at, "desk": desk, "about": about}
    tx.execute(
        case_steps.insert().values(**row, service=who.service, tenant=who.tenant, account=who.id)
    )
    these = sa.select(sa.func.count()).where(case_steps.c.number == number)
    return tx.execute(these).scalar_one()
