"""A desk that has answered an inquiry, and what it does to make an article of its reply."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bot.clock import Clock
from bot.config import Settings
from bot.conversation.message import Form, Notice, OpenForm, Reply
from bot.database.engine import Database
from bot.editing.records.drafts import drafts
from bot.roster.model import Role
from knowledge.base import KnowledgeBase
from tests.playing import Bot, buttons

QUESTION = "テレワーク中にラジオ体操をしなければなりませんか"
NUMBER = "2026-00001"
ARTICLE = {
    "title": "ラジオ体操",
    "questions": "テレワーク中のラジオ体操は必要ですか\n在宅でも体操しますか",
    "answer": "任意です。",
    "basis": "照会窓口の整理",
    "issuer": "内閣人事局",
    "applies_to": "一般職の国家公務員",
    "in_force": None,
    "owner": "内閣人事局",
}


def open_desk(
    database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings
) -> Bot:
    bot = Bot(database, knowledge, clock, settings)
    bot.enrol("asker", "環境省")
    bot.enrol("colleague", "環境省")
    bot.enrol("desk1", "内閣官房", Role.DESK_OFFICER)
    bot.enrol("desk2", "内閣官房", Role.DESK_OFFICER)
    bot.enrol("approver", "内閣官房", Role.APPROVER)
    answer_question(bot, "asker", "desk1")
    return bot


def answer_question(bot: Bot, asker: str, officer: str, number: str = NUMBER) -> None:
    """Have a question that nobody knows referred, taken over and answered."""
    (card,) = bot.say(asker, QUESTION)
    bot.press(asker, buttons(card)["担当者に照会する"])
    bot.press(officer, f"inquiry.take_over:{number}")
    form = open_form(bot, officer, f"inquiry.compose:{number}")
    bot.submit(officer, form, text="任意です。", basis="", standing="advice")


def open_form(bot: Bot, who: str, control: str) -> Form:
    opened = bot.press(who, control)
    assert isinstance(opened, OpenForm), opened
    return opened.form


def fill(bot: Bot, who: str, form: Form, **change: Any) -> Reply | None:
    """Fill in the form of an article as far as it does not fill itself."""
    initial = {field.name: field.initial for field in form.fields}  # type: ignore[union-attr]
    return bot.submit(who, form, **{**initial, **ARTICLE, **change})


def propose(bot: Bot, officer: str = "desk1", **change: Any) -> str:
    """Propose an article; its token."""
    told = fill(bot, officer, open_form(bot, officer, f"inquiry.draft:{NUMBER}"), **change)
    assert isinstance(told, Notice), told
    return str(list_rows(bot)[-1].token)


def list_rows(bot: Bot) -> list[Any]:
    """The drafts as they are kept, the first one first."""
    with bot.database.read() as tx:
        return list(tx.execute(sa.select(drafts).order_by(drafts.c.id)))
