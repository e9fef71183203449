"""Tables of people, their accounts and roles, and of who holds which position."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from bot.conversation.address import Account
from bot.database.engine import Transaction
from bot.database.schema import Instant, Serial, insert_once, metadata, one_of
from bot.roster.model import Appointment, Capacity, Holding, Person, Position, Role

people = sa.Table(
    "people",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("ministry", sa.String(100)),
    sa.Column("declared", sa.Boolean(name="declared"), nullable=False),
    sa.Column("email", sa.String(254)),
    sa.Index("ux_people_email", "email", unique=True),
)
accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("service", sa.String(20), nullable=False),
    sa.Column("tenant", sa.String(100), nullable=False),
    sa.Column("account", sa.String(200), nullable=False),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.UniqueConstraint("service", "tenant", "account"),
)
person_roles = sa.Table(
    "person_roles",
    metadata,
    sa.Column("person_id", sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("role", sa.String(20), primary_key=True),
    one_of("role", Role),
)
positions = sa.Table(
    "positions",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("ministry", sa.String(100), nullable=False),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.UniqueConstraint("ministry", "title", "role"),
    one_of("role", Role),
)
holdings = sa.Table(
    "holdings",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("position_id", sa.ForeignKey("positions.id"), nullable=False),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("how", sa.String(20), nullable=False),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("until", sa.Date),
    sa.UniqueConstraint("position_id", "person_id", "since"),
    one_of("how", Appointment),
    sa.CheckConstraint("until IS NULL OR until >= since", name="until"),
)


lookups = sa.Table(
    "account_lookups",
    metadata,
    # When a chat service was asked whose an account is; never what it said.
    sa.Column("id", Serial, primary_key=True),
    sa.Column("service", sa.String(20), nullable=False),
    sa.Column("tenant", sa.String(100), nullable=False),
    sa.Column("account", sa.String(200), nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("found", sa.Boolean, doc="null: it has not answered"),
    sa.UniqueConstraint("service", "tenant", "account"),
)


def find_person(tx: Transaction, account: Account) -> Person | None:
    """The person behind an account, if the roster knows them."""
    who = {"service": account.service, "tenant": account.tenant, "account": account.id}
    rows = tx.execute(_PERSON, who).all()
    if not rows:
        return None
    first = rows[0]
    roles = frozenset(Role(row.role) for row in rows if row.role is not None)
    # One's own word gives no rights, and whoever belongs nowhere has none anywhere.
    official = first.ministry is not None and not first.declared
    return Person(
        first.id,
        first.name,
        first.ministry,
        first.declared,
        roles,
        enrolled=_enrolled(first.ministry, roles) if official else (),
    )


def _enrolled(ministry: str, roles: Iterable[Role]) -> tuple[Position, ...]:
    return tuple(Position(ministry, "", role) for role in sorted(roles))


# Made once, as every question asks for it: to build a statement takes longer than to run it.
_PERSON = (
    sa.select(people, person_roles.c.role)
    .join(accounts, accounts.c.person_id == people.c.id)
    .outerjoin(person_roles, person_roles.c.person_id == people.c.id)
    .where(
        accounts.c.service == sa.bindparam("service"),
        accounts.c.tenant == sa.bindparam("tenant"),
        accounts.c.account == sa.bindparam("account"),
    )
)


def add_person(
    tx: Transaction,
    account: Account,
    name: str,
    ministry: str | None,
    roles: frozenset[Role],
    *,
    declared: bool,
) -> int | None:
    """Add somebody with an account and roles; None if the account is somebody's already."""
    person = tx.execute(
        people.insert()
        .values(name=name, ministry=ministry, declared=declared)
        .returning(people.c.id)
    ).scalar_one()
    row = {"service": account.service, "tenant": account.tenant, "account": account.id}
    if insert_once(tx, accounts, {**row, "person_id": person}) is None:
        tx.execute(sa.delete(people).where(people.c.id == person))
        return None
    for role in roles:
        tx.execute(person_roles.insert().values(person_id=person, role=role.value))
    return int(person)


# ---------------------------------------------------------------- who holds what

_HELD = (
    sa.select(positions.c.ministry, positions.c.title, positions.c.role, holdings.c.how)
    .join(positions, holdings.c.position_id == positions.c.id)
    .where(
        holdings.c.person_id == sa.bindparam("person"),
        holdings.c.since <= sa.bindparam("day"),
        sa.or_(holdings.c.until.is_(None), holdings.c.until >= sa.bindparam("day")),
    )
    .order_by(holdings.c.since, holdings.c.id)
)


def list_capacities(tx: Transaction, person: int, day: date) -> tuple[Capacity, ...]:
    """The positions that somebody holds on a day, the chief one first."""
    ranks = list(Appointment)
    rows = tx.execute(_HELD, {"person": person, "day": day}).all()
    chief_first = sorted(rows, key=lambda row: ranks.index(Appointment(row.how)))
    return tuple(Capacity(_position(row), Appointment(row.how)) for row in chief_first)


def list_holders(tx: Transaction, sought: Position, day: date) -> tuple[Account, ...]:
    """The accounts of those who hold a position on a day, the chief one first.

    Without a title: any position of that role in the ministry, and who was enrolled with it, last.
    """
    wanted = sa.and_(
        positions.c.ministry == sought.ministry,
        positions.c.role == sought.role.value,
        holdings.c.since <= day,
        sa.or_(holdings.c.until.is_(None), holdings.c.until >= day),
    )
    if sought.title:
        wanted = sa.and_(wanted, positions.c.title == sought.title)
    held = (
        sa.select(*accounts.c["service", "tenant", "account"], holdings.c.how)
        .join_from(holdings, positions, holdings.c.position_id == positions.c.id)
        .join(accounts, accounts.c.person_id == holdings.c.person_id)
        .where(wanted)
        .order_by(holdings.c.since, accounts.c.id)
    )
    ranks = list(Appointment)
    rows = sorted(tx.execute(held).all(), key=lambda row: ranks.index(Appointment(row.how)))
    found = [Account(row.service, row.tenant, row.account) for row in rows]
    return tuple(found) if sought.title else (*found, *_list_enrolled(tx, sought))


def _list_enrolled(tx: Transaction, sought: Position) -> tuple[Account, ...]:
    enrolled = (
        sa.select(*accounts.c["service", "tenant", "account"])
        .join(people, people.c.id == accounts.c.person_id)
        .join(person_roles, person_roles.c.person_id == people.c.id)
        .where(people.c.ministry == sought.ministry, sa.not_(people.c.declared))
        .where(person_roles.c.role == sought.role.value)
        .order_by(accounts.c.id)
    )
    return tuple(Account(row.service, row.tenant, row.account) for row in tx.execute(enrolled))


def list_holdings(
    tx: Transaction, day: date | None = None, ministry: str | None = None
) -> tuple[Holding, ...]:
    """Who holds what on a day, or ever; by position, the earlier first."""
    query = (
        sa.select(
            *positions.c["ministry", "title", "role"],
            *people.c["email", "name"],
            *holdings.c["how", "since", "until"],
        )
        .join_from(holdings, positions, holdings.c.position_id == positions.c.id)
        .join(people, holdings.c.person_id == people.c.id)
        .order_by(positions.c.id, holdings.c.since, holdings.c.id)
    )
    if day is not None:
        open_ended = holdings.c.until.is_(None)
        query = query.where(holdings.c.since <= day, sa.or_(open_ended, holdings.c.until >= day))
    if ministry is not None:
        query = query.where(positions.c.ministry == ministry)
    return tuple(
        Holding(_position(row), row.email, row.name, Appointment(row.how), row.since, row.until)
        for row in tx.execute(query)
    )


def _position(row: Any) -> Position:
    return Position(row.ministry, row.title, Role(row.role))


def put_holding(tx: Transaction, holding: Holding) -> None:
    """Enter a holding, with its person and position; entered before: note what changed."""
    person = _put_person(tx, holding)
    position = _put_position(tx, holding.position)
    row = {"position_id": position, "person_id": person, "since": holding.since}
    told = {"how": holding.how.value, "until": holding.until}
    if insert_once(tx, holdings, {**row, **told}) is None:
        tx.execute(sa.update(holdings).filter_by(**row).values(told))


def delete_holding(tx: Transaction, holding: Holding) -> None:
    """Take a holding off the roster as if it had never been: what ends is given an end instead."""
    position = holding.position
    of_position = sa.select(positions.c.id).filter_by(
        ministry=position.ministry, title=position.title, role=position.role.value
    )
    of_person = sa.select(people.c.id).filter_by(email=holding.email)
    tx.execute(
        sa.delete(holdings).where(
            holdings.c.position_id == of_position.scalar_subquery(),
            holdings.c.person_id == of_person.scalar_subquery(),
            holdings.c.since == holding.since,
        )
    )


def _put_person(tx: Transaction, holding: Holding) -> int:
    """Somebody by e-mail address; the ministry is what is said of them beyond their positions."""
    told = {"name": holding.name, "ministry": holding.position.ministry}
    new = insert_once(tx, people, {**told, "email": holding.email, "declared": False}, "email")
    if new is not None:
        return int(new)
    changed = sa.update(people).where(people.c.email == holding.email).values(name=holding.name)
    return int(tx.execute(changed.returning(people.c.id)).scalar_one())


def _put_position(tx: Transaction, position: Position) -> int:
    row = {"ministry": position.ministry, "title": position.title, "role": position.role.value}
    new = insert_once(tx, positions, row)
    if new is not None:
        return int(new)
    return int(tx.execute(sa.select(positions.c.id).filter_by(**row)).scalar_one())


# ---------------------------------------------------------------- accounts


def find_person_id(tx: Transaction, email: str) -> int | None:
    """Who has an e-mail address, if the roster knows it."""
    return tx.scalar(sa.select(people.c.id).where(people.c.email == email))


def add_account(tx: Transaction, account: Account, person: int) -> None:
    """Note whose an account is."""
    row = {"service": account.service, "tenant": account.tenant, "account": account.id}
    insert_once(tx, accounts, {**row, "person_id": person})


def move_accounts(tx: Transaction, old: int, new: int) -> None:
    """Give somebody's accounts to another entry for them, and delete the one that is left."""
    tx.execute(sa.update(accounts).where(accounts.c.person_id == old).values(person_id=new))
    tx.execute(sa.delete(person_roles).where(person_roles.c.person_id == old))
    tx.execute(sa.delete(people).where(people.c.id == old))


# ---------------------------------------------------------------- looked up


def is_look_up_due(tx: Transaction, account: Account, unanswered: datetime, old: datetime) -> bool:
    """Whether a service was never asked, or too long ago for what came of it."""
    these = {**_key(account), "unanswered": unanswered, "old": old}
    return tx.scalar(_NOT_DUE, these) is None


def claim_look_up(
    tx: Transaction, account: Account, now: datetime, unanswered: datetime, old: datetime
) -> bool:
    """Whether a service is to be asked now; of several who would, one is told so."""
    if insert_once(tx, lookups, {**_key(account), "asked_at": now}) is not None:
        return True
    these = sa.update(lookups).filter_by(**_key(account)).where(_DUE)
    taken = these.values(asked_at=now, found=None).returning(lookups.c.id)
    return tx.scalar(taken, {"unanswered": unanswered, "old": old}) is not None


def put_look_up(tx: Transaction, account: Account, *, found: bool) -> None:
    """What came of it."""
    tx.execute(sa.update(lookups).filter_by(**_key(account)).values(found=found))


def forget_look_ups(tx: Transaction) -> None:
    """Have those looked up again who were not found: the roster has changed."""
    tx.execute(sa.delete(lookups).where(lookups.c.found.is_(sa.false())))


_DUE = lookups.c.asked_at <= sa.case(
    (lookups.c.found.is_(None), sa.bindparam("unanswered", type_=Instant)),
    else_=sa.bindparam("old", type_=Instant),
)
# Made once, as every event of somebody unknown asks for it.
_NOT_DUE = sa.select(lookups.c.id).where(
    sa.not_(_DUE),
    *(lookups.c[name] == sa.bindparam(name) for name in ("service", "tenant", "account")),
)


def _key(account: Account) -> dict[str, str]:
    return {"service": account.service, "tenant": account.tenant, "account": account.id}


def put_declared_ministry(tx: Transaction, person: int, ministry: str) -> None:
    """Note what somebody says of their own ministry."""
    declared = sa.update(people).where(people.c.id == person)
    tx.execute(declared.values(ministry=ministry, declared=True))
