"""The weekly report, on both databases: its figures add up, and each desk is told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import chart
from bot.calendar import TOKYO, is_working_day
from bot.chart import Chart, Series, draw, has_letters
from bot.chat.slack.render import render_message
from bot.clock import Clock, fixed_clock
from bot.clockwork import Clockwork
from bot.config import Settings
from bot.conversation.message import File, Image, Message
from bot.database.engine import Database
from bot.inquiry.model import Step
from bot.overview.flows import reporting
from bot.overview.jobs import JOBS
from bot.overview.messages.reporting import list_series
from bot.overview.model import (
    MOVES,
    History,
    Move,
    Period,
    find_percentile,
    find_period,
    list_periods,
    tally,
)
from bot.roster.model import Role
from knowledge.base import KnowledgeBase
from tests.conftest import absent
from tests.inquiry.ladder import open_ladder, refer
from tests.overview.crowd import add_inquiries, add_questions
from tests.overview.workbooks import read_workbook
from tests.playing import Bot

MONDAY = datetime(2026, 10, 5, 9, 10, tzinfo=TOKYO)
DAYS = st.dates(date(2016, 1, 1), date(2030, 12, 31))


@pytest.fixture
def bot(database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings) -> Bot:
    bot = Bot(database, knowledge, clock, settings)
    bot.enrol("asker", "環境省")
    bot.enrol("officer", "内閣官房", Role.DESK_OFFICER)
    return bot


def tick(bot: Bot, now: datetime, where: str = "desk") -> list[Message]:
    """What the desk is told at a moment that it was not told before."""
    before = len(bot.room.messages_in(where))
    context = replace(bot.context, clock=fixed_clock(now))
    (job,) = JOBS
    Clockwork(bot.database, context, JOBS, bot.sender.wake).run(job)
    bot.settle()
    return bot.room.messages_in(where)[before:]


# ---------------------------------------------------------------- told once


def test_a_desk_is_told_of_its_week_once(bot: Bot) -> None:
    """On the first working day, in the morning; and no more that week, whoever ticks."""
    add_inquiries(bot.database, 30, MONDAY - timedelta(days=2))
    (report,) = tick(bot, MONDAY)

    assert "令和8年9月28日から令和8年10月4日まで" in report.gist
    assert tick(bot, MONDAY) == []
    assert tick(bot, MONDAY + timedelta(days=3)) == []
    assert len(tick(bot, MONDAY + timedelta(days=8))) == 1  # the 12th is a holiday


def test_a_missed_report_is_made_up_for_within_the_week(bot: Bot) -> None:
    """A bot that was down on Monday should tell on Thursday, and of the same week."""
    add_inquiries(bot.database, 30, MONDAY - timedelta(days=2))
    (report,) = tick(bot, MONDAY + timedelta(days=3))

    assert "令和8年9月28日から令和8年10月4日まで" in report.gist


def test_nothing_is_told_on_a_day_off(bot: Bot) -> None:
    """A Monday that is a public holiday should leave the report to the day after."""
    add_inquiries(bot.database, 30, MONDAY - timedelta(days=2))
    holiday = datetime(2026, 10, 12, 9, 10, tzinfo=TOKYO)

    assert tick(bot, holiday) == []
    assert len(tick(bot, holiday + timedelta(days=1))) == 1


def test_of_two_that_tick_at_once_one_tells(bot: Bot) -> None:
    """Two replicas that counted at the same time should lead to one post."""
    add_inquiries(bot.database, 30, MONDAY - timedelta(days=2))
    context = replace(bot.context, clock=fixed_clock(MONDAY))
    acts = [reporting.prepare_reports(context) for _ in range(2)]
    posts = []
    for act in acts:
        assert act is not None
        with bot.database.write() as tx:
            posts.append(len(act(tx).posts))

    assert posts == [1, 0]


def test_each_desk_is_told_of_its_own(
    database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings
) -> None:
    """A ministry's desk should read its own figures, and the common one those of the rest."""
    bot = open_ladder(database, knowledge, clock, settings)
    for who in ("asker", "other", "stranger"):
        refer(bot, who)
    later = datetime(2026, 10, 13, 9, 10, tzinfo=TOKYO)
    (own,) = tick(bot, later, "kankyo")

    assert "環境省 人事担当のまとめ" in own.gist
    assert "受付1件" in own.gist
    assert "受付2件" in bot.room.messages_in("desk")[-1].gist
    assert bot.room.messages_in("jinjiin") == []  # nothing ever came to it


def test_a_desk_that_has_not_begun_is_told_nothing(bot: Bot) -> None:
    """A report of nothing but zeros should not be the first that a desk reads."""
    refer(bot)  # today: no week that is over

    assert tick(bot, MONDAY + timedelta(days=2)) == []


# ---------------------------------------------------------------- what it says


def test_a_report_says_what_was_done(bot: Bot) -> None:
    """Received, answered, open, and how long it took, in words, in a picture and in files."""
    add_questions(bot.database, 20, bot.context.now())
    for _ in range(2):
        refer(bot)
    bot.press("officer", "inquiry.take_over:2026-00001")
    form = bot.press("officer", "inquiry.compose:2026-00001").form  # type: ignore[union-attr]
    bot.submit("officer", form, text="任意です。", basis="", standing="advice")
    (report,) = tick(bot, datetime(2026, 10, 13, 9, 10, tzinfo=TOKYO))

    assert "受付2件、回答1件、未完了1件、うち期限超過1件" in report.gist
    assert "中央値 0日、90％が0日以内（初回の回答1件）" in str(report.elements)
    assert "よく聞かれた内容（1件）" in str(report.elements)
    assert "未回答の質問（" in str(report.elements)
    files = {file.content.name: file.content for file in _files(report)}
    assert list(files) == ["report_2026-W42.xlsx", "report_2026-W42.csv"]
    book = read_workbook(files["report_2026-W42.xlsx"].data)
    assert {row["A"]: row.get("B") for row in book["集計"]}["受付"] == "2"
    assert files["report_2026-W42.csv"].data.decode("utf-8-sig").splitlines()[-1] == (
        "2026-10-05,2026-10-11,0,2,0,1,0,1"
    )
    assert render_message(report).unshown == ()


def _files(message: Message) -> list[File]:
    return [element for element in message.elements if isinstance(element, File)]


def test_a_chart_is_a_picture_with_words(bot: Bot) -> None:
    """The chart should show the weeks, and say so to who does not see it."""
    if not has_letters():
        absent("a font with Japanese")
    add_inquiries(bot.database, 300, MONDAY - timedelta(days=2))
    (report,) = tick(bot, MONDAY)
    (picture,) = [element for element in report.elements if isinstance(element, Image)]

    assert picture.content.data.startswith(b"\x89PNG")
    assert len(picture.content.data) < 60_000
    assert picture.alt.startswith("照会の受付・回答・未完了（週ごと）の棒グラフ。8/10～ 受付0")
    assert "9/28～ 受付" in picture.alt


def test_the_charts_data_are_the_weeks(bot: Bot) -> None:
    """The bars should be eight weeks of what came, went and was left."""
    add_inquiries(bot.database, 300, MONDAY - timedelta(days=2))
    context = replace(bot.context, clock=fixed_clock(MONDAY))
    period = find_period(MONDAY.date())
    assert period is not None
    with bot.database.read() as tx:
        report, _ = reporting.count(tx, context.desks.common, period, context)

    assert list_series(report) == (
        # One an hour, back from Saturday 9:10: 129 hours, a week of 168, and the three before.
        (0, 0, 0, 0, 0, 3, 168, 129),
        (0, 0, 0, 0, 0, 0, 0, 0),
        (0, 0, 0, 0, 0, 3, 171, 300),
    )


def test_without_japanese_letters_words_stand_for_the_picture(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine without a Japanese font should send no boxes, and say why there is no chart."""
    assert draw(Chart("表", ("週",), (Series("受付", (1,)),)), ("DejaVuSans.ttf",)) is None
    assert draw(Chart("表", ("週",), (Series("受付", (1,)),)), ("absent.ttf",)) is None
    add_inquiries(bot.database, 30, MONDAY - timedelta(days=2))
    monkeypatch.setattr(chart, "_find_font", lambda _fonts, _size: None)
    (report,) = tick(bot, MONDAY)

    assert [element for element in report.elements if isinstance(element, Image)] == []
    assert "グラフは、サーバーに日本語の書体がないため付けていません" in str(report.elements)


# ---------------------------------------------------------------- periods


@pytest.mark.parametrize(
    ("today", "first", "last", "week"),
    [
        ((2026, 10, 5), (2026, 9, 28), (2026, 10, 4), "2026-W41"),
        ((2026, 10, 9), (2026, 9, 28), (2026, 10, 4), "2026-W41"),
        # Golden Week 2019 took a whole week of offices away.
        ((2019, 5, 7), (2019, 4, 22), (2019, 5, 5), "2019-W19"),
        # So did the week of the new year 2026: 29 December to 2 January.
        ((2026, 1, 5), (2025, 12, 22), (2026, 1, 4), "2026-W02"),
    ],
)
def test_periods_by_hand(
    today: tuple[int, int, int],
    first: tuple[int, int, int],
    last: tuple[int, int, int],
    week: str,
) -> None:
    """A report should tell of the week before, and of one without a working day besides."""
    period = find_period(date(*today))

    assert period == Period(date(*first), date(*last))
    assert period is not None
    assert period.week == week


@given(DAYS)
def test_no_day_is_left_out_or_told_of_twice(today: date) -> None:
    """The periods of successive reports should follow each other without gap or overlap."""
    period = find_period(today)
    if period is None:
        assert not is_working_day(today)
        return
    periods = list_periods(period, 60)

    assert period.last < today <= period.last + timedelta(days=7)
    for one, other in pairwise(periods):
        assert other.first == one.last + timedelta(days=1)
        assert find_period(_first_working_day(other.first)) == one


def _first_working_day(day: date) -> date:
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


# ---------------------------------------------------------------- figures

_STEPS = st.lists(st.sampled_from(sorted(MOVES - {Step.ESCALATED})), max_size=6)
_HISTORIES = st.lists(
    st.tuples(_STEPS, st.lists(st.integers(0, 20 * 24), min_size=7, max_size=7)), max_size=8
)
_BEGINNING = datetime(2026, 9, 21, tzinfo=TOKYO)


def make_histories(drawn: list[tuple[list[Step], list[int]]]) -> list[History]:
    """Each begins with an escalation, and goes on in order of time."""
    return [
        History(
            str(number),
            None,
            tuple(
                Move(step, _BEGINNING + timedelta(hours=hours))
                for step, hours in zip([Step.ESCALATED, *steps], sorted(times), strict=False)
            ),
        )
        for number, (steps, times) in enumerate(drawn)
    ]


@given(_HISTORIES, st.integers(0, 9))
def test_what_came_and_went_adds_up(drawn: list[tuple[list[Step], list[int]]], steady: int) -> None:
    """Open before, and what came, less what went, should be what is open after; week by week."""
    histories = make_histories(drawn)
    flows = [tally(histories, steady, period) for period in _weeks()]

    for flow in flows:
        came, went = flow.received + flow.reopened, flow.answered + flow.lapsed
        assert flow.opening + came - went == flow.closing
    assert [flow.closing for flow in flows[:-1]] == [flow.opening for flow in flows[1:]]
    assert sum(flow.received for flow in flows) == len(histories)
    assert flows[0].opening == steady
    assert flows[-1].closing == steady + sum(history.is_open for history in histories)


def _weeks() -> list[Period]:
    first = _BEGINNING.date()
    return [
        Period(first + timedelta(days=7 * n), first + timedelta(days=7 * n + 6)) for n in range(3)
    ]


def test_what_was_referred_before_steps_were_kept_is_open_until_it_is_answered() -> None:
    """An inquiry whose first kept step closes it should have been open before."""
    reply = Move(Step.REPLIED, _BEGINNING + timedelta(days=8))
    first, second, _ = (tally([History("1", None, (reply,))], 0, week) for week in _weeks())

    assert (first.opening, first.closing) == (1, 1)
    assert (second.opening, second.answered, second.closing) == (1, 1, 0)


@given(st.lists(st.integers(0, 50)), st.floats(0.01, 1))
def test_a_percentile_is_the_least_value_that_covers_so_many(
    values: list[int], part: float
) -> None:
    """So great a part of all should not exceed it, and every smaller value should cover less."""
    found = find_percentile(values, part)
    if found is None:
        assert values == []
        return

    assert sum(value <= found for value in values) >= part * len(values)
    assert sum(value < found for value in values) < part * len(values)
