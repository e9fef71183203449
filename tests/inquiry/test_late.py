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
from bot.delivery.sender import Sender
from bot.inquiry.jobs import JOBS
from bot.inquiry.model import count_notices_due
from bot.roster.model import Appointment, Position, Role
from knowledge.base import KnowledgeBase
from tests.inquiry.ladder import COMMON, change_desk, hold, refer
from tests.inquiry.test_unreachable import Closing
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
    job = next(job for job in JOBS if job.name == "inquiry.remind")
    Clockwork(bot.database, context, JOBS, bot.sender.wake).run(job)
    bot.settle()
    return [message.gist for message in bot.room.messages_in("desk")[before:]]


def test_the_asker_is_told_by_when(bot: Bot) -> None:
    """Three working days over ten days off should end on 9 May, and the asker should read so."""
    (card,) = bot.room.messages_in("@asker")
    assert "令和元年5月9日までに回答する予定です" in str(card.elements)


def test_the_asker_is_told_when_the_desk_is_closed(bot: Bot) -> None:
    """Ten days off on the way should be named; nobody should count on an answer within them."""
    (card,) = bot.room.messages_in("@asker")
    assert "平成31年4月27日から令和元年5月6日までは閉庁日です。" in str(card.elements)


def test_a_desks_own_days_and_hours_are_told_and_honoured(
    database: Database, knowledge: KnowledgeBase, settings: Settings
) -> None:
    """A day on which this desk alone is closed should be named, and nothing be late on it."""
    off, hours = frozenset({date(2019, 5, 7), date(2019, 5, 13)}), "平日の10時から16時まで"
    own = change_desk(knowledge, COMMON, days_off=off, hours=hours)
    bot = Bot(database, own, fixed_clock(FRIDAY), settings)
    refer(bot)
    (card,) = bot.room.messages_in("@asker")
    told = str(card.elements)

    assert "令和元年5月10日までに回答する予定です。" in told
    assert "平成31年4月27日から令和元年5月7日までは閉庁日です。" in told
    assert f"受付時間：{hours}" in told
    assert [len(tick(bot, 5, day)) for day in (10, 13, 14)] == [0, 0, 1]


HEAD = Position("内閣官房", "照会窓口長", Role.HEAD_OF_DESK)


def test_the_head_of_the_desk_is_told_in_person(bot: Bot) -> None:
    """The last notice should reach who holds that position today, alone, and say what to do."""
    hold(bot, "deputy", HEAD, how=Appointment.DELEGATE)
    hold(bot, "head", HEAD)
    bot.press("officer", "inquiry.take_over:2019-00001")

    assert tick(bot, 5, 16) == []
    assert tick(bot, 5, 17) == []
    (told,) = bot.room.messages_in("@head")
    assert told.gist == "受付番号 2019-00001：窓口長の確認をお願いします。"
    for piece in (QUESTION, "令和元年5月9日", "対応中", "担当者に回答を促してください。"):
        assert piece in str(told.elements)
    assert "ほかの窓口" not in str(told.elements)
    assert bot.room.messages_in("@deputy") == []


@pytest.mark.parametrize(
    ("title", "how", "linked", "told"),
    [
        ("照会窓口長", Appointment.ACTING, True, "@head"),
        ("照会窓口長", Appointment.REGULAR, False, "desk"),
        ("別の窓口長", Appointment.REGULAR, True, "desk"),
    ],
)
def test_who_stands_in_for_a_head(
    title: str,
    how: Appointment,
    linked: bool,
    told: str,
    database: Database,
    knowledge: KnowledgeBase,
    settings: Settings,
) -> None:
    """Who acts as the head is told; where there is nobody, or no account, the desk is."""
    named = change_desk(knowledge, COMMON, head="照会窓口長")
    bot = Bot(database, named, fixed_clock(FRIDAY), settings)
    hold(bot, "head", replace(HEAD, title=title), how=how, linked=linked)
    refer(bot)
    tick(bot, 5, 16)

    assert "窓口長の確認をお願いします。" in bot.room.messages_in(told)[-1].gist
    assert "担当者を決めてください。" in str(bot.room.messages_in(told)[-1].elements)


def test_a_head_who_was_enrolled_is_told(bot: Bot) -> None:
    """Somebody with the role and without a position should be found as well, and nobody else."""
    bot.enrol("elsewhere", "財務省", Role.HEAD_OF_DESK)
    bot.enrol("head", "内閣官房", Role.HEAD_OF_DESK)
    tick(bot, 5, 16)

    assert len(bot.room.messages_in("@head")) == 1
    assert bot.room.messages_in("@elsewhere") == []


def test_a_head_who_cannot_be_reached_leaves_it_to_the_desk(bot: Bot) -> None:
    """A direct message that the service refuses should not keep the notice from everybody."""
    bot.enrol("head", "内閣官房", Role.HEAD_OF_DESK)
    bot.room = Closing(closed={"@head"})
    bot.sender = Sender(bot.database, {"local": bot.room})

    assert tick(bot, 5, 16) == ["受付番号 2019-00001：窓口長の確認をお願いします。"]


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
