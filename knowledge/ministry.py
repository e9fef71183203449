"""The ministries as people write them: official names, short names, readings, near misses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz, process

from knowledge.text import normalise

SIMILAR_FROM = 60.0
"""Least similarity in per cent for a 「もしかして」: one wrong character of three passes."""

# 環境 and 財務 are everyday words; only with one of these endings do they name an office.
_OFFICE_ENDINGS = ("省", "府", "庁", "院", "局", "官房", "委員会", "委")
# 人事院規則 and 財務省令 name a rule, not the office that made it.
_RULE_ENDINGS = ("規則", "令", "告示")
_NOTHING = r"(?!)"


@dataclass(frozen=True, slots=True)
class Ministry:
    """One of the government's organisations (府省等)."""

    name: str
    """Official; what articles, the roster and the survey use."""
    short_names: tuple[str, ...]
    reading: str
    """In hiragana; the order of lists."""
    days_off: frozenset[date] = frozenset()
    """When its offices are closed besides weekends, public holidays and the turn of the year."""


class OfficeNames:
    """The spellings of ministries, made ready for texts; immutable."""

    def __init__(self, ministries: Sequence[Ministry]) -> None:
        spellings = [
            (normalise(spelling), ministry)
            for ministry in ministries
            for spelling in (ministry.name, *ministry.short_names, ministry.reading)
        ]
        # Where two ministries share a spelling, the first has it.
        self._ministries = dict(reversed(spellings))
        # Of two names at one place the longer is meant: 個人情報保護委 begins 個人情報保護委員会.
        names = sorted(filter(_is_name_within_texts, self._ministries), key=len, reverse=True)
        alternatives = "|".join(map(re.escape, names)) or _NOTHING
        self._within = re.compile(f"(?:{alternatives})(?!{'|'.join(_RULE_ENDINGS)})")

    def find(self, text: str) -> Ministry | None:
        """The ministry that a text names first, or None.

        A short name that is an everyday word too (環境) counts only where it is the whole text.
        """
        wanted = normalise(text)
        within = self._within.search(wanted)
        return self._ministries.get(wanted) or (
            self._ministries[within.group()] if within else None
        )


def find_ministry(text: str, ministries: Sequence[Ministry]) -> Ministry | None:
    """The ministry that a text names first, or None; see OfficeNames."""
    return OfficeNames(ministries).find(text)


def list_similar_ministries(
    name: str, ministries: Sequence[Ministry], *, limit: int = 3
) -> tuple[Ministry, ...]:
    """The ministries whose names are most like a misspelt one, best first; none if none is near."""
    spellings = {
        normalise(spelling): ministry
        for ministry in ministries
        for spelling in (ministry.name, *ministry.short_names, ministry.reading)
    }
    near = process.extract(
        normalise(name), list(spellings), scorer=fuzz.ratio, score_cutoff=SIMILAR_FROM, limit=None
    )
    return tuple(dict.fromkeys(spellings[spelling] for spelling, *_ in near))[:limit]


def is_office_name(name: str, ministries: Sequence[Ministry]) -> bool:
    """Whether a name reads like a ministry's: by its ending, or because it is a short name."""
    short_names = {short for ministry in ministries for short in ministry.short_names}
    return name in short_names or name.endswith(("省", "庁"))


def _is_name_within_texts(spelling: str) -> bool:
    return spelling.endswith(_OFFICE_ENDINGS)
