"""The whole loop, with nothing remembered from step to step and everything said twice to the bot.

What people read should be the same, word for word, as when nothing goes wrong.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.chat.terminal.render import render_text
from bot.config import Settings
from bot.conversation.message import Notice, OpenForm, Reply
from bot.database.engine import Database
from bot.delivery.sender import Sender
from bot.router import Router
from knowledge.base import KnowledgeBase
from knowledge.desk import Release
from tests.editing.loop import ARTICLE
from tests.inquiry.ladder import COMMON, change_desk
from tests.inquiry.loop import NUMBER, Desk, name, open_desk
from tests.playing import Bot, buttons

OTHER = "在宅勤務のときラジオ体操って要りますか"


@dataclass
class Forgetful:
    """In the place of a router: a new one for each event, which hears each event twice."""

    make: Callable[[], Router]

    def accept(self, event: Any) -> bool:
        taken = self.make().accept(event)
        assert not self.make().accept(event)
        return taken

    def accept_and_wait(self, event: Any, wait: timedelta) -> Reply | None:
        reply = self.make().accept_and_wait(event, wait)
        assert self.make().accept_and_wait(event, wait) is None
        return reply

    def handle_next(self) -> bool:
        return self.make().handle_next()


@dataclass
class NewEachTime:
    """In the place of a sender: a new one for each post."""

    make: Callable[[], Sender]

    def send_one(self) -> bool:
        return self.make().send_one()

    def wake(self) -> None:
        """There is nobody to wake."""


@dataclass
class Restarted(Desk):
    """A desk whose bot is another process at every turn, and whose jobs are done twice."""

    def __post_init__(self) -> None:
        bot = self.bot
        settings, clock = bot.context.settings, bot.context.clock

        def start() -> Bot:
            new = Bot(bot.database, bot.context.knowledge, clock, settings)
            new.room = bot.room
            return new

        bot.router = Forgetful(lambda: start().router)  # type: ignore[assignment]
        bot.sender = NewEachTime(lambda: Sender(bot.database, {"local": bot.room}))  # type: ignore[assignment]

    def tick(self) -> None:
        super().tick()
        super().tick()


@dataclass
class Told:
    """What a walk was told in answer to its presses."""

    desk: Desk
    replies: list[str] = field(default_factory=list)

    def press(self, who: str, control: object) -> None:
        self.replies.append(_word(self.desk.press(who, control)))

    def fill(self, who: str, control: object, **answers: Any) -> None:
        opened = self.desk.press(who, control)
        assert isinstance(opened, OpenForm), opened
        initial = {one.name: getattr(one, "initial", None) for one in opened.form.fields}
        told = self.desk.bot.submit(who, opened.form, **{**initial, **answers})
        self.replies.append(f"{opened.form.title}: {_word(told)}")


def _word(reply: Reply | None) -> str:
    return reply.text if isinstance(reply, Notice) else str(reply)


def walk(desk: Desk, *, checked: bool) -> list[str]:
    """From two questions to an article that a second person has approved; all that is read."""
    told = Told(desk)
    desk.refer(where="hall/1")
    desk.refer("second", OTHER)
    told.press("desk1", f"inquiry.take_over:{NUMBER}")
    told.fill("desk2", f"inquiry.compose_memo:{NUMBER}", text="前例あり。")
    told.fill("desk1", f"inquiry.ask_back:{NUMBER}", text="毎日ですか。")
    desk.hand.move(10, 9)
    desk.tick()  # the asker is asked once more
    desk.hand.move(10, 13)
    desk.bot.say("asker", "はい、毎日です。", "hall/1")
    desk.hand.move(10, 15)
    desk.tick()  # the other one is late by now
    told.press("desk1", f"inquiry.merge:{name(2)}-{NUMBER}")
    desk.hand.move(10, 19)
    desk.tick()
    answer(desk, told, "任意です。", checked=checked)
    told.press("asker", buttons(desk.last_in("hall"))["まだ解決していない"].control)
    answer(desk, told, "毎日する義務はありません。", checked=checked)
    told.press("asker", buttons(desk.last_in("hall"))["解決した"].control)
    told.press("second", buttons(desk.last_in("@second"))["解決した"].control)
    told.fill("desk1", f"inquiry.draft:{NUMBER}", **ARTICLE)
    told.press("desk2", buttons(desk.last_in("desk"))["承認する"].control)
    told.press("desk2", f"inquiry.recount:{NUMBER}")
    desk.tick()
    where = (str(getattr(line.target, "key", line.target)) for line in desk.bot.room.lines)
    read = (render_text(line.message) for line in desk.bot.room.lines)
    return [*told.replies, *map("\n".join, zip(where, read, strict=True))]


def answer(desk: Desk, told: Told, text: str, *, checked: bool) -> None:
    told.fill("desk1", f"inquiry.compose:{NUMBER}", text=text)
    if not checked:
        return
    drafted = [m for m in desk.bot.room.messages_in("desk") if "確認して発出する" in buttons(m)]
    told.fill("desk2", buttons(drafted[-1])["差し戻す"].control, reason="根拠がありません。")
    told.fill("desk1", f"inquiry.compose:{NUMBER}", text=text, basis="照会窓口の整理")
    drafted = [m for m in desk.bot.room.messages_in("desk") if "確認して発出する" in buttons(m)]
    told.press("desk2", buttons(drafted[-1])["確認して発出する"].control)


@pytest.mark.parametrize("checked", [False, True], ids=["direct", "checked"])
def test_people_read_the_same_whatever_is_forgotten_or_repeated(
    checked: bool,
    database: Database,
    sqlite_template: Path,
    tmp_path: Path,
    knowledge: KnowledgeBase,
    settings: Settings,
) -> None:
    """A bot that is another process at every turn, hears every event twice and does every job
    twice should say the same as one that never stops, in the same order, and nothing more."""
    content = change_desk(knowledge, COMMON, reply=Release.CHECKED) if checked else knowledge
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'steady.db')}"
    steady = Database.at(url)
    wanted = walk(
        open_desk(steady, content, Settings(database_url=url), 2026, 10, 6), checked=checked
    )
    steady.close()
    plain = open_desk(database, content, settings, 2026, 10, 6)
    read = walk(Restarted(plain.bot, plain.hand), checked=checked)

    assert read == wanted
    assert len(read) > 20
