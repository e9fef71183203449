"""Commands that measure how well the desk finds, and show why it found what it did."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bot.clock import real_clock
from bot.config import cache_folder
from bot.desk.model import decide
from knowledge.base import KnowledgeBase, Search
from knowledge.evaluation import Evaluation, evaluate
from knowledge.explanation import Explained, explain
from knowledge.judgements import read_collection, read_questions
from knowledge.library import Library, content_folder, read_library
from knowledge.vectors import Progress

MOST_SHOWN = 5


def evaluate_command(
    questions: Annotated[Path, typer.Argument(help="Judged questions: YAML, or JSON lines.")],
    articles: Annotated[
        Path | None, typer.Option(help="Another collection, JSON lines: id, questions, answer.")
    ] = None,
    rankings: Annotated[
        Path | None, typer.Option(help="Write a JSON line a question: decision and ranking.")
    ] = None,
    vectors: Annotated[
        bool, typer.Option("--vectors/--lexical", help="By meaning too, or by words alone.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Put judged questions to the desk, and measure what it finds and decides."""
    shipped = read_library(content_folder())
    library = read_collection(articles, shipped) if articles else shipped
    judged = read_questions(questions, library)
    with Bar("reading") as reading, Bar("asking") as asking:
        done = evaluate(
            lambda: _base(library, vectors, reading),
            judged,
            _decision(library, real_clock().today()),
            asking,
        )
    if rankings:
        rankings.write_text("".join(f"{line}\n" for line in done.rankings()), encoding="utf-8")
    typer.echo(json.dumps(done.as_json(), indent=2) if as_json else _table(done))


def search_explain_command(
    text: Annotated[str, typer.Argument(help="The question, in Japanese.")],
) -> None:
    """Show how a question is understood, and why each article ranks where it does."""
    explained = explain(_base(read_library(content_folder())).search(text))
    typer.echo(f"terms      {' '.join(explained.terms)}")
    for written, read in explained.repaired:
        typer.echo(f"repaired   {written} -> {read}")
    typer.echo(f"ministry   {explained.ministry or '-'}")
    typer.echo(f"scope      {explained.out_of_scope or 'within'}")
    signals = ", ".join(f"{name} {value:.2f}" for name, value in asdict(explained.signals).items())
    typer.echo(f"signals    {signals}")
    for match in explained.matches[:MOST_SHOWN]:
        typer.echo(_explained(match))


def _base(
    library: Library, vectors: bool = True, progress: Progress | None = None
) -> KnowledgeBase:
    """With the vectors that the desk has computed already."""
    cache = cache_folder() / "vectors"
    return KnowledgeBase(library, vectors=vectors, cache=cache, progress=progress)


def _explained(match: Explained) -> str:
    shares = ", ".join(f"{share.kind} {share.points:.0f}" for share in match.shares)
    return (
        f"{match.rank}. {match.score:.3f}  {match.article}  {match.title}\n"
        f"   nearest   {match.nearest}\n   points    {shares}"
    )


def _decision(library: Library, today: date) -> Callable[[Search], str]:
    titles = {scope.category: scope.title for scope in library.out_of_scope}
    return lambda search: decide(search, None, today, titles).name.value


def _table(done: Evaluation) -> str:
    rows = [
        (name, "-" if value is None else f"{value:.3f}".rstrip("0").rstrip("."))
        for name, value in done.as_json().items()
    ]
    return "\n".join(f"{name:<24}{value:>12}" for name, value in rows)


class Bar:
    """A progress bar on standard error, where somebody looks on."""

    def __init__(self, label: str) -> None:
        self._bar = typer.progressbar(length=1, label=label, file=sys.stderr)

    def __enter__(self) -> Bar:
        self._bar.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self._bar.__exit__(None, None, None)

    def __call__(self, done: int, total: int) -> None:
        self._bar.length = max(total, 1)
        self._bar.update(done - self._bar.pos)
