"""Tables of people, their accounts and roles."""

from __future__ import annotations

import sqlalchemy as sa

from bot.conversation.address import Account
from bot.database.engine import Transaction
from bot.database.schema import Serial, insert_once, metadata, one_of
from bot.roster.model import Person, Role

people = sa.Table(
    "people",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("ministry", sa.String(100)),
    sa.Column("declared", sa.Boolean(name="declared"), nullable=False),
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


def find_person(tx: Transaction, account: Account) -> Person | None:
    """The person behind an account, if the roster knows them."""
    who = {"service": account.service, "tenant": account.tenant, "account": account.id}
    rows = tx.execute(_PERSON, who).all()
    if not rows:
        return None
    roles = frozenset(Role(row.role) for row in rows if row.role is not None)
    return Person(rows[0].id, rows[0].name, rows[0].ministry, rows[0].declared, roles)


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


def put_declared_ministry(tx: Transaction, person: int, ministry: str) -> None:
    """Note what somebody says of their own ministry."""
    declared = sa.update(people).where(people.c.id == person)
    tx.execute(declared.values(ministry=ministry, declared=True))
