"""Articles by the sentence vectors of their wordings and answers, scanned whole for a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.vectors import Encoder, Progress, encode_all


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near each article is to a question."""

    scores: NDArray[np.float32]
    """Weighted sums of the cosines to the nearest wording and to the answer."""
    rows: NDArray[np.float32]
    """The same for each wording."""
    vector: NDArray[np.float32]
    """The question's."""


class Meanings:
    """The vectors of a collection; immutable.

    What is summed per wording is summed once, when this is built: weight · wording + weight ·
    answer is itself a vector, so one scan gives both cosines and takes half the time. At 100,000
    entries the scan is what a question costs.
    """

    def __init__(
        self,
        wordings: Sequence[str],
        answers: Sequence[str],
        starts: NDArray[np.int64],
        weights: tuple[float, float],
        encoder: Encoder,
        folder: Path | None,
        progress: Progress | None,
    ) -> None:
        """The wordings of answer n stand from starts[n] to the next start.

        `weights` are those of the cosine to a wording and of the cosine to the answer.
        """
        self._encoder, self._starts, self._weights = encoder, starts, weights
        vectors = encode_all([*wordings, *answers], encoder, folder, progress)
        self._wordings = vectors[: len(wordings)]
        owners = np.repeat(np.arange(len(answers)), np.diff(starts, append=len(wordings)))
        self._sums = self._wordings.astype(np.float32) * np.float32(weights[0])
        for start in range(0, len(wordings), _STEP):
            part = slice(start, start + _STEP)
            answer = vectors[len(wordings) + owners[part]].astype(np.float32)
            self._sums[part] += answer * np.float32(weights[1])

    def nearness(self, text: str) -> Nearness:
        """Of all articles to a question."""
        vector = self._encoder.encode([text])[0]
        rows = self._sums @ vector
        return Nearness(np.maximum.reduceat(rows, self._starts), rows, vector)

    def cosines(self, near: Nearness, row: int) -> tuple[float, float]:
        """The question's cosines to one wording and to that wording's answer."""
        wording = float(self._wordings[row].astype(np.float32) @ near.vector)
        answer = (float(near.rows[row]) - self._weights[0] * wording) / self._weights[1]
        return wording, answer


_STEP = 4_096
"""Rows summed at a time, so that building takes little more memory than the result."""
