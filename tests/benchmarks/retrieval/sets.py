"""Collections and the questions that are put to them, each pair made to show something else."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from knowledge.article import Article, Confidence, Kind, Period, Version
from knowledge.judgements import Judged, read_questions
from knowledge.library import Library, content_folder, read_library

DATA = Path(__file__).parent / "data"
GIVEN = Path(__file__).parents[2] / "desk" / "questions.yaml"
OWN = DATA / "questions.yaml"
UNSEEN = DATA / "unseen.yaml"

CACHE = Path(tempfile.gettempdir()) / "madoguchi-benchmarks"
"""Vectors stay between runs: they are checked by their hashes, and no run should wait for them."""

FOLDS = 6
"""The fewest phrasings that an article has: each fold leaves out another one of every article."""


@dataclass(frozen=True)
class Task:
    """Questions put to a collection."""

    library: Library
    questions: tuple[Judged, ...]


def list_sets() -> dict[str, list[Task]]:
    """The sets by name; the measures of a set are of all its tasks' questions together.

    given: the audited example questions, on the shipped articles.
    own: questions written without looking at the articles' phrasings, on the shipped articles.
    left out: each phrasing put to the articles without that phrasing, in FOLDS folds.
    single: every article with its first phrasing alone, asked in its other phrasings; and beside
        them, as strangers, the entries of the municipal set.
    municipal: FAQs of a made-up city, each one question and one answer, asked in laymen's words;
        and beside them, as strangers, the articles with one phrasing.
    """
    library = read_library(content_folder())
    city = read_city()
    first = [replace(article, questions=article.questions[:1]) for article in library.articles]
    mixed = replace(library, articles=(*first, *(article for article, _ in city)), out_of_scope=())
    others = tuple(
        Judged(f"{article.id}-{n}", question, {article.id: 1.0})
        for article in library.articles
        for n, question in enumerate(article.questions[1:])
    )
    asked = tuple(
        Judged(f"{article.id}-{n}", question, {article.id: 1.0})
        for article, questions in city
        for n, question in enumerate(questions)
    )
    return {
        "given": [Task(library, read_questions(GIVEN, library))],
        "own": [Task(library, read_questions(OWN, library))],
        "left out": list(_list_folds(library)),
        "single": [Task(mixed, others)],
        "municipal": [Task(mixed, asked)],
    }


def read_city() -> list[tuple[Article, list[str]]]:
    """The entries of the made-up city, each with the questions of its citizens."""
    entries = yaml.safe_load((DATA / "municipal.yaml").read_text("utf-8"))
    return [(_article(entry), entry["asked"]) for entry in entries]


def article_of(name: str, question: str, answer: str) -> Article:
    """An entry of a collection that knows nothing of rules."""
    return Article(
        id=name,
        kind=Kind.RULE,
        title="",
        questions=(question,),
        applies_to="",
        versions=(Version(Period(), answer),),
        sources=(),
        facts=(),
        confidence=Confidence.PRIMARY,
        owner="",
        review_by=date.max,
    )


def _article(entry: dict[str, Any]) -> Article:
    return article_of(entry["id"], entry["question"], entry["answer"])


def _list_folds(library: Library) -> Iterator[Task]:
    for fold in range(FOLDS):
        kept = tuple(
            replace(article, questions=article.questions[:fold] + article.questions[fold + 1 :])
            for article in library.articles
        )
        asked = tuple(
            Judged(f"{article.id}-{fold}", article.questions[fold], {article.id: 1.0})
            for article in library.articles
        )
        yield Task(replace(library, articles=kept), asked)
