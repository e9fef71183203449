"""What is written down: every decision with before and after, every refusal for want of rights."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from bot.audit import flows as audit
from bot.audit.model import Actor
from bot.audit.records import audit as table
from bot.clock import Clock
from bot.config import Settings
from bot.conversation.message import Notice
from bot.database.engine import Database
from bot.roster.model import Role
from knowledge.base import KnowledgeBase
from tests.editing.test_flows import propose
from tests.inquiry.test_flows import NOT_AT_DESK, NUMBER, QUESTION, answer, bot
from tests.playing import AT, Bot, account, buttons

__all__ = ["bot"]


def list_rows(database: Database) -> list[Any]:
    with database.read() as tx:
        return list(tx.execute(sa.select(table).order_by(table.c.id)))


def whats(bot: Bot) -> list[tuple[str, str, str | None]]:
    return [(row.account, row.what, row.refusal) for row in list_rows(bot.database)]


def states(row: Any) -> tuple[Any, Any]:
    return json.loads(row.before or "null"), json.loads(row.after or "null")


def test_every_decision_about_an_inquiry_is_written_down(bot: Bot) -> None:
    """From the escalation to the article, the log should tell who decided what, in order."""
    card = answer(bot)
    bot.press("asker", buttons(card)["まだ解決していない"])
    bot.press("desk1", f"inquiry.hand_back:{NUMBER}")
    card = answer(bot, "desk2")
    bot.press("asker", buttons(card)["解決した"])
    bot.press("approver", f"inquiry.reject:{propose(bot)}")
    bot.press("approver", f"inquiry.approve:{propose(bot)}")

    assert whats(bot) == [
        ("asker", "inquiry.escalated", None),
        ("desk1", "inquiry.taken_over", None),
        ("desk1", "inquiry.replied", None),
        ("asker", "inquiry.reopened", None),
        ("desk1", "inquiry.handed_back", None),
        ("desk2", "inquiry.taken_over", None),
        ("desk2", "inquiry.replied", None),
        ("asker", "inquiry.settled", None),
        ("desk1", "inquiry.proposed", None),
        ("approver", "inquiry.rejected", None),
        ("desk1", "inquiry.proposed", None),
        ("approver", "inquiry.approved", None),
    ]


def test_a_row_tells_what_was_before_and_after(bot: Bot) -> None:
    """Stage, holder and due day should stand in the log as they were and as they became."""
    bot.press("desk1", f"inquiry.take_over:{NUMBER}")
    escalated, taken = list_rows(bot.database)
    before, after = states(taken)

    assert states(escalated) == (None, before)
    assert (escalated.subject, escalated.ministry) == (f"inquiry:{NUMBER}", "環境省")
    assert (before["stage"], before["holder"]) == ("waiting", None)
    assert (after["stage"], after["holder"]["id"]) == ("taken", "desk1")
    assert (before["due_on"], after["due_on"]) == ("2026-10-09", "2026-10-09")


def test_what_people_wrote_is_not_in_the_log(bot: Bot) -> None:
    """Question, answer and article should stand where they belong, and be known by a print."""
    answer(bot)
    bot.press("approver", f"inquiry.approve:{propose(bot)}")
    rows = list_rows(bot.database)

    told = "".join(map(str, rows))
    assert [text for text in (QUESTION, "ラジオ体操", "任意です") if text in told] == []
    assert len(states(rows[-1])[1]["fingerprint"]) == 64


def test_a_refusal_for_want_of_rights_is_written_down(bot: Bot) -> None:
    """Forged presses and one's own article should be refused, told why, and be in the log."""
    answer(bot)
    token = propose(bot)
    before = len(list_rows(bot.database))
    own = bot.press("desk1", f"inquiry.approve:{token}")
    forged = bot.press("colleague", f"inquiry.take_over:{NUMBER}")
    stranger = bot.press("stranger", f"inquiry.approve:{token}")

    assert own == Notice("ご自身が出した案は承認できません。別の担当者の承認が必要です。")
    assert (forged, stranger) == (NOT_AT_DESK, NOT_AT_DESK)
    refused = list_rows(bot.database)[before:]
    assert [(row.account, row.ministry, row.what, row.subject, row.refusal) for row in refused] == [
        ("desk1", "内閣官房", "inquiry.approve", f"inquiry:{token}", "OwnProposal"),
        ("colleague", "環境省", "inquiry.take_over", f"inquiry:{NUMBER}", "NotAtDesk"),
        ("stranger", None, "inquiry.approve", f"inquiry:{token}", "NotAtDesk"),
    ]


def test_other_refusals_are_not_written_down(bot: Bot) -> None:
    """Somebody who is late or mistaken has tried nothing that was not theirs to do."""
    bot.press("desk1", f"inquiry.take_over:{NUMBER}")
    before = whats(bot)
    bot.press("desk1", f"inquiry.take_over:{NUMBER}")
    bot.press("desk1", "inquiry.take_over:2026-99999")
    bot.say("asker", "長い" * 5000)

    assert whats(bot) == before


def test_an_ordinary_question_writes_nothing(
    database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings
) -> None:
    """An answer is no decision: asking and picking should cost the log nothing."""
    bot = Bot(database, knowledge, clock, settings)
    bot.enrol("asker", "環境省", Role.OFFICIAL)
    bot.say("asker", "フレックスのコアタイムは何時間ですか")

    assert list_rows(database) == []


def test_a_read_of_what_another_ministry_has_not_published_is_written_down(
    database: Database,
) -> None:
    """Who read, what, and whose it is should stand in the log."""
    officer = Actor(account("desk1"), "内閣官房")
    with database.write() as tx:
        audit.note_read(tx, officer, "inquiry.read", f"inquiry:{NUMBER}", "環境省", AT)

    (row,) = list_rows(database)
    assert (row.account, row.what, row.subject) == ("desk1", "inquiry.read", f"inquiry:{NUMBER}")
    assert states(row) == ({"of": "環境省"}, None)


def test_a_press_on_somebody_elses_question_is_written_down(bot: Bot) -> None:
    """A colleague who forges a press for the asker should be refused, and stand in the log."""
    with bot.database.read() as tx:
        token = tx.scalar(sa.text("SELECT token FROM questions"))
    bot.press("colleague", f"desk.resolve:{token}")

    assert whats(bot)[-1] == ("colleague", "desk.resolve", "NotTheAsker")
