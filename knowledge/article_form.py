"""An article as YAML holds it: its frozen value, and the lines that later checks point at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.article import (
    ANSWER_LIMIT,
    BLOCKERS,
    FEWEST_QUESTIONS,
    MOST_QUESTIONS,
    Article,
    Confidence,
    Kind,
    Period,
    Source,
    Version,
)
from knowledge.section import Line, Section

COMMON = "common"
"""The scope of a rule that binds every ministry."""

ARTICLE_KEYS = (
    "id", "kind", "title", "questions", "applies_to", "in_force", "answer", "detail", "versions",
    "sources", "facts", "confidence", "hand_over", "caution", "inference", "owner", "review_by",
    "scope", "ministry", "blockers",
)  # fmt: skip
_VERSION_KEYS = ("in_force", "answer", "detail")
_SOURCE_KEYS = ("title", "issuer", "date", "where", "url")
_PERIOD_KEYS = ("from", "to")


@dataclass(frozen=True, slots=True)
class ArticleForm:
    """An article together with where its parts stand."""

    article: Article
    section: Section
    questions: tuple[Line, ...]
    facts: tuple[Line, ...]
    scope: tuple[Line, ...]


def read_article(section: Section, fewest: int = FEWEST_QUESTIONS) -> ArticleForm:
    """Reads one article, noting every fault that shows without looking at other articles.

    `fewest`: how many ways to ask it has to tell.
    """
    questions, facts = section.texts("questions"), section.texts("facts")
    scope = _read_scope(section)
    confidence = Confidence(section.word("confidence", [c.value for c in Confidence]))
    kind = Kind(section.word("kind", [k.value for k in Kind]))
    article = Article(
        id=section.identifier("id", example="flextime-core-time"),
        kind=kind,
        title=section.text("title"),
        questions=_texts(questions),
        applies_to=section.text("applies_to"),
        versions=_read_versions(section),
        sources=_read_sources(section, confidence),
        facts=_texts(facts),
        confidence=confidence,
        owner=section.text("owner"),
        review_by=section.day("review_by"),
        hand_over=section.optional_flag("hand_over"),
        caution=section.optional_text("caution"),
        inference=section.optional_text("inference"),
        scope=_texts(scope),
        ministry=section.optional_text("ministry"),
        blockers=_texts(_read_blockers(section)),
    )
    _check_count(section, questions, fewest)
    _check_practice(section, kind)
    return ArticleForm(article, section, questions, facts, scope)


def _read_scope(section: Section) -> tuple[Line, ...]:
    scope = section.text_or_texts("scope")
    if COMMON not in _texts(scope):
        return scope
    if len(scope) > 1:
        section.note("scope は common だけにするか、府省の名前だけを並べてください。", key="scope")
    return ()


def _read_versions(section: Section) -> tuple[Version, ...]:
    if "versions" not in section:
        return (_read_version(section),)
    for key in _VERSION_KEYS:
        if key in section:
            section.note(
                f"versions があるときは、{key} を versions の中だけに書いてください。", key=key
            )
    forms = section.sections("versions", known=_VERSION_KEYS)
    if not forms:
        section.note("versions に1件もありません。", key="versions")
    versions = tuple(map(_read_version, forms))
    _check_order(forms, versions)
    return versions


def _read_version(section: Section) -> Version:
    answer = section.text("answer")
    if len(answer) > ANSWER_LIMIT:
        section.note(
            f"answer が{len(answer)}字あります。結論を先に{ANSWER_LIMIT}字までにまとめ、"
            "残りは detail に移してください。",
            key="answer",
        )
    return Version(_read_period(section), answer, section.optional_text("detail"))


def _read_period(section: Section) -> Period:
    days = section.section("in_force", known=_PERIOD_KEYS)
    if days is None:
        return Period()
    first, last = days.optional_day("from"), days.optional_day("to")
    if first and last and first > last:
        days.note(f"in_force の from（{first}）が to（{last}）より後です。入れ替えてください。")
    return Period(first, last)


def _check_order(forms: Sequence[Section], versions: Sequence[Version]) -> None:
    """Of two versions in a row, the first must have ended before the second begins."""
    for i in range(1, len(versions)):
        ended, begun = versions[i - 1].in_force.last, versions[i].in_force.first
        if ended is None or begun is None or ended >= begun:
            forms[i].note(
                "この版と前の版の期間が重なっています。前の版の in_force の to と、"
                "この版の from を、日付の順に、重ならないように書いてください。"
            )


def _read_sources(section: Section, confidence: Confidence) -> tuple[Source, ...]:
    forms = section.sections("sources", known=_SOURCE_KEYS)
    if not forms and confidence is not Confidence.UNSEEN:
        section.note(
            "sources に1件もありません。出典を書くか、確認できていない事柄なら "
            "confidence を unseen にしてください。",
            key="sources",
        )
    return tuple(map(_read_source, forms))


def _read_source(section: Section) -> Source:
    url = section.optional_text("url")
    if url and not re.match("https?://[^ ]+$", url):
        section.note("url は http:// か https:// で始まる1つのアドレスにしてください。", key="url")
    return Source(
        title=section.text("title"),
        issuer=section.text("issuer"),
        date=section.text("date"),
        where=section.optional_text("where"),
        url=url,
    )


def _read_blockers(section: Section) -> tuple[Line, ...]:
    blockers = section.optional_texts("blockers")
    for blocker in blockers:
        if blocker.text not in BLOCKERS:
            section.note(
                f"blockers の「{blocker.text}」は調査の選択肢にありません。"
                f"{'、'.join(BLOCKERS)} から選んでください。",
                line=blocker.number,
            )
    return blockers


def _check_count(section: Section, questions: Sequence[Line], fewest: int) -> None:
    if "questions" in section and not fewest <= len(questions) <= MOST_QUESTIONS:
        section.note(
            f"questions が{len(questions)}件です。言い方を変えた聞き方を"
            f"{fewest}件から{MOST_QUESTIONS}件にしてください。",
            key="questions",
        )


def _check_practice(section: Section, kind: Kind) -> None:
    if kind is Kind.PRACTICE and "ministry" not in section:
        section.note("kind: practice には、どこの事例かを ministry に書いてください。", key="kind")
    for key in ("ministry", "blockers"):
        if kind is Kind.RULE and key in section:
            section.note(f"{key} は kind: practice のときだけ書けます。消してください。", key=key)


def _texts(lines: Sequence[Line]) -> tuple[str, ...]:
    return tuple(line.text for line in lines)
