"""Posts kept and sent: once each, in order, whatever the service answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.conversation.address import Account, Target
from bot.conversation.message import (
    FileContent,
    Home,
    Image,
    Message,
    New,
    Paragraph,
    Post,
    Priority,
    Update,
)
from bot.conversation.port import (
    Away,
    CannotLookUp,
    InDoubt,
    LimitedFor,
    Refused,
    Sent,
    StillMine,
)
from bot.database.engine import Database
from bot.delivery import outbox
from bot.delivery.claims import Terms, claim_post
from bot.delivery.files import file_uses, files
from bot.delivery.pace import pace
from bot.delivery.sender import Sender
from tests.playing import AT, Room, account, place


def words(text: str) -> Message:
    return Message(text, (Paragraph.of(text),))


def new(text: str, conversation: str = "c", **more: Any) -> New:
    return New(target=place(conversation), message=words(text), **more)


def put(database: Database, *posts: Post, key: str = "event:1", now: datetime = AT) -> None:
    with database.write() as tx:
        outbox.put_posts(tx, posts, key, now)


def state_of(database: Database, key: str) -> Any:
    with database.read() as tx:
        return tx.execute(sa.select(outbox.outbox).where(outbox.outbox.c.key == key)).one()


@dataclass
class Moody(Room):
    """A room that fails as it is told before it does what it is asked."""

    moods: list[Exception] = field(default_factory=list)
    accepts_first: bool = False

    def post(
        self,
        target: Target,
        message: Message,
        delivery_id: str,
        still_mine: StillMine = lambda: True,
    ) -> Sent:
        mood = self.moods.pop(0) if self.moods else None
        if mood is None or self.accepts_first:
            sent = super().post(target, message, delivery_id, still_mine)
            if mood is None:
                return sent
        raise mood


def drain(database: Database, room: Room) -> None:
    sender = Sender(database, {"local": room})
    while sender.send_one():
        pass


def make_due(database: Database) -> None:
    """Let the waiting time of every open post and limit pass."""
    with database.lease() as tx:
        past = AT - timedelta(days=1)
        posts = outbox.outbox
        open_ = posts.c.state.in_(("waiting", "doubt")) & posts.c.not_before.is_not(None)
        tx.execute(sa.update(posts).where(open_).values(not_before=past))
        tx.execute(sa.update(pace).values(not_before=past))


def texts(room: Room, conversation: str = "c") -> list[str]:
    return [message.gist for message in room.messages_in(conversation)]


def test_a_post_decided_twice_is_kept_once(database: Database) -> None:
    """A key that exists should win over whatever comes later under the same key."""
    put(database, new("一", key="reminder:1"))
    put(database, new("二", key="reminder:1"))
    room = Room()
    drain(database, room)

    assert texts(room) == ["一"]


def test_posts_leave_in_order_within_a_conversation(database: Database) -> None:
    """Priority should choose between conversations and never within one."""
    put(database, new("一", priority=Priority.BROADCAST), new("二", priority=Priority.ANSWER))
    put(database, new("急", "d"), key="event:2")
    room = Room()
    drain(database, room)

    assert texts(room) == ["一", "二"]
    assert room.lines[0].message.gist == "急"


def test_an_update_rewords_the_earlier_post(database: Database) -> None:
    """An update should change the message where it stands, and the latest wording should win."""
    put(database, new("問", key="card"))
    put(database, Update(of="card", message=words("答1")), key="event:2")
    put(database, Update(of="card", message=words("答2")), key="event:3")
    room = Room()
    drain(database, room)

    assert texts(room) == ["答2"]
    assert state_of(database, "event:2:0").reason == "superseded"


def test_a_home_goes_to_a_person(database: Database) -> None:
    """A Home should reach the account it is for."""
    who = account("a")
    put(database, Home(target=who, message=words("家")))
    room = Room()
    drain(database, room)

    assert [line.target for line in room.lines] == [Account("local", "local", "a")]


def test_a_refused_post_is_kept_with_its_reason(database: Database) -> None:
    """What the service will never take should stay visible as failed, and block nobody."""
    put(database, new("一"), new("二"))
    room = Moody(moods=[Refused("channel_not_found")])
    drain(database, room)

    assert (state_of(database, "event:1:0").state, texts(room)) == ("failed", ["二"])
    assert state_of(database, "event:1:0").reason == "channel_not_found"


@pytest.mark.parametrize("mood", [LimitedFor(timedelta(seconds=30)), Away("no route")])
def test_a_post_that_was_not_taken_is_tried_again(database: Database, mood: Exception) -> None:
    """After a limit or an outage the post should be sent once the wait is over, not before."""
    put(database, new("一"), new("二"))
    room = Moody(moods=[mood])
    drain(database, room)
    assert texts(room) == []

    make_due(database)
    drain(database, room)

    assert texts(room) == ["一", "二"]


def test_a_limit_holds_for_every_sender(database: Database) -> None:
    """A Retry-After heard by one sender should be obeyed by all, for the scope it names."""
    put(database, new("一"), new("別", "d"))
    room = Moody(moods=[LimitedFor(timedelta(seconds=30), everywhere=True)])
    Sender(database, {"local": room}).send_one()

    assert not Sender(database, {"local": room}).send_one()


def test_a_doubtful_post_is_looked_up_before_it_is_posted_again(database: Database) -> None:
    """A post that the service took before it failed should not be posted a second time."""
    put(database, new("一"))
    room = Moody(moods=[InDoubt("connection dropped")], accepts_first=True)
    drain(database, room)
    make_due(database)
    drain(database, room)

    assert texts(room) == ["一"]
    assert state_of(database, "event:1:0").state == "sent"


def test_a_doubtful_post_that_never_arrived_is_posted(database: Database) -> None:
    """A doubt that look-up answers with no should end in one post."""
    put(database, new("一"))
    room = Moody(moods=[InDoubt("connection dropped")])
    drain(database, room)
    make_due(database)
    drain(database, room)

    assert texts(room) == ["一"]


def test_a_doubt_that_nobody_can_clear_waits_for_a_person(database: Database) -> None:
    """Where there is no look-up the post should wait, and let its conversation go on."""

    class Blind(Moody):
        def look_up(self, target: Target, delivery_id: str, since: datetime) -> Sent | None:
            raise CannotLookUp

    put(database, new("一"), new("二"))
    room = Blind(moods=[InDoubt("connection dropped")])
    drain(database, room)
    make_due(database)
    drain(database, room)

    row = state_of(database, "event:1:0")
    assert (row.state, row.not_before) == ("doubt", None)
    assert texts(room) == ["二"]


def test_a_dead_senders_post_is_in_doubt(database: Database) -> None:
    """When a lease ends, a new post should be looked up, because it may have been sent."""
    put(database, new("一"))
    room = Room()
    with database.lease() as tx:
        leased = claim_post(tx, {"local": Terms()}, database.now(tx))
    assert leased is not None
    room.post(leased.target, leased.message, leased.delivery_id)  # and then it was killed
    with database.lease() as tx:
        tx.execute(sa.update(outbox.outbox).values(leased_until=AT - timedelta(days=1)))
    drain(database, room)

    assert texts(room) == ["一"]
    assert state_of(database, "event:1:0").state == "sent"


def test_what_is_too_late_is_cancelled(database: Database) -> None:
    """A post past its not_after should be cancelled with that reason, never sent."""
    put(database, new("期限", not_after=AT - timedelta(days=1)))
    room = Room()
    drain(database, room)

    assert (state_of(database, "event:1:0").state, room.lines) == ("cancelled", [])


def test_a_withdrawn_post_is_not_sent(database: Database) -> None:
    """A decision that makes a waiting post pointless should cancel it by key."""
    put(database, new("督促", key="chase:1"))
    with database.write() as tx:
        outbox.withdraw(tx, ["chase:1", "unknown"], AT)
    room = Room()
    drain(database, room)

    assert (state_of(database, "chase:1").reason, room.lines) == ("withdrawn", [])


def test_a_picture_is_kept_until_it_is_sent(database: Database) -> None:
    """File bytes should stand in their table once, and be gone when every post was sent."""
    picture = Image(FileContent("図.png", "image/png", b"\x89PNG"), "推移")
    message = Message("図", (picture,))
    put(database, New(target=place("c"), message=message), New(target=place("d"), message=message))
    with database.read() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(files)) == 1
    room = Room()
    drain(database, room)

    assert room.lines[0].message == message
    with database.read() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(file_uses)) == 0
        assert tx.scalar(sa.select(sa.func.count()).select_from(files)) == 0


def test_a_service_with_a_bug_does_not_stop_the_sender(database: Database) -> None:
    """An unforeseen error should leave the post in doubt, and the others should go out."""
    put(database, new("一"), new("別", "d"))
    room = Moody(moods=[ZeroDivisionError()])
    drain(database, room)
    make_due(database)
    drain(database, room)

    assert sorted(texts(room) + texts(room, "d")) == ["一", "別"]
