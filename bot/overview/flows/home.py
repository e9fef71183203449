"""Use cases of a Home: look at what the desk has to do, and take something over there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.message import Outcome
from bot.database.engine import Transaction
from bot.desk import flows as desk
from bot.editing.flows import deciding
from bot.inquiry.flows import receiving, viewing
from bot.inquiry.model import MAY_APPROVE, Sight, works_at
from bot.overview.flows import caring
from bot.overview.messages import home as words
from bot.overview.model import (
    HOME_PARTS,
    LOOK_BACK,
    MOST_ASKED,
    Asked,
    Queue,
    View,
)
from bot.overview.records import asked, queue
from bot.roster.model import Person

SHOWN = 5
"""Inquiries of each part that a Home shows: a Home of Slack has room for a hundred blocks."""


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
    ministries = caring.list_ministries(sight, context) if sight else None
    since = context.now() - LOOK_BACK
    care = caring.look_after(tx, sight, ministries, since, context)
    waiting = _look_at_queue(tx, account, person, sight, context) if sight else None
    unanswered = asked.list_unanswered(tx, since, ministries, MOST_ASKED)
    return Seen(View(sight, waiting, drafts, care), unanswered)


def group(seen: Seen, context: Context) -> View:
    """The view with what asks for the same put together: slow, so done in no transaction."""
    return replace(seen.view, care=caring.group_questions(seen.view.care, seen.asked, context))


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
