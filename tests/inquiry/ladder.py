"""A ladder of three rungs to climb in a test: a ministry's own desk, the common one, the owner."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import Any

from bot.clock import Clock
from bot.config import Settings
from bot.conversation.message import Message
from bot.database.engine import Database
from bot.roster import flows as roster
from bot.roster.model import Appointment, Holding, Position, Role
from knowledge.base import KnowledgeBase
from tests.playing import NOBODY, Bot, account, buttons

QUESTION = "テレワーク中にラジオ体操をしなければなりませんか"
CHANNELS = {"kankyosho-jinji": "kankyo", "jinjiin": "jinjiin"}
"""Desks besides the common one, whose conversation is `desk`."""
OWN, COMMON, OWNER = "kankyosho-jinji", "naikaku-jinjikyoku", "jinjiin"


def open_ladder(
    database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings
) -> Bot:
    """A bot with three desks, somebody at each, and askers of two ministries."""
    three = settings.model_copy(update={"desk_channels": CHANNELS})
    bot = Bot(database, knowledge, clock, three)
    bot.enrol("asker", "環境省")
    bot.enrol("other", "財務省")
    bot.enrol("own", "環境省", Role.PERSONNEL_OFFICER)
    bot.enrol("own2", "環境省", Role.DESK_OFFICER)
    bot.enrol("common", "内閣官房", Role.DESK_OFFICER)
    bot.enrol("owner", "人事院", Role.DESK_OFFICER)
    bot.enrol("admin", "内閣官房", Role.ADMINISTRATOR)
    return bot


def refer(bot: Bot, who: str = "asker", where: str | None = None) -> Message:
    """Ask what nobody knows and have it referred; the question's card as it stands then."""
    (card,) = bot.say(who, QUESTION, where)
    bot.press(who, buttons(card)["担当者に照会する"])
    return next(line.message for line in reversed(bot.room.lines) if line.message.gist == card.gist)


def change_desk(knowledge: KnowledgeBase, id: str, **change: Any) -> KnowledgeBase:
    """The same content, but for one desk."""
    library = knowledge.library
    desks = tuple(replace(d, **change) if d.id == id else d for d in library.desks)
    changed = copy(knowledge)
    changed.library = replace(library, desks=desks)
    return changed


def hold(
    bot: Bot,
    who: str,
    *positions: Position,
    how: Appointment = Appointment.REGULAR,
    linked: bool = True,
) -> None:
    """Put somebody on the roster by the positions that they hold, the first as their chief one."""
    email, since = f"{who}@go.example", bot.context.today()
    hows = [how, *[Appointment.CONCURRENT] * (len(positions) - 1)]
    held = [
        Holding(position, email, who, kind, since, None)
        for position, kind in zip(positions, hows, strict=True)
    ]
    with bot.database.write() as tx:
        changes, clashes = roster.examine(tx, held, whole=False)
        assert clashes == ()
        roster.enter(tx, changes, NOBODY, bot.context.now())
        if linked:
            assert roster.link_account(tx, account(who), email, NOBODY, bot.context.now())
