"""What stands in the outbox, and what an administrator decides about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.database.engine import Transaction
from bot.delivery.outbox import (
    OPEN,
    State,
    cancel,
    holds,
    make_instead_key,
    outbox,
    release_next,
)

SETTLED = "state IN ('failed', 'cancelled')"
_MAY_ARRIVE = frozenset({State.WAITING, State.LEASED, State.DOUBT, State.SENT})
"""States of a post that its reader has, or may yet have."""


class CannotSettle(Exception):
    """What was asked for does not fit what became of the post; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A post as an administrator sees it: all but what it says."""

    key: str
    kind: str
    service: str
    conversation: str
    priority: int
    state: str
    undecided: bool
    """Whether nobody but a person can tell if it arrived."""
    decided_at: datetime
    not_before: datetime | None
    attempts: int
    reason: str | None


def list_posts(tx: Transaction, states: Collection[str], limit: int) -> tuple[Entry, ...]:
    """Posts in any of the states, oldest first."""
    query = sa.select(outbox).where(outbox.c.state.in_(states)).order_by(outbox.c.id).limit(limit)
    return tuple(_entry(row) for row in tx.execute(query))


def find_post(tx: Transaction, key: str) -> Entry | None:
    """A post by its key."""
    row = tx.execute(sa.select(outbox).where(outbox.c.key == key)).one_or_none()
    return _entry(row) if row else None


def _entry(row: sa.Row[Any]) -> Entry:
    return Entry(
        key=row.key,
        kind=row.kind,
        service=row.service,
        conversation=row.conversation,
        priority=row.priority,
        state=row.state,
        undecided=row.state == State.DOUBT and row.not_before is None,
        decided_at=row.decided_at,
        not_before=row.not_before,
        attempts=row.attempts,
        reason=row.reason,
    )


def count_pending(tx: Transaction) -> int:
    """Posts of which it is not settled what becomes of them."""
    return tx.scalar(sa.select(sa.func.count()).select_from(outbox).where(holds(OPEN))) or 0


def count_states(tx: Transaction) -> Mapping[str, int]:
    """Posts by state, but for those that were sent: nobody waits for them, and they are many."""
    counts = dict.fromkeys((state.value for state in State if state != State.SENT), 0)
    for condition in (OPEN, SETTLED):
        grouped = sa.select(outbox.c.state, sa.func.count()).where(holds(condition))
        counts.update((row[0], row[1]) for row in tx.execute(grouped.group_by(outbox.c.state)))
    return counts


def count_undecided(tx: Transaction) -> int:
    """Posts in doubt that wait for a person's decision."""
    waits = sa.and_(holds(OPEN), outbox.c.not_before.is_(None))
    return tx.scalar(sa.select(sa.func.count()).select_from(outbox).where(waits)) or 0


def find_oldest(tx: Transaction) -> datetime | None:
    """When the post was decided that waits longest, of those that wait for no person."""
    waits = sa.and_(holds(OPEN), outbox.c.not_before.is_not(None))
    oldest: datetime | None = tx.scalar(sa.select(sa.func.min(outbox.c.decided_at)).where(waits))
    return oldest


def retry_post(tx: Transaction, key: str, now: datetime, *, sure_not_sent: bool = False) -> None:
    """Have a post sent that failed, or of which a person is sure that it did not arrive.

    Raises CannotSettle. What failed was not posted: a doubt never ends as a failure.
    """
    row = _get(tx, key)
    undecided = row.state == State.DOUBT and row.not_before is None
    if undecided and not sure_not_sent:
        raise CannotSettle(
            "it may have arrived: look into the conversation, then `retry --sure-not-sent`, "
            "or `mark-sent`"
        )
    if row.state != State.FAILED and not undecided:
        raise CannotSettle(f"it is {row.state}: only what failed or is undecided is retried")
    other = make_instead_key(key)
    if tx.scalar(sa.select(outbox.c.state).where(outbox.c.key == other)) in _MAY_ARRIVE:
        raise CannotSettle(f"its reader has it another way, or will: see {other}")
    again = {"state": State.WAITING.value, "attempts": 0, "reason": None, "closed_at": None}
    taken = sa.update(outbox).where(outbox.c.id == row.id)
    tx.execute(taken.values(**again, not_before=now, behind=False))


def mark_arrived(tx: Transaction, key: str, now: datetime) -> None:
    """A person has seen it in the conversation. Raises CannotSettle."""
    row = _get(tx, key)
    if row.state != State.DOUBT or row.not_before is not None:
        raise CannotSettle(f"it is {row.state}: only what is undecided can be marked as sent")
    seen = {"state": State.SENT.value, "reason": "seen by a person", "closed_at": now}
    tx.execute(sa.update(outbox).where(outbox.c.id == row.id).values(**seen))
    release_next(tx, row.conversation)


def cancel_post(tx: Transaction, key: str, now: datetime) -> None:
    """Have a post never sent, or sent again. Raises CannotSettle."""
    row = _get(tx, key)
    if row.state not in (State.WAITING, State.DOUBT, State.FAILED):
        raise CannotSettle(f"it is {row.state}: it can no longer be cancelled")
    cancel(tx, outbox.c.id == row.id, "cancelled by an administrator", now)


def _get(tx: Transaction, key: str) -> Any:
    row = tx.execute(sa.select(outbox).where(outbox.c.key == key).with_for_update()).one_or_none()
    if row is None:
        raise CannotSettle("there is no such post")
    return row
