"""A desk at work: who asks and who answers, and a clock that a test moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.calendar import TOKYO
from bot.clock import Clock
from bot.clockwork import Clockwork
from bot.config import Settings
from bot.conversation.message import Form, Message, Notice, OpenForm, Reply
from bot.database.engine import Database
from bot.inquiry.jobs import JOBS
from bot.roster.model import Role
from knowledge.base import KnowledgeBase
from tests.playing import Bot, buttons

QUESTION = "テレワーク中にラジオ体操をしなければなりませんか"
NUMBER = "2026-00001"


@dataclass
class Hand:
    """A clock's hand, in Tokyo."""

    at: datetime

    def move(self, *day: int, hour: int = 10) -> None:
        """To a month and day, or a year, month and day."""
        year, month, date = day if len(day) == 3 else (self.at.year, *day)
        self.at = datetime(year, month, date, hour, tzinfo=TOKYO)


@dataclass
class Desk:
    """The bot with somebody who asks and officers who answer."""

    bot: Bot
    hand: Hand

    def refer(self, who: str = "asker", text: str = QUESTION, where: str | None = None) -> None:
        """Ask what nobody knows, and have it go to a person."""
        card = self.bot.say(who, text, where)[-1]
        self.press(who, buttons(card)["担当者に照会する"].control)

    def press(self, who: str, control: object) -> Reply | None:
        return self.bot.press(who, str(control))

    def fill(self, who: str, control: object, **answers: str) -> str:
        """Press what opens a form, and send it; what one is told."""
        opened = self.press(who, control)
        assert isinstance(opened, OpenForm), opened
        return self.send(who, opened.form, **answers)

    def send(self, who: str, form: Form, **answers: str) -> str:
        told = self.bot.submit(who, form, **answers)
        assert isinstance(told, Notice), told
        return told.text

    def take_over(self, who: str = "desk1", number: str = NUMBER) -> None:
        assert self.press(who, f"inquiry.take_over:{number}") is None

    def ask_back(self, text: str = "フレックスですか。", number: str = NUMBER) -> str:
        return self.fill("desk1", f"inquiry.ask_back:{number}", text=text)

    def reply(self, who: str = "desk1", number: str = NUMBER, text: str = "任意です。") -> str:
        more = {"basis": "", "standing": "advice"}
        return self.fill(who, f"inquiry.compose:{number}", text=text, **more)

    def tick(self) -> None:
        """Run every job of the inquiries once."""
        clockwork = Clockwork(self.bot.database, self.bot.context, JOBS, self.bot.sender.wake)
        for job in JOBS:
            clockwork.run(job)
        self.bot.settle()

    def said_in(self, conversation: str) -> list[str]:
        """What the bot says in a conversation, each message by its gist."""
        return [message.gist for message in self.bot.room.messages_in(conversation)]

    def last_in(self, conversation: str) -> Message:
        return self.bot.room.messages_in(conversation)[-1]

    def merge(self, one: int, other: int, who: str = "desk1") -> str:
        told = self.press(who, f"inquiry.merge:{name(one)}-{name(other)}")
        assert isinstance(told, Notice), told
        return told.text

    def card(self, number: str = NUMBER) -> Message:
        """The desk's card of an inquiry, as it stands now."""
        gist = f"照会を受け付けました（受付番号 {number}）"
        (card,) = (m for m in self.bot.room.messages_in("desk") if m.gist == gist)
        return card


def name(count: int) -> str:
    """The number of the count-th inquiry of fiscal year 2026."""
    return f"2026-{count:05d}"


def open_desk(database: Database, knowledge: KnowledgeBase, settings: Settings, *day: int) -> Desk:
    hand = Hand(datetime(*day, 10, tzinfo=TOKYO))  # type: ignore[arg-type, misc]
    bot = Bot(database, knowledge, Clock(lambda: hand.at), settings)
    for asker in ("asker", "second", "third", "colleague"):
        bot.enrol(asker, "環境省")
    for officer in ("desk1", "desk2"):
        bot.enrol(officer, "内閣官房", Role.DESK_OFFICER)
    return Desk(bot, hand)
