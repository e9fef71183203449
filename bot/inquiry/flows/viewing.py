"""Use cases of looking at what came to the desk."""

from __future__ import annotations

from bot.audit import flows as audit
from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.message import Outcome
from bot.database.engine import Transaction
from bot.desk import flows as desk
from bot.desk.model import Question
from bot.inquiry.flows import case
from bot.inquiry.model import Inquiry, find_sight
from bot.inquiry.records import cases
from bot.roster import flows as roster
from bot.roster.model import Person

_LISTED = 10
"""Lines of a Home: what fits a glance."""


def open_home(tx: Transaction, account: Account, context: Context) -> Outcome[None]:
    """Show somebody's own questions, and to those who work at a desk what came to it."""
    return desk.open_home(tx, account, context, _list_referred(tx, account, context))


def _list_referred(
    tx: Transaction, account: Account, context: Context
) -> tuple[Question, ...] | None:
    """What was last referred to the desks of somebody; None for whoever works at none."""
    person = roster.find_person(tx, account, context.today())
    sight = find_sight(person, context.desks)
    if person is None or sight is None:
        return None
    last = cases.list_last(tx, sight, _LISTED)
    for inquiry in last:
        _note_read(tx, account, person, inquiry, context)
    return desk.list_referred(tx, [inquiry.number for inquiry in last])


def _note_read(
    tx: Transaction, account: Account, person: Person, inquiry: Inquiry, context: Context
) -> None:
    """Keep in the audit log that an administrator was shown what came to another ministry."""
    ministry = case.get_desk(inquiry, context).ministry
    if ministry not in {position.ministry for position in person.positions}:
        who, at = roster.find_actor(tx, account, context.today()), context.now()
        audit.note_read(tx, who, "inquiry.shown", f"inquiry:{inquiry.number}", ministry, at)
