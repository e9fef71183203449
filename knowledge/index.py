"""Which documents hold which words: BM25 weights, computed once, as compressed sparse rows."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
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


class Draft:
    """An index in the making: documents are added one by one and kept as numbers alone.

    Words of 100,000 documents would take gigabytes; their numbers take a few hundred megabytes.
    """

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._row, self._count, self._lengths = array("i"), array("f"), array("d")
        self._sizes = array("i")

    def add(self, fields: Sequence[Field]) -> None:
        """The next document."""
        counts: defaultdict[int, float] = defaultdict(float)
        for field in fields:
            for word in field.words:
                counts[self._rows.setdefault(word, len(self._rows))] += field.weight
        self._row.extend(counts)
        self._count.extend(counts.values())
        self._sizes.append(len(counts))
        self._lengths.append(sum(counts.values()))

    def index(self) -> Index:
        """The index over all that was added."""
        row = np.array(self._row, dtype=np.int32)
        # Sorted by word, the documents of each in their order.
        order = np.argsort(row, kind="stable")
        sizes = np.array(self._sizes, dtype=np.int32)
        documents = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)[order]
        count = np.array(self._count, dtype=np.float32)[order]
        starts = np.searchsorted(row[order], np.arange(len(self._rows) + 1))
        saturations = count / (count + self._penalty()[documents])
        return Index(len(sizes), self._rows, starts, documents, saturations)

    def _penalty(self) -> NDArray[np.float32]:
        lengths = np.array(self._lengths, dtype=np.float64)
        # An empty collection has no mean; it has no words either, so any will do.
        relative = lengths / (lengths.mean() if lengths.any() else 1.0)
        penalty = SATURATION * (1 - LENGTH_PENALTY + LENGTH_PENALTY * relative)
        return penalty.astype(np.float32)


class Index:
    """An inverted index over documents numbered from 0; immutable.

    A weight is a word's BM25 saturation, from 0 to 1, times its IDF: only a document that repeated
    the word endlessly would reach its IDF. So a question's best possible score is known, and scores
    of different questions can be compared (see `ranking`).
    """

    def __init__(
        self,
        size: int,
        rows: dict[str, int],
        starts: NDArray[np.int64],
        documents: NDArray[np.int32],
        saturations: NDArray[np.float32],
    ) -> None:
        """`documents` and `saturations` of the word in row r stand from starts[r] to starts[r+1].

        `rows` is taken over, not copied.
        """
        self._size, self._rows, self._starts, self._documents = size, rows, starts, documents
        holding = np.diff(starts)
        self._idf = self._idf_of(holding)
        self._unknown = float(self._idf_of(np.zeros(1))[0])
        self._weights = saturations * np.repeat(self._idf, holding).astype(np.float32)

    @staticmethod
    def of(documents: Iterable[Sequence[Field]]) -> Index:
        """The index over documents that are all at hand."""
        draft = Draft()
        for fields in documents:
            draft.add(fields)
        return draft.index()

    def idf(self, word: str) -> float:
        """How well a word tells documents apart; most for one that no document holds."""
        row = self._rows.get(word)
        return self._unknown if row is None else float(self._idf[row])

    def postings(self, word: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The numbers of the documents that hold a word, ascending, and its weight in each."""
        row = self._rows.get(word)
        if row is None:
            return self._documents[:0], self._weights[:0]
        held = slice(self._starts[row], self._starts[row + 1])
        return self._documents[held], self._weights[held]

    def scores(self, words: Iterable[str]) -> NDArray[np.float64]:
        """The part that each document has of the best score that words can give."""
        asked = dict.fromkeys(words)
        held = [self.postings(word) for word in asked]
        possible = sum(map(self.idf, asked))
        if not possible:
            return np.zeros(self._size)
        documents = np.concatenate([documents for documents, _ in held])
        weights = np.concatenate([weights for _, weights in held])
        return np.bincount(documents, weights, minlength=self._size) / possible

    def coverage(self, words: Iterable[str], document: int) -> float:
        """The part of some words that a document holds, weighted by their IDF; 1 of no words."""
        weights = {word: self.idf(word) for word in words}
        held = (w for word, w in weights.items() if self._holds(document, word))
        return sum(held) / sum(weights.values()) if weights else 1.0

    def _holds(self, document: int, word: str) -> bool:
        documents, _ = self.postings(word)
        place = int(np.searchsorted(documents, document))
        return place < len(documents) and int(documents[place]) == document

    def _idf_of(self, holding: NDArray[np.float64] | NDArray[np.int64]) -> NDArray[np.float64]:
        idf: NDArray[np.float64] = np.log(1 + (self._size - holding + 0.5) / (holding + 0.5))
        return idf
