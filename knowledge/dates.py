"""Days that a question names as its point of time: 「2022年10月時点のコアタイムは」."""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date

_ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988, "昭和": 1925, "s": 1925}
"""The year before each era's first, so that 令和7年 is 2018 + 7."""

_YEAR = r"(?:(?P<era>令和|平成|昭和|[rhs])\s*(?P<era_year>元|\d{1,2})|(?P<year>(?:19|20)\d{2}))"
_MONTH = r"(?P<month>\d{1,2})(?:月|[/.\-](?=\d)|(?=\D|$))"
_DAY = rf"{_YEAR}\s*(?:年(?P<fiscal>度)?|[/.\-])\s*(?:{_MONTH}\s*(?:(?P<day>\d{{1,2}})日?)?)?"
# Only with one of these words is a day the point of time: 「2026年4月から広がると聞いた」 names
# a day and yet asks about now.
_MARK = (
    r"\s*(?:の)?\s*(?:時点|現在|当時|頃|ころ|ごろ|の時|のとき|のころ|だと|だったら)"
    r"(?:での|では|には|だと|なら|だったら|の|で|に|は|、)*"
)
_MENTION = re.compile(f"(?<![0-9a-z]){_DAY}{_MARK}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DayMention:
    """The point of time that a question asks about, and the rest of the question."""

    day: date
    rest: str


def find_day(text: str) -> DayMention | None:
    """The first point of time that a question names, or None where it asks about now.

    A month stands for its first day; a year for its last, by when all its changes are in force.
    """
    plain = unicodedata.normalize("NFKC", text)
    for found in _MENTION.finditer(plain):
        day = _day(found)
        if day is not None:
            rest = (plain[: found.start()] + plain[found.end() :]).strip(" 、。")
            return DayMention(day, rest)
    return None


def _day(found: re.Match[str]) -> date | None:
    year = _year(found)
    month, day = found["month"], found["day"]
    try:
        if month is None:
            # A fiscal year ends on 31 March of the next year (財政法 第11条).
            return date(year + 1, 3, 31) if found["fiscal"] else date(year, 12, 31)
        first = date(year, int(month), 1)
        last = calendar.monthrange(year, first.month)[1]
        return first.replace(day=int(day)) if day and 1 <= int(day) <= last else first
    except ValueError:
        return None


def _year(found: re.Match[str]) -> int:
    if found["year"]:
        return int(found["year"])
    years = 1 if found["era_year"] == "元" else int(found["era_year"])
    return _ERAS[found["era"].lower()] + years
