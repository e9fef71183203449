"""How well a collection is searched: judged questions put to it, and what came of them."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

import numpy as np

from knowledge.base import KnowledgeBase, Search, Signals
from knowledge.judgements import Judged
from knowledge.vectors import Progress

DEPTH = 100
"""Matches that are looked through for a relevant one; one that stands beyond counts as missed."""

ANSWERED = "answered"
"""The decision that gives the best match as the answer."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question."""

    judged: Judged
    decision: str
    ranking: tuple[tuple[str, float], ...]
    """Ids and scores, best first, at most DEPTH."""
    signals: Signals
    out_of_scope: bool
    milliseconds: float

    @property
    def ranks(self) -> list[int]:
        """The places, from 1, of the articles that answer it."""
        ids = enumerate((name for name, _ in self.ranking), start=1)
        return [rank for rank, name in ids if name in self.judged.relevant]

    @property
    def is_right(self) -> bool:
        """Whether the best match answers it."""
        return self.ranks[:1] == [1]


@dataclass(frozen=True, slots=True)
class Measures:
    """What is told of a collection; shares are from 0 to 1, None where nothing was to be measured.

    The first six are of questions that have an answer, the next three of all.
    """

    mrr: float | None
    """The mean of 1 / the first right place."""
    sr_1: float | None
    """Success rate: the share that has a right one in the first place."""
    sr_3: float | None
    sr_5: float | None
    ndcg_10: float | None
    """Grades are gains as they stand, as trec_eval has it."""
    mean_average_precision: float | None
    share_answered: float | None
    precision_answered: float | None
    """The share of the answered that were answered right."""
    auroc: float | None
    """How likely a right best match was given more confidence than a wrong one; the best match for
    a question that must not be answered is wrong."""
    questions: int
    answerable: int
    articles: int
    build_seconds: float
    p50_ms: float | None
    p99_ms: float | None
    peak_mb: float | None
    """Of the whole process, from its start; None where the system does not tell."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The measures, and the outcomes that they were taken from."""

    measures: Measures
    outcomes: tuple[Outcome, ...]

    def as_json(self) -> dict[str, float | None]:
        """The measures by name."""
        return asdict(self.measures)

    def rankings(self) -> Iterator[str]:
        """A JSON line for each question."""
        return (json.dumps(_ranking_line(outcome), ensure_ascii=False) for outcome in self.outcomes)


def evaluate(
    build: Callable[[], KnowledgeBase],
    questions: Sequence[Judged],
    decide: Callable[[Search], str],
    progress: Progress | None = None,
) -> Evaluation:
    """Builds a base, puts the questions to it, and measures both."""
    started = time.perf_counter()
    base = build()
    # The first search opens the dictionary: whoever starts the desk waits for it, no asker does.
    base.search("在宅勤務")
    seconds = time.perf_counter() - started
    outcomes = []
    for number, judged in enumerate(questions, start=1):
        outcomes.append(_ask(base, judged, decide))
        if progress:
            progress(number, len(questions))
    return Evaluation(_measure(base, outcomes, seconds), tuple(outcomes))


def _ask(base: KnowledgeBase, judged: Judged, decide: Callable[[Search], str]) -> Outcome:
    started = time.perf_counter()
    search = base.search(judged.text)
    milliseconds = (time.perf_counter() - started) * 1_000
    # What a desk shows is timed; the rest of the ranking is for the measures alone.
    matches = base.search(judged.text, limit=DEPTH).matches
    return Outcome(
        judged=judged,
        decision=decide(search),
        ranking=tuple((match.article.id, match.score) for match in matches),
        signals=search.signals,
        out_of_scope=search.out_of_scope is not None,
        milliseconds=milliseconds,
    )


def _measure(base: KnowledgeBase, outcomes: Sequence[Outcome], seconds: float) -> Measures:
    answerable = [outcome for outcome in outcomes if outcome.judged.relevant]
    answered = [outcome for outcome in outcomes if outcome.decision == ANSWERED]
    times = [outcome.milliseconds for outcome in outcomes]
    return Measures(
        mrr=_mean(1 / outcome.ranks[0] if outcome.ranks else 0.0 for outcome in answerable),
        sr_1=_mean(_success(outcome, 1) for outcome in answerable),
        sr_3=_mean(_success(outcome, 3) for outcome in answerable),
        sr_5=_mean(_success(outcome, 5) for outcome in answerable),
        ndcg_10=_mean(_ndcg(outcome, 10) for outcome in answerable),
        mean_average_precision=_mean(map(_average_precision, answerable)),
        share_answered=_mean(outcome.decision == ANSWERED for outcome in outcomes),
        precision_answered=_mean(outcome.is_right for outcome in answered),
        auroc=_auroc(outcomes),
        questions=len(outcomes),
        answerable=len(answerable),
        articles=len(base.library.articles),
        build_seconds=seconds,
        p50_ms=float(np.percentile(times, 50)) if times else None,
        p99_ms=float(np.percentile(times, 99)) if times else None,
        peak_mb=_peak_mb(),
    )


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return fmean(found) if found else None


def _success(outcome: Outcome, depth: int) -> bool:
    return any(rank <= depth for rank in outcome.ranks)


def _average_precision(outcome: Outcome) -> float:
    found = (number / rank for number, rank in enumerate(outcome.ranks, start=1))
    return sum(found) / len(outcome.judged.relevant)


def _ndcg(outcome: Outcome, depth: int) -> float:
    relevant = outcome.judged.relevant
    gained = [relevant.get(name, 0.0) for name, _ in outcome.ranking[:depth]]
    best = sorted(relevant.values(), reverse=True)[:depth]
    return _discounted(gained) / _discounted(best)


def _discounted(gains: Iterable[float]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, start=1))


def _auroc(outcomes: Sequence[Outcome]) -> float | None:
    right = [_confidence(outcome) for outcome in outcomes if outcome.is_right]
    wrong = [_confidence(outcome) for outcome in outcomes if not outcome.is_right]
    if not right or not wrong:
        return None
    among = np.sort(wrong)
    below = np.searchsorted(among, right, "left") + np.searchsorted(among, right, "right")
    return float(below.mean() / 2 / len(among))


def _confidence(outcome: Outcome) -> float:
    return 0.0 if outcome.out_of_scope else outcome.signals.confidence


def _peak_mb() -> float | None:
    try:
        import resource
    except ImportError:
        return None
    peak = float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    # macOS counts bytes, the others kilobytes.
    return peak / (1_048_576 if sys.platform == "darwin" else 1_024)


def _ranking_line(outcome: Outcome) -> Mapping[str, Any]:
    return {
        "id": outcome.judged.id,
        "decision": outcome.decision,
        "ranking": [{"id": name, "score": score} for name, score in outcome.ranking],
        "signals": asdict(outcome.signals),
    }
