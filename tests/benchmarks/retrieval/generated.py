"""Collections of any size: entries put together from the words of the shipped ones.

They cost what real ones cost; what they say means nothing, so only time and memory are measured.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from knowledge.library import Library, content_folder, read_library
from knowledge.vectors import Encoder
from tests.benchmarks.retrieval.sets import article_of

_PIECE = re.compile("[^、。？?！!（）・ ]+[、。？?！!]?")


def generate(size: int) -> Library:
    """A library of `size` entries, each with one question and an answer of some 120 characters."""
    library = read_library(content_folder())
    dice = random.Random(size)
    questions = _pieces([q for article in library.articles for q in article.questions])
    answers = _pieces([text for article in library.articles for text in article.told[1:]])
    articles = tuple(
        article_of(
            f"g{number}",
            "".join(dice.choices(questions, k=2)) + f"（{number}番）",
            "".join(dice.choices(answers, k=7)),
        )
        for number in range(size)
    )
    return replace(library, articles=articles, out_of_scope=library.out_of_scope)


def _pieces(texts: Sequence[str]) -> list[str]:
    return [piece for text in texts for piece in _PIECE.findall(text)]


class RandomVectors:
    """Stands in for an encoder while a collection is built; questions go to the real one.

    Random vectors are scanned as fast as true ones, and 100,000 true ones would take minutes.
    """

    def __init__(self, real: Encoder) -> None:
        self.name, self.size = "random", real.size
        self._real = real
        self._dice = np.random.default_rng(0)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if len(texts) == 1:
            return self._real.encode(texts)
        vectors = self._dice.standard_normal((len(texts), self.size), dtype=np.float32)
        rows: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return rows
