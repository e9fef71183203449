"""An inquiry goes from desk to desk, on both databases: told to all, counted anew, and kept."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from bot.calendar import TOKYO
from bot.clock import Clock, fixed_clock
from bot.clockwork import Clockwork
from bot.config import Settings
from bot.conversation.message import Control, Form, Notice, OneOfField, OpenForm
from bot.database.engine import Database
from bot.delivery.outbox import outbox
from bot.inquiry.jobs import JOBS
from bot.inquiry.records.cases import case_steps, cases
from bot.roster.model import Role
from knowledge.base import KnowledgeBase
from tests.inquiry.ladder import COMMON, OWN, OWNER, change_desk, open_ladder, refer
from tests.playing import Bot, acts, buttons

NUMBER = "2026-00001"
MOVE = Form(Control("inquiry.hand_on", NUMBER), "", "", ())
"""A form that may never have been opened."""


@pytest.fixture
def bot(database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings) -> Bot:
    bot = open_ladder(database, knowledge, clock, settings)
    refer(bot)
    return bot


def texts(bot: Bot, conversation: str) -> list[str]:
    """All that stands in a conversation, message by message."""
    return [str(message) for message in bot.room.messages_in(conversation)]


def find_case(bot: Bot) -> Any:
    with bot.database.read() as tx:
        return tx.execute(sa.select(cases)).one()


def list_steps(bot: Bot) -> list[tuple[str, str | None, str]]:
    with bot.database.read() as tx:
        rows = tx.execute(sa.select(case_steps).order_by(case_steps.c.id))
        return [(row.step, row.desk, row.account) for row in rows]


def test_an_inquiry_goes_up_to_the_next_desk(bot: Bot) -> None:
    """The old card should say where it went, the new desk should have it, the asker be told."""
    bot.press("own", f"inquiry.take_over:{NUMBER}")
    opened = bot.press("own", f"inquiry.move:{NUMBER}")
    assert isinstance(opened, OpenForm)
    (field,) = opened.form.fields
    assert isinstance(field, OneOfField)
    assert [option.label for option in field.options] == [
        "内閣人事局 照会窓口（上位の窓口）",
        "人事院",
    ]
    told = bot.submit("own", opened.form, desk=field.initial)

    assert told == Notice("「内閣人事局 照会窓口」に引き継ぎました。")
    (old,) = bot.room.messages_in("kankyo")
    assert old.gist == f"受付番号 {NUMBER} の照会は、「内閣人事局 照会窓口」に引き継ぎました。"
    assert (buttons(old), "ラジオ体操" in str(old)) == ({}, False)
    (new,) = bot.room.messages_in("desk")
    assert acts(new) == ["引き受ける", "ほかの窓口に引き継ぐ"]
    assert "環境省 人事担当 → 内閣人事局 照会窓口" in str(new)
    card, news = texts(bot, "@asker")
    assert "内閣人事局 照会窓口が、令和8年10月9日までに回答する予定です。" in card
    assert "環境省 人事担当" not in card
    assert f"受付番号 {NUMBER} の照会は、内閣人事局 照会窓口が引き継ぎました。" in news
    assert "令和8年10月9日までに回答する予定です。" in news
    assert list_steps(bot)[1:] == [("taken_over", None, "own"), ("passed_up", COMMON, "own")]
    assert (find_case(bot).stage, find_case(bot).holder_account) == ("waiting", None)


def test_an_inquiry_goes_up_down_and_on(bot: Bot) -> None:
    """Each way should have its step, each time its own card, and only the desk its rights."""
    for who, where in [("own", COMMON), ("common", OWNER), ("owner", OWN), ("own", OWNER)]:
        assert isinstance(bot.submit(who, MOVE, desk=where), Notice)

    assert list_steps(bot) == [
        ("escalated", OWN, "asker"),
        ("passed_up", COMMON, "own"),
        ("passed_up", OWNER, "common"),
        ("passed_down", OWN, "owner"),
        ("passed_up", OWNER, "own"),
    ]
    assert [len(texts(bot, where)) for where in ("kankyo", "desk", "jinjiin")] == [2, 1, 2]
    assert [acts(card) for card in bot.room.messages_in("jinjiin")] == [
        [],
        ["引き受ける", "ほかの窓口に引き継ぐ"],
    ]
    way = "環境省 人事担当 → 内閣人事局 照会窓口 → 人事院 → 環境省 人事担当 → 人事院"
    assert way in texts(bot, "jinjiin")[1]
    for who in ("own", "common"):
        told = bot.press(who, f"inquiry.take_over:{NUMBER}")
        assert isinstance(told, Notice)
        assert "「人事院」が受け持っています" in told.text
    assert bot.press("owner", f"inquiry.take_over:{NUMBER}") is None


def test_a_desk_beside_may_have_it(
    database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings
) -> None:
    """A desk that is neither above nor below should be open as well."""
    bot = open_ladder(database, change_desk(knowledge, OWN, up=None), clock, settings)
    refer(bot)
    opened = bot.press("own", f"inquiry.move:{NUMBER}")
    assert isinstance(opened, OpenForm)
    assert opened.form.fields[0].initial is None  # type: ignore[union-attr]
    bot.submit("own", opened.form, desk=OWNER)

    assert list_steps(bot)[-1] == ("handed_on", OWNER, "own")


def test_the_receiving_desk_has_its_own_days(
    database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings
) -> None:
    """The due day should be reckoned from the move, by the days and days off of who has it now."""
    off = frozenset({date(2026, 10, 7)})
    busy = change_desk(knowledge, COMMON, days=5, days_off=off)
    bot = open_ladder(database, busy, clock, settings)
    refer(bot)
    bot.submit("own", MOVE, desk=COMMON)

    # From Tuesday the 6th: 8, 9, 13, 14, 15; the 7th is theirs, the 12th スポーツの日.
    assert find_case(bot).due_on == date(2026, 10, 15)
    assert "令和8年10月15日までに回答する予定です。" in texts(bot, "@asker")[1]


def test_only_who_has_taken_it_over_gives_it_away(bot: Bot) -> None:
    """What somebody works on should not be taken from under their hands by a colleague."""
    bot.press("own", f"inquiry.take_over:{NUMBER}")

    told = Notice("この照会は環境省 人事担当の担当者が対応しています。")
    assert bot.press("own2", f"inquiry.move:{NUMBER}") == told
    assert bot.submit("own2", MOVE, desk=COMMON) == told
    assert find_case(bot).desk == OWN


@pytest.mark.parametrize("where", [OWN, "somusho-jinji", "nowhere", ""])
def test_it_goes_to_another_desk_that_somebody_reads(where: str, bot: Bot) -> None:
    """A forged choice should not lose an inquiry in a desk without people, or move it nowhere."""
    told = bot.submit("own", MOVE, desk=where)

    assert isinstance(told, Notice)
    assert "引き継げる窓口ではありません" in told.text
    assert (find_case(bot).desk, find_case(bot).moves) == (OWN, 0)


@pytest.mark.parametrize("who", ["common", "owner", "admin", "asker", "stranger"])
def test_a_forged_move_is_refused(who: str, bot: Bot) -> None:
    """Nobody should draw an inquiry to themselves, or send another desk's away."""
    assert isinstance(bot.press(who, f"inquiry.move:{NUMBER}"), Notice)
    assert isinstance(bot.submit(who, MOVE, desk=COMMON), Notice)
    assert (find_case(bot).desk, find_case(bot).moves) == (OWN, 0)


def test_what_is_answered_goes_nowhere(bot: Bot) -> None:
    """A card that was overtaken should say so."""
    bot.press("own", f"inquiry.take_over:{NUMBER}")
    opened = bot.press("own", f"inquiry.compose:{NUMBER}")
    assert isinstance(opened, OpenForm)
    bot.submit("own", opened.form, text="任意です。", basis="", standing="advice")

    told = bot.submit("own", MOVE, desk=COMMON)
    assert told == Notice("この照会は、いま「回答済み」です。画面を新しくしてください。")


def test_of_two_who_hand_it_on_at_once_one_does(bot: Bot) -> None:
    """Two officers who press in the same instant should not send it two ways."""
    replies = []

    def move(who: str, where: str) -> None:
        replies.append(bot.submit(who, MOVE, desk=where))

    pairs = [("own", COMMON), ("own2", OWNER)]
    threads = [threading.Thread(target=move, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    told = sorted(reply.text for reply in replies if isinstance(reply, Notice))
    assert len(told) == 2
    assert "に引き継ぎました" in told[0]
    assert "が受け持っています" in told[1]
    assert find_case(bot).moves == 1
    assert len(texts(bot, "desk")) + len(texts(bot, "jinjiin")) == 1


def test_one_desk_has_nowhere_to_hand_on_to(
    database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings
) -> None:
    """Where there is one desk, nothing should speak of others."""
    bot = Bot(database, knowledge, clock, settings)
    bot.enrol("common", "内閣官房", Role.DESK_OFFICER)
    refer(bot)
    (card,) = bot.room.messages_in("desk")

    assert acts(card) == ["引き受ける"]
    assert isinstance(bot.press("common", f"inquiry.move:{NUMBER}"), Notice)


# ---------------------------------------------------------------- what is late


def tick(bot: Bot, *day: int) -> None:
    """Let the clock come to the morning of a day, and all that is decided then be sent."""
    now = datetime(*day, 10, 0, tzinfo=TOKYO)  # type: ignore[arg-type, misc]
    context = replace(bot.context, clock=fixed_clock(now))
    for job in JOBS:
        Clockwork(bot.database, context, JOBS, bot.sender.wake).run(job)


def test_a_new_desk_is_late_by_its_own_days(bot: Bot) -> None:
    """What the old desk let lie should not count against the new one, nor be told twice."""
    tick(bot, 2026, 10, 13)  # due on the 9th; the 12th is スポーツの日
    bot.settle()
    assert "回答の期限を過ぎました" in texts(bot, "kankyo")[1]
    bot.submit("own", MOVE, desk=COMMON)
    assert (find_case(bot).due_on, find_case(bot).notices) == (date(2026, 10, 9), 0)

    tick(bot, 2026, 10, 13)
    tick(bot, 2026, 10, 13)
    bot.settle()
    assert len(texts(bot, "kankyo")) == 2
    (late,) = texts(bot, "desk")[1:]
    assert "回答の期限を過ぎました" in late


def test_a_notice_that_still_waits_is_withdrawn(bot: Bot) -> None:
    """A desk that gives an inquiry away should not be chased for it afterwards."""
    tick(bot, 2026, 10, 13)
    assert list_late(bot) == [("waiting", None)]
    bot.submit("own", MOVE, desk=COMMON)

    assert list_late(bot) == [("cancelled", "withdrawn")]
    assert len(texts(bot, "kankyo")) == 1


def list_late(bot: Bot) -> list[tuple[str, str | None]]:
    """What became of the notices that something is late."""
    late = sa.select(outbox.c.state, outbox.c.reason).where(outbox.c.key.contains(":late:"))
    with bot.database.read() as tx:
        return [(row.state, row.reason) for row in tx.execute(late)]
