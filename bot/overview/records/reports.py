"""Which weeks a desk was told of, and what the report of a week counts."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime

import sqlalchemy as sa

from bot.database.engine import Transaction
from bot.database.schema import Instant, Serial, insert_once, metadata
from bot.desk.model import DecisionName
from bot.desk.records import questions
from bot.inquiry.model import Sight, Step
from bot.inquiry.records.cases import OPEN, case_steps, cases, seen
from bot.overview.model import MOVES, History, Move

weekly_reports = sa.Table(
    "weekly_reports",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("desk", sa.String(100), nullable=False),
    sa.Column("week", sa.String(10), nullable=False),
    sa.Column("told_at", Instant, nullable=False),
    sa.UniqueConstraint("desk", "week"),
)


def add_report(tx: Transaction, desk: str, week: str, now: datetime) -> bool:
    """Note that a desk is told of a week; whether it was not before."""
    row = {"desk": desk, "week": week, "told_at": now}
    return insert_once(tx, weekly_reports, row) is not None


def list_told(tx: Transaction, week: str) -> frozenset[str]:
    """The desks that were told in a week."""
    told = sa.select(weekly_reports.c.desk).where(weekly_reports.c.week == week)
    return frozenset(tx.scalars(told))


def list_histories(tx: Transaction, sight: Sight, since: datetime) -> tuple[History, ...]:
    """Every inquiry that came or went since a time, with all that it did before."""
    touched = (
        sa.select(case_steps.c.number).where(case_steps.c.at >= since, _moving()).scalar_subquery()
    )
    steps = (
        sa.select(case_steps.c.number, cases.c.desk, case_steps.c.step, case_steps.c.at)
        .join(cases, cases.c.number == case_steps.c.number)
        .where(case_steps.c.number.in_(touched), _moving(), seen(sight))
        .order_by(case_steps.c.id)
    )
    moves: dict[tuple[str, str | None], list[Move]] = {}
    for row in tx.execute(steps):
        moves.setdefault((row.number, row.desk), []).append(Move(Step(row.step), row.at))
    return tuple(History(number, desk, tuple(own)) for (number, desk), own in moves.items())


def _moving() -> sa.ColumnElement[bool]:
    return case_steps.c.step.in_([step.value for step in MOVES])


def count_open(tx: Transaction, sight: Sight, today: date) -> Mapping[str, int]:
    """How many wait for the desk now: in all, without anybody, and past their day."""
    unassigned = sa.func.count().filter(cases.c.holder_account.is_(None))
    overdue = sa.func.count().filter(cases.c.due_on < today)
    counts = sa.select(
        sa.func.count().label("open"), unassigned.label("unassigned"), overdue.label("overdue")
    )
    row = tx.execute(counts.where(sa.text(OPEN), seen(sight))).one()
    return {str(name): int(count) for name, count in row._mapping.items()}


def list_topics(
    tx: Transaction,
    since: datetime,
    until: datetime,
    ministries: Collection[str] | None,
    limit: int,
) -> tuple[tuple[str, int], ...]:
    """Ids of the articles that answered most often, each with how often."""
    count = sa.func.count()
    answered = (
        sa.select(questions.c.articles, count)
        .where(
            questions.c.asked_at >= since,
            questions.c.asked_at < until,
            questions.c.decision == DecisionName.ANSWERED.value,
        )
        .group_by(questions.c.articles)
        .order_by(count.desc(), questions.c.articles)
        .limit(limit)
    )
    if ministries is not None:
        answered = answered.where(questions.c.ministry.in_(ministries))
    return tuple((json.loads(ids)[0], number) for ids, number in tx.execute(answered))
