"""Events taken in: once each, in order within a conversation, and never lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.database.engine import Database
from bot.delivery import inbox
from bot.delivery.inbox import ATTEMPTS, LEASE, LostLease
from tests.playing import AT, said


def add(database: Database, id: str, conversation: str = "c") -> int | None:
    with database.lease() as tx:
        return inbox.add_event(tx, said("a", "質問", id, conversation), AT)


def test_a_redelivered_event_is_known(database: Database) -> None:
    """The second delivery of an event should change nothing."""
    assert add(database, "e1") is not None

    assert add(database, "e1") is None


def test_a_conversation_is_handled_in_order(database: Database) -> None:
    """A later event of a conversation should wait until the earlier one is closed."""
    first, second, other = add(database, "e1"), add(database, "e2"), add(database, "e3", "d")
    with database.lease() as tx:
        taken = inbox.claim_event(tx, AT)
        elsewhere = inbox.claim_event(tx, AT)
        none = inbox.claim_event(tx, AT)
    assert taken is not None
    assert elsewhere is not None
    assert (taken.id, elsewhere.id, none) == (first, other, None)

    with database.write() as tx:
        inbox.mark_done(tx, taken, AT)
    with database.lease() as tx:
        after = inbox.claim_event(tx, AT)

    assert after is not None
    assert after.id == second


def test_an_event_of_a_dead_worker_is_taken_over(database: Database) -> None:
    """When a lease ends, another worker should get the event, and the first one should lose it."""
    add(database, "e1")
    with database.lease() as tx:
        dead = inbox.claim_event(tx, AT)
    later = AT + LEASE + timedelta(seconds=1)
    with database.lease() as tx:
        alive = inbox.claim_event(tx, later)
    assert dead is not None
    assert alive is not None

    with pytest.raises(LostLease), database.write() as tx:
        inbox.mark_done(tx, dead, later)
    with database.write() as tx:
        inbox.mark_done(tx, alive, later)


def test_an_event_that_kills_its_workers_is_set_aside(database: Database) -> None:
    """After too many dead workers an event should be kept as failed, and block nobody."""
    add(database, "poison")
    second = add(database, "e2")
    now = AT
    for _ in range(ATTEMPTS):
        with database.lease() as tx:
            assert inbox.claim_event(tx, now) is not None
        now += LEASE + timedelta(seconds=1)
    with database.lease() as tx:
        after = inbox.claim_event(tx, now)

    assert after is not None
    assert after.id == second
    with database.read() as tx:
        kept = tx.execute(sa.select(inbox.inbox).where(inbox.inbox.c.event_id == "poison")).one()
    assert kept.state == "failed"
    assert kept.body is not None


def test_a_done_event_keeps_no_text(database: Database) -> None:
    """What somebody wrote should be gone from the inbox once it was handled."""
    add(database, "e1")
    with database.lease() as tx:
        claimed = inbox.claim_event(tx, AT)
    assert claimed is not None
    with database.write() as tx:
        inbox.mark_done(tx, claimed, AT)

    with database.read() as tx:
        row = tx.execute(sa.select(inbox.inbox)).one()

    assert (row.state, row.body) == ("done", None)
