"""Events already taken: stored before they are acknowledged, leased to one worker, then done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.conversation.event import Event
from bot.conversation.wire import decode, encode
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
    one_of("state", State),
    sa.UniqueConstraint("service", "tenant", "event_id"),
)
# States are literals here, or PostgreSQL's planner would not use the index.
sa.Index(
    "ux_inbox_one_leased",
    inbox.c.conversation,
    unique=True,
    sqlite_where=sa.text("state = 'leased'"),
    postgresql_where=sa.text("state = 'leased'"),
)
_OPEN = "state IN ('waiting', 'leased')"
sa.Index(
    "ix_inbox_open",
    inbox.c.conversation,
    inbox.c.id,
    sqlite_where=sa.text(_OPEN),
    postgresql_where=sa.text(_OPEN),
)


class LostLease(Exception):
    """Another worker took the event over meanwhile: what this one did must roll back."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An event that this worker alone may handle until its lease ends."""

    id: int
    lease: str
    event: Event

    @property
    def key(self) -> str:
        """What keys of this event's posts start with; the same however often it is handled."""
        return f"event:{self.id}"


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


def claim_event(tx: Transaction, now: datetime, row: int | None = None) -> Claimed | None:
    """Lease the event that waits longest, or a given one; None if there is none to take.

    An event waits while an earlier one of its conversation is open, so that a conversation is
    handled in order, one event at a time.
    """
    _return_expired(tx, now)
    earlier = inbox.alias("earlier")
    blocked = sa.exists().where(
        earlier.c.conversation == inbox.c.conversation,
        earlier.c.id < inbox.c.id,
        earlier.c.state.in_((State.WAITING.value, State.LEASED.value)),
    )
    due = sa.select(inbox.c.id, inbox.c.body).where(inbox.c.state == State.WAITING.value, ~blocked)
    if row is not None:
        due = due.where(inbox.c.id == row)
    found = tx.execute(
        due.order_by(inbox.c.id).limit(1).with_for_update(skip_locked=True)
    ).one_or_none()
    return _lease(tx, found.id, found.body, now) if found else None


def _lease(tx: Transaction, row: int, body: str, now: datetime) -> Claimed | None:
    lease = uuid4().hex
    taken = (
        sa.update(inbox)
        .where(inbox.c.id == row)
        .values(
            state=State.LEASED.value,
            lease=lease,
            leased_until=now + LEASE,
            attempts=inbox.c.attempts + 1,
        )
    )
    try:
        with tx.begin_nested():
            tx.execute(taken)
    except IntegrityError:
        # The unique index: a neighbour of the same conversation was leased in this instant.
        return None
    event = decode(body, lambda digest: get_file(tx, digest))
    return Claimed(row, lease, event)


def _return_expired(tx: Transaction, now: datetime) -> None:
    """Give events of dead workers to others; keep aside those that keep killing theirs."""
    expired = sa.and_(inbox.c.state == State.LEASED.value, inbox.c.leased_until < now)
    tx.execute(
        sa.update(inbox)
        .where(expired, inbox.c.attempts >= ATTEMPTS)
        .values(state=State.FAILED.value, failure=f"its worker died {ATTEMPTS} times")
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
    _close(tx, claimed, state=State.WAITING.value, lease=None)


def _close(tx: Transaction, claimed: Claimed, **values: object) -> None:
    mine = sa.and_(
        inbox.c.id == claimed.id,
        inbox.c.lease == claimed.lease,
        inbox.c.state == State.LEASED.value,
    )
    closed = tx.scalar(sa.update(inbox).where(mine).values(**values).returning(inbox.c.id))
    if closed is None:
        raise LostLease(str(claimed.id))
