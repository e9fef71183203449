"""What a desk's knowledge needs, gathered: for a Home as for a weekly report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.context import Context
from bot.database.engine import Transaction
from bot.inquiry.model import Sight
from bot.overview.model import Asked, Care, Rated, Unanswered, list_stale
from bot.overview.records import asked

LISTED = 50
"""Articles and inquiries that are told of at most: who reads of them sees the first."""


def look_after(
    tx: Transaction,
    sight: Sight | None,
    ministries: frozenset[str] | None,
    since: datetime,
    context: Context,
) -> Care:
    """All but the unanswered questions: those are grouped where no transaction waits."""
    return Care(
        rated=_list_rated(tx, since, ministries, context),
        reopened=asked.list_reopened(tx, sight, since, LISTED) if sight else (),
        stale=list_stale(context.knowledge.library.articles, context.today()),
    )


def _list_rated(
    tx: Transaction, since: datetime, ministries: frozenset[str] | None, context: Context
) -> tuple[Rated, ...]:
    """Articles after whose answer somebody turned to a person, as far as they still stand."""
    titles = {article.id: article.title for article in context.knowledge.library.articles}
    found = asked.list_rated(tx, since, ministries, LISTED)
    return tuple(
        replace(rated, title=titles[rated.article]) for rated in found if rated.article in titles
    )


def group_questions(care: Care, questions: Sequence[Asked], context: Context) -> Care:
    """With questions that ask for the same put together, what is asked most often first.

    Slow, so done in no transaction.
    """
    groups = context.knowledge.group([question.words for question in questions])
    found = tuple(Unanswered(tuple(questions[place] for place in places)) for places in groups)
    return replace(care, unanswered=found)


def list_ministries(sight: Sight, context: Context) -> frozenset[str] | None:
    """Whose staff's questions are told of; None: everybody's.

    The common desk answers for what all ask; another for those whom it serves.
    """
    if sight.only is None:
        return None
    served = (desk.serves or () for desk in context.desks.open if desk.id in sight.only)
    return frozenset(ministry for ministries in served for ministry in ministries)
