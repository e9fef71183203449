"""Somebody with several positions: each press is made in the one that gives the right to it."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from bot.audit.records import audit
from bot.clock import Clock
from bot.config import Settings
from bot.conversation.message import Message, Notice, OpenForm
from bot.database.engine import Database
from bot.inquiry.records.cases import cases
from bot.roster import flows as roster
from bot.roster.model import Appointment, Capacity, Person, Position, Role
from knowledge.base import KnowledgeBase
from tests.editing.test_flows import propose
from tests.inquiry.ladder import COMMON, hold, open_ladder, refer
from tests.playing import NOBODY, Bot, account, buttons

AT_HOME = Position("環境省", "人事課 課長補佐", Role.PERSONNEL_OFFICER)
AT_DESK = Position("内閣官房", "内閣人事局 主査", Role.DESK_OFFICER)
APPROVER = Position("内閣官房", "内閣人事局 企画官", Role.APPROVER)
ELSEWHERE = Position("人事院", "職員福祉局 専門官", Role.APPROVER)


@pytest.fixture
def bot(database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings) -> Bot:
    return open_ladder(database, knowledge, clock, settings)


def acted(bot: Bot, what: str) -> list[Any]:
    """In which ministry, position and appointment somebody did something, in order."""
    rows = sa.select(audit).where(audit.c.what == f"inquiry.{what}").order_by(audit.c.id)
    with bot.database.read() as tx:
        return [(row.ministry, row.title, row.role, row.appointment) for row in tx.execute(rows)]


def answer(bot: Bot, officer: str, asker: str) -> Message:
    """Take the inquiry over and answer it; what the asker sees."""
    bot.press(officer, "inquiry.take_over:2026-00001")
    opened = bot.press(officer, "inquiry.compose:2026-00001")
    assert isinstance(opened, OpenForm)
    bot.submit(officer, opened.form, text="任意です。", basis="", standing="advice")
    return bot.room.messages_in(f"@{asker}")[-1]


def test_each_press_is_made_in_the_position_that_is_at_the_desk(bot: Bot) -> None:
    """Of two desks' inquiries each should be taken over in the position there, and its office."""
    hold(bot, "both", AT_HOME, AT_DESK)
    refer(bot)
    refer(bot, "other")
    for number in ("2026-00001", "2026-00002"):
        assert bot.press("both", f"inquiry.take_over:{number}") is None

    assert acted(bot, "taken_over") == [
        ("環境省", "人事課 課長補佐", "personnel_officer", "regular"),
        ("内閣官房", "内閣人事局 主査", "desk_officer", "concurrent"),
    ]
    with bot.database.read() as tx:
        offices = tx.scalars(sa.select(cases.c.office).order_by(cases.c.id)).all()
    assert offices == ["環境省 人事担当", "内閣人事局 照会窓口"]


def test_an_inquiry_is_given_away_in_the_position_at_the_desk_that_had_it(bot: Bot) -> None:
    """Who hands on to a desk where they work as well should do it as one of those who had it."""
    hold(bot, "both", AT_DESK, AT_HOME)
    refer(bot)
    opened = bot.press("both", "inquiry.move:2026-00001")
    assert isinstance(opened, OpenForm)
    bot.submit("both", opened.form, desk=COMMON)

    assert acted(bot, "passed_up") == [
        ("環境省", "人事課 課長補佐", "personnel_officer", "concurrent")
    ]


def test_whoever_asks_does_so_in_their_chief_position(bot: Bot) -> None:
    """An officer's own question is no work of their desk's."""
    hold(bot, "both", AT_HOME, AT_DESK)
    card = refer(bot, "both")
    assert "環境省 人事担当" in str(card.elements)
    answered = answer(bot, "own", "both")
    bot.press("both", buttons(answered)["解決した"])

    chief = ("環境省", "人事課 課長補佐", "personnel_officer", "regular")
    assert acted(bot, "escalated") == acted(bot, "settled") == [chief]


def test_an_approval_is_given_in_the_position_of_the_desks_ministry(bot: Bot) -> None:
    """Of two approvers' positions the one near the inquiry should stand in the log."""
    hold(bot, "approver", ELSEWHERE, APPROVER)
    refer(bot, "other")
    answer(bot, "common", "other")
    bot.press("approver", f"inquiry.approve:{propose(bot, 'common')}")

    assert acted(bot, "approved") == [("内閣官房", "内閣人事局 企画官", "approver", "concurrent")]


def test_a_delegate_acts_as_one(bot: Bot) -> None:
    """Whoever stands in for somebody should have their rights, and the log say that they do."""
    hold(bot, "deputy", AT_DESK, how=Appointment.DELEGATE)
    refer(bot, "other")
    bot.press("deputy", "inquiry.take_over:2026-00001")

    assert acted(bot, "taken_over") == [("内閣官房", "内閣人事局 主査", "desk_officer", "delegate")]


def test_whoever_was_enrolled_acts_in_their_role(bot: Bot) -> None:
    """Where no position is known the log should tell ministry and role alone."""
    refer(bot, "other")
    bot.press("common", "inquiry.take_over:2026-00001")

    assert acted(bot, "taken_over") == [("内閣官房", None, "desk_officer", None)]


def test_of_several_that_fit_the_chief_one_is_taken() -> None:
    """The first way to fit that any position meets should count, and of those the chief one."""
    held = tuple(
        Capacity(position, how)
        for position, how in (
            (AT_HOME, Appointment.REGULAR),
            (APPROVER, Appointment.CONCURRENT),
            (AT_DESK, Appointment.ACTING),
        )
    )
    person = Person(1, "", "環境省", False, frozenset(), held)

    def is_central(position: Position) -> bool:
        return position.ministry == "内閣官房"

    def is_head(position: Position) -> bool:
        return position.role is Role.HEAD_OF_DESK

    assert person.choose_capacity(is_head, is_central) == held[1]
    assert person.choose_capacity(is_head) == held[0]
    assert person.choose_capacity() == held[0]
    assert Person(1, "", None, False, frozenset()).choose_capacity(is_central) is None


def test_two_accounts_of_one_person_are_not_two_people(bot: Bot) -> None:
    """Whoever proposed an article should not approve it from another account of theirs either."""
    hold(bot, "first", AT_DESK)
    with bot.database.write() as tx:
        roster.link_account(tx, account("second"), "first@go.example", NOBODY, bot.context.now())
    refer(bot, "other")
    answer(bot, "first", "other")
    told = bot.press("second", f"inquiry.approve:{propose(bot, 'first')}")

    assert told == Notice("ご自身が出した案は承認できません。別の担当者の承認が必要です。")
