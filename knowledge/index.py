"""Which documents hold which words: BM25 weights, computed once, as compressed sparse rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SATURATION = 1.2
"""BM25's k1: how soon a repeated word stops adding."""
LENGTH_PENALTY = 0.75
"""BM25's b: how much more often a longer text must hold a word for the same weight."""


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a document and how much each of its words counts."""

    words: Sequence[str]
    weight: float


class Index:
    """An inverted index over documents numbered from 0; immutable.

    A weight is a word's BM25 saturation, from 0 to 1, without its IDF: only a document that
    repeated the word endlessly would reach 1. So a question's best possible score is known, and
    scores of different questions can be compared (see `ranking`).
    """

    def __init__(self, documents: Sequence[Sequence[Field]]) -> None:
        counts = [_count(fields) for fields in documents]
        words = sorted({word for count in counts for word in count})
        self.size = len(documents)
        self._rows = {word: row for row, word in enumerate(words)}
        self._starts, self._documents, self._weights = _compress(counts, self._rows)

    def idf(self, word: str) -> float:
        """How well a word tells documents apart; most for one that no document holds."""
        holding = len(self.postings(word)[0])
        return float(np.log(1 + (self.size - holding + 0.5) / (holding + 0.5)))

    def postings(self, word: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The numbers of the documents that hold a word, ascending, and its weight in each."""
        row = self._rows.get(word)
        if row is None:
            return self._documents[:0], self._weights[:0]
        held = slice(self._starts[row], self._starts[row + 1])
        return self._documents[held], self._weights[held]


def _count(fields: Sequence[Field]) -> Mapping[str, float]:
    counts: defaultdict[str, float] = defaultdict(float)
    for field in fields:
        for word in field.words:
            counts[word] += field.weight
    return counts


def _compress(
    counts: Sequence[Mapping[str, float]], rows: Mapping[str, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Where each word's row starts; then, row after row, its documents and its weights."""
    entries = sorted((rows[word], n) for n, count in enumerate(counts) for word in count)
    row, document = np.array(entries, dtype=np.int64).reshape(-1, 2).T
    words = list(rows)
    frequency = np.array([counts[n][words[r]] for r, n in entries], dtype=np.float64)
    lengths = np.array([sum(count.values()) for count in counts], dtype=np.float64)
    # An empty collection has no mean; it has no entries either, so any will do.
    relative = lengths / (lengths.mean() if lengths.any() else 1.0)
    penalty = 1 - LENGTH_PENALTY + LENGTH_PENALTY * relative
    weights = frequency / (frequency + SATURATION * penalty[document])
    return np.searchsorted(row, np.arange(len(rows) + 1)), document, weights
