"""Who asks without a name is named to no desk, on both databases, and still has an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from bot.audit.records import audit
from bot.clock import Clock
from bot.config import Settings
from bot.conversation.message import Message, Notice, OneOfField, OpenForm
from bot.database.engine import Database
from bot.desk.records import questions
from bot.inquiry.model import Sight
from bot.inquiry.records.cases import case_steps, cases
from bot.overview.flows import export
from knowledge.base import KnowledgeBase
from tests.inquiry.ladder import COMMON, OWN, OWNER, QUESTION, open_ladder
from tests.playing import Bot, buttons

NUMBER = "2026-00001"
ASKER, PLACE = "himitsu", "hiroba"
"""Words that stand nowhere but in the asker's account and in where they asked."""


@pytest.fixture
def bot(database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings) -> Bot:
    bot = open_ladder(database, knowledge, clock, settings)
    bot.enrol(ASKER, "環境省")
    return bot


def refer_nameless(bot: Bot, who: str = ASKER, where: str = COMMON) -> Message:
    """Ask in a channel, and refer it without a name; the question's card as it was before."""
    (card,) = bot.say(who, QUESTION, PLACE)
    opened = bot.press(who, buttons(card)["名前を出さずに照会"], PLACE)
    assert isinstance(opened, OpenForm)
    told = bot.submit(who, opened.form, desk=where)
    assert isinstance(told, Notice)
    assert "お名前を出さずに照会しました" in told.text
    return card


def work(bot: Bot, officer: str, number: str = NUMBER) -> None:
    """All that a desk may do with an inquiry: ask back, answer, hear, answer again."""
    bot.press(officer, f"inquiry.take_over:{number}")
    fill(bot, officer, f"inquiry.ask_back:{number}", text="フレックスですか。")
    asker = find_asker(bot, number)
    asked = bot.room.messages_in(f"@{asker}")[-1]
    fill(bot, asker, str(buttons(asked)["確認に答える"].control), text="はい。")
    for pressed in ("まだ解決していない", "解決した"):
        fill(
            bot,
            officer,
            f"inquiry.compose:{number}",
            text="任意です。",
            basis="",
            standing="advice",
        )
        answered = bot.room.messages_in(f"@{asker}")[-1]
        bot.press(asker, buttons(answered)[pressed])


def fill(bot: Bot, who: str, control: str, **answers: Any) -> None:
    opened = bot.press(who, control)
    assert isinstance(opened, OpenForm), opened
    bot.submit(who, opened.form, **answers)


def find_asker(bot: Bot, number: str) -> str:
    """Who only the bot itself knows."""
    with bot.database.read() as tx:
        joined = sa.select(questions.c.account).join(cases, cases.c.question == questions.c.token)
        return str(tx.scalar(joined.where(cases.c.number == number)))


def list_shown(bot: Bot, *readers: str) -> Iterator[str]:
    """All that stands where desks read, and what their people are shown who look for it."""
    for conversation in ("kankyo", "desk", "jinjiin"):
        yield from map(str, bot.room.messages_in(conversation))
    for reader in readers:
        bot.say(reader, "照会一覧")
        bot.open(reader)
        bot.press(reader, f"overview.open:{NUMBER}")
        yield from (str(line.message) for line in bot.room.lines if is_to(line, reader))


def is_to(line: Any, reader: str) -> bool:
    return bool(getattr(line.target, "id", "") == reader) or f"@{reader}" in str(line.target)


def list_rows(bot: Bot) -> Iterator[str]:
    """What is kept of an inquiry, of what was done with it, and what a file of all holds."""
    context = bot.context
    with bot.database.read() as tx:
        rows = export.iterate_rows(tx, Sight(None), {}, context.today(), context.desks)
        yield from map(str, rows)
        for table in (cases, case_steps, audit):
            yield from (str(tuple(row)) for row in tx.execute(sa.select(table)))


def test_no_desk_learns_who_asks(bot: Bot) -> None:
    """Name, account, ministry and place should stand nowhere that a desk or its history shows."""
    refer_nameless(bot)
    waiting = [*list_shown(bot, "common")]
    work(bot, "common")
    shown = [*waiting, *list_shown(bot, "common"), *list_rows(bot)]

    assert any("お名前と所属を出さない照会です" in text for text in shown)
    assert sum(NUMBER in text for text in shown) > 10
    for word in (ASKER, PLACE):
        assert [text for text in shown if word in text] == []
    # Only the desk that it could go to is called by the ministry's name.
    assert [text for text in shown if "環境省" in text.replace("環境省 人事担当", "")] == []


def test_ones_own_ministrys_desk_is_passed_by(bot: Bot) -> None:
    """Nothing should reach the desk of the asker's ministry: no card, no line on a Home."""
    refer_nameless(bot)
    work(bot, "common")

    assert bot.room.messages_in("kankyo") == []
    assert not any(NUMBER in text for text in list_shown_to(bot, "own"))
    told = bot.press("own", f"inquiry.take_over:{NUMBER}")
    assert isinstance(told, Notice)
    assert "内閣人事局 照会窓口" in told.text


def list_shown_to(bot: Bot, reader: str) -> list[str]:
    bot.open(reader)
    bot.say(reader, "照会一覧")
    return [str(line.message) for line in bot.room.lines if is_to(line, reader)]


def test_what_a_desk_reads_is_the_same_whoever_asks(bot: Bot) -> None:
    """Of two ministries' people, who ask the same, nobody should be able to tell which is which."""
    for who, number in ((ASKER, NUMBER), ("other", "2026-00002")):
        refer_nameless(bot, who)
        work(bot, "common", number)
    shown = [str(message) for message in bot.room.messages_in("desk")]
    one = [text.replace(NUMBER, "N") for text in shown if NUMBER in text]
    other = [text.replace("2026-00002", "N") for text in shown if "2026-00002" in text]

    assert len(one) > 1
    assert [without_tokens(text) for text in one] == [without_tokens(text) for text in other]
    with bot.database.read() as tx:
        columns = case_steps.c["step", "service", "tenant", "account", "desk"]
        steps = sa.select(*columns).order_by(case_steps.c.id)
        by = [
            tx.execute(steps.where(case_steps.c.number == n)).all() for n in (NUMBER, "2026-00002")
        ]
    assert by[0] == by[1]
    assert [
        step.account for step in by[0] if step.step in ("escalated", "settled", "reopened")
    ] == ["unnamed"] * 3


def without_tokens(text: str) -> str:
    """What a card shows: what its buttons carry belongs to the inquiry or the reply."""
    return text.split("Buttons(")[0]


def test_the_asker_hears_all_of_it_directly(bot: Bot) -> None:
    """Receipt, question back and answers should come to the asker's own conversation alone."""
    before = refer_nameless(bot)
    receipt = bot.room.messages_in(f"@{ASKER}")[0]
    work(bot, "common")

    assert receipt.gist == f"お名前を出さずに照会しました（受付番号 {NUMBER}）"
    assert "令和8年10月9日までに回答する予定です。" in str(receipt.elements)
    assert "内閣人事局 照会窓口が受け付けました。" in str(receipt.elements)
    gists = [message.gist for message in bot.room.messages_in(f"@{ASKER}")]
    assert gists[2:] == [f"照会への参考回答です（受付番号 {NUMBER}）"] * 2
    # Whoever reads the channel should not see that anything was referred.
    assert bot.room.messages_in(PLACE) == [before]


def test_the_card_says_to_its_asker_alone_that_it_was_referred(bot: Bot) -> None:
    """The card stays as it was: its buttons should tell the asker, and do nothing more."""
    card = refer_nameless(bot)

    for label in ("担当者に照会する", "名前を出さずに照会", "名前を出さずに照会"):
        told = bot.press(ASKER, buttons(card)[label], PLACE)
        assert told == Notice(f"このご質問は、すでに照会窓口に届いています（受付番号 {NUMBER}）。")
        other = bot.press("other", buttons(card)[label], PLACE)
        assert isinstance(other, Notice)
        assert "ご質問された方だけ" in other.text


def test_ones_own_desk_may_have_it_without_a_name(bot: Bot) -> None:
    """Whoever wants their own ministry's desk to answer should be able to stay unnamed there."""
    refer_nameless(bot, where=OWN)
    waiting = [*list_shown(bot, "own")]
    work(bot, "own")
    shown = [*waiting, *list_shown(bot, "own"), *list_rows(bot)]

    assert len(bot.room.messages_in("kankyo")) > 1
    for word in (ASKER, PLACE):
        assert [text for text in shown if word in text] == []


def test_it_stays_nameless_wherever_it_goes(bot: Bot) -> None:
    """Handed down to the asker's own ministry, it should tell that desk as little as any other."""
    refer_nameless(bot)
    for who, where in (("common", OWNER), ("owner", OWN)):
        fill(bot, who, f"inquiry.move:{NUMBER}", desk=where)
    work(bot, "own")
    shown = [*list_shown(bot, "own"), *list_rows(bot)]

    for word in (ASKER, PLACE):
        assert [text for text in shown if word in text] == []
    gists = [message.gist for message in bot.room.messages_in(f"@{ASKER}")]
    moved = f"受付番号 {NUMBER} の照会は、{{}}が引き継ぎました。"
    assert gists[1:3] == [moved.format("人事院"), moved.format("環境省 人事担当")]
    assert len(bot.room.messages_in(PLACE)) == 1


def test_a_ministrys_own_rule_is_not_named(
    database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings
) -> None:
    """What the bot had answered from a rule of one ministry should not tell which one that is."""
    bot = open_ladder(database, knowledge, clock, settings)
    bot.enrol(ASKER, "環境省")
    (card,) = bot.say(ASKER, "コアタイムは何時間ですか", PLACE)
    (article,) = [one for one in knowledge.library.articles if one.title == card.elements[0].text]  # type: ignore[union-attr]
    own = replace(article, scope=("環境省",), title="環境省のコアタイム")
    asked = knowledge.get_article

    class Scoped(type(knowledge)):  # type: ignore[misc]
        """The same content, in which that rule is one ministry's."""

        def get_article(self, id: str) -> Any:
            return own if id == article.id else asked(id)

    scoped = object.__new__(Scoped)
    scoped.__dict__.update(knowledge.__dict__)
    bot = open_again(bot, scoped)
    opened = bot.press(ASKER, buttons(card)["名前を出さずに照会"], PLACE)
    assert isinstance(opened, OpenForm)
    bot.submit(ASKER, opened.form, desk=COMMON)

    (shown,) = bot.room.messages_in("desk")
    assert "該当なし" in str(shown)
    assert "環境省のコアタイム" not in str(shown)
    with bot.database.read() as tx:  # what exports and reports are made from
        (kept,) = tx.execute(sa.select(questions.c["decision", "articles", "others"])).all()
    assert article.id not in kept.articles + kept.others


def open_again(bot: Bot, knowledge: KnowledgeBase) -> Bot:
    """The same bot after it was started with other content."""
    again = Bot(bot.database, knowledge, bot.context.clock, bot.context.settings)
    again.ids = bot.ids
    return again


def test_only_a_desk_that_is_offered_has_it(bot: Bot) -> None:
    """A forged choice should refer nothing, and leave the question as it was."""
    (card,) = bot.say(ASKER, QUESTION, PLACE)
    opened = bot.press(ASKER, buttons(card)["名前を出さずに照会"], PLACE)
    assert isinstance(opened, OpenForm)
    (field,) = opened.form.fields
    assert isinstance(field, OneOfField)
    assert [option.label for option in field.options] == [
        "内閣人事局 照会窓口",
        "環境省 人事担当（所属の府省の窓口）",
    ]

    told = bot.submit(ASKER, opened.form, desk=OWNER)
    assert isinstance(told, Notice)
    assert "一覧から選んでください" in told.text
    with bot.database.read() as tx:
        assert tx.scalar(sa.select(questions.c.state)) == "open"
        assert tx.scalar(sa.select(questions.c.ministry)) == "環境省"
    assert bot.submit("other", opened.form, desk=COMMON) != told  # it is not theirs to refer


def test_the_audit_log_tells_what_and_when_but_not_who(bot: Bot) -> None:
    """Each step should be proved, the asker's too, with nothing to know them by."""
    refer_nameless(bot)
    work(bot, "common")
    with bot.database.read() as tx:
        rows = tx.execute(sa.select(audit).order_by(audit.c.id)).all()

    mine = [row for row in rows if row.account == "unnamed"]
    assert [row.what for row in mine] == [
        "inquiry.escalated",
        "inquiry.answered_back",
        "inquiry.reopened",
        "inquiry.settled",
    ]
    for row in mine:
        assert (row.service, row.tenant, row.ministry, row.title) == ("", "", None, None)
    assert json.loads(mine[0].after)["nameless"] is True
