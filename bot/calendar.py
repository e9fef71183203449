"""Days as a ministry writes and counts them; pure."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")
"""Where the desk stands: days and working hours are counted here."""
_ERAS = (
    # First day of each era, by the 元号法 (1979) and the orders made under it.
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
)


def format_era(day: date) -> str:
    """A day in the Japanese era calendar: 令和元年5月1日; the Gregorian year before 1926-12-25."""
    for first, era in _ERAS:
        if day >= first:
            year = day.year - first.year + 1
            return f"{era}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    return f"{day.year}年{day.month}月{day.day}日"


def fiscal_year(day: date) -> int:
    """The fiscal year of a day: it starts on 1 April (財政法 第11条)."""
    return day.year if day.month >= 4 else day.year - 1
