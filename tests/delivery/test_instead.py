"""Where a post is refused for good, the same goes another way once, or somebody hears of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.conversation.address import Target
from bot.conversation.message import FileContent, Image, Message, New, Update
from bot.conversation.port import InDoubt, Refused, Sent, StillMine
from bot.database.engine import Database
from bot.delivery import ledger, outbox
from bot.delivery.claims import Terms, claim_post
from bot.delivery.ledger import CannotSettle
from bot.delivery.sender import Sender
from tests.delivery.test_outbox import drain, make_due, put, state_of, texts, words
from tests.playing import AT, Room, account, place

KEY = "reply:1"
PICTURE = Message("絵", (Image(FileContent("a.png", "image/png", b"png"), "絵"),))


@dataclass
class Closed(Room):
    """A room in which some conversations are gone."""

    gone: set[str] = field(default_factory=set)

    def post(
        self,
        target: Target,
        message: Message,
        delivery_id: str,
        still_mine: StillMine = lambda: True,
    ) -> Sent:
        if target.key.rpartition("/")[2] in self.gone:
            raise Refused("is_archived")
        return super().post(target, message, delivery_id, still_mine)


def reply(message: Message | None = None, **more: Any) -> New:
    """An answer in a thread that goes to the person if need be, and else is reported."""
    return New(
        target=place("thread"),
        message=words("回答"),
        key=KEY,
        instead=New(target=account("asker"), message=message or words("直接の回答")),
        lost=New(target=place("desk"), message=words("届きませんでした")),
        **more,
    )


def test_what_arrives_goes_no_other_way(database: Database) -> None:
    """While the thread is there, neither the person nor the desk should hear anything else."""
    put(database, reply())
    room = Closed()
    drain(database, room)

    assert [line.message.gist for line in room.lines] == ["回答"]


def test_a_thread_that_is_gone_is_gone_around_once(database: Database) -> None:
    """The person should have the answer directly, once, however often the post is tried."""
    put(database, reply())
    room = Closed(gone={"thread"})
    drain(database, room)
    put(database, reply())
    drain(database, room)

    assert texts(room, "@asker") == ["直接の回答"]
    assert texts(room, "desk") == []
    assert (state_of(database, KEY).state, state_of(database, KEY).reason) == (
        "failed",
        "is_archived",
    )


def test_who_cannot_be_reached_at_all_is_reported_once(database: Database) -> None:
    """Where the direct way fails as well, the desk should hear of it, and nobody twice."""
    put(database, reply())
    room = Closed(gone={"thread", "@asker"})
    drain(database, room)
    drain(database, room)

    assert [line.message.gist for line in room.lines] == ["届きませんでした"]


def test_a_post_without_another_way_is_reported(database: Database) -> None:
    """What has no other way should at least not be lost in silence."""
    lost = New(target=place("desk"), message=words("届きませんでした"))
    put(database, New(target=place("thread"), message=words("回答"), key=KEY, lost=lost))
    room = Closed(gone={"thread"})
    drain(database, room)

    assert texts(room, "desk") == ["届きませんでした"]


def test_a_sender_that_lost_its_lease_sends_nothing_else(database: Database) -> None:
    """Of two senders that were refused, one after the other's death, one should go around."""
    put(database, reply())
    terms = {"local": Terms()}
    with database.lease() as tx:
        slow = claim_post(tx, terms, database.now(tx), timedelta(0))
    room = Closed(gone={"thread"})
    drain(database, room)
    make_due(database)
    drain(database, room)
    assert slow is not None
    with database.lease() as tx:
        outbox.mark_failed(tx, slow, "is_archived", AT)
    drain(database, room)

    assert [line.message.gist for line in room.lines] == ["直接の回答"]


def test_the_other_way_is_looked_up_where_it_is_in_doubt(database: Database) -> None:
    """A connection that broke on the other way should lead to one message, not two."""

    @dataclass
    class Breaking(Closed):
        broken: int = 1

        def post(self, target: Target, *rest: Any, **more: Any) -> Sent:
            sent = super().post(target, *rest, **more)
            if self.broken:
                self.broken -= 1
                raise InDoubt("connection dropped")
            return sent

        def look_up(self, target: Target, delivery_id: str, since: object) -> Sent | None:
            found = [n for n, line in enumerate(self.lines, 1) if line.delivery_id == delivery_id]
            where = place("@asker").conversation
            return Sent(where, str(found[0])) if found else None

    put(database, reply())
    room = Breaking(gone={"thread"})
    drain(database, room)
    make_due(database)
    drain(database, room)

    assert texts(room, "@asker") == ["直接の回答"]


def test_a_later_wording_goes_where_the_answer_went(database: Database) -> None:
    """The card in the direct conversation should be the one that changes."""
    put(database, reply())
    room = Closed(gone={"thread"})
    drain(database, room)
    put(database, Update(of=KEY, message=words("解決済み")), key="event:2")
    drain(database, room)

    assert texts(room, "@asker") == ["解決済み"]
    assert state_of(database, "event:2:0").conversation == account("asker").key


def test_a_wording_that_was_decided_before_waits_for_the_other_way(database: Database) -> None:
    """An update that overtook the refusal should not fail for want of a message to reword."""
    put(database, reply())
    put(database, Update(of=KEY, message=words("解決済み")), key="event:2")
    room = Closed(gone={"thread"})
    drain(database, room)
    make_due(database)
    drain(database, room)

    assert texts(room, "@asker") == ["解決済み"]


def test_what_goes_another_way_is_withdrawn_with_it(database: Database) -> None:
    """What has become pointless should be so on every way."""
    put(database, reply())
    room = Closed(gone={"thread"})
    Sender(database, {"local": room}).send_one()
    with database.write() as tx:
        outbox.withdraw(tx, (KEY,), AT)
    drain(database, room)

    assert room.lines == []


def test_pictures_go_the_other_way_too(database: Database) -> None:
    """What a message holds as bytes should be there when it goes another way."""
    put(database, reply(PICTURE))
    room = Closed(gone={"thread"})
    drain(database, room)

    assert room.messages_in("@asker") == [PICTURE]


def test_a_retry_does_not_say_it_twice(database: Database) -> None:
    """An administrator should be told that the reader has it already, where it went."""
    put(database, reply())
    room = Closed(gone={"thread"})
    drain(database, room)

    with pytest.raises(CannotSettle, match=f"{KEY}:instead"), database.lease() as tx:
        ledger.retry_post(tx, KEY, AT)


def test_what_no_way_could_carry_may_be_tried_again(database: Database) -> None:
    """Once the conversation is back, an administrator should be able to have it sent."""
    put(database, reply())
    room = Closed(gone={"thread", "@asker"})
    drain(database, room)
    room.gone.clear()
    with database.lease() as tx:
        ledger.retry_post(tx, KEY, AT)
    drain(database, room)

    assert texts(room, "thread") == ["回答"]


def test_code_that_knows_fewer_words_still_gives_it_up(database: Database) -> None:
    """What a newer version wrote should not stop an older one: the failure stays to be seen."""
    put(database, reply())
    with database.write() as tx:
        tx.execute(sa.update(outbox.outbox).values(instead='{"$": "Later"}', lost=None))
    room = Closed(gone={"thread"})
    drain(database, room)

    assert state_of(database, KEY).state == "failed"
