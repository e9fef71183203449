"""What an administrator sees of delivery, and decides about it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.conversation.address import Target
from bot.conversation.port import CannotLookUp, InDoubt, Refused, Sent
from bot.database.engine import Database
from bot.delivery import inbox, ledger, outbox
from bot.delivery.ledger import CannotSettle
from tests.delivery.test_outbox import Moody, drain, make_due, new, put, state_of, texts
from tests.playing import AT, said

KEY = "event:1:0"


class Blind(Moody):
    """A service that cannot look up what was posted."""

    def look_up(self, target: Target, delivery_id: str, since: object) -> Sent | None:
        raise CannotLookUp


def undecided(database: Database) -> Blind:
    """Two posts, of which nobody can tell whether the first one arrived."""
    put(database, new("一"), new("二"))
    room = Blind(moods=[InDoubt("connection dropped")])
    drain(database, room)
    make_due(database)
    drain(database, room)
    return room


def test_a_failed_post_is_sent_again(database: Database) -> None:
    """What the service refused should go out when an administrator has it retried."""
    put(database, new("一"))
    room = Moody(moods=[Refused("not_in_channel")])
    drain(database, room)
    with database.lease() as tx:
        ledger.retry_post(tx, KEY, AT)
    drain(database, room)

    assert texts(room) == ["一"]
    assert state_of(database, KEY).state == "sent"


def test_an_undecided_post_is_not_sent_lightly(database: Database) -> None:
    """What may have arrived should be sent again only by somebody who is sure."""
    room = undecided(database)
    with pytest.raises(CannotSettle, match="sure"), database.lease() as tx:
        ledger.retry_post(tx, KEY, AT)
    with database.lease() as tx:
        ledger.retry_post(tx, KEY, AT, sure_not_sent=True)
    drain(database, room)

    assert texts(room) == ["二", "一"]


def test_an_undecided_post_may_have_been_seen(database: Database) -> None:
    """What a person saw in the conversation should count as sent, and never be sent again."""
    room = undecided(database)
    with database.lease() as tx:
        ledger.mark_arrived(tx, KEY, AT)
    drain(database, room)

    assert texts(room) == ["二"]
    assert state_of(database, KEY).state == "sent"


def test_a_doubt_that_may_not_be_looked_up_waits_for_a_person(database: Database) -> None:
    """A refused look-up should not end as a failure: failures are sent again without asking."""

    class Forbidden(Moody):
        def look_up(self, target: Target, delivery_id: str, since: object) -> Sent | None:
            raise Refused("missing_scope")

    put(database, new("一"))
    room = Forbidden(moods=[InDoubt("connection dropped")])
    drain(database, room)
    make_due(database)
    drain(database, room)

    assert (state_of(database, KEY).state, state_of(database, KEY).not_before) == ("doubt", None)


@pytest.mark.parametrize("state", ["waiting", "failed"])
def test_a_cancelled_post_is_never_sent(database: Database, state: str) -> None:
    """A post that waits or has failed should stay unsent when it is cancelled."""
    put(database, new("一"), new("二"))
    with database.lease() as tx:
        tx.execute(sa.update(outbox.outbox).where(outbox.outbox.c.key == KEY).values(state=state))
        ledger.cancel_post(tx, KEY, AT)
    room = Moody()
    drain(database, room)

    assert texts(room) == ["二"]


def test_what_makes_no_sense_is_refused(database: Database) -> None:
    """A post that was sent, or that there is not, should not be settled again."""
    put(database, new("一"))
    drain(database, Moody())
    with database.lease() as tx:
        for settle in (ledger.retry_post, ledger.cancel_post, ledger.mark_arrived):
            with pytest.raises(CannotSettle, match="it is sent"):
                settle(tx, KEY, AT)
            with pytest.raises(CannotSettle, match="no such post"):
                settle(tx, "nothing", AT)


def test_posts_are_counted_by_state(database: Database) -> None:
    """Every state but sent should be counted, and pending be what is still open."""
    undecided(database)
    put(database, new("三"), key="event:2")
    with database.read() as tx:
        counts, pending, oldest = (
            ledger.count_states(tx),
            ledger.count_pending(tx),
            ledger.find_oldest(tx),
        )

    assert counts == {"waiting": 1, "leased": 0, "doubt": 1, "failed": 0, "cancelled": 0}
    assert (pending, oldest) == (2, AT)


def test_a_failed_event_is_retried_under_another_key(database: Database) -> None:
    """A retry should wait again, and be able to say what it has to beside the apology."""
    with database.lease() as tx:
        row = inbox.add_event(tx, said("a", "質問", "e1", "c"), AT)
        claimed = inbox.claim_event(tx, AT)
    assert claimed is not None
    assert row is not None
    with database.lease() as tx:
        inbox.mark_failed(tx, claimed, "bug", AT)
        assert inbox.count_states(tx) == {"waiting": 0, "leased": 0, "failed": 1}
        assert inbox.list_failed(tx) == (row,)
        assert inbox.retry_event(tx, row)
        assert not inbox.retry_event(tx, row)
        again = inbox.claim_event(tx, AT + timedelta(seconds=1))

    assert again is not None
    assert (claimed.key, again.key) == ("event:local/local/e1", "event:local/local/e1#1")


def test_an_event_of_another_version_is_set_aside(database: Database) -> None:
    """What this version cannot read should be failed, with the reason, and block nobody."""
    with database.lease() as tx:
        inbox.add_event(tx, said("a", "質問", "e1", "c"), AT)
        tx.execute(sa.update(inbox.inbox).values(body='{"$": "Thought"}'))
        second = inbox.add_event(tx, said("a", "質問", "e2", "c"), AT)
        assert inbox.claim_event(tx, AT) is None
        after = inbox.claim_event(tx, AT)
        (failed,) = inbox.list_events(tx, ["failed"], 10)

    assert after is not None
    assert after.id == second
    assert str(failed.failure).startswith("unreadable")
