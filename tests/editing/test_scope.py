"""A ministry's own rules: published by its desk alone, and shown first to its own staff."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.clock import Clock
from bot.config import Settings
from bot.conversation.message import Notice
from bot.database.engine import Database
from bot.desk.model import decide, seek
from bot.roster.model import Role
from bot.shelf.records import list_articles
from knowledge.base import KnowledgeBase
from knowledge.library import parse_article
from tests.conftest import NOON
from tests.editing.loop import NUMBER, answer_question, fill, list_rows, open_form
from tests.inquiry.ladder import open_ladder
from tests.playing import Bot

OTHERS = Notice("環境省の規程の記事は、環境省の窓口の担当者だけが扱えます。")
ALL = "全府省に共通の記事は、全府省の照会を受ける窓口の担当者と管理者だけが扱えます。"


@pytest.fixture
def bot(database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings) -> Bot:
    """環境省's own desk has answered one of its staff."""
    bot = open_ladder(database, knowledge, clock, settings)
    bot.enrol("approver", "内閣官房", Role.APPROVER)
    answer_question(bot, "asker", "own2")
    return bot


def test_a_ministrys_desk_publishes_for_its_own_staff(bot: Bot) -> None:
    """Its form should offer its own scope alone, and its own second person approve it."""
    form = open_form(bot, "own2", f"inquiry.draft:{NUMBER}")
    (scope,) = (field for field in form.fields if field.name == "scope")
    assert [option.value for option in scope.options] == ["環境省"]  # type: ignore[union-attr]
    told = fill(bot, "own2", form, scope="common")
    assert isinstance(told, Notice)
    assert told.text.startswith(ALL)
    fill(bot, "own2", form)
    token = list_rows(bot)[-1].token

    assert "環境省の規程" in str(bot.room.messages_in("kankyo")[-1].elements)
    for who in ("common", "approver", "admin", "owner"):
        assert bot.press(who, f"inquiry.approve:{token}") == OTHERS
        assert bot.press(who, "editing.history:inquiry-2026-00001") == OTHERS
    bot.enrol("own3", "環境省", Role.APPROVER)
    bot.press("own3", f"inquiry.approve:{token}")
    with bot.database.read() as tx:
        published = parse_article(list_articles(tx)["inquiry-2026-00001"])
    assert published.scope == ("環境省",)


def test_a_ministrys_desk_does_not_reword_what_holds_for_all(bot: Bot) -> None:
    """A common rule should not be one ministry's to change."""
    told = bot.press("own2", "editing.revise:flextime-core-time")

    assert isinstance(told, Notice)
    assert told.text.startswith(ALL)


@pytest.fixture(scope="module")
def shared(knowledge: KnowledgeBase) -> KnowledgeBase:
    """The shipped content, with a rule of 環境省 on what a common one is about."""
    common = knowledge.get_article("flextime-core-time")
    asked = ("環境省のコアタイムは何時から何時までですか", "コアタイムは何時間と決められていますか")
    version = replace(common.versions[-1], answer="環境省のコアタイムは10時から15時までです。")
    own = replace(
        common,
        id="own",
        questions=asked,
        title="コアタイム",
        versions=(version,),
        scope=("環境省",),
    )
    articles = (*knowledge.library.articles, own)
    return KnowledgeBase(replace(knowledge.library, articles=articles), vectors=False)


def test_a_ministrys_rule_stands_first_for_its_staff_and_nowhere_for_others(
    shared: KnowledgeBase,
) -> None:
    """Its staff should be answered by it, with the common one at hand; nobody else sees it."""
    day = NOON.date()
    for text in ("コアタイムは何時間ですか", "コアタイムって何時から？"):
        inside = decide(seek(shared, text, None, "環境省").search, "環境省", day, {})
        assert [one.id for one in inside.articles] == ["own"]
        assert inside.others[0].id == "flextime-core-time"
        for ministry in ("財務省", None):
            outside = decide(seek(shared, text, None, ministry).search, ministry, day, {})
            assert "own" not in {one.id for one in (*outside.articles, *outside.others)}
            assert outside.articles[0].id == "flextime-core-time"


def test_what_is_asked_in_a_common_rules_very_words_is_answered_by_it(
    shared: KnowledgeBase,
) -> None:
    """A neighbouring rule of one's own ministry should be at hand, not in the answer's place."""
    text = "フレックスのコアタイムは何時間ですか"
    found = decide(seek(shared, text, None, "環境省").search, "環境省", NOON.date(), {})

    assert [one.id for one in found.articles] == ["flextime-core-time"]
    assert "own" in [one.id for one in found.others]


def test_another_ministrys_rule_does_not_make_an_answer_less_sure(
    knowledge: KnowledgeBase, shared: KnowledgeBase
) -> None:
    """What is not for somebody should not turn their answer into a question back."""
    text = "フレックスのコアタイムは何時間ですか"
    alone = KnowledgeBase(knowledge.library, vectors=False)
    before = seek(alone, text, None, "財務省").search.signals
    after = seek(shared, text, None, "財務省").search.signals

    assert after.top == pytest.approx(before.top, abs=0.05)
    assert after.confidence == pytest.approx(before.confidence, abs=0.1)
