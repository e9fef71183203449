"""Questions that nobody here may answer, told by their wording because their words are ours.

A request to register an answer or to see a colleague's logins speaks of allowances and terminals
like any rule question, so that no score tells them apart. What belongs to which category is
content: `out_of_scope.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.text import normalise

Alternatives = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A wording: one of each list's alternatives, in the lists' order, within one sentence."""

    words: tuple[Alternatives, ...]
    unless: Alternatives = ()
    """Any of these in the same sentence, and the pattern does not hold."""


@dataclass(frozen=True, slots=True)
class OutOfScope:
    """A category of questions that are handed over or declined, never answered from an article."""

    category: str
    title: str
    """Japanese, for reports."""
    patterns: tuple[Pattern, ...]


class Boundary:
    """The categories made ready for texts; immutable."""

    def __init__(self, categories: Sequence[OutOfScope]) -> None:
        self._patterns = [
            (category.category, _normalised(pattern))
            for category in categories
            for pattern in category.patterns
        ]

    def find_category(self, text: str) -> str | None:
        """The first category, in the order of the file, that any sentence of a text falls into."""
        sentences = _SENTENCE_END.split(normalise(text))
        for category, pattern in self._patterns:
            if any(_holds(pattern, sentence) for sentence in sentences):
                return category
        return None


_SENTENCE_END = re.compile(r"[。!?]")


def _normalised(pattern: Pattern) -> Pattern:
    words = tuple(tuple(map(normalise, alternatives)) for alternatives in pattern.words)
    return Pattern(words, tuple(map(normalise, pattern.unless)))


def _holds(pattern: Pattern, sentence: str) -> bool:
    rest = sentence
    for alternatives in pattern.words:
        ends = [rest.index(word) + len(word) for word in alternatives if word in rest]
        if not ends:
            return False
        # The alternative that ends first leaves the most room for what must follow.
        rest = rest[min(ends) :]
    return not any(word in sentence for word in pattern.unless)
