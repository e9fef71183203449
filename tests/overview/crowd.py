"""Many inquiries at once, written to the tables as the flows would have written them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

import sqlalchemy as sa

from bot.calendar import add_working_days
from bot.database.engine import Database
from bot.desk.records import inquiries, questions
from bot.inquiry.records.cases import case_steps, cases
from tests.playing import account

TEXTS = (
    "テレワーク中にラジオ体操をしなければなりませんか",
    "自宅の通信費は支給されますか",
    "サテライトオフィスの予約はどこでしますか",
    "在宅勤務の日に私用で外出してもよいですか",
    "テレワークの日の昼休みをずらせますか",
)
MINISTRIES = ("環境省", "財務省", "総務省", "厚生労働省")


def add_inquiries(
    database: Database, count: int, now: datetime, *, first: int = 0, holder: str = "officer"
) -> None:
    """Open inquiries of the last weeks: a third held by one officer, some late, some due today.

    `first`: how many there are before.
    """
    rows = [_make(number, now, holder) for number in range(first + 1, first + count + 1)]
    with database.write() as tx:
        next_ = (tx.scalar(sa.select(sa.func.max(questions.c.id))) or 0) + 1
        tables = (questions, inquiries, cases, case_steps)
        for table, some in zip(tables, zip(*rows, strict=True), strict=True):
            if table is inquiries:
                some = [{**row, "question_id": next_ + n} for n, row in enumerate(some)]
            tx.execute(table.insert(), list(some))


def add_questions(database: Database, count: int, now: datetime) -> None:
    """Questions a minute apart: every second answered, every tenth referred to a person."""
    with database.write() as tx:
        tx.execute(questions.insert(), list(_ask(count, now)))


def _ask(count: int, now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(count):
        asked = now - timedelta(minutes=number)
        row = _question(f"{TEXTS[number % 5]} その{number}", asked, number)
        answered = number % 2 == 0
        yield row | {
            "state": "escalated" if number % 10 == 0 else "open",
            "decision": "answered" if answered else "not_known",
            "articles": json.dumps(["flextime-overview"] if answered else []),
        }


def _make(number: int, now: datetime, holder: str) -> tuple[dict[str, Any], ...]:
    received = now - timedelta(hours=number % 700)
    reception = f"2026-{number:05d}"
    held = number % 3 == 0
    who = account(holder)
    question = _question(f"{TEXTS[number % 5]}（{number}）", received, number)
    inquiry = {"number": reception, "escalated_at": received}
    case = {
        "number": reception,
        "question": question["token"],
        "stage": "taken" if held else "waiting",
        "holder_service": who.service if held else None,
        "holder_tenant": who.tenant if held else None,
        "holder_account": who.id if held else None,
        "office": "内閣人事局 照会窓口" if held else None,
        "due_on": add_working_days(received.date(), 3),
        "notices": 0,
        "desk": "naikaku-jinjikyoku",
    }
    asker = {"service": "local", "tenant": "local", "account": "crowd", "at": received}
    step = {"number": reception, "step": "escalated", **asker}
    return question | {"state": "escalated"}, inquiry, case, step


def _question(text: str, asked_at: datetime, number: int) -> dict[str, Any]:
    return {
        "token": token_urlsafe(16),
        "service": "local",
        "tenant": "local",
        "account": "crowd",
        "ministry": MINISTRIES[number % 4],
        "conversation": "@crowd",
        "thread": None,
        "text": text,
        "words": text,
        "asked_at": asked_at,
        "as_of": asked_at.date(),
        "state": "open",
        "decision": "not_known",
        "articles": "[]",
        "others": "[]",
    }
