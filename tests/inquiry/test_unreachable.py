"""An answer reaches its asker where the conversation is gone, or the desk hears of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from bot.clock import Clock
from bot.config import Settings
from bot.conversation.address import Target
from bot.conversation.message import Message, Note, OpenForm
from bot.conversation.port import Refused, Sent, StillMine
from bot.database.engine import Database
from bot.delivery.sender import Sender
from bot.roster.model import Role
from knowledge.base import KnowledgeBase
from tests.playing import Bot, Room, buttons

QUESTION = "テレワーク中にラジオ体操をしなければなりませんか"
NUMBER = "2026-00001"


@dataclass
class Closing(Room):
    """A chat service some of whose conversations have been closed."""

    closed: set[str] = field(default_factory=set)

    def post(
        self,
        target: Target,
        message: Message,
        delivery_id: str,
        still_mine: StillMine = lambda: True,
    ) -> Sent:
        if target.key.rpartition("/")[2] in self.closed:
            raise Refused("is_archived")
        return super().post(target, message, delivery_id, still_mine)


@pytest.fixture
def room() -> Closing:
    return Closing()


@pytest.fixture
def bot(
    database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings, room: Closing
) -> Bot:
    """A desk with an inquiry that was asked in a channel and taken over."""
    bot = Bot(database, knowledge, clock, settings)
    bot.room, bot.sender = room, Sender(database, {"local": room})
    bot.enrol("asker", "環境省")
    bot.enrol("officer", "内閣官房", Role.DESK_OFFICER)
    (card,) = bot.say("asker", QUESTION, "hall")
    bot.press("asker", buttons(card)["担当者に照会する"], "hall")
    bot.press("officer", f"inquiry.take_over:{NUMBER}")
    return bot


def answer(bot: Bot) -> None:
    opened = bot.press("officer", f"inquiry.compose:{NUMBER}")
    assert isinstance(opened, OpenForm)
    bot.submit("officer", opened.form, text="任意です。", basis="", standing="advice")


def test_an_answer_finds_its_asker_where_the_channel_is_gone(bot: Bot, room: Closing) -> None:
    """The asker should have the answer directly, with a line that says why, and can rate it."""
    room.closed.add("hall")
    answer(bot)

    (card,) = room.messages_in("@asker")
    assert card.elements[0] == Note(("元の会話に投稿できなかったため、こちらに直接お送りします。",))
    bot.press("asker", buttons(card)["解決した"])
    (card,) = room.messages_in("@asker")
    assert "「解決した」を押しました" in str(card.elements)


def test_the_desk_hears_that_an_asker_cannot_be_reached(bot: Bot, room: Closing) -> None:
    """Where the direct way fails too, the desk should be told once, and by which number."""
    room.closed |= {"hall", "@asker"}
    answer(bot)
    bot.settle()

    told = [message.gist for message in room.messages_in("desk")]
    assert told[1:] == [f"受付番号 {NUMBER}：質問された方にお届けできませんでした。"]
