"""Use cases of a Home: look at what the desk has to do, and take something over there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.message import Outcome
from bot.database.engine import Transaction
from bot.desk import flows as desk
from bot.editing.flows import deciding
from bot.inquiry.flows import receiving, viewing
from bot.inquiry.model import MAY_APPROVE, Sight, works_at
from bot.overview.messages import home as words
from bot.overview.model import (
    HOME_PARTS,
    LOOK_BACK,
    MOST_ASKED,
    Asked,
    Care,
    Queue,
    Rated,
    Unanswered,
    View,
    list_stale,
)
from bot.overview.records import asked, queue
from bot.roster.model import Person

SHOWN = 5
"""Inquiries of each part that a Home shows: a Home of Slack has room for a hundred blocks."""
LISTED = 50
"""Articles and groups that are told of at most: a Home shows the first of them."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A view before the questions in it are grouped."""

    view: View
    asked: tuple[Asked, ...]


def look(tx: Transaction, account: Account, context: Context) -> Seen | None:
    """All that somebody is to see of their desk's work; None for whoever has no part in it.

    It reads much and decides nothing: no transaction that writes should wait for it.
    """
    person, sight = viewing.find_viewer(tx, account, context)
    may_approve = person is not None and not person.declared and bool(person.roles & MAY_APPROVE)
    if person is None or (sight is None and not may_approve):
        return None
    drafts = deciding.list_proposed(tx, person, context) if may_approve else ()
    ministries = _list_ministries(sight, context) if sight else None
    since = context.now() - LOOK_BACK
    care = Care(
        rated=_list_rated(tx, since, ministries, context),
        reopened=asked.list_reopened(tx, sight, since, LISTED) if sight else (),
        stale=list_stale(context.knowledge.library.articles, context.today()),
    )
    waiting = _look_at_queue(tx, account, person, sight, context) if sight else None
    unanswered = asked.list_unanswered(tx, since, ministries, MOST_ASKED)
    return Seen(View(sight, waiting, drafts, care), unanswered)


def group(seen: Seen, context: Context) -> View:
    """The view with what asks for the same put together: slow, so done in no transaction."""
    groups = group_questions(seen.asked, context)
    return replace(seen.view, care=replace(seen.view.care, unanswered=groups))


def group_questions(questions: Sequence[Asked], context: Context) -> tuple[Unanswered, ...]:
    """Questions that ask for the same, what is asked most often first."""
    groups = context.knowledge.group([question.words for question in questions])
    return tuple(Unanswered(tuple(questions[place] for place in places)) for places in groups)


def open_home(
    tx: Transaction, account: Account, view: View | None, context: Context
) -> Outcome[None]:
    """Show somebody what they saw a moment ago, if it is still their office to see it."""
    person, sight = viewing.find_viewer(tx, account, context)
    if view is None or person is None or sight != view.sight:
        return desk.open_home(tx, account, context)
    if view.queue is not None:
        shown = (entry for entries in view.queue.first.values() for entry in entries)
        numbers = {entry.number: entry.desk for entry in shown}
        viewing.note_shown(tx, account, person, numbers.items(), context)
    above = words.overview(view, context.today(), context.desks)
    return desk.open_home(tx, account, context, above)


def take_over(
    tx: Transaction, presser: Account, number: str, view: View | None, context: Context
) -> Outcome[None]:
    """Take an inquiry over, and show the Home as it stands after it.

    Raises what `receiving.take_over` raises.
    """
    taken = receiving.take_over(tx, presser, number, context)
    person, sight = viewing.find_viewer(tx, presser, context)
    if view is not None and person is not None and sight is not None:
        waiting = _look_at_queue(tx, presser, person, sight, context)
        view = replace(view, sight=sight, queue=waiting)
    shown = open_home(tx, presser, view, context)
    return replace(taken, posts=(*taken.posts, *shown.posts))


def open_inquiry(tx: Transaction, presser: Account, number: str, context: Context) -> Outcome[None]:
    """Show an inquiry in one's own conversation. Raises what `viewing.open_inquiry` raises."""
    return viewing.open_inquiry(tx, presser, number, context)


def _look_at_queue(
    tx: Transaction, account: Account, person: Person, sight: Sight, context: Context
) -> Queue:
    today = context.today()
    own = frozenset(desk.id for desk in context.desks.open if works_at(person, desk))
    first = {part: queue.list_first(tx, sight, part, account, today, SHOWN) for part in HOME_PARTS}
    return Queue(queue.count_parts(tx, sight, account, today), first, own)


def _list_rated(
    tx: Transaction, since: datetime, ministries: frozenset[str] | None, context: Context
) -> tuple[Rated, ...]:
    """Articles after whose answer somebody turned to a person, as far as they still stand."""
    titles = {article.id: article.title for article in context.knowledge.library.articles}
    found = asked.list_rated(tx, since, ministries, LISTED)
    return tuple(
        replace(rated, title=titles[rated.article]) for rated in found if rated.article in titles
    )


def _list_ministries(sight: Sight, context: Context) -> frozenset[str] | None:
    """Whose staff's questions somebody is told of; None: everybody's.

    The common desk answers for what all ask; another for those whom it serves.
    """
    if sight.only is None:
        return None
    served = (desk.serves or () for desk in context.desks.open if desk.id in sight.only)
    return frozenset(ministry for ministries in served for ministry in ministries)
