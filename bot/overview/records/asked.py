"""What was asked and not answered well, as the tables of questions and inquiries have it."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from bot.database.engine import Transaction
from bot.desk.model import DecisionName, State
from bot.desk.records import questions
from bot.inquiry.model import Sight, Step
from bot.inquiry.records.cases import case_steps, cases, seen
from bot.overview.model import Asked, Rated

Ministries = Collection[str] | None
"""Whose questions; None: everybody's."""


def list_unanswered(
    tx: Transaction, since: datetime, ministries: Ministries, limit: int
) -> tuple[Asked, ...]:
    """Questions that were neither answered nor brought to a person, the latest first."""
    those = sa.and_(
        _asked(since, ministries),
        questions.c.state == State.OPEN.value,
        questions.c.decision != DecisionName.ANSWERED.value,
    )
    latest = sa.select(questions).where(those).order_by(questions.c.asked_at.desc()).limit(limit)
    return tuple(Asked(row.text, row.words, row.asked_at) for row in tx.execute(latest))


def list_rated(
    tx: Transaction, since: datetime, ministries: Ministries, limit: int
) -> tuple[Rated, ...]:
    """Articles after whose answer somebody turned to a person, most often first."""
    resolved = _count_in(State.RESOLVED)
    escalated = _count_in(State.ESCALATED)
    answered = sa.and_(
        _asked(since, ministries), questions.c.decision == DecisionName.ANSWERED.value
    )
    found = (
        sa.select(questions.c.articles, sa.func.count(), resolved, escalated)
        .where(answered)
        .group_by(questions.c.articles)
        .having(escalated > 0)
        .order_by(escalated.desc(), resolved, questions.c.articles)
        .limit(limit)
    )
    # An answer is of one article: the list has one id.
    return tuple(Rated(json.loads(ids)[0], *counts) for ids, *counts in tx.execute(found))


def _count_in(state: State) -> sa.ColumnElement[int]:
    return sa.func.count().filter(questions.c.state == state.value)


def _asked(since: datetime, ministries: Ministries) -> sa.ColumnElement[bool]:
    asked = questions.c.asked_at >= since
    return asked if ministries is None else asked & questions.c.ministry.in_(ministries)


def list_reopened(tx: Transaction, sight: Sight, since: datetime, limit: int) -> tuple[str, ...]:
    """Inquiries whose asker was not content with a person's answer, the latest first."""
    those = sa.and_(case_steps.c.at >= since, case_steps.c.step == Step.REOPENED.value, seen(sight))
    last = sa.func.max(case_steps.c.id)
    numbers = (
        sa.select(case_steps.c.number)
        .join(cases, cases.c.number == case_steps.c.number)
        .where(those)
        .group_by(case_steps.c.number)
        .order_by(last.desc())
        .limit(limit)
    )
    return tuple(tx.scalars(numbers))
