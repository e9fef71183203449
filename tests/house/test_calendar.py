"""Days as a ministry writes and counts them."""

from __future__ import annotations

from datetime import date

import pytest

from bot.calendar import fiscal_year, format_era, parse_day


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2026, 10, 6), "令和8年10月6日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(1926, 12, 24), "1926年12月24日"),
    ],
)
def test_days_are_written_in_eras(day: date, written: str) -> None:
    """A day should be written in its era, whose first year is 元年."""
    assert format_era(day) == written


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2018, 3, 31), 2017), (date(2018, 4, 1), 2018), (date(2018, 12, 31), 2018)],
)
def test_a_fiscal_year_starts_in_april(day: date, year: int) -> None:
    """March should belong to the fiscal year that began the year before."""
    assert fiscal_year(day) == year


@pytest.mark.parametrize(
    "written",
    [
        "2019-05-07",
        "2019/5/7",
        "2019.5.7",
        "２０１９年５月７日",
        "令和元年5月7日",
        "R1.5.7",
        "平成31年5月7日",
    ],
)
def test_a_day_is_read_as_people_write_it(written: str) -> None:
    """A day in a form or table should be read in each of its usual spellings."""
    assert parse_day(written) == date(2019, 5, 7)


@pytest.mark.parametrize(
    "written", ["", "2019-02-29", "令和0年1月1日", "2019-5/7", "20190507", "5月7日"]
)
def test_what_is_no_day_is_none(written: str) -> None:
    """What names no day, or one that never was, should be told apart from any day."""
    assert parse_day(written) is None
