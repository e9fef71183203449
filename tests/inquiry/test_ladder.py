"""The ladder of desks, on both databases: where an inquiry begins, and by when it is answered."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import sqlalchemy as sa

from bot.calendar import TOKYO
from bot.clock import Clock, fixed_clock
from bot.config import Settings
from bot.database.engine import Database
from bot.inquiry.records.cases import cases
from knowledge.base import KnowledgeBase
from tests.inquiry.ladder import COMMON, OWN, change_desk, open_ladder, refer
from tests.playing import Bot


@pytest.fixture
def bot(database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings) -> Bot:
    return open_ladder(database, knowledge, clock, settings)


def kept(bot: Bot) -> list[tuple[str | None, date]]:
    """Each inquiry's desk and due day."""
    with bot.database.read() as tx:
        rows = tx.execute(sa.select(cases.c.desk, cases.c.due_on).order_by(cases.c.id))
        return [(row.desk, row.due_on) for row in rows]


def test_an_inquiry_begins_at_the_first_desk_that_serves_the_asker(bot: Bot) -> None:
    """One's own ministry's desk should have it first, where there is one; else the common desk."""
    own, other, stranger = (refer(bot, who) for who in ("asker", "other", "stranger"))

    assert [desk for desk, _ in kept(bot)] == [OWN, COMMON, COMMON]
    assert len(bot.room.messages_in("kankyo")) == 1
    assert len(bot.room.messages_in("desk")) == 2
    assert bot.room.messages_in("jinjiin") == []
    assert "環境省 人事担当が、令和8年10月9日までに回答する予定です。" in str(own.elements)
    for card in (other, stranger):
        assert "内閣人事局 照会窓口が、令和8年10月9日までに回答する予定です。" in str(card.elements)


def test_one_desk_is_enough(
    database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings
) -> None:
    """With the settings of one desk all inquiries should reach it, as they did before."""
    bot = Bot(database, knowledge, clock, settings)
    bot.enrol("asker", "環境省")
    refer(bot)

    assert [desk for desk, _ in kept(bot)] == [COMMON]
    assert len(bot.room.messages_in("desk")) == 1


def test_what_was_referred_before_there_were_desks_is_the_common_desks(bot: Bot) -> None:
    """A row without a desk should be handled where all were handled then."""
    refer(bot, "other")
    with bot.database.write() as tx:
        tx.execute(sa.update(cases).values(desk=None))

    assert bot.press("common", "inquiry.take_over:2026-00001") is None
    assert "対応中（内閣人事局 照会窓口の担当者）" in str(bot.room.messages_in("desk")[0])


@pytest.mark.parametrize(
    ("asked", "change", "due"),
    [
        # 27 April to 6 May 2019 were off for all; the 8th is for this desk alone.
        (datetime(2019, 4, 26, 15), {}, date(2019, 5, 9)),
        (datetime(2019, 4, 26, 15), {"days_off": {date(2019, 5, 8)}}, date(2019, 5, 10)),
        (datetime(2019, 4, 26, 15), {"days": 1}, date(2019, 5, 7)),
        (datetime(2019, 4, 26, 15), {"days": 1, "days_off": {date(2019, 5, 7)}}, date(2019, 5, 8)),
        # A Friday; 19 to 23 September 2026 are off for all, and 国民の休日 is one of them.
        (datetime(2026, 9, 18, 15), {}, date(2026, 9, 28)),
        (datetime(2026, 9, 18, 15), {"days_off": {date(2026, 9, 24)}}, date(2026, 9, 29)),
        # Received on a day that is off for this desk alone: it begins to count a day later.
        (datetime(2026, 9, 17, 15), {"days_off": {date(2026, 9, 17)}}, date(2026, 9, 28)),
        # 29 December to 3 January, a weekend among them, and the 4th for this desk alone.
        (datetime(2026, 12, 28, 15), {}, date(2027, 1, 6)),
        (datetime(2026, 12, 28, 15), {"days_off": {date(2027, 1, 4)}}, date(2027, 1, 7)),
        (datetime(2026, 12, 28, 15), {"days": 5}, date(2027, 1, 8)),
    ],
)
def test_a_desks_own_days_count(
    asked: datetime,
    change: dict[str, object],
    due: date,
    database: Database,
    knowledge: KnowledgeBase,
    settings: Settings,
) -> None:
    """What a desk allows itself, and its own days off, should decide by when it answers."""
    own = change_desk(knowledge, OWN, **change)
    clock = fixed_clock(asked.replace(tzinfo=TOKYO))
    bot = open_ladder(database, own, clock, settings)
    refer(bot)

    assert kept(bot) == [(OWN, due)]
