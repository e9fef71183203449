"""Wordings that askers have confirmed: which of them may become phrasings of an article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from knowledge.article import Article
from knowledge.library import Library
from knowledge.out_of_scope import Boundary
from knowledge.text import wording

WORDING_LIMIT = 100
"""Characters of a wording: a longer one tells a case, and is like no other question."""
MOST_CONFIRMED = 30
"""Wordings of one article besides its own: more of them find it no better."""


class Unfit(StrEnum):
    """Why a wording cannot become a phrasing of an article."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    MASKED = "masked"
    """There was personal data in it."""
    KNOWN = "known"
    """The article is asked for in these words already."""
    ELSEWHERE = "elsewhere"
    """The words lead to another article, and a question can have but one answer."""
    OUT_OF_SCOPE = "out_of_scope"
    NO_ARTICLE = "no_article"
    TOO_MANY = "too_many"


HOPELESS = frozenset({Unfit.EMPTY, Unfit.TOO_LONG, Unfit.MASKED, Unfit.KNOWN})
"""What no change of the library makes fit, or need be made."""


class Phrasings:
    """Every phrasing of a library, and whether one more would fit."""

    def __init__(self, library: Library) -> None:
        self._articles = {article.id: article for article in library.articles}
        self._boundary = Boundary(library.out_of_scope)
        self._owners = {
            wording(text): article.id for article in library.articles for text in article.asked
        }

    def find_unfitness(self, article: str, text: str) -> Unfit | None:
        """What keeps a wording from becoming a phrasing of an article; None: nothing does."""
        key = wording(text)
        owner = self._owners.get(key)
        found = self._articles.get(article)
        faults = {
            Unfit.NO_ARTICLE: found is None,
            Unfit.EMPTY: not key,
            Unfit.TOO_LONG: len(text) > WORDING_LIMIT,
            Unfit.MASKED: "■" in text,
            Unfit.KNOWN: owner == article,
            Unfit.ELSEWHERE: owner is not None and owner != article,
            Unfit.OUT_OF_SCOPE: self._boundary.find_category(text) is not None,
            Unfit.TOO_MANY: found is not None and len(found.confirmed) >= MOST_CONFIRMED,
        }
        return next((fault for fault, holds in faults.items() if holds), None)

    def add(self, article: str, text: str) -> None:
        """One more phrasing of an article."""
        found = self._articles[article]
        self._articles[article] = replace(found, confirmed=(*found.confirmed, text))
        self._owners[wording(text)] = article

    @property
    def articles(self) -> tuple[Article, ...]:
        return tuple(self._articles.values())


def add_wordings(library: Library, wordings: Mapping[str, Sequence[str]]) -> Library:
    """The library with confirmed wordings, by the articles' ids, in the order of their approval.

    What fits no more is left out, not told as a fault: the articles may have changed since it was
    approved, and one wording must not keep the desk from answering.
    """
    phrasings = Phrasings(library)
    for article, text in _list_pairs(wordings):
        if phrasings.find_unfitness(article, text) is None:
            phrasings.add(article, text)
    return replace(library, articles=phrasings.articles)


def _list_pairs(wordings: Mapping[str, Sequence[str]]) -> Iterable[tuple[str, str]]:
    return ((article, text) for article, texts in wordings.items() for text in texts)
