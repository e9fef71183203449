"""Which of many questions ask for the same as one does: what a person is to look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

ALIKE = 0.4
"""How much of their weight two questions share to be shown to a person as perhaps the same.

Of 400 phrasings of the shipped articles, taken two by two, 46 to 50 % of the pairs that share so
much belong to one article, in three draws: a person looks at two to find one. Likeness letter by
letter says nothing of Japanese questions, whose endings are alike: at any level 3 to 5 % belong
together.
"""
COPIED = 0.9
"""Likeness letter by letter from which one is a copy of the other, but for a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as it is compared: its words, and its letters."""

    words: frozenset[str]
    text: str


def list_alike(
    one: Reading, others: Sequence[Reading], weigh: Callable[[str], float], limit: int
) -> tuple[int, ...]:
    """Places of those that may ask for the same, the most alike first."""
    likeness = [_measure(one, other, weigh) for other in others]
    found = [place for place, value in enumerate(likeness) if value >= ALIKE]
    return tuple(sorted(found, key=lambda place: -likeness[place])[:limit])


def _measure(one: Reading, other: Reading, weigh: Callable[[str], float]) -> float:
    copied = fuzz.ratio(one.text, other.text) / 100
    if copied >= COPIED:
        return copied
    total = sum(map(weigh, one.words)) + sum(map(weigh, other.words))
    return 2 * sum(map(weigh, one.words & other.words)) / total if total else 0.0
