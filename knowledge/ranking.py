"""How well each article fits a question, on a scale that is the same for every question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.article import Article
from knowledge.index import Field, Index
from knowledge.synonyms import Thesaurus
from knowledge.text import wording

QUESTION_WEIGHT = 3.0
"""How much more a stored phrasing counts than the answer, which is in the rule's language
(FINDINGS §1; 1, 2 and 5 find no better here)."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What a decision to answer, to ask back or to hand over can rest on; each from 0 to 1."""

    top: float
    """The best match's score."""
    margin: float
    """How far the best match leads the second."""
    coverage: float
    """The part of the question that the best article knows: its words weighted by their IDF.

    A word that no article knows weighs most: 確定申告 shares 手当 with an article, and is yet
    about something else.
    """


NO_SIGNALS = Signals(top=0.0, margin=0.0, coverage=0.0)


class Ranking:
    """Articles ready to be ranked; immutable, and safe to use from every thread."""

    def __init__(self, articles: Sequence[Article], thesaurus: Thesaurus) -> None:
        self._index = Index([_fields(article, thesaurus) for article in articles])
        self._stored = {
            wording(question): number
            for number, article in enumerate(articles)
            for question in article.questions
        }

    def rank(self, text: str, terms: Sequence[str]) -> list[tuple[int, float]]:
        """The articles' numbers with their scores, best first, without those that share no term.

        Whoever asks in the words of a stored phrasing gets its article with the score 1.
        """
        scores = self._scores(terms)
        stored = self._stored.get(wording(text))
        if stored is not None:
            scores[stored] = 1.0
        # Equal scores stay in the articles' order, so that a search repeats exactly.
        best = np.argsort(-scores, kind="stable")
        return [(int(n), float(scores[n])) for n in best if scores[n] > 0]

    def _scores(self, terms: Sequence[str]) -> NDArray[np.float64]:
        """Sums of IDF-weighted BM25 weights, divided by those of endlessly repeated terms."""
        scores = np.zeros(self._index.size)
        possible = 0.0
        for term in dict.fromkeys(terms):
            idf = self._index.idf(term)
            documents, weights = self._index.postings(term)
            scores[documents] += idf * weights
            possible += idf
        return scores / possible if possible else scores

    def signals(self, terms: Sequence[str], ranked: Sequence[tuple[int, float]]) -> Signals:
        """The signals of a ranking that `rank` gave for the same terms."""
        if not ranked:
            return NO_SIGNALS
        (first, top), second = ranked[0], ranked[1][1] if len(ranked) > 1 else 0.0
        return Signals(top=top, margin=top - second, coverage=self._coverage(terms, first))

    def _coverage(self, terms: Sequence[str], number: int) -> float:
        weights = {term: self._index.idf(term) for term in terms}
        known = (w for term, w in weights.items() if number in self._index.postings(term)[0])
        return sum(known) / sum(weights.values()) if weights else 1.0


def _fields(article: Article, thesaurus: Thesaurus) -> Sequence[Field]:
    asked = [term for question in article.questions for term in thesaurus.terms(question)]
    told = [term for text in article.told for term in thesaurus.terms(text)]
    return Field(asked, QUESTION_WEIGHT), Field(told, 1.0)
