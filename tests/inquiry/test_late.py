"""What is late is told on working days, once, again, then to the head of the desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.calendar import TOKYO
from bot.clock import fixed_clock
from bot.clockwork import Clockwork
from bot.config import Settings
from bot.database.engine import Database
from bot.inquiry.jobs import JOBS
from bot.inquiry.model import count_notices_due
from bot.roster.model import Role
from knowledge.base import KnowledgeBase
from tests.playing import Bot, buttons

QUESTION = "テレワーク中にラジオ体操をしなければなりませんか"
FRIDAY = datetime(2019, 4, 26, 15, 0, tzinfo=TOKYO)
"""The eve of ten days off: 27 April to 6 May 2019."""


@pytest.fixture
def bot(database: Database, knowledge: KnowledgeBase, settings: Settings) -> Bot:
    """A desk with an inquiry that was referred on the eve of Golden Week 2019."""
    bot = Bot(database, knowledge, fixed_clock(FRIDAY), settings)
    bot.enrol("asker", "環境省")
    bot.enrol("officer", "内閣官房", Role.DESK_OFFICER)
    (card,) = bot.say("asker", QUESTION)
    bot.press("asker", buttons(card)["担当者に照会する"])
    return bot


def tick(bot: Bot, *day: int) -> list[str]:
    """What the desk is told on a day of 2019 that it was not told before."""
    before = len(bot.room.messages_in("desk"))
    now = datetime(2019, *day, 10, 0, tzinfo=TOKYO)  # type: ignore[arg-type, misc]
    context = replace(bot.context, clock=fixed_clock(now))
    (job,) = JOBS
    Clockwork(bot.database, context, JOBS, bot.sender.wake).run(job)
    bot.settle()
    return [message.gist for message in bot.room.messages_in("desk")[before:]]


def test_the_asker_is_told_by_when(bot: Bot) -> None:
    """Three working days over ten days off should end on 9 May, and the asker should read so."""
    (card,) = bot.room.messages_in("@asker")
    assert "令和元年5月9日までに回答する予定です" in str(card.elements)


def test_notices_come_on_working_days_and_once_each(bot: Bot) -> None:
    """First notice, second, then the head of the desk; nothing before, between or on days off."""
    assert tick(bot, 5, 9) == []
    assert tick(bot, 5, 10) == ["受付番号 2019-00001：回答の期限を過ぎました。"]
    assert tick(bot, 5, 10) == []
    assert tick(bot, 5, 11) == []  # a Saturday
    assert tick(bot, 5, 13) == []
    again = "受付番号 2019-00001：再度のお知らせです。回答の期限を過ぎています。"
    assert tick(bot, 5, 14) == [again]
    assert tick(bot, 5, 16) == ["受付番号 2019-00001：窓口長の確認をお願いします。"]
    assert tick(bot, 6, 20) == []


def test_a_desk_that_was_down_is_told_the_last_notice_alone(bot: Bot) -> None:
    """Missed runs should be made up for once, not told one after the other."""
    assert tick(bot, 5, 14) == [
        "受付番号 2019-00001：再度のお知らせです。回答の期限を過ぎています。"
    ]


def test_what_is_answered_is_not_late(bot: Bot) -> None:
    """Nobody should be reminded of what they have answered."""
    bot.press("officer", "inquiry.take_over:2019-00001")
    opened = bot.press("officer", "inquiry.compose:2019-00001")
    bot.submit("officer", opened.form, text="任意です。", basis="", standing="advice")  # type: ignore[union-attr]

    assert tick(bot, 5, 10) == []


@pytest.mark.parametrize(
    ("today", "notices"),
    [
        (date(2026, 9, 18), 0),  # the due day itself
        (date(2026, 9, 19), 0),  # Saturday; 21 to 23 September are Silver Week
        (date(2026, 9, 22), 0),  # 国民の休日 between two holidays
        (date(2026, 9, 24), 1),
        (date(2026, 9, 28), 2),
        (date(2026, 9, 30), 3),
    ],
)
def test_notices_due_by_hand_over_silver_week(today: date, notices: int) -> None:
    """Days off should not make anything late: Silver Week 2026, counted by hand."""
    assert count_notices_due(date(2026, 9, 18), today) == notices


@pytest.mark.parametrize(("day", "notices"), [(28, 0), (29, 0), (31, 0)])
def test_the_year_end_makes_nothing_late(day: int, notices: int) -> None:
    """29 December to 3 January are days off of the offices, whatever the weekday."""
    assert count_notices_due(date(2026, 12, 28), date(2026, 12, day)) == notices
    assert count_notices_due(date(2026, 12, 28), date(2027, 1, 4)) == 1
