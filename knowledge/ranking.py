"""How well each article fits a question, on a scale that is the same for every question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.article import Article
from knowledge.index import Draft, Field
from knowledge.meaning import Meanings, Nearness
from knowledge.signals import NO_SIGNALS, WITH_VECTORS, WITHOUT_VECTORS, Signals
from knowledge.text import wording
from knowledge.traits import KINDS, Traits
from knowledge.vectors import Encoder, Progress

Scores = NDArray[np.float64]

QUESTION_WEIGHT = 3.0
"""How much more a stored phrasing counts than the answer, which is in the rule's language
(FINDINGS §1; 1, 2 and 5 find no better here)."""

ASKED_LIMIT = 400
"""Characters of a question that its vector is made of: a longer one would be late."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a score is made of: likenesses from 0 to 1, or what each of them counts.

    Those of traits are parts of what the question's own traits could reach, not of the best that
    any article reached: a question of unknown words does not raise its best article to 1, scores of
    different questions can be compared, and weak words leave the decision to the vectors.
    """

    words: float
    letters: float
    meanings: float
    pairs: float
    wording: float
    """The words of the most similar stored wording alone."""
    question: float = 0.0
    """The cosine of the sentence vectors of question and nearest stored wording."""
    answer: float = 0.0
    """The cosine of the sentence vectors of question and answer."""


WEIGHTS = Parts(
    words=13.0, letters=5.0, meanings=1.0, pairs=1.0, wording=1.0, question=9.0, answer=8.5
)
"""Begun at FINDINGS §1; a middle between five sets (table: tests/benchmarks/README.md)."""

_LEXICAL = sum(getattr(WEIGHTS, kind) for kind in (*KINDS, "wording"))
_VECTORS = WEIGHTS.question + WEIGHTS.answer


@dataclass(frozen=True, slots=True)
class Place:
    """An article's place in a ranking."""

    number: int
    score: float
    """From 0 to 1: the parts, weighted, of what a perfect match would sum to."""
    nearest: str
    """The stored wording that is most like the question."""
    parts: Parts


@dataclass(frozen=True, slots=True)
class Ranked:
    """The best places, best first, and how sure they are."""

    places: tuple[Place, ...]
    signals: Signals


NOTHING = Ranked((), NO_SIGNALS)


class Ranking:
    """Articles ready to be ranked; immutable, and safe to use from every thread."""

    def __init__(
        self,
        articles: Sequence[Article],
        read: Callable[[str], Traits],
        restate: Callable[[str], str],
        encoder: Encoder | None,
        folder: Path | None = None,
        progress: Progress | None = None,
    ) -> None:
        """`read` takes a text apart; `folder` caches the vectors that `encoder` makes."""
        self._size = len(articles)
        asked = [article.asked or (article.title,) for article in articles]
        self._wordings = [question for questions in asked for question in questions]
        self._starts = np.cumsum([0, *map(len, asked)][:-1]) if articles else np.zeros(0, np.int64)
        self._stored = {
            wording(question): n for n, questions in enumerate(asked) for question in questions
        }
        # Equal scores stand in the order of their ids, whatever the order of the articles.
        self._by_id = np.argsort(np.argsort([article.id for article in articles]))
        self._read(articles, asked, read, progress)
        self._meanings: Meanings | None = None
        if encoder and articles:
            answers = [restate(" ".join(article.told[1:])) for article in articles]
            wordings = [restate(question) for question in self._wordings]
            weights = WEIGHTS.question, WEIGHTS.answer
            self._meanings = Meanings(
                wordings, answers, self._starts, weights, encoder, folder, progress
            )

    def _read(
        self,
        articles: Sequence[Article],
        asked: Sequence[Sequence[str]],
        read: Callable[[str], Traits],
        progress: Progress | None,
    ) -> None:
        drafts, nearest = {kind: Draft() for kind in KINDS}, Draft()
        for number, article in enumerate(articles):
            questions = [read(question) for question in asked[number]]
            told = [read(text) for text in article.told]
            for kind, draft in drafts.items():
                draft.add((_field(questions, kind, QUESTION_WEIGHT), _field(told, kind, 1.0)))
            for question in questions:
                nearest.add((Field(question.words, 1.0),))
            if progress:
                progress(number + 1, len(articles))
        self._indexes = {kind: draft.index() for kind, draft in drafts.items()}
        self._nearest = nearest.index()

    def rank(
        self, text: str, meant: str, traits: Traits, limit: int, without: Sequence[int] = ()
    ) -> Ranked:
        """The best articles, at most `limit`, without those that are not like the question at all.

        Whoever asks in the words of a stored phrasing gets its article with the score 1. `text` is
        the question as typed, `meant` as it was understood.
        """
        if not traits.words or not self._size:
            return NOTHING
        found = self._find(meant[:ASKED_LIMIT], traits)
        scores = _sum(found)
        stored = self._stored.get(wording(text))
        if stored is not None:
            scores[stored] = 1.0
        scores[list(without)] = 0.0
        best = self._best(scores, max(limit, 2))
        places = [self._place(n, float(scores[n]), found) for n in best]
        return Ranked(tuple(places[:limit]), self._signals(places, traits, found))

    def weigh(self, word: str) -> float:
        """How well a word tells articles apart; most for one that none of them has."""
        return self._indexes["words"].idf(word)

    def _find(self, meant: str, traits: Traits) -> _Found:
        kinds = {kind: index.scores(getattr(traits, kind)) for kind, index in self._indexes.items()}
        rows = self._nearest.scores(traits.words)
        kinds["wording"] = np.maximum.reduceat(rows, self._starts)
        near = self._meanings.nearness(meant) if self._meanings else None
        return _Found(kinds, rows, near)

    def _best(self, scores: Scores, count: int) -> list[int]:
        count = min(count, self._size)
        last = np.partition(scores, self._size - count)[self._size - count]
        among = np.flatnonzero((scores >= last) & (scores > 0))
        order = np.lexsort((self._by_id[among], -scores[among]))
        return [int(n) for n in among[order[:count]]]

    def _place(self, number: int, score: float, found: _Found) -> Place:
        parts = {kind: float(likeness[number]) for kind, likeness in found.kinds.items()}
        rows = self._rows_of(number)
        likeness = found.near.rows if found.near else found.rows
        row = rows.start + int(likeness[rows].argmax())
        if found.near and self._meanings:
            parts["question"], parts["answer"] = self._meanings.cosines(found.near, row)
        return Place(number, score, self._wordings[row], Parts(**parts))

    def _rows_of(self, number: int) -> slice:
        end = self._starts[number + 1] if number + 1 < self._size else len(self._wordings)
        return slice(int(self._starts[number]), int(end))

    def _signals(self, places: Sequence[Place], traits: Traits, found: _Found) -> Signals:
        if not places:
            return NO_SIGNALS
        best, top = places[0], places[0].score
        margin = top - places[1].score if len(places) > 1 else top
        coverage = self._indexes["words"].coverage(traits.words, best.number)
        if found.near:
            calibration, nearest = WITH_VECTORS, max(0.0, best.parts.question)
            by_words, by_meaning = found.lexical, found.near.scores
            agreement = min(_part(by_words, best.number), _part(by_meaning, best.number))
        else:
            calibration, nearest, agreement = WITHOUT_VECTORS, best.parts.wording, 1.0
        confidence = calibration.confidence(top, margin, coverage, nearest)
        return Signals(top, margin, coverage, agreement, nearest, confidence)


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found for a question in every article, before it is summed."""

    kinds: dict[str, Scores]
    rows: Scores
    """The likeness in words to each stored wording."""
    near: Nearness | None

    @property
    def lexical(self) -> Scores:
        weighted = (getattr(WEIGHTS, kind) * scores for kind, scores in self.kinds.items())
        total: Scores = sum(weighted, start=np.zeros(1))
        return total


def _sum(found: _Found) -> Scores:
    if found.near is None:
        scores = found.lexical / _LEXICAL
    else:
        scores = (found.lexical + found.near.scores) / (_LEXICAL + _VECTORS)
    # Sums of floats differ in their last digits with the order of the articles.
    rounded: Scores = np.round(np.clip(scores, 0.0, 1.0), 6)
    return rounded


def _field(traits: Iterable[Traits], kind: str, weight: float) -> Field:
    return Field([trait for text in traits for trait in getattr(text, kind)], weight)


def _part(scores: NDArray[np.float64] | NDArray[np.float32], number: int) -> float:
    """What an article has of the best score; all where there is none."""
    best = float(scores.max())
    return max(0.0, float(scores[number]) / best) if best > 0 else 1.0
