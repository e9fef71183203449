"""What the desk asks back, on both databases: who answers, how, and what the clock makes of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot.calendar import CLOSING, TOKYO, Wait, find_day_of_receipt, find_due_day, is_working_day
from bot.clock import Clock
from bot.config import Settings
from bot.conversation.message import Form, Message, Notice, OpenForm
from bot.database.engine import Database
from bot.inquiry.model import LATE_AFTER, count_notices_due
from bot.inquiry.records.cases import cases
from knowledge.base import KnowledgeBase
from tests.inquiry.ladder import COMMON, open_ladder, refer
from tests.inquiry.loop import NUMBER, Desk, Hand, open_desk
from tests.playing import acts, buttons

NOT_THE_ASKER = "ご質問された方だけ"
ASKED = f"照会について、担当者から確認したいことがあります（受付番号 {NUMBER}）"
THANKS = f"受付番号 {NUMBER} の確認への回答として、担当者に届けました。"


@pytest.fixture
def desk(database: Database, knowledge: KnowledgeBase, settings: Settings) -> Desk:
    """An inquiry of Tuesday, 6 October 2026, asked in a thread and taken over; due on Friday."""
    desk = open_desk(database, knowledge, settings, 2026, 10, 6)
    desk.refer(where="hall/1")
    desk.take_over()
    return desk


def kept(desk: Desk) -> Any:
    with desk.bot.database.read() as tx:
        return tx.execute(sa.select(cases)).one()


def texts(message: Message) -> str:
    return str(message.elements)


def query(desk: Desk, where: str = "hall") -> Message:
    """The asker's card of the question back, as it stands."""
    return next(m for m in desk.bot.room.messages_in(where) if m.gist == ASKED)


def answer_button(desk: Desk) -> str:
    return str(buttons(query(desk))["確認に答える"].control)


def test_a_question_back_reaches_the_asker_and_stops_the_clock(desk: Desk) -> None:
    """The asker should read it in their thread, the desk that it waits, and nobody be late."""
    told = desk.ask_back("フレックスですか。")

    assert told == "質問された方に送りました。回答が届くまで、回答の期限は進みません。"
    assert "フレックスですか。" in texts(query(desk))
    assert list(buttons(query(desk))) == ["確認に答える"]
    assert "質問された方の回答待ち" in texts(desk.card())
    assert "回答を待つ間は進みません" in texts(desk.card())
    assert acts(desk.card()) == ["回答する", "確認を取り下げる"]
    assert (kept(desk).stage, kept(desk).due_on) == ("asked_back", None)
    desk.hand.move(10, 30)
    desk.tick()
    assert not any("期限を過ぎ" in gist for gist in desk.said_in("desk"))


def test_an_answer_by_form_reaches_the_desk_and_moves_the_due_day(desk: Desk) -> None:
    """A counted day waited through should move the due day by one, and both sides be told."""
    desk.ask_back("フレックスですか。")
    desk.hand.move(10, 8)
    told = desk.fill("asker", answer_button(desk), text="はい、フレックスです。")

    assert told == f"{THANKS}照会には令和8年10月13日までに回答する予定です。"
    assert "ご回答を担当者に届けました" in texts(query(desk))
    assert buttons(query(desk)) == {}
    assert desk.said_in("desk")[-1] == f"受付番号 {NUMBER}：確認への回答が届きました。"
    assert "はい、フレックスです。" in texts(desk.last_in("desk"))
    for piece in ("フレックスですか。", "はい、フレックスです。", "令和8年10月13日", "対応中"):
        assert piece in texts(desk.card())
    assert kept(desk).due_on == date(2026, 10, 13)  # Monday the 12th is a holiday
    assert "はい、フレックスです。" not in texts(query(desk))


def test_words_in_the_thread_are_the_answer(desk: Desk) -> None:
    """What the asker writes where they were asked should reach the desk, and be no question."""
    desk.ask_back()
    before = len(desk.said_in("hall"))
    said = desk.bot.say("asker", "はい、そうです。", "hall/1")

    assert [m.gist for m in said] == [f"{THANKS}照会には令和8年10月9日までに回答する予定です。"]
    assert len(desk.said_in("hall")) == before + 1
    assert "はい、そうです。" in texts(desk.card())
    again = desk.bot.say("asker", "フレックスのコアタイムは何時間ですか", "hall/1")
    assert "コアタイム" in texts(again[0])


def test_words_elsewhere_or_of_others_are_questions(desk: Desk) -> None:
    """A colleague in the thread, and the asker in another one, should be answered as ever."""
    desk.ask_back()
    core = "フレックスのコアタイムは何時間ですか"
    for who, where in (("colleague", "hall/1"), ("asker", "hall/2"), ("asker", "elsewhere/1")):
        (answered,) = desk.bot.say(who, core, where)
        assert "コアタイム" in texts(answered)

    assert kept(desk).stage == "asked_back"


def test_only_the_asker_answers(desk: Desk) -> None:
    """A colleague who presses the asker's button, or forges their form, should be refused."""
    desk.ask_back()
    button = answer_button(desk)
    opened = desk.press("asker", button)
    assert isinstance(opened, OpenForm)

    for told in (
        desk.press("colleague", button),
        desk.bot.submit("colleague", opened.form, text="いいえ"),
    ):
        assert isinstance(told, Notice)
        assert NOT_THE_ASKER in told.text
    assert kept(desk).stage == "asked_back"


def test_an_answer_is_taken_once(desk: Desk) -> None:
    """Two windows on one question should not answer it twice."""
    desk.ask_back()
    opened = desk.press("asker", answer_button(desk))
    assert isinstance(opened, OpenForm)
    desk.send("asker", opened.form, text="はい")

    assert desk.send("asker", opened.form, text="いいえ") == (
        "この確認は、すでに回答されたか、不要になっています。"
    )
    assert "いいえ" not in texts(desk.card())


def test_only_who_has_it_asks_back(desk: Desk) -> None:
    """The desk should speak to the asker with one voice, whatever a payload says."""
    for what in ("ask_back", "drop_query", "lapse"):
        for who in ("asker", "colleague", "desk2"):
            before = kept(desk)
            assert isinstance(desk.press(who, f"inquiry.{what}:{NUMBER}"), Notice)
            assert kept(desk) == before
        if what == "ask_back":
            desk.ask_back()


def test_what_is_dropped_is_asked_no_more(desk: Desk) -> None:
    """The asker's card should say so, and a press on an old one be told."""
    desk.ask_back()
    button = answer_button(desk)
    assert desk.press("desk1", f"inquiry.drop_query:{NUMBER}") is None

    assert "不要になりました" in texts(query(desk))
    assert (kept(desk).stage, kept(desk).due_on) == ("taken", date(2026, 10, 9))
    told = desk.press("asker", button)
    assert told == Notice("この確認は、すでに回答されたか、不要になっています。")


def test_a_desk_that_finds_out_by_itself_answers(desk: Desk) -> None:
    """An answer while the desk waits should close what it asked."""
    desk.ask_back()
    desk.reply()

    assert "不要になりました" in texts(query(desk))
    assert kept(desk).stage == "answered"
    desk.hand.move(10, 30)
    desk.tick()
    assert not any("お待ちしています" in gist for gist in desk.said_in("hall"))


# ---------------------------------------------------------------- a conversation without threads


@pytest.fixture
def direct(database: Database, knowledge: KnowledgeBase, settings: Settings) -> Desk:
    """An inquiry asked in a direct conversation without threads, and asked back about."""
    desk = open_desk(database, knowledge, settings, 2026, 10, 6)
    desk.refer()
    desk.take_over()
    desk.ask_back()
    return desk


def forms(message: Message) -> list[Form]:
    return [element for element in message.elements if isinstance(element, Form)]


def test_where_words_could_be_either_the_asker_says_which(direct: Desk) -> None:
    """Nothing should be taken for an answer, nor answered as a question, by guessing."""
    answer, question = direct.bot.say("asker", "はい、そうです。")

    assert answer.gist == "担当者からの確認が残っています。いまの文は、その回答でしょうか。"
    assert question.gist == "新しいご質問でしたら、ここから送ってください。"
    (first,), (second,) = forms(answer), forms(question)
    assert (first.title, second.title) == ("担当者の確認に答える", "窓口に質問する")
    assert {first.fields[0].initial, second.fields[0].initial} == {"はい、そうです。"}  # type: ignore[union-attr]
    assert kept(direct).stage == "asked_back"
    told = direct.send("asker", first, text="はい、そうです。")
    assert told.startswith(THANKS)


def test_who_goes_on_to_ask_is_not_asked_which_again(direct: Desk) -> None:
    """Once something else was asked there, words should be questions again."""
    core = "フレックスのコアタイムは何時間ですか"
    _, which = direct.bot.say("asker", core)
    direct.hand.at += timedelta(minutes=1)
    direct.send("asker", forms(which)[0], question=core)
    assert "コアタイム" in texts(direct.last_in("@asker"))
    (answered,) = direct.bot.say("asker", core)

    assert "コアタイム" in texts(answered)
    assert kept(direct).stage == "asked_back"


# ---------------------------------------------------------------- nothing comes


def test_an_asker_is_asked_once_more_and_then_the_desk_may_close(desk: Desk) -> None:
    """Three working days, then three more: one reminder, one notice, one press, told to all."""
    desk.ask_back()
    early = desk.press("desk1", f"inquiry.lapse:{NUMBER}")
    assert early == Notice("終了できるのは、質問された方に再度お願いしても回答がないときです。")
    for day in (7, 8, 9, 10, 12):  # Saturday, and a holiday
        desk.hand.move(10, day)
        desk.tick()
    reminder = f"担当者からの確認に、ご回答をお待ちしています（受付番号 {NUMBER}）"
    assert desk.said_in("hall").count(reminder) == 1
    for day in (13, 14, 15):
        desk.hand.move(10, day)
        desk.tick()
        desk.tick()
    missed = f"受付番号 {NUMBER}：確認への回答がまだ届きません。"
    assert desk.said_in("desk").count(missed) == 1
    assert "回答がないため終了する" in buttons(desk.card())
    assert desk.said_in("hall").count(reminder) == 1
    assert desk.press("desk1", f"inquiry.lapse:{NUMBER}") is None

    lapsed = f"確認へのご回答がないため、照会を終了しました（受付番号 {NUMBER}）"
    assert desk.said_in("hall")[-1] == lapsed
    assert "回答がないため終了" in texts(desk.card())
    assert acts(desk.card()) == ["メモを残す", "経過を見る"]


def test_a_reminder_that_was_missed_is_not_skipped(desk: Desk) -> None:
    """A desk that was down should ask the asker once more before it hears that nothing came."""
    desk.ask_back()
    desk.hand.move(11, 6)
    desk.tick()
    desk.tick()

    assert any("お待ちしています" in gist for gist in desk.said_in("hall"))
    assert not any("まだ届きません" in gist for gist in desk.said_in("desk"))


def test_an_asker_may_have_it_go_on(desk: Desk) -> None:
    """An answer after the close should open the inquiry again, with the days it had left."""
    desk.ask_back()
    for day in (9, 15):
        desk.hand.move(10, day)
        desk.tick()
    desk.press("desk1", f"inquiry.lapse:{NUMBER}")
    (question,) = desk.bot.say("asker", "フレックスのコアタイムは何時間ですか", "hall/1")
    assert "コアタイム" in texts(question)  # it is closed: words are questions again
    desk.hand.move(10, 19)
    lapsed = next(m for m in desk.bot.room.messages_in("hall") if "終了しました" in m.gist)
    told = desk.fill("asker", buttons(lapsed)["確認に答える"].control, text="はい")

    assert told == f"{THANKS}照会には令和8年10月21日までに回答する予定です。"
    assert (kept(desk).stage, kept(desk).due_on) == ("taken", date(2026, 10, 21))


def test_waiting_makes_nothing_later(desk: Desk) -> None:
    """A desk that was late before it asked back should not be chased for the days it waited."""
    desk.hand.move(10, 13)  # the due day was Friday the 9th; Monday the 12th is a holiday
    desk.tick()
    desk.ask_back()
    desk.hand.move(10, 22)
    desk.fill("asker", answer_button(desk), text="はい")
    desk.tick()
    desk.hand.move(10, 23)
    desk.tick()
    assert sum("期限を過ぎ" in gist for gist in desk.said_in("desk")) == 1
    desk.hand.move(10, 26)
    desk.tick()

    assert desk.said_in("desk")[-1] == (
        f"受付番号 {NUMBER}：再度のお知らせです。回答の期限を過ぎています。"
    )


# ---------------------------------------------------------------- arithmetic

instants = st.datetimes(datetime(2016, 1, 4), datetime(2030, 10, 31)).map(
    lambda naive: naive.replace(tzinfo=TOKYO)
)
gaps = st.lists(st.timedeltas(timedelta(minutes=1), timedelta(days=9)), max_size=8)


def walk(opened: datetime, allowance: int, waits: list[Wait]) -> tuple[date, list[date]]:
    """The due day and the days that are late, by going through the calendar closing by closing."""
    day, due, late = find_day_of_receipt(opened), date.max, list[date]()
    while len(late) < max(LATE_AFTER):
        day += timedelta(days=1)
        closes = datetime.combine(day, CLOSING, TOKYO)
        if not is_working_day(day) or any(wait.covers(closes) for wait in waits):
            continue
        if allowance:
            allowance -= 1
            due = day if not allowance else due
        else:
            late.append(day)
    return due, late


@given(instants, st.integers(1, 5), gaps)
def test_notices_count_the_days_that_the_desk_had(
    opened: datetime, allowance: int, drawn: list[timedelta]
) -> None:
    """Due day and notices should be what a walk from closing to closing finds, whatever is asked
    back, and when."""
    times = [opened]
    for gap in drawn:
        times.append(times[-1] + gap)
    waits = [Wait(*pair) for pair in zip(times[1::2], times[2::2], strict=False)]
    due, late = walk(opened, allowance, waits)

    assert find_due_day(opened, allowance, waits) == due
    for number, after in enumerate(LATE_AFTER, start=1):
        day = late[after - 1]
        assert count_notices_due(due, day, (), waits) == number
        assert count_notices_due(due, day - timedelta(days=1), (), waits) < number


@given(instants, st.integers(1, 5), gaps)
def test_more_waiting_never_means_more_notices(
    opened: datetime, allowance: int, drawn: list[timedelta]
) -> None:
    """Each further question back should leave the due day or put it off, and notices likewise."""
    times = [opened]
    for gap in drawn:
        times.append(times[-1] + gap)
    waits = [Wait(*pair) for pair in zip(times[1::2], times[2::2], strict=False)]
    for number in range(len(waits)):
        fewer, more = waits[:number], waits[: number + 1]
        sooner = find_due_day(opened, allowance, fewer)
        later = find_due_day(opened, allowance, more)
        assert sooner is not None
        assert later is not None
        assert sooner <= later
        day = later + timedelta(days=5)
        assert count_notices_due(sooner, day, (), fewer) >= count_notices_due(later, day, (), more)


def test_a_desk_that_has_it_from_another_asks_back_on_its_own_days(
    database: Database, knowledge: KnowledgeBase, settings: Settings
) -> None:
    """Waiting should move the day that the new desk was given, not that of the first."""
    hand = Hand(datetime(2026, 10, 6, 10, tzinfo=TOKYO))
    bot = open_ladder(database, knowledge, Clock(lambda: hand.at), settings)
    desk = Desk(bot, hand)
    refer(bot, where="hall/1")
    hand.move(10, 8)
    desk.fill("own", f"inquiry.move:{NUMBER}", desk=COMMON)
    desk.take_over("common")
    desk.fill("common", f"inquiry.ask_back:{NUMBER}", text="フレックスですか。")
    hand.move(10, 9)
    desk.fill("asker", answer_button(desk), text="はい")

    assert kept(desk).due_on == date(2026, 10, 14)  # handed on on Thursday; Monday is a holiday
