"""Fits what `Signals.confidence` rests on, and shows what thresholds on it would decide.

    python -m tests.benchmarks.retrieval.calibrate

The coefficients are fitted on the own and the municipal set, one fold, and what is out of either's
scope; the given questions take no part in that. The thresholds were chosen with all of these in
sight, the given ones and the other folds too. Only the unseen set had no part in anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.article import Confidence
from knowledge.base import KnowledgeBase, Search
from knowledge.judgements import Judged, read_questions
from knowledge.library import content_folder, read_library
from tests.benchmarks.retrieval.sets import CACHE, GIVEN, OWN, UNSEEN, list_sets, read_city

FEATURES = ("top", "lead", "coverage", "nearest")
"""As Calibration has them."""
RIDGE = 1.0
"""Keeps coefficients small where few judgements speak for them."""


@dataclass(frozen=True)
class Case:
    """A question's search, and what should have come of it."""

    judged: Judged
    search: Search

    @property
    def is_right(self) -> bool:
        """Whether the best match answers."""
        return bool(self.search.matches) and (
            self.search.matches[0].article.id in self.judged.relevant
        )

    @property
    def features(self) -> list[float]:
        signals = self.search.signals
        lead = signals.margin / signals.top if signals.top else 0.0
        return [signals.top, lead, signals.coverage, signals.nearest]


def search_all(base: KnowledgeBase, questions: Iterable[Judged]) -> list[Case]:
    return [Case(judged, base.search(judged.text)) for judged in questions]


def read_cases(vectors: bool, cache: Path | None) -> dict[str, list[Case]]:
    """Cases by the name of their set."""
    library = read_library(content_folder())
    city = replace(library, articles=tuple(a for a, _ in read_city()), out_of_scope=())
    shipped = KnowledgeBase(library, vectors=vectors, cache=cache)
    municipal = KnowledgeBase(city, vectors=vectors, cache=cache)
    sets = list_sets()
    citizens = sets["municipal"][0].questions
    ours = read_questions(OWN, library)
    strangers = [replace(judged, relevant={}) for judged in ours if judged.relevant]
    # One fold is enough: six would outweigh the questions that no editor wrote.
    fold = sets["left out"][0]
    left_out = KnowledgeBase(fold.library, vectors=vectors, cache=cache)
    others = [
        case
        for task in sets["left out"][1:]
        for case in search_all(
            KnowledgeBase(task.library, vectors=vectors, cache=cache), task.questions
        )
    ]
    return {
        "given": search_all(shipped, read_questions(GIVEN, library)),
        "own": search_all(shipped, ours),
        "citizens here": search_all(shipped, [replace(q, relevant={}) for q in citizens]),
        "municipal": search_all(municipal, citizens),
        "officials there": search_all(municipal, strangers),
        "left out": search_all(left_out, fold.questions),
        "other folds": others,
        "unseen": search_all(shipped, read_questions(UNSEEN, library)),
    }


SHOWN = ("given", "own", "left out", "citizens here", "other folds", "unseen")
FITTED = ("own", "citizens here", "municipal", "officials there", "left out")


def fit(cases: Sequence[Case]) -> NDArray[np.float64]:
    """The constant and the coefficients of a logistic regression, by Newton's method."""
    x = np.array([[1.0, *case.features] for case in cases])
    y = np.array([case.is_right for case in cases], dtype=np.float64)
    ridge = np.diag([0.0, *[RIDGE] * len(FEATURES)])
    found = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ found))
        slope = x.T @ (p - y) + ridge @ found
        curve = (x * (p * (1 - p))[:, None]).T @ x + ridge
        found -= np.linalg.solve(curve, slope)
    return found


def confidence(case: Case, found: NDArray[np.float64]) -> float:
    if case.search.out_of_scope:
        return 0.0
    return float(1 / (1 + np.exp(-np.array([1.0, *case.features]) @ found)))


def auroc(cases: Sequence[Case], found: NDArray[np.float64]) -> float:
    right = [confidence(case, found) for case in cases if case.is_right]
    wrong = [confidence(case, found) for case in cases if not case.is_right]
    pairs = [(r > w) + (r == w) / 2 for r in right for w in wrong]
    return float(np.mean(pairs)) if pairs else float("nan")


RULES = ((0.5, 0.0), (0.6, 0.05), (0.7, 0.08), (0.75, 0.08), (0.8, 0.08), (0.8, 0.09), (0.8, 0.1))
"""Least confidence and margin of what is answered."""
ASK = 0.25
"""Least confidence of what is asked back."""
DECIDED = ("answered right", "answered wrong", "clarify with", "clarify without", "not known")
"""With or without a right one among the three candidates."""


def decide(case: Case, sure: float, answer: float, margin: float) -> str:
    """What a rule would say, in the words of DECIDED."""
    matches, relevant = case.search.matches, case.judged.relevant
    if not matches or case.search.out_of_scope or sure < ASK:
        return "not known"
    best = matches[0].article
    if best.hand_over or best.confidence is Confidence.UNSEEN:
        return "not known"
    if sure >= answer and case.search.signals.margin >= margin:
        return "answered right" if case.is_right else "answered wrong"
    shown = {match.article.id for match in matches[:3]}
    return "clarify with" if shown & set(relevant) else "clarify without"


def print_rules(cases: dict[str, list[Case]], found: NDArray[np.float64]) -> None:
    print("| confidence ≥ | margin ≥ | set |", " | ".join(DECIDED), "|")
    print("|--:|--:|---|" + "--:|" * len(DECIDED))
    for answer, margin in RULES:
        for name in SHOWN:
            for should in (True, False):
                of = [case for case in cases[name] if bool(case.judged.relevant) is should]
                told = [decide(case, confidence(case, found), answer, margin) for case in of]
                cells = " | ".join(str(told.count(decision)) for decision in DECIDED)
                if of:
                    what = name if should else f"{name}: not to be answered"
                    print(f"| {answer} | {margin} | {what} ({len(of)}) | {cells} |")


def main(cache: Path | None) -> None:
    for vectors in (True, False):
        cases = read_cases(vectors, cache)
        in_scope = [c for name in FITTED for c in cases[name] if not c.search.out_of_scope]
        found = fit(in_scope)
        told = zip(("constant", *FEATURES), found, strict=True)
        print("\nwith vectors:" if vectors else "\nwithout vectors:", end=" ")
        print(", ".join(f"{name}={value:.2f}" for name, value in told))
        for name, of in cases.items():
            print(f"AUROC of {name} ({len(of)}): {auroc(of, found):.3f}")
        print_rules(cases, found)


if __name__ == "__main__":
    main(CACHE)
