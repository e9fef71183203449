"""Use cases of looking at what came to a desk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from bot.audit import flows as audit
from bot.calendar import Wait
from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.message import Outcome
from bot.database.engine import Transaction
from bot.inquiry.flows import case, copies
from bot.inquiry.model import Sight, find_sight, is_administrators
from bot.inquiry.records import queries
from bot.roster import flows as roster
from bot.roster.model import Person
from knowledge.desk import Desk


def find_viewer(
    tx: Transaction, account: Account, context: Context
) -> tuple[Person | None, Sight | None]:
    """Who somebody is, and which desks' inquiries they may look at; None: no desk's."""
    person = roster.find_person(tx, account, context.today())
    return person, find_sight(person, context.desks)


def get_sight(desk: Desk, context: Context) -> Sight:
    """What a desk itself sees: its own inquiries, and the common one all that are no other's."""
    ladder = context.desks
    if not desk.is_common:
        return Sight(frozenset({desk.id}))
    return Sight(None, frozenset(other.id for other in ladder.open if other != desk))


def list_waits(tx: Transaction, numbers: Collection[str]) -> Mapping[str, tuple[Wait, ...]]:
    """How long the desk waited for the askers of some inquiries."""
    asked = queries.list_all(tx, numbers)
    return {number: tuple(query.wait for query in asked.get(number, ())) for number in numbers}


def open_inquiry(tx: Transaction, presser: Account, number: str, context: Context) -> Outcome[None]:
    """Show an inquiry to one who looks for it, to work on there. Raises what `check_sight` does."""
    person, inquiry = case.check_sight(tx, presser, number, context)
    note_shown(tx, presser, person, [(number, inquiry.desk)], context)
    message = case.show_to(tx, presser, inquiry, context)
    assert message is not None
    return Outcome(None, (copies.make_copy(tx, case.make_subject(number), message, presser),))


def note_shown(
    tx: Transaction,
    account: Account,
    person: Person,
    shown: Iterable[tuple[str, str | None]],
    context: Context,
) -> None:
    """Keep in the audit log that an administrator was shown what came to other ministries.

    `shown`: numbers, each with the id of the desk that has the inquiry.
    """
    own = {position.ministry for position in person.positions}
    of = {case.make_subject(number): context.desks.get(desk).ministry for number, desk in shown}
    others = {subject: ministry for subject, ministry in of.items() if ministry not in own}
    if others:
        who = roster.find_actor(tx, account, context.today(), is_administrators)
        audit.note_reads(tx, who, "inquiry.shown", others, context.now())
