"""Events already taken: stored before they are acknowledged, leased to one worker, then done."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.conversation.event import Event
from bot.conversation.wire import Unreadable, decode, encode
from bot.database.engine import Transaction
from bot.database.schema import Instant, Serial, insert_once, metadata, one_of
from bot.delivery.files import drop_files, get_file, put_files

LEASE = timedelta(seconds=60)
"""How long a worker may take for one event before another takes over: far above any flow."""
ATTEMPTS = 5
"""An event whose worker died this often is kept as failed: it is the event that kills."""


class State(StrEnum):
    WAITING = "waiting"
    LEASED = "leased"
    DONE = "done"
    FAILED = "failed"


inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("service", sa.String(20), nullable=False),
    sa.Column("tenant", sa.String(100), nullable=False),
    sa.Column("event_id", sa.String(200), nullable=False),
    sa.Column("conversation", sa.String(300), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("body", sa.Text, doc="erased when done"),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("lease", sa.String(32)),
    sa.Column("leased_until", Instant),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("taken_at", Instant, nullable=False),
    sa.Column("done_at", Instant),
    sa.Column("failure", sa.Text),
    sa.Column(
        "retries",
        sa.Integer,
        nullable=False,
        server_default=sa.text("0"),
        doc="how often an administrator has had it handled again",
    ),
    one_of("state", State),
    sa.UniqueConstraint("service", "tenant", "event_id"),
)
# Conditions of partial indexes. They are text, with states as literals, here and in queries: no
# planner would use such an index for a state that it hears as a parameter.
OPEN = "state IN ('waiting', 'leased')"
WAITING = "state = 'waiting'"
LEASED = "state = 'leased'"
FAILED = "state = 'failed'"


def holds(condition: str, events: str = "inbox") -> sa.TextClause:
    """One of the conditions above, said of the inbox or of an alias of it."""
    return sa.text(condition.replace("state", f"{events}.state"))


def _index(name: str, where: str, *columns: sa.Column[Any], unique: bool = False) -> sa.Index:
    condition = sa.text(where)
    return sa.Index(
        name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition
    )


_index("ux_inbox_one_leased", LEASED, inbox.c.conversation, unique=True)
_index("ix_inbox_open", OPEN, inbox.c.conversation, inbox.c.id)
_index("ix_inbox_waiting", WAITING, inbox.c.id)
_index("ix_inbox_leased", LEASED, inbox.c.leased_until)
_index("ix_inbox_failed", FAILED, inbox.c.id)


LONGEST_KEY = 250
"""What the outbox keeps of a key, less what is added to it."""


class LostLease(Exception):
    """Another worker took the event over meanwhile: what this one did must roll back."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An event that this worker alone may handle until its lease ends."""

    id: int
    lease: str
    event: Event
    retries: int = 0

    @property
    def key(self) -> str:
        """What keys of this event's posts start with; the same however often it is handled.

        Made of the service's own id, because a restored database may number other events so. What
        was posted for a failed event has its key already: a retry says which one it is.
        """
        key = make_key(self.event.who.service, self.event.who.tenant, self.event.id)
        return f"{key}#{self.retries}" if self.retries else key


def make_key(service: str, tenant: str, event_id: str) -> str:
    """The key of what an event leads to; as a digest where it would be too long to keep."""
    key = f"event:{service}/{tenant}/{event_id}"
    return key if len(key) <= LONGEST_KEY else f"event:{sha256(key.encode()).hexdigest()}"


def add_event(tx: Transaction, event: Event, now: datetime) -> int | None:
    """Store an event; its row, or None if it was stored before."""
    body, contents = encode(event)
    row = insert_once(
        tx,
        inbox,
        {
            "service": event.who.service,
            "tenant": event.who.tenant,
            "event_id": event.id,
            "conversation": event.place.key,
            "kind": type(event).__name__,
            "body": body,
            "state": State.WAITING.value,
            "attempts": 0,
            "taken_at": now,
        },
    )
    if row is None:
        return None
    put_files(tx, f"inbox:{row}", contents)
    return int(row)


def claim_event(
    tx: Transaction, now: datetime, row: int | None = None, lease: timedelta = LEASE
) -> Claimed | None:
    """Lease the event that waits longest, or a given one; None if there is none to take.

    An event waits while an earlier one of its conversation is open, so that a conversation is
    handled in order, one event at a time.
    """
    _return_expired(tx, now)
    due = _DUE if row is None else _DUE.where(inbox.c.id == row)
    found = tx.execute(due).one_or_none()
    return _lease(tx, found, now, lease) if found else None


_earlier, _leased = inbox.alias("earlier"), inbox.alias("leased")
_DUE = (
    sa.select(inbox.c.id, inbox.c.body, inbox.c.retries)
    .where(
        holds(WAITING),
        # Said first, because it costs nothing: in a busy conversation nearly all stand behind one
        # that is being handled.
        inbox.c.conversation.not_in(
            sa.select(_leased.c.conversation).where(holds(LEASED, "leased"))
        ),
        ~sa.exists().where(
            _earlier.c.conversation == inbox.c.conversation,
            _earlier.c.id < inbox.c.id,
            holds(OPEN, "earlier"),
        ),
    )
    .order_by(inbox.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)


# Statements of every event are made once: to build one takes longer than to run it.
_TAKE = (
    sa.update(inbox)
    .where(inbox.c.id == sa.bindparam("row"))
    .values(
        state=State.LEASED.value,
        lease=sa.bindparam("mine"),
        leased_until=sa.bindparam("until", type_=Instant),
        attempts=inbox.c.attempts + 1,
    )
)


def _lease(tx: Transaction, found: Any, now: datetime, length: timedelta) -> Claimed | None:
    lease = uuid4().hex
    try:
        with _savepoint(tx):
            tx.execute(_TAKE, {"row": found.id, "mine": lease, "until": now + length})
    except IntegrityError:
        # The unique index: a neighbour of the same conversation was leased in this instant.
        return None
    try:
        event = decode(found.body, lambda digest: get_file(tx, digest))
    except Unreadable as unreadable:
        failed = {
            "state": State.FAILED.value,
            "lease": None,
            "failure": f"unreadable: {unreadable}",
        }
        tx.execute(sa.update(inbox).where(inbox.c.id == found.id).values(**failed, done_at=now))
        return None
    return Claimed(found.id, lease, event, found.retries)


def _savepoint(tx: Transaction) -> AbstractContextManager[Any]:
    """What a conflict may undo by itself; SQLite lets in one writer at a time, who meets none."""
    return tx.begin_nested() if tx.dialect.name == "postgresql" else nullcontext()


_EXPIRED = sa.select(sa.exists().where(holds(LEASED), inbox.c.leased_until < sa.bindparam("now")))


def _return_expired(tx: Transaction, now: datetime) -> None:
    """Give events of dead workers to others; keep aside those that keep killing theirs."""
    if not tx.scalar(_EXPIRED, {"now": now}):
        return
    expired = sa.and_(holds(LEASED), inbox.c.leased_until < now)
    tx.execute(
        sa.update(inbox)
        .where(expired, inbox.c.attempts >= ATTEMPTS)
        .values(state=State.FAILED.value, lease=None, failure=f"its worker died {ATTEMPTS} times")
    )
    tx.execute(sa.update(inbox).where(expired).values(state=State.WAITING.value, lease=None))


def mark_done(tx: Transaction, claimed: Claimed, now: datetime) -> None:
    """Close an event within its flow's transaction. Raises LostLease if it is another's now."""
    _close(tx, claimed, state=State.DONE.value, body=None, done_at=now)
    drop_files(tx, f"inbox:{claimed.id}")


def mark_failed(tx: Transaction, claimed: Claimed, failure: str, now: datetime) -> None:
    """Keep an event, with its body, that cannot be handled. Raises LostLease like mark_done."""
    _close(tx, claimed, state=State.FAILED.value, failure=failure, done_at=now)


def return_event(tx: Transaction, claimed: Claimed) -> None:
    """Put an event back as it was, for a database that went away in the middle."""
    _close(tx, claimed, state=State.WAITING.value)


def _close(tx: Transaction, claimed: Claimed, **values: object) -> None:
    new = {f"new_{name}": value for name, value in values.items()}
    closing = _make_closing(tuple(values))
    if tx.scalar(closing, {"row": claimed.id, "mine": claimed.lease, **new}) is None:
        raise LostLease(str(claimed.id))


@cache
def _make_closing(columns: tuple[str, ...]) -> sa.Executable:
    mine = sa.and_(inbox.c.id == sa.bindparam("row"), inbox.c.lease == sa.bindparam("mine"))
    new = {name: sa.bindparam(f"new_{name}", type_=inbox.c[name].type) for name in columns}
    return sa.update(inbox).where(mine).values(lease=None, **new).returning(inbox.c.id)


# ---------------------------------------------------------------- what an administrator sees


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as an administrator sees it: all but what was said."""

    id: int
    kind: str
    service: str
    conversation: str
    state: str
    taken_at: datetime
    attempts: int
    retries: int
    failure: str | None


def list_events(tx: Transaction, states: Collection[str], limit: int) -> tuple[Entry, ...]:
    """Events in any of the states, oldest first."""
    columns = [inbox.c[field.name] for field in fields(Entry)]
    query = sa.select(*columns).where(inbox.c.state.in_(states)).order_by(inbox.c.id).limit(limit)
    return tuple(Entry(*row) for row in tx.execute(query))


def list_failed(tx: Transaction) -> tuple[int, ...]:
    """The rows of all events that failed."""
    return tuple(tx.scalars(sa.select(inbox.c.id).where(holds(FAILED)).order_by(inbox.c.id)))


def retry_event(tx: Transaction, row: int) -> bool:
    """Have a failed event handled again. False: there is no such row, or it has not failed."""
    failed = sa.and_(inbox.c.id == row, holds(FAILED), inbox.c.body.is_not(None))
    again = {"state": State.WAITING.value, "attempts": 0, "failure": None, "done_at": None}
    taken = sa.update(inbox).where(failed).values(**again, retries=inbox.c.retries + 1)
    return tx.scalar(taken.returning(inbox.c.id)) is not None


def count_states(tx: Transaction) -> Mapping[str, int]:
    """Events by state, but for those that are done: nobody waits for them, and they are many."""
    counts = dict.fromkeys((state.value for state in State if state != State.DONE), 0)
    for condition in (OPEN, FAILED):
        grouped = sa.select(inbox.c.state, sa.func.count()).where(holds(condition))
        counts.update((row[0], row[1]) for row in tx.execute(grouped.group_by(inbox.c.state)))
    return counts


def find_oldest(tx: Transaction) -> datetime | None:
    """When the event was taken that waits longest."""
    oldest: datetime | None = tx.scalar(sa.select(sa.func.min(inbox.c.taken_at)).where(holds(OPEN)))
    return oldest
