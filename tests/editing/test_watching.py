"""What goes stale reaches its owner the same day, and the answer says so until it is confirmed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.calendar import TOKYO
from bot.clock import Clock, fixed_clock
from bot.clockwork import Clockwork
from bot.config import Settings
from bot.context import Context
from bot.conversation.message import Notice
from bot.database.engine import Database
from bot.editing.jobs import JOBS
from bot.shelf.records import add_amendment, add_review, list_amendments, list_reviews
from knowledge.article import Amendment
from knowledge.base import KnowledgeBase
from knowledge.watching import watch, watch_article
from tests.editing.loop import open_form
from tests.inquiry.ladder import open_ladder
from tests.playing import AT, Bot, buttons

CORE = "flextime-core-time"
ASKED = "フレックスのコアタイムは何時間ですか"
AMENDED = "この回答の根拠は令和8年9月1日に改正されたと登録されています。確認中です。"
(WATCH,) = (job for job in JOBS if job.name == "editing.watch")


@pytest.fixture
def bot(database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings) -> Bot:
    bot = open_ladder(database, knowledge, clock, settings)
    with database.write() as tx:
        add_amendment(tx, Amendment(CORE, date(2026, 9, 1), "告示第1号"), AT)
    return bot


def look(bot: Bot) -> KnowledgeBase:
    """The base as every process reads it from the database, without building it again."""
    with bot.database.read() as tx:
        library = watch(bot.context.knowledge.library, list_amendments(tx), list_reviews(tx))
    base = object.__new__(KnowledgeBase)
    base.__dict__ |= bot.context.knowledge.__dict__ | {"library": library}
    return base


def tick(bot: Bot, when: datetime | None = None) -> None:
    base, clock = look(bot), fixed_clock(when) if when else bot.context.clock
    context = Context(bot.context.settings, clock, lambda: base, bot.database.read)
    Clockwork(bot.database, context, JOBS, lambda: None).run(WATCH)
    bot.settle()


def test_an_owner_is_told_once_in_one_card(bot: Bot) -> None:
    """However often the clock ticks, the owner's desk should hear of a reason once."""
    for _ in range(3):
        tick(bot)

    (card,) = bot.room.messages_in("jinjiin")
    assert "記事の見直しをお願いします（1件、令和8年10月6日）" in card.gist
    assert "令和8年9月1日に改正されたと登録されています。告示第1号" in str(card.elements)
    assert list(buttons(card)) == ["確認済みにする", "改訂案を出す", "記事の履歴"]
    assert bot.room.messages_in("desk") == []


def test_nobody_is_told_on_a_day_off(bot: Bot) -> None:
    """What is registered on a Saturday should reach the owner on Monday."""
    saturday = datetime(2026, 10, 10, 10, 0, tzinfo=TOKYO)
    tick(bot, saturday)
    assert bot.room.messages_in("jinjiin") == []
    tick(bot, saturday + timedelta(days=3))

    assert len(bot.room.messages_in("jinjiin")) == 1


def test_a_day_of_review_that_is_over_goes_to_every_owner_in_one_card(bot: Bot) -> None:
    """A hundred articles due at once should make a card for each owner, not a hundred."""
    late = datetime(2027, 4, 1, 10, 0, tzinfo=TOKYO)
    tick(bot, late)
    tick(bot, late + timedelta(hours=1))

    assert len(bot.room.messages_in("jinjiin")) == 1
    assert len(bot.room.messages_in("desk")) == 1
    assert "見直しの期限（令和9年3月31日）を過ぎました。" in str(bot.room.messages_in("desk"))


def test_the_answer_says_so_until_somebody_confirms(bot: Bot, settings: Settings) -> None:
    """Whoever asks meanwhile should read it with care, and afterwards as before."""
    assert [AMENDED in text for text in answers(bot)] == [True]
    form = open_form(bot, "owner", f"editing.review:{CORE}")
    told = bot.submit("owner", form, review_by=date(2028, 3, 31))
    assert told == Notice("確認済みにしました。数秒で、回答の注意書きがなくなります。")

    assert [AMENDED in text for text in answers(bot)] == [False]
    assert look(bot).library.articles != bot.context.knowledge.library.articles
    (core,) = (one for one in look(bot).library.articles if one.id == CORE)
    assert (core.amended, core.review_by) == ((), date(2028, 3, 31))


def answers(bot: Bot) -> list[str]:
    """What somebody reads who asks now."""
    base = KnowledgeBase(look(bot).library, vectors=False)
    asked = Bot(bot.database, base, bot.context.clock, bot.context.settings)
    asked.ids = bot.ids
    return [str(card.elements) for card in asked.say("asker", ASKED)]


def test_only_who_answers_for_an_article_confirms_it(bot: Bot) -> None:
    """Another ministry's desk and an official should be refused, by a forged press as well."""
    for who in ("asker", "own2", "stranger"):
        assert isinstance(bot.press(who, f"editing.review:{CORE}"), Notice)
    with bot.database.read() as tx:
        assert list_reviews(tx) == {}
        assert tx.scalar(sa.text("SELECT count(*) FROM audit WHERE refusal IS NOT NULL")) == 3


# ---------------------------------------------------------------- what holds


def test_reviews_follow_one_another_and_a_new_text_begins_anew(
    database: Database, knowledge: KnowledgeBase
) -> None:
    """The last review of the text that stands should say by when it is looked through again."""
    core = knowledge.get_article(CORE)
    days = [core.review_by, date(2028, 1, 1), date(2029, 1, 1)]
    with database.write() as tx:
        add_review(tx, CORE, days[0], days[1], AT)
        add_review(tx, CORE, days[1], days[2], AT)
        add_amendment(tx, Amendment(core.sources[0].title, date(2026, 9, 1)), AT)
    with database.read() as tx:
        amendments, reviews = list_amendments(tx), list_reviews(tx)[CORE]

    seen = watch_article(core, amendments, reviews)
    assert (seen.review_by, len(seen.amended)) == (days[2], 1)
    other = replace(core, review_by=date(2026, 12, 1))
    assert watch_article(other, amendments, reviews).review_by == date(2026, 12, 1)
    with database.write() as tx:
        add_review(tx, CORE, days[2], days[2], AT)
        reviews = list_reviews(tx)[CORE]
    assert watch_article(core, amendments, reviews).amended == ()
