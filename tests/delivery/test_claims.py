"""Whose turn it is: in order, at the pace, and to nobody whose lease has ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.conversation.message import Priority
from bot.conversation.port import Pace
from bot.database.engine import Database
from bot.delivery import outbox
from bot.delivery.claims import (
    LEASE,
    Terms,
    claim_post,
    find_next_due,
    release_heads,
    settle_overdue,
)
from bot.delivery.outbox import Leased
from bot.delivery.pace import FORGOTTEN, drop_old_limits, pace, put_limit
from bot.delivery.sender import Sender
from tests.delivery.test_outbox import new, put, state_of
from tests.playing import AT, Room

SECOND = timedelta(seconds=1)


def claim(
    database: Database, rule: Pace | None = None, after: timedelta = timedelta(0)
) -> Leased | None:
    with database.lease() as tx:
        return claim_post(tx, {"local": Terms(rule or Pace(), SECOND)}, AT + after)


def close(database: Database, post: Leased | None) -> None:
    assert post is not None
    with database.lease() as tx:
        outbox.mark_sent(tx, post, None, AT)


def next_due(database: Database, rule: Pace) -> float | None:
    with database.read() as tx:
        due = find_next_due(tx, {"local": Terms(rule)}, AT)
    return None if due is None else (due - AT).total_seconds()


def news(text: str, conversation: str = "c") -> object:
    return new(text, conversation, priority=Priority.NOTICE)


def test_a_conversation_keeps_its_pace(database: Database) -> None:
    """The next post of a conversation should wait its interval, and another go meanwhile."""
    put(database, news("一"), news("二"), news("別", "d"))
    rule = Pace(conversation=SECOND)
    first = claim(database, rule)
    close(database, first)

    other = claim(database, rule)
    assert other is not None
    assert other.conversation == "local/local/d"
    assert claim(database, rule, after=0.9 * SECOND) is None
    assert claim(database, rule, after=1.1 * SECOND) is not None


def test_a_tenant_keeps_its_pace(database: Database) -> None:
    """No two posts of a tenant should leave within its interval, whoever sends them."""
    put(database, *(news("号外", f"c{number}") for number in range(3)))
    rule = Pace(tenant=SECOND)

    taken = [claim(database, rule, after=part * SECOND) for part in (0, 0.5, 1.0, 1.04, 1.5, 2.07)]
    assert [post is not None for post in taken] == [True, False, False, True, False, True]


def test_an_answer_goes_at_once(database: Database) -> None:
    """Where the service is not strict, who waits for an answer should not wait for the pace."""
    put(database, news("号外"), new("答え", "d"), new("答え", "e"))
    rule = Pace(SECOND, SECOND)

    answers = [claim(database, rule), claim(database, rule)]
    assert [post.conversation[-1] for post in answers if post] == ["d", "e"]
    assert claim(database, rule) is None
    assert next_due(database, rule) == pytest.approx(1.03)


def test_a_strict_pace_holds_for_answers(database: Database) -> None:
    """Where the service counts exactly, an answer should keep the pace as well."""
    put(database, new("答え", "d"), new("答え", "e"))
    rule = Pace(tenant=SECOND, strict=True)

    assert claim(database, rule) is not None
    assert claim(database, rule) is None


@pytest.mark.parametrize("scope", ["local/local", "local/local/d"])
def test_retry_after_holds_for_answers(database: Database, scope: str) -> None:
    """What the service refuses until a time should go to nobody before it."""
    put(database, new("答え", "d"))
    with database.lease() as tx:
        put_limit(tx, scope, AT + 30 * SECOND)

    assert claim(database, after=29 * SECOND) is None
    assert claim(database, after=31 * SECOND) is not None


def test_only_heads_of_conversations_are_looked_at_again(database: Database) -> None:
    """What stands behind an open post should be marked so, until that closes."""
    put(database, new("一"), new("二"), new("三"))
    first = claim(database)
    assert claim(database) is None
    assert [state_of(database, f"event:1:{n}").behind for n in range(3)] == [False, True, True]

    close(database, first)
    assert [state_of(database, f"event:1:{n}").behind for n in range(3)] == [False, False, True]
    second = claim(database)
    assert second is not None
    assert second.key == "event:1:1"


def test_a_withdrawn_post_lets_the_next_one_go(database: Database) -> None:
    """What is cancelled, or waits for a person, should not keep its conversation waiting."""
    put(database, new("一"), new("二"), new("三"))
    first = claim(database)
    assert claim(database) is None
    assert first is not None
    with database.lease() as tx:
        outbox.mark_in_doubt(tx, first, "nobody can tell", None)
    with database.write() as tx:
        outbox.withdraw(tx, ["event:1:1"], AT)

    third = claim(database)
    assert third is not None
    assert third.key == "event:1:2"


def test_what_an_older_version_closed_lets_the_next_one_go(database: Database) -> None:
    """A post that was closed without releasing the next one should not block it for ever."""
    put(database, new("一"), new("二"))
    claim(database)
    assert claim(database) is None
    with database.lease() as tx:
        first = outbox.outbox.c.key == "event:1:0"
        tx.execute(sa.update(outbox.outbox).where(first).values(state="sent"))
        release_heads(tx)

    assert claim(database) is not None


def test_a_dead_senders_post_waits_for_the_history(database: Database) -> None:
    """It should be looked up only when what was sent last must be visible."""
    put(database, new("一"))
    claim(database)
    ended = LEASE + timedelta(milliseconds=1)
    with database.lease() as tx:
        settle_overdue(tx, {"local": Terms(Pace(), SECOND)}, AT + ended)

    assert claim(database, after=ended + 0.9 * SECOND) is None
    again = claim(database, after=ended + SECOND)
    assert again is not None
    assert again.doubtful


def test_who_was_stopped_past_the_lease_posts_nothing(database: Database) -> None:
    """A sender that wakes when its post may be another's should leave it alone."""
    put(database, new("一"))
    room = Room()
    Sender(database, {"local": room}, timedelta(0)).send_one()

    assert room.lines == []
    assert state_of(database, "event:1:0").state == "leased"


def test_a_post_of_another_version_is_set_aside(database: Database) -> None:
    """What this version cannot read should be failed, with the reason, and block nobody."""
    put(database, new("一"), new("二"))
    with database.lease() as tx:
        first = outbox.outbox.c.key == "event:1:0"
        tx.execute(sa.update(outbox.outbox).where(first).values(body='{"$": "Hologram"}'))

    assert claim(database) is None
    second = claim(database)
    assert second is not None
    assert second.key == "event:1:1"
    assert state_of(database, "event:1:0").reason.startswith("unreadable")


def test_old_limits_are_forgotten(database: Database) -> None:
    """A limit should be dropped when it has long ended, and no earlier."""
    with database.lease() as tx:
        put_limit(tx, "local/local/old", AT)
        put_limit(tx, "local/local/new", AT + SECOND)
        drop_old_limits(tx, AT + FORGOTTEN + 0.5 * SECOND)

    with database.read() as tx:
        assert tx.scalars(sa.select(pace.c.scope)).all() == ["local/local/new"]
