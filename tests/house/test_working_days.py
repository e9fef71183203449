"""Working days, and deadlines that count them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendar import (
    CLOSING,
    TOKYO,
    Closure,
    Wait,
    add_working_days,
    count_working_days,
    find_day_of_receipt,
    find_due_day,
    format_closure,
    is_working_day,
    list_closures,
    list_unusual_closures,
    next_working_day,
)

DAY = timedelta(days=1)
FIRST, LAST = date(2016, 1, 1), date(2030, 12, 31)
OTHERS = frozenset(holidays.country_holidays("JP", years=range(2015, 2033)))
"""Public holidays as another library counts them."""

days = st.dates(FIRST, LAST)
steps = st.integers(0, 60)
extras = st.frozensets(days, max_size=5)
instants = st.datetimes(datetime(2016, 1, 1), datetime(2030, 12, 31)).map(
    lambda naive: naive.replace(tzinfo=TOKYO)
)
spans = st.timedeltas(timedelta(0), timedelta(days=40))


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=TOKYO)


def between(first: date, last: date) -> list[date]:
    return [first + DAY * i for i in range((last - first).days + 1)]


# ---------------------------------------------------------------- which days


def test_every_day_of_fifteen_years_is_as_others_count_it() -> None:
    """A weekday should be off on another library's holidays and at a year's end, and only then."""
    for day in between(FIRST, LAST):
        year_end = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
        assert is_working_day(day) == (day.weekday() < 5 and day not in OTHERS and not year_end)


def test_golden_week_of_2019_has_ten_days() -> None:
    """The succession and the days between holidays should close offices from 27 April to 6 May."""
    assert is_working_day(date(2019, 4, 26))
    assert not any(map(is_working_day, between(date(2019, 4, 27), date(2019, 5, 6))))
    assert next_working_day(date(2019, 4, 26)) == date(2019, 5, 7)
    assert not is_working_day(date(2019, 10, 22))  # 即位礼正殿の儀


def test_silver_week_of_2026_has_five_days() -> None:
    """22 September 2026 should be off, for it stands between 敬老の日 and 秋分の日."""
    assert next_working_day(date(2026, 9, 18)) == date(2026, 9, 24)
    assert count_working_days(date(2026, 9, 18), date(2026, 9, 25)) == 2


def test_the_olympic_summers_moved_their_holidays() -> None:
    """2020 and 2021 should have their holidays where the special laws put them."""
    off = [date(2020, 7, 23), date(2020, 7, 24), date(2020, 8, 10)]
    off += [date(2021, 7, 22), date(2021, 7, 23), date(2021, 8, 9)]
    usual = [date(2020, 7, 20), date(2020, 10, 12), date(2021, 7, 19), date(2021, 10, 11)]

    assert not any(map(is_working_day, off))
    assert all(map(is_working_day, [*usual, date(2020, 8, 11), date(2021, 8, 11)]))


@pytest.mark.parametrize(
    "substitute",
    [
        date(2017, 1, 2),
        date(2018, 2, 12),
        date(2018, 9, 24),
        date(2019, 8, 12),
        date(2020, 2, 24),
        date(2020, 5, 6),  # a Wednesday: 4 and 5 May are holidays too
        date(2024, 11, 4),
        date(2026, 5, 6),
    ],
)
def test_a_holiday_on_a_sunday_is_made_up_for(substitute: date) -> None:
    """The first day after a Sunday's holiday that is none itself should be off."""
    assert not is_working_day(substitute)


@pytest.mark.parametrize("year", range(2016, 2031))
def test_offices_close_at_the_end_of_every_year(year: int) -> None:
    """29 December to 3 January should be off, and the days around them by their weekday alone."""
    assert not any(map(is_working_day, between(date(year, 12, 29), date(year + 1, 1, 3))))
    for edge in (date(year, 12, 28), date(year + 1, 1, 4)):
        assert is_working_day(edge) == (edge.weekday() < 5)


@pytest.mark.parametrize(
    ("last", "first"),
    [
        (date(2016, 12, 28), date(2017, 1, 4)),
        (date(2018, 12, 28), date(2019, 1, 4)),
        (date(2019, 12, 27), date(2020, 1, 6)),  # nine days
        (date(2024, 12, 27), date(2025, 1, 6)),
        (date(2026, 12, 28), date(2027, 1, 4)),
        (date(2029, 12, 28), date(2030, 1, 4)),
        (date(2030, 12, 27), date(2031, 1, 6)),
    ],
)
def test_a_years_last_day_and_first(last: date, first: date) -> None:
    """御用納め should lead to 御用始め in one working day."""
    assert next_working_day(last) == first
    assert add_working_days(first, -1) == last


def test_an_office_has_days_off_of_its_own() -> None:
    """A day that an office keeps free should not count for it, and count for the others."""
    own = {date(2026, 6, 1)}

    assert next_working_day(date(2026, 5, 29), own) == date(2026, 6, 2)
    assert next_working_day(date(2026, 5, 29)) == date(2026, 6, 1)


def test_closures_are_told_whole() -> None:
    """An asker should see from when to when the desk is closed, also where a bound cuts it."""
    cut = list_closures(date(2019, 4, 29), date(2019, 5, 11))

    assert list(cut) == [
        Closure(date(2019, 4, 27), date(2019, 5, 6)),
        Closure(date(2019, 5, 11), date(2019, 5, 12)),
    ]
    assert Closure(date(2019, 4, 27), date(2019, 5, 6)).days == 10


@given(days, spans, extras)
def test_an_unusual_closure_holds_every_weekday_off(
    start: date, span: timedelta, extra: frozenset[date]
) -> None:
    """Who waits should hear of each weekday off on the way, and of no mere weekend."""
    told = list_unusual_closures(start, start + span, extra)
    days_told = [day for closure in told for day in between(closure.first, closure.last)]

    on_the_way = between(start, start + span)
    off = {day for day in on_the_way if day.weekday() < 5 and not is_working_day(day, extra)}
    assert off <= set(days_told)
    assert len(days_told) == len(set(days_told))
    assert not any(is_working_day(day, extra) for day in days_told)
    for closure in told:
        assert any(day.weekday() < 5 for day in between(closure.first, closure.last))
        assert closure.first <= start + span and closure.last >= start  # noqa: PT018


@pytest.mark.parametrize(
    ("start", "end", "extra", "told"),
    [
        (date(2019, 4, 26), date(2019, 5, 9), (), ["平成31年4月27日から令和元年5月6日まで"]),
        (date(2026, 9, 18), date(2026, 9, 28), (), ["令和8年9月19日から令和8年9月23日まで"]),
        (date(2026, 12, 28), date(2027, 1, 6), (), ["令和8年12月29日から令和9年1月3日まで"]),
        (
            date(2026, 12, 28),
            date(2027, 1, 6),
            (date(2027, 1, 4),),
            ["令和8年12月29日から令和9年1月4日まで"],
        ),
        (date(2026, 10, 6), date(2026, 10, 9), (date(2026, 10, 8),), ["令和8年10月8日"]),
        (date(2026, 10, 23), date(2026, 10, 28), (), []),  # a weekend is no news
    ],
)
def test_closures_are_told_by_hand(
    start: date, end: date, extra: tuple[date, ...], told: list[str]
) -> None:
    """Golden Week 2019, Silver Week 2026, a turn of the year, a desk's own day, a weekend."""
    assert [format_closure(c) for c in list_unusual_closures(start, end, extra)] == told


# ---------------------------------------------------------------- counting


@given(days, steps.filter(bool), extras)
def test_what_is_reached_is_worked(day: date, n: int, extra: frozenset[date]) -> None:
    """Counting working days, forwards or back, should never end on a day off."""
    for reached in (add_working_days(day, n, extra), add_working_days(day, -n, extra)):
        assert is_working_day(reached, extra)
        assert reached not in extra
        assert reached not in OTHERS


@given(days, st.integers(-60, 60), extras)
def test_counting_undoes_adding(day: date, n: int, extra: frozenset[date]) -> None:
    """The days from a start to what was added to it should be those that were added."""
    assert count_working_days(day, add_working_days(day, n, extra), extra) == n


@given(days, steps, steps, extras)
def test_days_add_up(day: date, one: int, other: int, extra: frozenset[date]) -> None:
    """Two stretches should lead as far as one of their length."""
    by_way = add_working_days(add_working_days(day, one, extra), other, extra)

    assert by_way == add_working_days(day, one + other, extra)


@given(days, days, days, extras)
def test_counts_add_up(one: date, other: date, third: date, extra: frozenset[date]) -> None:
    """The way by a day between should count as much as the way past it."""
    first, middle, last = sorted((one, other, third))
    parts = count_working_days(first, middle, extra) + count_working_days(middle, last, extra)

    assert parts == count_working_days(first, last, extra)


@given(days, days, steps, extras)
def test_who_begins_later_ends_no_sooner(
    one: date, other: date, n: int, extra: frozenset[date]
) -> None:
    """A later start or one more day should never lead to an earlier end."""
    sooner, later = sorted((one, other))

    assert add_working_days(sooner, n, extra) <= add_working_days(later, n, extra)
    assert add_working_days(sooner, n, extra) < add_working_days(sooner, n + 1, extra)
    assert add_working_days(sooner, n) <= add_working_days(sooner, n, extra)


# ---------------------------------------------------------------- deadlines

FRIDAY = date(2026, 9, 18)
"""The last working day before Silver Week; the next are Thursday 24 and Friday 25 September."""


@pytest.mark.parametrize(
    ("opened", "received"),
    [
        (at(FRIDAY, 3), FRIDAY),
        (at(FRIDAY, 18), FRIDAY),
        (at(FRIDAY, 19), date(2026, 9, 24)),
        (datetime.combine(FRIDAY, CLOSING, TOKYO), date(2026, 9, 24)),
        (at(date(2026, 9, 22)), date(2026, 9, 24)),
    ],
)
def test_what_comes_too_late_is_received_next(opened: datetime, received: date) -> None:
    """What comes after hours or on a day off should be received on the next working day."""
    assert find_day_of_receipt(opened) == received


def test_the_day_of_receipt_is_not_counted() -> None:
    """Three days from a Friday before a long holiday should end with the third working day."""
    assert find_due_day(at(FRIDAY), 3) == date(2026, 9, 28)
    assert find_due_day(at(FRIDAY, 19), 3) == date(2026, 9, 29)


def test_the_ten_days_of_2019_do_not_count() -> None:
    """An inquiry of 26 April 2019 with two days should be due on 8 May, by whichever zone told."""
    opened = at(date(2019, 4, 26))

    assert find_due_day(opened, 2) == date(2019, 5, 8)
    assert find_due_day(opened.astimezone(), 2) == date(2019, 5, 8)
    assert find_due_day(opened, 2, extra={date(2019, 5, 7)}) == date(2019, 5, 9)


@pytest.mark.parametrize(
    ("since", "until", "due"),
    [
        # Opened on Monday 5 October 2026 with three days: due on Thursday 8.
        (at(date(2026, 10, 6), 10), at(date(2026, 10, 6), 15), date(2026, 10, 8)),
        (at(date(2026, 10, 6), 17), at(date(2026, 10, 7), 9), date(2026, 10, 9)),
        (at(date(2026, 10, 6), 19), at(date(2026, 10, 7), 9), date(2026, 10, 8)),
        (at(date(2026, 10, 5), 11), at(date(2026, 10, 5), 20), date(2026, 10, 8)),
        # Monday 12 is a holiday: 13, 14 and 15 remain.
        (at(date(2026, 10, 6), 17), at(date(2026, 10, 11), 9), date(2026, 10, 15)),
        (at(date(2026, 10, 6), 17), None, None),
        (at(date(2026, 10, 8), 19), None, date(2026, 10, 8)),
    ],
)
def test_waiting_stops_the_clock(since: datetime, until: datetime | None, due: date | None) -> None:
    """A working day at whose closing the desk waits should not count; an open wait has no end."""
    assert find_due_day(at(date(2026, 10, 5)), 3, [Wait(since, until)]) == due


def test_no_allowance_is_a_mistake() -> None:
    """A desk that has no day to answer should be refused, not answered with some day."""
    with pytest.raises(ValueError, match="0 working days"):
        find_due_day(at(FRIDAY), 0)


@given(instants, st.integers(1, 30), extras)
def test_without_a_wait_a_deadline_is_the_allowance(
    opened: datetime, allowance: int, extra: frozenset[date]
) -> None:
    """From the day of receipt to the due day there should be as many working days as allowed."""
    due = find_due_day(opened, allowance, (), extra)

    assert due is not None
    assert is_working_day(due, extra)
    assert count_working_days(find_day_of_receipt(opened, extra), due, extra) == allowance


@given(instants, st.integers(1, 10), st.lists(st.tuples(spans, spans), max_size=3))
def test_each_closing_that_is_waited_through_moves_the_day_by_one(
    opened: datetime, allowance: int, drawn: list[tuple[timedelta, timedelta]]
) -> None:
    """Allowance and closings waited through, also by overlapping waits, should make up the way."""
    waits = [Wait(opened + after, opened + after + long) for after, long in drawn]
    due = find_due_day(opened, allowance, waits)
    assert due is not None
    received = find_day_of_receipt(opened)
    closings = [datetime.combine(day, CLOSING, TOKYO) for day in between(received + DAY, due)]
    waited = [
        closes
        for closes in closings
        if is_working_day(closes.date()) and any(wait.covers(closes) for wait in waits)
    ]

    assert count_working_days(received, due) == allowance + len(waited)
    assert find_due_day(opened, allowance, waits[1:]) <= due  # type: ignore[operator]
