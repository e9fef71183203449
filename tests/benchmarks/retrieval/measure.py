"""One measurement in a process of its own; see __main__."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from statistics import fmean

from knowledge.base import KnowledgeBase
from knowledge.judgements import Judged
from knowledge.library import Library
from knowledge.vectors import find_encoder
from tests.benchmarks.retrieval.generated import RandomVectors, generate
from tests.benchmarks.retrieval.peers import PEERS, Rank, percentiles
from tests.benchmarks.retrieval.sets import CACHE, Task, list_sets

ROUNDS = 4
"""How often the questions are asked over: some 500 answers are timed."""


def print_quality() -> None:
    sets = list_sets()
    counts = [f"{name} ({sum(_answerable(t) for t in tasks)})" for name, tasks in sets.items()]
    print("| MRR / SR@1 / SR@3 |", " | ".join(counts), "|")
    print("|---|" + "--:|" * len(sets))
    for name, make in PEERS.items():
        cells = (_quality(tasks, make) for tasks in sets.values())
        print(f"| {name} |", " | ".join(cells), "|", flush=True)


def _answerable(task: Task) -> int:
    return sum(bool(judged.relevant) for judged in task.questions)


def _quality(tasks: list[Task], make: Callable[[Library], Rank]) -> str:
    places: list[int] = []
    for task in tasks:
        rank = make(task.library)
        places += [_place(rank(q.text), q) for q in task.questions if q.relevant]
    mrr = fmean(1 / place if place else 0.0 for place in places)
    first, third = (fmean(0 < place <= depth for place in places) for depth in (1, 3))
    return f"{mrr:.3f} / {first:.3f} / {third:.3f}"


def _place(ids: list[str], judged: Judged) -> int:
    """From 1; 0 where no relevant entry was found."""
    return next((n for n, name in enumerate(ids, start=1) if name in judged.relevant), 0)


def print_speed(size: int, method: str) -> None:
    library = generate(size) if size else list_sets()["own"][0].library
    questions = [q.text for name in ("own", "given") for q in list_sets()[name][0].questions]
    # Three scans of a second each would say as much as five hundred.
    rounds = 1 if "rapidfuzz" in method or "FTS5" in method else ROUNDS
    started = time.process_time()
    rank = _make(library, method, generated=bool(size))
    rank(questions[0])
    seconds = time.process_time() - started
    times = [_time(rank, text) for _ in range(rounds) for text in questions]
    median, late = percentiles([cpu for cpu, _ in times])
    waited = percentiles([wall for _, wall in times])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"| {len(library.articles):,} | {method} | {seconds:.1f} | {median:.2f} | {late:.2f} "
        f"| {waited[0]:.2f} / {waited[1]:.2f} | {peak:,.0f} |",
        flush=True,
    )


def _make(library: Library, method: str, *, generated: bool) -> Rank:
    """As asked by a desk: ours with its ten matches, in all their parts."""
    if method == "**ours, default**":
        real = find_encoder()
        assert real is not None, "the benchmark needs the encoder's wheel"
        encoder = RandomVectors(real) if generated else real
        folder = None if generated else CACHE
        base = KnowledgeBase(library, vectors=encoder, cache=folder, progress=_show)
    elif method == "**ours, lexical alone**":
        base = KnowledgeBase(library, vectors=False, progress=_show)
    else:
        return PEERS[method](library)
    return lambda text: [match.article.id for match in base.search(text).matches]


def _show(done: int, of: int) -> None:
    if done % 1_000 == 0 or done == of:
        print(f"\r{done:,} / {of:,}", end="\n" if done == of else "", file=sys.stderr)


def _time(rank: Rank, text: str) -> tuple[float, float]:
    """Milliseconds of one core's work, and of the clock on the wall.

    A machine that others use too stretches the clock; the work stays what it is.
    """
    cpu, wall = time.process_time(), time.perf_counter()
    rank(text)
    return (time.process_time() - cpu) * 1_000, (time.perf_counter() - wall) * 1_000


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["quality"]:
            print_quality()
        case ["methods"]:
            print(json.dumps(list(PEERS)))
        case ["speed", size, method]:
            print_speed(int(size), method)
