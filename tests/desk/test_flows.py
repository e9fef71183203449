"""The desk's flows, on both databases: what is recorded, and what is refused."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bot.clock import Clock
from bot.config import Settings
from bot.conversation.message import (
    Bullets,
    FieldErrors,
    Heading,
    Notice,
    OpenForm,
    TextField,
)
from bot.database.engine import Database
from bot.desk.records import inquiries, questions, wordings
from bot.roster.model import Role
from knowledge.base import KnowledgeBase
from tests.playing import Bot, account, buttons

CORE_TIME = "フレックスのコアタイムは何時間ですか"


@pytest.fixture
def bot(database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings) -> Bot:
    bot = Bot(database, knowledge, clock, settings)
    for person in "abcdefgh":
        bot.enrol(person, "環境省")
    return bot


def rows(bot: Bot, table: sa.Table) -> list[sa.Row[tuple[object, ...]]]:
    with bot.database.read() as tx:
        return list(tx.execute(sa.select(table).order_by(table.c.id)))


def test_a_question_is_recorded_with_what_was_decided(bot: Bot) -> None:
    """The desk should later see who asked what as of when, and what they were told."""
    bot.say("a", CORE_TIME)
    (row,) = rows(bot, questions)

    assert (row.text, row.ministry, row.state, row.decision) == (
        CORE_TIME,
        "環境省",
        "open",
        "answered",
    )
    assert row.articles == '["flextime-core-time"]'
    assert str(row.as_of) == "2026-10-06"


def test_a_press_twice_is_refused_the_second_time(bot: Bot) -> None:
    """An old card's button should say what has become of the question, and change nothing."""
    (card,) = bot.say("a", CORE_TIME)
    refer = buttons(card)["担当者に照会する"]
    resolve = buttons(card)["解決した"]
    bot.press("a", refer)
    again, late = bot.press("a", refer), bot.press("a", resolve)

    assert again == Notice("このご質問は、すでに照会窓口に届いています（受付番号 2026-00001）。")
    assert again == late
    assert len(rows(bot, inquiries)) == 1
    assert len(bot.room.messages_in("desk")) == 1


def test_a_button_of_a_closed_card_says_so(bot: Bot) -> None:
    """After 解決した no button of the card should do anything but say that it is closed."""
    (card,) = bot.say("a", CORE_TIME)
    bot.press("a", buttons(card)["解決した"])
    late = bot.press("a", buttons(card)["担当者に照会する"])

    assert isinstance(late, Notice)
    assert "閉じています" in late.text
    assert bot.room.messages_in("desk") == []


@pytest.mark.parametrize(
    "control",
    [
        "desk.escalate:forged-token",
        "desk.pick:x-9",
        "desk.pick:",
        "nobody.knows:x",
        "",
        "\x00:\x00",
        "あ",
    ],
)
def test_an_unknown_button_is_met_with_a_word(bot: Bot, control: str) -> None:
    """A forged or forgotten control should be refused in words, and change nothing."""
    reply = bot.press("a", control)

    assert isinstance(reply, Notice)
    assert reply.text.endswith("。")
    assert rows(bot, inquiries) == []


@pytest.fixture
def torn_bot(database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings) -> Bot:
    """A bot whose two articles fit 「在宅の日の手当」 equally well."""
    kept = knowledge.get_article("flextime-core-time")
    twins = tuple(
        replace(kept, id=id, title=title, questions=("在宅の日の手当はいくらですか",))
        for id, title in (("one", "一つ目"), ("two", "二つ目"))
    )
    library = replace(knowledge.library, articles=twins)
    bot = Bot(database, KnowledgeBase(library, vectors=False), clock, settings)
    bot.enrol("a", "環境省")
    return bot


def test_a_candidate_is_picked(torn_bot: Bot) -> None:
    """Where several could be meant, the chosen one should be answered in the card's place."""
    (card,) = torn_bot.say("a", "手当はいくらですか、在宅の日の")
    assert list(buttons(card)) == ["一つ目", "二つ目", "担当者に照会する", "名前を出さずに照会"]
    torn_bot.press("a", buttons(card)["二つ目"])
    (answer,) = torn_bot.room.messages_in("@a")

    assert answer.elements[0] == Heading("二つ目")
    assert list(buttons(answer))[:2] == ["解決した", "担当者に照会する"]
    assert "ほかの候補" in buttons(answer)
    (row,) = rows(torn_bot, questions)
    assert (row.decision, row.articles) == ("answered", '["two"]')


def test_a_choice_that_is_referred_keeps_its_candidates(torn_bot: Bot) -> None:
    """The asker and the desk should see what was offered."""
    (card,) = torn_bot.say("a", "手当はいくらですか、在宅の日の")
    torn_bot.press("a", buttons(card)["担当者に照会する"])
    (closed,) = torn_bot.room.messages_in("@a")
    (told,) = torn_bot.room.messages_in("desk")

    assert Bullets((("一つ目",), ("二つ目",))) in closed.elements
    assert "一つ目、二つ目" in str(told)


def test_only_the_asker_may_press(bot: Bot) -> None:
    """Another's press should be refused, by a forged event as well."""
    (card,) = bot.say("a", CORE_TIME)
    for button in buttons(card).values():
        reply = bot.press("b", button)
        assert isinstance(reply, Notice)
        assert "ご質問された方だけ" in reply.text

    assert [row.state for row in rows(bot, questions)] == ["open"]


def test_reception_numbers_count_up_without_a_gap(bot: Bot) -> None:
    """Inquiries referred at once should each get a number of their own, in one row."""
    cards = {person: bot.say(person, CORE_TIME)[0] for person in "abcdefgh"}

    def escalate(person: str) -> None:
        bot.press(person, buttons(cards[person])["担当者に照会する"])

    threads = [threading.Thread(target=escalate, args=(person,)) for person in cards]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    bot.settle()

    assert sorted(row.number for row in rows(bot, inquiries)) == [
        f"2026-{n:05d}" for n in range(1, 9)
    ]
    assert len(bot.room.messages_in("desk")) == 8


def test_somebody_unknown_says_where_they_belong_once(bot: Bot) -> None:
    """A declared ministry should be kept, changeable by its person, and give no role."""
    (card,) = bot.say("stranger", CORE_TIME)
    opened = bot.press("stranger", buttons(card)["所属府省を選ぶ"])
    assert isinstance(opened, OpenForm)
    for ministry in ("防衛省", "財務省"):
        reply = bot.submit("stranger", opened.form, ministry=ministry)
        assert isinstance(reply, Notice)
        assert ministry in reply.text

    bot.say("stranger", CORE_TIME)
    assert [row.ministry for row in rows(bot, questions)] == [None, "財務省"]


def test_a_ministry_of_the_roster_cannot_be_declared_away(bot: Bot) -> None:
    """Whoever is on the roster should keep the ministry that it says."""
    (card,) = bot.say("stranger", CORE_TIME)
    opened = bot.press("stranger", buttons(card)["所属府省を選ぶ"])
    assert isinstance(opened, OpenForm)
    reply = bot.submit("a", opened.form, ministry="財務省")
    unknown = bot.submit("stranger", opened.form, ministry="幕府")

    assert isinstance(reply, Notice)
    assert "名簿に登録されています" in reply.text
    assert isinstance(unknown, Notice)
    assert "一覧にありません" in unknown.text
    assert not isinstance(unknown, FieldErrors)


def test_a_question_in_markup_is_kept_as_text(bot: Bot) -> None:
    """What looks like markup or a mention should reach the desk as the characters it is."""
    text = "<!channel> <script>alert(1)</script> *太字* の在宅勤務は？"
    (card,) = bot.say("a", text)
    bot.press("a", buttons(card)["担当者に照会する"])
    (told,) = bot.room.messages_in("desk")

    assert told.elements[1].text == text  # type: ignore[union-attr]


def test_a_long_question_is_refused_with_its_length(bot: Bot) -> None:
    """100,000 characters should be refused in words, and nothing be recorded."""
    (told,) = bot.say("a", "長" * 100_000)

    assert told.gist == (
        "ご質問は2,000字以内でお願いします（いまは100,000字です）。"
        "要点をしぼるか、いくつかに分けてお送りください。"
    )
    assert rows(bot, questions) == []


def test_what_an_asker_confirms_is_kept_as_a_wording(torn_bot: Bot) -> None:
    """A picked candidate and 解決した should each keep the asker's words for their article."""
    (card,) = torn_bot.say("a", "手当はいくらですか、在宅の日の")
    torn_bot.press("a", buttons(card)["一つ目"])
    (answer,) = torn_bot.room.messages_in("@a")
    torn_bot.press("a", buttons(answer)["解決した"])

    kept = [(row.article, row.text, row.how) for row in rows(torn_bot, wordings)]
    asked = "手当はいくらですか、在宅の日の"
    assert kept == [("one", asked, "picked"), ("one", asked, "resolved")]


def home(bot: Bot, person: str) -> str:
    """All that stands on somebody's Home after they open it."""
    bot.open(person)
    (*_, line) = [line for line in bot.room.lines if line.delivery_id == "home"]
    assert line.target == account(person)
    return "\n".join(map(str, line.message.elements))


def test_a_home_shows_ones_own_questions_and_nobody_elses(bot: Bot) -> None:
    """Whoever opens their Home should find what they asked, and what became of it."""
    bot.say("b", "勤務間インターバルは何時間必要ですか")
    (card,) = bot.say("a", CORE_TIME)
    bot.press("a", buttons(card)["担当者に照会する"])

    shown = home(bot, "a")
    assert f"{CORE_TIME}（令和8年10月6日、照会中、受付番号 2026-00001）" in shown
    assert "インターバル" not in shown
    assert "届いている照会" not in shown


def test_a_home_shows_the_desk_what_waits_for_it(bot: Bot) -> None:
    """A desk officer should see what was referred, whoever asked; one's own word is no office."""
    bot.enrol("officer", "内閣官房", Role.DESK_OFFICER)
    assert "照会の一覧（未完了 0件）" in home(bot, "officer")
    (card,) = bot.say("a", CORE_TIME)
    bot.press("a", buttons(card)["担当者に照会する"])

    assert CORE_TIME in home(bot, "officer")


def test_a_question_by_form_is_answered_in_the_direct_conversation(bot: Bot) -> None:
    """The Home's button should open a form, and its question be answered like any other."""
    reply = bot.press("a", "desk.compose:")
    assert isinstance(reply, OpenForm)

    told = bot.submit("a", reply.form, question=CORE_TIME)
    assert told == Notice("ご質問を受け付けました。回答は、この窓口との会話に届きます。")
    (answer,) = bot.room.messages_in("@a")
    assert "コアタイム" in answer.gist


@pytest.mark.parametrize(("command", "text"), [("madoguchi", ""), ("refer", CORE_TIME)])
def test_words_brought_by_a_command_are_looked_through_before_they_are_asked(
    command: str, text: str, bot: Bot
) -> None:
    """A command without words, or a message's shortcut, should open a form with those words."""
    opened = bot.command("a", command, text)

    assert isinstance(opened, OpenForm)
    (field,) = opened.form.fields
    assert isinstance(field, TextField)
    assert field.initial == text
    assert bot.room.lines == []


def test_a_command_with_a_question_is_answered(bot: Bot) -> None:
    """What stands behind a command should be answered at once, where the command belongs."""
    assert bot.command("a", "madoguchi", CORE_TIME) is None
    (answer,) = bot.room.messages_in("@a")
    assert "コアタイム" in answer.gist
