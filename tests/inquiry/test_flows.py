"""The people behind the answers, on both databases: who may do what, once, and what is kept."""

from __future__ import annotations

import threading
from datetime import date

import pytest
import sqlalchemy as sa

from bot.clock import Clock
from bot.config import Settings
from bot.conversation.message import Message, Notice, OpenForm
from bot.database.engine import Database
from bot.inquiry.records.cases import case_steps, cases
from bot.roster import flows as roster
from bot.roster.model import Appointment, Holding, Position, Role
from knowledge.base import KnowledgeBase
from tests.playing import AT, NOBODY, Bot, account, buttons

QUESTION = "テレワーク中にラジオ体操をしなければなりませんか"
NUMBER = "2026-00001"
NOT_AT_DESK = Notice("この操作は、名簿に窓口担当として登録されている方だけができます。")


@pytest.fixture
def bot(database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings) -> Bot:
    bot = Bot(database, knowledge, clock, settings)
    bot.enrol("asker", "環境省")
    bot.enrol("colleague", "環境省")
    bot.enrol("desk1", "内閣官房", Role.DESK_OFFICER)
    bot.enrol("desk2", "内閣官房", Role.DESK_OFFICER)
    bot.enrol("approver", "内閣官房", Role.APPROVER)
    (card,) = bot.say("asker", QUESTION)
    bot.press("asker", buttons(card)["担当者に照会する"])
    return bot


def steps(bot: Bot) -> list[tuple[str, str]]:
    with bot.database.read() as tx:
        rows = tx.execute(sa.select(case_steps).order_by(case_steps.c.id)).all()
    return [(row.step, row.account) for row in rows]


def stage(bot: Bot) -> str:
    with bot.database.read() as tx:
        return str(tx.scalar(sa.select(cases.c.stage)))


def answer(bot: Bot, officer: str = "desk1") -> Message:
    """Take the inquiry over and answer it; what the asker sees."""
    bot.press(officer, f"inquiry.take_over:{NUMBER}")
    opened = bot.press(officer, f"inquiry.compose:{NUMBER}")
    assert isinstance(opened, OpenForm)
    bot.submit(officer, opened.form, text="任意です。", basis="", standing="advice")
    return bot.room.messages_in("@asker")[-1]


def test_every_step_is_kept_with_who_did_it(bot: Bot) -> None:
    """The history of an inquiry should be complete, in order."""
    card = answer(bot)
    bot.press("asker", buttons(card)["解決した"])

    assert steps(bot) == [
        ("escalated", "asker"),
        ("taken_over", "desk1"),
        ("replied", "desk1"),
        ("settled", "asker"),
    ]


@pytest.mark.parametrize("who", ["asker", "colleague", "stranger", "approver"])
@pytest.mark.parametrize("what", ["take_over", "hand_back", "compose"])
def test_a_forged_press_of_the_desks_buttons_is_refused(what: str, who: str, bot: Bot) -> None:
    """Roles should be checked where the decision is made, whatever a payload says."""
    assert bot.press(who, f"inquiry.{what}:{NUMBER}") == NOT_AT_DESK
    assert stage(bot) == "waiting"


def test_ones_own_word_is_no_office(bot: Bot) -> None:
    """Whoever chose their ministry themselves should not reach the desk's buttons."""
    opened = bot.press("newcomer", "roster.choose_ministry:")
    assert isinstance(opened, OpenForm)
    bot.submit("newcomer", opened.form, ministry="環境省")

    assert bot.press("newcomer", f"inquiry.take_over:{NUMBER}") == NOT_AT_DESK


def test_of_two_who_take_over_at_once_one_has_it(bot: Bot) -> None:
    """Two officers who press in the same instant should not both answer."""
    replies = []

    def press(officer: str) -> None:
        replies.append(bot.press(officer, f"inquiry.take_over:{NUMBER}"))

    threads = [threading.Thread(target=press, args=(who,)) for who in ("desk1", "desk2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    told = [reply.text for reply in replies if isinstance(reply, Notice)]
    assert told == ["この照会は内閣人事局 照会窓口の担当者が対応しています。"]
    assert [step for step, _ in steps(bot)] == ["escalated", "taken_over"]


def test_who_has_not_taken_over_does_not_answer(bot: Bot) -> None:
    """An answer should have one author: whoever took the inquiry over."""
    told = bot.press("desk1", f"inquiry.compose:{NUMBER}")
    assert told == Notice("先に「引き受ける」を押してください。")
    bot.press("desk1", f"inquiry.take_over:{NUMBER}")
    told = bot.press("desk2", f"inquiry.compose:{NUMBER}")
    assert told == Notice("この照会は内閣人事局 照会窓口の担当者が対応しています。")


def test_a_form_that_was_overtaken_sends_nothing(bot: Bot) -> None:
    """Two windows on one inquiry should not send two answers."""
    bot.press("desk1", f"inquiry.take_over:{NUMBER}")
    opened = bot.press("desk1", f"inquiry.compose:{NUMBER}")
    assert isinstance(opened, OpenForm)
    bot.submit("desk1", opened.form, text="一", basis="", standing="advice")
    again = bot.submit("desk1", opened.form, text="二", basis="", standing="advice")

    assert again == Notice("この照会は、いま「回答済み」です。画面を新しくしてください。")
    assert len(bot.room.messages_in("@asker")) == 2


def test_only_the_asker_says_whether_it_is_settled(bot: Bot) -> None:
    """A colleague in the same thread should not close, or reopen, somebody's inquiry."""
    card = answer(bot)
    told = bot.press("colleague", buttons(card)["解決した"])

    assert isinstance(told, Notice)
    assert "ご質問された方だけ" in told.text
    assert stage(bot) == "answered"


def test_an_office_held_today_gives_its_rights_and_one_that_ended_does_not(bot: Bot) -> None:
    """Rights should come from positions: from the first day to the last, and no longer."""
    desk = Position("内閣官房", "内閣人事局 窓口担当", Role.DESK_OFFICER)
    until = date(2026, 3, 31)
    now = Holding(desk, "now@go.example", "現任", Appointment.REGULAR, date(2026, 4, 1), None)
    past = Holding(desk, "past@go.example", "前任", Appointment.REGULAR, date(2025, 4, 1), until)
    with bot.database.write() as tx:
        changes, clashes = roster.examine(tx, [now, past], whole=False)
        assert clashes == ()
        roster.enter(tx, changes, NOBODY, AT)
        for name in ("now", "past"):
            assert roster.link_account(tx, account(name), f"{name}@go.example", NOBODY, AT)

    assert bot.press("past", f"inquiry.take_over:{NUMBER}") == NOT_AT_DESK
    assert bot.press("now", f"inquiry.take_over:{NUMBER}") is None
    assert stage(bot) == "taken"
