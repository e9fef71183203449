"""What each part of the score is worth: every set ranked again with other weights.

python -m tests.benchmarks.retrieval.ablation
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from knowledge.base import KnowledgeBase
from knowledge.ranking import WEIGHTS, Parts
from tests.benchmarks.retrieval.sets import CACHE, Task, list_sets

KINDS = [field.name for field in fields(Parts)]
CHOSEN = dict(zip(KINDS, astuple(WEIGHTS), strict=True))
LEXICAL = {**CHOSEN, "question": 0.0, "answer": 0.0}
EVERYTHING = 1_000

VARIANTS: dict[str, Mapping[str, float]] = {
    "**default**": CHOSEN,
    "**lexical alone**": LEXICAL,
    "words alone": {"words": 1},
    "letters alone": {"letters": 1},
    "vectors alone": {"question": 9, "answer": 8.5},
    "vector of the question alone": {"question": 1},
    "words + vectors": {"words": 13, "question": 9, "answer": 8.5},
    **{f"default without {kind}": {**CHOSEN, kind: 0.0} for kind in KINDS},
    **{f"lexical without {kind}": {**LEXICAL, kind: 0.0} for kind in KINDS[:5]},
    "words ×2": {**CHOSEN, "words": 26},
    "words ÷2": {**CHOSEN, "words": 6.5},
    "letters ×2": {**CHOSEN, "letters": 10},
    "vectors ×2": {**CHOSEN, "question": 18, "answer": 17},
    "vectors ÷2": {**CHOSEN, "question": 4.5, "answer": 4.25},
    "meanings, pairs, wording ×3": {**CHOSEN, "meanings": 3, "pairs": 3, "wording": 3},
}


@dataclass(frozen=True)
class Row:
    """A question's likeness to every article."""

    parts: NDArray[np.float64]
    """Articles by kinds."""
    relevant: NDArray[np.bool_]

    def rank(self, weights: NDArray[np.float64]) -> int:
        """The place of the best relevant article; ties count against it."""
        scores = self.parts @ weights
        if not self.relevant.any():
            return EVERYTHING
        best = scores[self.relevant].max()
        return 1 + int(np.count_nonzero(scores[~self.relevant] >= best))


def read_rows(tasks: Iterable[Task], cache: Path | None) -> list[Row]:
    rows = []
    for task in tasks:
        base = KnowledgeBase(task.library, cache=cache)
        for judged in task.questions:
            matches = base.search(judged.text, limit=EVERYTHING).matches
            if judged.relevant and matches:
                parts = np.array([astuple(match.parts) for match in matches])
                relevant = np.array([match.article.id in judged.relevant for match in matches])
                rows.append(Row(parts, relevant))
    return rows


def measure(rows: Sequence[Row], weights: Mapping[str, float]) -> tuple[float, float, float]:
    """MRR, SR@1 and SR@3."""
    vector = np.array([weights.get(kind, 0.0) for kind in KINDS])
    ranks = [row.rank(vector) for row in rows]
    return (
        fmean(1 / rank for rank in ranks),
        fmean(rank <= 1 for rank in ranks),
        fmean(rank <= 3 for rank in ranks),
    )


def print_table(cache: Path | None) -> None:
    sets = {name: read_rows(tasks, cache) for name, tasks in list_sets().items()}
    print("| MRR / SR@1 / SR@3 |", " | ".join(f"{n} ({len(r)})" for n, r in sets.items()), "|")
    print("|---|" + "--:|" * len(sets))
    for name, weights in VARIANTS.items():
        cells = (" / ".join(f"{v:.3f}" for v in measure(rows, weights)) for rows in sets.values())
        print(f"| {name} |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    print_table(CACHE)
