"""Use cases about who people are."""

from __future__ import annotations

from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.message import Notice, OpenForm, Outcome
from bot.database.engine import Transaction
from bot.roster import messages, records
from bot.roster.model import MinistryAlreadyKnown, Person, Role, UnknownMinistry


def find_person(tx: Transaction, account: Account) -> Person | None:
    """The person behind an account, or None: then they are nobody's official yet."""
    return records.find_person(tx, account)


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
