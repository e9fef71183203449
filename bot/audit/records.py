"""Tables of the audit log and of its chain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.audit.model import START, Actor, Chain, Deed, Entry, Link, Mark
from bot.conversation.address import Account
from bot.database.engine import Transaction
from bot.database.schema import Instant, Serial, metadata

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("service", sa.String(20), nullable=False),
    sa.Column("tenant", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("ministry", sa.Text),
    sa.Column("title", sa.Text),
    sa.Column("role", sa.String(20)),
    sa.Column("appointment", sa.String(20)),
    sa.Column("what", sa.String(60), nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("before", sa.Text, doc="canonical JSON"),
    sa.Column("after", sa.Text, doc="canonical JSON"),
    sa.Column("refusal", sa.String(60), doc="null: it was done"),
    # Whoever writes a row leaves these empty: only who holds the chain fills them in, once.
    sa.Column("position", sa.BigInteger, unique=True),
    sa.Column("previous", sa.String(64)),
    sa.Column("hash", sa.String(64)),
)
_UNSEALED = "position IS NULL"
sa.Index(
    "ix_audit_unsealed",
    audit.c.id,
    sqlite_where=sa.text(_UNSEALED),
    postgresql_where=sa.text(_UNSEALED),
)
chain = sa.Table(
    "audit_chain",
    metadata,
    # One row, made with the table; whoever has it locked may seal or prune.
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("pruned_position", sa.BigInteger, nullable=False),
    sa.Column("pruned_hash", sa.String(64), nullable=False),
    sa.Column("pruned_rows", sa.BigInteger, nullable=False),
    sa.Column("pruned_until", Instant),
)


def add_deed(tx: Transaction, deed: Deed) -> None:
    """Write a deed down: one INSERT that waits for nobody."""
    tx.execute(audit.insert(), _row(deed))


def add_deeds(tx: Transaction, deeds: Iterable[Deed]) -> None:
    """Write several down with one INSERT."""
    tx.execute(audit.insert(), [_row(deed) for deed in deeds])


def _row(deed: Deed) -> dict[str, Any]:
    who = deed.who
    return {
        "at": deed.at,
        "service": who.account.service,
        "tenant": who.account.tenant,
        "account": who.account.id,
        "ministry": who.ministry,
        "title": who.title,
        "role": who.role,
        "appointment": who.appointment,
        "what": deed.what,
        "subject": deed.subject,
        "before": deed.before,
        "after": deed.after,
        "refusal": deed.refusal,
    }


def list_unsealed(tx: Transaction, limit: int) -> tuple[Entry, ...]:
    """Rows that are in no chain yet."""
    query = sa.select(audit).where(sa.text(_UNSEALED)).order_by(audit.c.id).limit(limit)
    return tuple(_entry(row) for row in tx.execute(query))


def count_unsealed(tx: Transaction) -> int:
    """How many rows are in no chain yet: they have an index of their own."""
    return tx.scalar(sa.select(sa.func.count()).select_from(audit).where(sa.text(_UNSEALED))) or 0


def count_entries(tx: Transaction) -> tuple[int, int]:
    """How many rows are sealed, and how many are not yet."""
    counts = sa.select(sa.func.count(audit.c.position), sa.func.count())
    sealed, all_ = tx.execute(counts.select_from(audit)).one()
    return sealed, all_ - sealed


def iterate_entries(
    tx: Transaction, since: datetime | None, until: datetime | None
) -> Iterator[tuple[Entry, Link | None]]:
    """All rows written from one moment to before another, with their links; the oldest first."""
    query = sa.select(audit).order_by(audit.c.id).execution_options(yield_per=1000)
    if since is not None:
        query = query.where(audit.c.at >= since)
    if until is not None:
        query = query.where(audit.c.at < until)
    for row in tx.execute(query):
        yield _entry(row), None if row.position is None else _link(row)


def put_links(tx: Transaction, links: Iterable[Link]) -> None:
    """Give rows their place in the chain."""
    sealed = sa.update(audit).where(audit.c.id == sa.bindparam("row"))
    rows = [
        {
            "row": link.entry.id,
            "position": link.position,
            "previous": link.previous,
            "hash": link.hash,
        }
        for link in links
    ]
    tx.execute(sealed, rows)


def iterate_links(tx: Transaction, limit: int | None = None) -> Iterator[Link]:
    """The sealed rows in order of position; no more in memory than are looked at together."""
    query = sa.select(audit).where(audit.c.position.is_not(None))
    ordered = query.order_by(audit.c.position, audit.c.id).limit(limit)
    for row in tx.execute(ordered.execution_options(yield_per=1000)):
        yield _link(row)


def find_hash(tx: Transaction, position: int) -> str | None:
    """The hash of the row at a position."""
    return tx.scalar(sa.select(audit.c.hash).where(audit.c.position == position))


def find_position(tx: Transaction, hash: str) -> int | None:
    """Where the row with a hash stands."""
    return tx.scalar(sa.select(audit.c.position).where(audit.c.hash == hash).limit(1))


def _link(row: sa.Row[Any]) -> Link:
    return Link(row.position, row.previous or "", row.hash or "", _entry(row))


def _entry(row: sa.Row[Any]) -> Entry:
    account = Account(row.service, row.tenant, row.account)
    who = Actor(account, row.ministry, row.title, row.role, row.appointment)
    deed = Deed(row.at, who, row.what, row.subject, row.before, row.after, row.refusal)
    return Entry(row.id, deed)


# ---------------------------------------------------------------- the chain's own row


def get_chain(tx: Transaction) -> Chain:
    """Where the chain stands. Whoever deletes its row, made with the table, hides nothing by it."""
    row = tx.execute(sa.select(chain)).one_or_none()
    return _chain(row) if row else Chain(START)


def claim_chain(tx: Transaction) -> Chain | None:
    """The chain, for the one who is to go on with it; None while somebody else has it."""
    row = tx.execute(sa.select(chain).with_for_update(skip_locked=True)).one_or_none()
    return _chain(row) if row else None


def put_chain(tx: Transaction, value: Chain) -> None:
    """Where the chain stands from now on."""
    values = {
        "position": value.head.position,
        "hash": value.head.hash,
        "pruned_position": value.checkpoint.position,
        "pruned_hash": value.checkpoint.hash,
        "pruned_rows": value.pruned,
        "pruned_until": value.pruned_until,
    }
    tx.execute(sa.update(chain).values(values))


def _chain(row: sa.Row[Any]) -> Chain:
    checkpoint = Mark(row.pruned_position, row.pruned_hash)
    head = Mark(row.position, row.hash)
    return Chain(head, checkpoint, row.pruned_rows, row.pruned_until)


# ---------------------------------------------------------------- pruning


def delete_until(tx: Transaction, position: int) -> None:
    """Delete the rows up to a position."""
    tx.execute(sa.delete(audit).where(audit.c.position <= position))


def find_last_after(tx: Transaction, what: str) -> str | None:
    """The state after the last deed of a kind."""
    these = sa.select(audit.c.after).where(audit.c.what == what)
    return tx.scalar(these.order_by(audit.c.id.desc()).limit(1))
