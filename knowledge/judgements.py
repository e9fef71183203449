"""Judged questions, and collections to put them to, as files give them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from knowledge.article import Article, Confidence, Kind, Period, Version
from knowledge.document import read_section
from knowledge.fault import ContentFile, Fault
from knowledge.library import Library, LibraryFaults
from knowledge.section import Section


@dataclass(frozen=True, slots=True)
class Judged:
    """A question, and what may answer it."""

    id: str
    text: str
    relevant: Mapping[str, float]
    """The grades of the articles that answer it; empty if none may."""


def read_questions(path: Path, library: Library) -> tuple[Judged, ...]:
    """The questions of a YAML file like tests/desk/questions.yaml, or of JSON lines.

    In YAML an article is relevant if it rests on one of the question's `fact_ids` or stands among
    its `articles`; what is to be escalated must not be answered. A JSON line is
    {"id", "text", "relevant": {article id: grade}}. Raises LibraryFaults.
    """
    file = ContentFile(path.parent, path.name, set())
    if path.suffix in (".yaml", ".yml"):
        questions = _read_yaml(file, library)
    else:
        questions = _read_lines(file, _judged)
    _refuse(file.faults)
    return questions


def read_collection(path: Path, library: Library) -> Library:
    """Another collection, to be searched as this library is, of JSON lines {"id", "questions",
    "answer"}. Raises LibraryFaults.

    It brings its articles alone: what is out of this desk's scope may be within another's.
    """
    file = ContentFile(path.parent, path.name, set())
    articles = _read_lines(file, _article)
    if not articles:
        file.note(1, "記事が1件もありません。")
    _refuse(file.faults)
    return replace(library, articles=articles, out_of_scope=())


def _refuse(faults: set[Fault]) -> None:
    if faults:
        raise LibraryFaults(faults)


# --- YAML ---

_NOT_ANSWERED = ("escalate", "refuse_or_escalate")


def _read_yaml(file: ContentFile, library: Library) -> tuple[Judged, ...]:
    root = read_section(file, known=("meta", "questions", "out_of_scope"))
    if root is None:
        return ()
    asked = root.sections("questions", known=None)
    beyond = root.sections("out_of_scope", known=None) if "out_of_scope" in root else []
    judged = [_judged_section(section, library) for section in asked]
    judged += [Judged(section.text("id"), section.text("text"), {}) for section in beyond]
    lines = [section.line_of("id") for section in (*asked, *beyond)]
    _check_ids(file, zip([question.id for question in judged], lines, strict=True))
    return tuple(judged)


def _judged_section(section: Section, library: Library) -> Judged:
    facts = _known(section, "fact_ids", library.facts)
    names = _known(section, "articles", {article.id for article in library.articles})
    must_wait = section.optional_text("expected") in _NOT_ANSWERED
    if not must_wait and not facts and not names:
        section.note("答えになる事実を fact_ids に、または記事を articles に書いてください。")
    relevant = {
        article.id: 1.0
        for article in library.articles
        if not must_wait and (article.id in names or facts & set(article.facts))
    }
    return Judged(section.text("id"), section.text("text"), relevant)


def _known(section: Section, key: str, known: frozenset[str] | set[str]) -> set[str]:
    lines = section.optional_texts(key)
    for line in lines:
        if line.text not in known:
            section.note(f"{key} の「{line.text}」はありません。", line=line.number)
    return {line.text for line in lines}


# --- JSON lines ---

T = TypeVar("T", Judged, Article)


class _Malformed(ValueError):
    """A line is not what it should be; its message is told to whoever wrote it."""


def _read_lines(file: ContentFile, read: Callable[[Mapping[str, Any]], T]) -> tuple[T, ...]:
    try:
        lines = file.path.read_bytes().split(b"\n")
    except OSError as error:
        file.note(1, f"開けません（{error.strerror}）。名前と置き場所を確かめてください。")
        return ()
    found: list[tuple[T, int]] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                found.append((read(_mapping(line)), number))
            except _Malformed as error:
                file.note(number, str(error))
    _check_ids(file, ((item.id, number) for item, number in found))
    return tuple(item for item, _ in found)


def _mapping(line: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise _Malformed("JSONとして読めません。1行に1件を書いてください。") from None
    if not isinstance(value, dict):
        raise _Malformed("{ } で囲んだ1件を書いてください。")
    return value


def _judged(line: Mapping[str, Any]) -> Judged:
    relevant = line.get("relevant")
    if not isinstance(relevant, dict) or not all(map(_is_grade, relevant.values())):
        raise _Malformed('relevant は {"記事のid": 0以上の数} にしてください。')
    grades = {article: float(grade) for article, grade in relevant.items() if grade}
    return Judged(_text(line, "id"), _text(line, "text"), grades)


def _article(line: Mapping[str, Any]) -> Article:
    questions = line.get("questions")
    if not isinstance(questions, list) or not questions or not all(map(_is_text, questions)):
        raise _Malformed("questions は、文を1つ以上並べてください。")
    return Article(
        id=_text(line, "id"),
        kind=Kind.RULE,
        title="",
        questions=tuple(questions),
        applies_to="",
        versions=(Version(Period(), _text(line, "answer")),),
        sources=(),
        facts=(),
        confidence=Confidence.PRIMARY,
        owner="",
        review_by=date.max,
    )


def _text(line: Mapping[str, Any], key: str) -> str:
    value = line.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not _is_text(value):
        raise _Malformed(f"{key} がないか、文ではありません。")
    return str(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_grade(value: object) -> bool:
    # NaN compares false with everything, and so is refused too.
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _check_ids(
    file: ContentFile, ids: Sequence[tuple[str, int]] | Iterator[tuple[str, int]]
) -> None:
    first: dict[str, int] = {}
    for name, line in ids:
        if first.setdefault(name, line) != line:
            file.note(line, f"id の「{name}」は{first[name]}行目にもあります。")
