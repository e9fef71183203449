"""Judged questions: read with every fault, put to a collection, measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase, Search
from knowledge.evaluation import Outcome, Signals, evaluate
from knowledge.explanation import explain
from knowledge.judgements import Judged, read_collection, read_questions
from knowledge.library import Library, LibraryFaults
from tests.knowledge.content import Content

COLLECTION = """\
{"id": "rest", "questions": ["休憩は何分ですか"], "answer": "45分です。"}

{"id": "pay", "questions": ["手当はいくらですか", "手当の額"], "answer": "3,000円です。"}
"""
QUESTIONS = """\
{"id": "1", "text": "休憩の長さ", "relevant": {"rest": 2}}
{"id": "2", "text": "３千円の手当", "relevant": {"pay": 1, "gone": 1, "rest": 0}}
{"id": "3", "text": "天気", "relevant": {}}
"""


@pytest.fixture
def library(content: Content) -> Library:
    return content.read()


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def faults(error: pytest.ExceptionInfo[LibraryFaults]) -> list[tuple[int, str]]:
    return [(fault.line, fault.message) for fault in error.value.faults]


def test_a_collection_is_searched_and_measured(library: Library, tmp_path: Path) -> None:
    """Measures are of the answerable questions, rankings of all."""
    collection = read_collection(write(tmp_path, "articles.jsonl", COLLECTION), library)
    questions = read_questions(write(tmp_path, "asked.jsonl", QUESTIONS), collection)
    told: list[tuple[int, int]] = []

    def decide(search: Search) -> str:
        return "answered" if search.matches and search.matches[0].score > 0.1 else "not_known"

    found = evaluate(
        lambda: KnowledgeBase(collection, vectors=False),
        questions,
        decide,
        lambda *now: told.append(now),
    )
    lines = [json.loads(line) for line in found.rankings()]

    assert (found.measures.mrr, found.measures.sr_1) == (1.0, 1.0)
    assert found.measures.mean_average_precision == 0.75
    assert found.measures.ndcg_10 == pytest.approx((1 + 0.6131) / 2, abs=1e-3)
    assert found.measures.share_answered == pytest.approx(2 / 3)
    assert found.measures.precision_answered == 1.0
    assert found.measures.auroc == 1.0
    assert (found.measures.questions, found.measures.answerable) == (3, 2)
    assert json.dumps(found.as_json())
    assert [line["id"] for line in lines] == ["1", "2", "3"]
    assert lines[0]["ranking"][0]["id"] == "rest"
    assert lines[2]["decision"] == "not_known"
    assert set(lines[0]["signals"]) >= {"top", "margin", "coverage", "agreement", "confidence"}
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_no_questions_give_no_measures(library: Library) -> None:
    """What was not measured is told as nothing, not as zero."""
    found = evaluate(lambda: KnowledgeBase(library, vectors=False), (), lambda search: "")

    assert found.measures.mrr is None
    assert found.measures.p99_ms is None


def test_the_first_right_place_counts() -> None:
    """The second place is half a success for MRR, and none for SR@1."""
    outcome = Outcome(
        judged=Judged("1", "", {"b": 1.0, "c": 2.0}),
        decision="clarify",
        ranking=(("a", 0.9), ("b", 0.8), ("c", 0.7)),
        signals=Signals(0.9, 0.1, 1.0, 1.0, 0.5, 0.5),
        out_of_scope=False,
        milliseconds=1.0,
    )

    assert outcome.ranks == [2, 3]
    assert not outcome.is_right


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "JSONとして読めません"),
        ("[1]", "{ } で囲んだ"),
        ('{"id": "1", "relevant": {}}', "text がない"),
        ('{"id": "1", "text": " ", "relevant": {}}', "text がない"),
        ('{"id": "1", "text": "休憩"}', "relevant は"),
        ('{"id": "1", "text": "休憩", "relevant": {"a": "x"}}', "relevant は"),
        ('{"id": "1", "text": "休憩", "relevant": {"a": -1}}', "relevant は"),
        ('{"id": "1", "text": "休憩", "relevant": {"a": NaN}}', "relevant は"),
    ],
)
def test_a_malformed_question_is_told_with_its_line(
    library: Library, tmp_path: Path, line: str, message: str
) -> None:
    """All that is wrong is told at once, by line."""
    good = '{"id": "0", "text": "休憩", "relevant": {}}'
    path = write(tmp_path, "asked.jsonl", f"{good}\n{line}\n\n{good}\n")

    with pytest.raises(LibraryFaults) as error:
        read_questions(path, library)

    (second, told), (fourth, twice) = faults(error)
    assert (second, fourth) == (2, 4)
    assert message in told
    assert "1行目にもあります" in twice


@pytest.mark.parametrize("questions", ["null", '""', "[]", '[""]', "[1]"])
def test_a_malformed_entry_is_told(library: Library, tmp_path: Path, questions: str) -> None:
    """An entry without a question could never be nearest to one."""
    line = f'{{"id": "a", "questions": {questions}, "answer": "45分"}}'
    with pytest.raises(LibraryFaults, match="questions は"):
        read_collection(write(tmp_path, "articles.jsonl", line), library)


def test_files_that_are_not_there_are_told(library: Library, tmp_path: Path) -> None:
    """A wrong path is a fault like any other."""
    with pytest.raises(LibraryFaults, match="開けません"):
        read_questions(tmp_path / "none.jsonl", library)
    with pytest.raises(LibraryFaults, match="開けません"):
        read_questions(tmp_path / "none.yaml", library)


def test_questions_of_facts_are_read_from_yaml(library: Library, tmp_path: Path) -> None:
    """Facts lead to their articles; what is to be escalated or refused has none."""
    text = (
        "meta: {title: x}\n"
        "questions:\n"
        "- {id: Q1, text: コアタイムは, fact_ids: [F001], expected: answer}\n"
        "- {id: Q2, text: 残業は, articles: [overtime-cap]}\n"
        "- {id: Q3, text: 事故は, fact_ids: [F002], expected: escalate}\n"
        "out_of_scope:\n"
        "- {id: X1, text: 天気, category: offtopic, expected: refuse_or_escalate}\n"
    )
    questions = read_questions(write(tmp_path, "asked.yaml", text), library)

    assert [set(question.relevant) for question in questions] == [
        {"core-time"},
        {"overtime-cap"},
        set(),
        set(),
    ]


def test_unknown_facts_and_articles_are_told(library: Library, tmp_path: Path) -> None:
    """A question that points nowhere would count as missed without anybody knowing why."""
    text = (
        "questions:\n"
        "- {id: Q1, text: コアタイムは, fact_ids: [F999]}\n"
        "- {id: Q1, text: 残業は, articles: [none]}\n"
        "- {id: Q2, text: 残業は}\n"
    )
    with pytest.raises(LibraryFaults) as error:
        read_questions(write(tmp_path, "asked.yaml", text), library)

    assert [line for line, _ in faults(error)] == [2, 3, 3, 4]


def test_an_explanation_adds_up(library: Library) -> None:
    """The shares of a match are its score, and its nearest wording is named."""
    explanation = explain(KnowledgeBase(library).search("テレワの日、環境省の残業の限度は"))
    best = explanation.matches[0]

    assert best.article == "overtime-cap"
    assert sum(share.points for share in best.shares) == pytest.approx(100 * best.score, abs=0.1)
    assert best.nearest in library.articles[1].questions
    assert explanation.ministry == "環境省"
