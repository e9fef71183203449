"""What a restored database must not take for granted: after the backup, life went on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.database.engine import Transaction
from bot.delivery import inbox, outbox
from bot.delivery.outbox import OUTSIDE, Kind, State, blocking, replays
from bot.delivery.pace import pace

BACKUP = "backup"
"""The row that tells when the backup was made that this database comes from, or would come from."""
LOOK_BACK = timedelta(days=30)
"""How far back to look where a copy does not say when it was made."""
REPLAYED = timedelta(days=7)
"""How long somebody outside may hand in again what he handed in after the backup."""
REST = timedelta(seconds=10)
"""What was sent last before the restore is in the service's history by then."""


def mark_backup(tx: Transaction, now: datetime) -> None:
    """Say in the database, and so in the copy that is about to be made, when that was."""
    _put_replay(tx, BACKUP, "since", {"since": now})


def mark_restored(tx: Transaction, now: datetime) -> tuple[int, int]:
    """Put in doubt whatever may have been done after the backup; how many posts and events.

    What waited then may have been sent since: it is looked up before it is posted. Events that
    were open may have been handled: what they lead to, now again, is looked up as well.
    """
    since = tx.scalar(sa.select(replays.c.since).where(replays.c.key == BACKUP))
    since = since or now - LOOK_BACK
    events = _list_open_events(tx)
    tx.execute(sa.delete(replays).where(replays.c.until < now))
    for key in events:
        # Restored before, too, it may have been handled in either life: the earlier one counts.
        _put_replay(tx, key, "until", {"since": since})
    _put_replay(tx, OUTSIDE, "until", {"since": since, "until": now + REPLAYED})
    leased = sa.update(inbox.inbox).where(inbox.holds(inbox.LEASED))
    tx.execute(leased.values(state=inbox.State.WAITING.value, lease=None))
    tx.execute(sa.delete(pace))
    return _doubt_posts(tx, now), len(events)


def _list_open_events(tx: Transaction) -> list[str]:
    """Events that may be handled again, failed ones included: an administrator may retry them."""
    table = inbox.inbox
    undone = sa.or_(inbox.holds(inbox.OPEN), inbox.holds(inbox.FAILED))
    found = tx.execute(sa.select(table.c.service, table.c.tenant, table.c.event_id).where(undone))
    return [outbox.get_decision(inbox.make_key(*row)) for row in found]


def _doubt_posts(tx: Transaction, now: datetime) -> int:
    posts = outbox.outbox
    new = posts.c.kind == Kind.NEW.value
    doubt = sa.case((new, State.DOUBT.value), else_=State.WAITING.value)
    # What waits for a person's decision goes on waiting for it.
    moved = sa.and_(outbox.holds(outbox.OPEN), blocking(posts))
    changed = sa.update(posts).where(moved)
    values = {"lease": None, "not_before": now + REST, "behind": False}
    return len(tx.scalars(changed.values(state=doubt, **values).returning(posts.c.id)).all())


def _put_replay(tx: Transaction, key: str, renewed: str, row: dict[str, Any]) -> None:
    """Keep a row; where it exists, only one of its columns is renewed."""
    insert: Any = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    put = insert(replays).values(key=key, **row)
    latest = {renewed: put.excluded[renewed]}
    tx.execute(put.on_conflict_do_update(index_elements=["key"], set_=latest))
