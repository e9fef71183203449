"""The shipped content against example questions of civil servants."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import demo
from bot.chat.terminal.messages import EXAMPLES as TERMINAL_QUESTIONS
from bot.desk.model import Answered, NotKnown, decide
from knowledge.base import KnowledgeBase

EXAMPLES = yaml.safe_load((Path(__file__).parent / "questions.yaml").read_text(encoding="utf-8"))
TODAY = date(2026, 10, 6)
WORKING_TIME = range(2, 62)
"""Facts F002-F061: legal basis, definitions, flextime, overtime, leave, allowance, commuting."""


def titles(knowledge: KnowledgeBase) -> dict[str, str]:
    return {scope.category: scope.title for scope in knowledge.library.out_of_scope}


def is_about_working_time(question: Any) -> bool:
    return all(int(fact[1:]) in WORKING_TIME for fact in question["fact_ids"])


def test_questions_on_working_time_find_their_article_first(knowledge: KnowledgeBase) -> None:
    """Of what facts alone answer, at least 8 in 10 should find their article first."""
    asked = [
        question
        for question in EXAMPLES["questions"]
        if question["expected"] == "answer" and is_about_working_time(question)
    ]
    missed = [
        question["id"]
        for question in asked
        if not set(knowledge.search(question["text"]).matches[0].article.facts)
        & set(question["fact_ids"])
    ]

    assert len(asked) == 9
    assert len(missed) <= len(asked) * 0.2, missed


def test_what_is_answered_is_right(knowledge: KnowledgeBase) -> None:
    """Half of the examples should be answered, every one of them from an article of its facts."""
    answered = {}
    for question in EXAMPLES["questions"]:
        decision = decide(knowledge.search(question["text"]), None, TODAY, titles(knowledge))
        if isinstance(decision, Answered):
            answered[question["id"]] = set(decision.article.facts) & set(question["fact_ids"])

    assert [name for name, facts in answered.items() if not facts] == []
    assert len(answered) >= len(EXAMPLES["questions"]) / 2


@pytest.mark.parametrize("question", sorted({*demo.QUESTIONS, *TERMINAL_QUESTIONS}))
def test_what_a_visitor_may_press_is_answered(question: str, knowledge: KnowledgeBase) -> None:
    """Each question that page and terminal offer should get an answer, and not a question back."""
    decision = decide(knowledge.search(question), "環境省", TODAY, titles(knowledge))

    assert isinstance(decision, Answered)


@pytest.mark.parametrize("question", EXAMPLES["out_of_scope"], ids=lambda question: question["id"])
def test_what_is_out_of_scope_is_not_answered(knowledge: KnowledgeBase, question: Any) -> None:
    """A question that this desk may not answer should never be answered from an article."""
    decision = decide(knowledge.search(question["text"]), None, TODAY, titles(knowledge))

    assert not isinstance(decision, Answered)


@pytest.mark.parametrize(
    "question",
    [q for q in EXAMPLES["questions"] if q["expected"] == "escalate"],
    ids=lambda question: question["id"],
)
def test_what_is_unsettled_goes_to_a_person(knowledge: KnowledgeBase, question: Any) -> None:
    """A question that no source settles should be handed over."""
    decision = decide(knowledge.search(question["text"]), None, TODAY, titles(knowledge))

    assert isinstance(decision, NotKnown)
