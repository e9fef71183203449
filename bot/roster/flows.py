"""Use cases about who people are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.audit import flows as audit
from bot.audit.model import Actor, State
from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.event import Event, Pressed, Submitted
from bot.conversation.message import Control, Notice, OpenForm, Outcome
from bot.database.engine import Transaction
from bot.refusal import Refusal
from bot.roster import messages, records
from bot.roster.model import (
    Change,
    Clash,
    Holding,
    MinistryAlreadyKnown,
    Person,
    Position,
    Role,
    UnknownMinistry,
    compare,
    find_clashes,
)


def find_person(tx: Transaction, account: Account, on: date | None = None) -> Person | None:
    """The person behind an account, or None: then they are nobody's official yet.

    With a day they are as of that day: the positions held then give their roles and ministry,
    beside what they were enrolled with. Without one only the latter counts.
    """
    person = records.find_person(tx, account)
    if person is None or on is None:
        return person
    capacities = records.list_capacities(tx, person.id, on)
    if not capacities:
        return person
    return replace(
        person,
        ministry=capacities[0].position.ministry,
        declared=False,
        roles=person.roles | {capacity.position.role for capacity in capacities},
        capacities=capacities,
    )


def find_name(tx: Transaction, account: Account) -> str:
    """What colleagues call somebody: by name, else by what their chat service calls them."""
    person = records.find_person(tx, account)
    return (person.name if person else "") or account.id


def find_actor(
    tx: Transaction, account: Account, on: date, *fits: Callable[[Position], bool]
) -> Actor:
    """Who somebody is to the audit log, and in which of their positions they act.

    `fits`: what the position has to be for that, the best first; see `Person.choose_capacity`.
    """
    person = find_person(tx, account, on)
    if person is None or person.declared:
        return Actor(account)
    capacity = person.choose_capacity(*fits)
    if capacity is None:
        return Actor(account, person.ministry)
    position = capacity.position
    title = position.title or None
    return Actor(account, position.ministry, title, position.role, capacity.how)


def is_same_person(tx: Transaction, one: Account, other: Account) -> bool:
    """Whether two accounts are one person's: two people have to be two."""
    if one == other:
        return True
    first, second = records.find_person(tx, one), records.find_person(tx, other)
    return first is not None and second is not None and first.id == second.id


def note_refusal(tx: Transaction, event: Event, refusal: Refusal, context: Context) -> None:
    """Keep in the audit log what somebody tried to do without the right to it."""
    control = Control.parse(event.control) if isinstance(event, Pressed | Submitted) else None
    if not refusal.is_for_want_of_rights or control is None:
        return
    who = find_actor(tx, event.who, context.today())
    subject = f"{control.action.split('.')[0]}:{control.token}"
    audit.note_refusal(tx, who, control.action, subject, type(refusal).__name__, context.now())


def link_account(tx: Transaction, account: Account, email: str, by: Actor, at: datetime) -> bool:
    """Tie an account to whom the roster knows by e-mail address; whether it is theirs now.

    The address must come from the chat service, never from what somebody typed. What they had
    said of their ministry themselves gives way; an account that is somebody's stays with them.
    """
    known = records.find_person_id(tx, email.lower())
    if known is None:
        return False
    person = records.find_person(tx, account)
    if person is None:
        records.add_account(tx, account, known)
    elif person.id == known:
        return True
    elif person.declared:
        records.move_accounts(tx, person.id, known)
    else:
        return False
    before = {"person": person.id} if person else None
    subject = f"account:{account.service}/{account.tenant}/{account.id}"
    audit.note(tx, by, "roster.linked", subject, at, before=before, after={"person": known})
    return True


# ---------------------------------------------------------------- by their address

LOOK_UP = Actor(Account("bot", "", "look-up"))
"""Who ties an account to somebody whose address the chat service tells."""
UNANSWERED, OLD = timedelta(minutes=10), timedelta(days=1)
"""After what time a service is asked again: it did not answer; the roster had nobody like that."""


def is_known(tx: Transaction, account: Account) -> bool:
    """Whether the roster says whose an account is: their own word does not."""
    person = records.find_person(tx, account)
    return person is not None and not person.declared


def is_look_up_due(tx: Transaction, account: Account, now: datetime) -> bool:
    """Whether a chat service is to be asked whose this account is."""
    return records.is_look_up_due(tx, account, now - UNANSWERED, now - OLD)


def claim_look_up(tx: Transaction, account: Account, now: datetime) -> bool:
    """The same, for the one who is to ask."""
    return records.claim_look_up(tx, account, now, now - UNANSWERED, now - OLD)


def meet(tx: Transaction, account: Account, email: str | None, at: datetime) -> bool:
    """Tie an account to whom its service's address belongs to; whether the roster has them.

    The address is not kept where it is nobody's.
    """
    found = email is not None and link_account(tx, account, email, LOOK_UP, at)
    records.put_look_up(tx, account, found=found)
    return found


# ---------------------------------------------------------------- who holds what


def find_holder(
    tx: Transaction, position: Position, on: date, service: str, tenant: str
) -> Account | None:
    """Who of a chat service holds a position on a day; without a title: any of that role there."""
    holders = records.list_holders(tx, position, on)
    here = (one for one in holders if (one.service, one.tenant) == (service, tenant))
    return next(here, None)


def list_holdings(
    tx: Transaction, day: date | None = None, ministry: str | None = None
) -> tuple[Holding, ...]:
    """Who holds which position on a day, or ever; in one ministry, or in all."""
    return records.list_holdings(tx, day, ministry)


def examine(
    tx: Transaction, entered: Collection[Holding], *, whole: bool
) -> tuple[tuple[Change, ...], tuple[Clash, ...]]:
    """What entering holdings would change, and which of them could not be right afterwards."""
    known = {holding.key: holding for holding in records.list_holdings(tx)}
    changes = compare(known.values(), entered, whole=whole)
    kept = {} if whole else known
    after = {**kept, **{holding.key: holding for holding in entered}}
    return changes, tuple(find_clashes(after.values()))


def enter(tx: Transaction, changes: Iterable[Change], by: Actor, at: datetime) -> None:
    """Enter what was examined in this transaction."""
    for change in changes:
        if change.after is not None:
            records.put_holding(tx, change.after)
        elif change.before is not None:
            records.delete_holding(tx, change.before)
        _note_change(tx, change, by, at)
    records.forget_look_ups(tx)


def _note_change(tx: Transaction, change: Change, by: Actor, at: datetime) -> None:
    holding = change.after or change.before
    assert holding is not None
    position = holding.position
    subject = f"position:{position.ministry}/{position.title}/{position.role}"
    before, after = (_describe(tx, each) for each in (change.before, change.after))
    audit.note(tx, by, f"roster.{change.kind}", subject, at, before=before, after=after)


def _describe(tx: Transaction, holding: Holding | None) -> State:
    """Who holds a position, for the audit log: by the number that the roster has for them."""
    if holding is None:
        return None
    person = records.find_person_id(tx, holding.email)
    told = {"name": holding.name, "how": holding.how}
    return {"person": person, **told, "since": holding.since, "until": holding.until}


def enrol(
    tx: Transaction, account: Account, name: str, ministry: str | None, roles: frozenset[Role]
) -> None:
    """Put somebody on the roster with what is known of them; done before: nothing happens."""
    records.add_person(tx, account, name, ministry, roles, declared=False)


def choose_ministry(_tx: Transaction, context: Context) -> Outcome[None]:
    """Offer the list of ministries to somebody who is to say where they belong."""
    return Outcome(None, reply=OpenForm(messages.choose_form(_ministries(context))))


def declare_ministry(
    tx: Transaction, account: Account, ministry: str, context: Context
) -> Outcome[None]:
    """Take somebody's word for their ministry; it gives no rights.

    Raises UnknownMinistry, and MinistryAlreadyKnown where the roster already says it.
    """
    if ministry not in _ministries(context):
        raise UnknownMinistry(ministry)
    person = records.find_person(tx, account)
    if person is None:
        name = ""  # the service knows it; the desk does not need it
        records.add_person(tx, account, name, ministry, frozenset({Role.OFFICIAL}), declared=True)
    elif person.ministry is not None and not person.declared:
        raise MinistryAlreadyKnown(person.ministry)
    else:
        records.put_declared_ministry(tx, person.id, ministry)
    return Outcome(None, reply=Notice(messages.declared(ministry)))


def _ministries(context: Context) -> tuple[str, ...]:
    return tuple(ministry.name for ministry in context.knowledge.library.ministries)
