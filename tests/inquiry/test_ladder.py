"""The ladder of desks, on both databases: where an inquiry begins, and by when it is answered."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
import sqlalchemy as sa

from bot.audit.records import audit
from bot.calendar import TOKYO
from bot.clock import Clock, fixed_clock
from bot.config import Settings
from bot.conversation.message import Control, Form, Notice
from bot.database.engine import Database
from bot.inquiry.records.cases import cases
from bot.roster.model import Position, Role
from knowledge.base import KnowledgeBase
from tests.inquiry.ladder import COMMON, OWN, change_desk, hold, open_ladder, refer
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


NOT_YOURS = Notice(
    "この照会は「環境省 人事担当」が受け持っています。"
    "操作できるのは、その窓口の担当者として名簿に登録されている方だけです。"
)
"""What another desk's officers read who press on the inquiry of 環境省's desk."""


@pytest.mark.parametrize("who", ["common", "owner", "admin"])
@pytest.mark.parametrize("what", ["take_over", "hand_back", "compose"])
def test_a_forged_press_on_another_desks_inquiry_is_refused(what: str, who: str, bot: Bot) -> None:
    """An officer should do nothing with what came to another ministry, whatever a payload says."""
    refer(bot)

    assert bot.press(who, f"inquiry.{what}:2026-00001") == NOT_YOURS
    with bot.database.read() as tx:
        assert tx.scalar(sa.select(cases.c.stage)) == "waiting"
    assert list_audited(bot, refusal="NotYourDesk") == [(who, f"inquiry.{what}")]


def list_audited(bot: Bot, **where: str) -> list[tuple[str, str]]:
    """Who did what, of the audit log's rows that are so."""
    with bot.database.read() as tx:
        rows = tx.execute(sa.select(audit).filter_by(**where).order_by(audit.c.id))
        return [(row.account, row.what) for row in rows]


def test_a_forged_answer_to_another_desks_inquiry_is_refused(bot: Bot) -> None:
    """A form that was never opened should answer nobody, and its number show nothing."""
    refer(bot)
    form = Form(Control("inquiry.reply", "2026-00001"), "", "", ())

    told = bot.submit("common", form, text="任意です。", basis="", standing="advice")
    assert told == NOT_YOURS
    assert len(bot.room.messages_in("@asker")) == 1


def test_a_desks_own_people_work_on_its_inquiries(bot: Bot) -> None:
    """Those whom the desk names as its staff should do its work, each in their role."""
    refer(bot)
    refer(bot, "other")

    assert bot.press("own2", "inquiry.take_over:2026-00001") is None
    assert bot.press("own2", "inquiry.hand_back:2026-00001") is None
    assert bot.press("own", "inquiry.take_over:2026-00001") is None
    assert bot.press("admin", "inquiry.take_over:2026-00002") is None
    told = bot.press("own", "inquiry.take_over:2026-00002")
    assert isinstance(told, Notice)
    assert "内閣人事局 照会窓口" in told.text


def test_a_home_shows_what_came_to_ones_own_desk(bot: Bot) -> None:
    """Nobody but administrators should read in their Home what another desk has."""
    for who in ("asker", "other", "stranger"):
        refer(bot, who)
    with bot.database.write() as tx:  # from before there were desks
        tx.execute(sa.update(cases).where(cases.c.number == "2026-00003").values(desk=None))

    seen = {who: list_seen(bot, who) for who in ("own", "own2", "common", "owner", "admin")}
    assert seen == {
        "own": ["2026-00001"],
        "own2": ["2026-00001"],
        "common": ["2026-00002", "2026-00003"],
        "owner": [],
        "admin": ["2026-00001", "2026-00002", "2026-00003"],
    }
    shown = {
        number: list_audited(bot, what="inquiry.shown", subject=f"inquiry:{number}")
        for number in ("2026-00001", "2026-00002", "2026-00003")
    }
    assert shown == {
        "2026-00001": [("admin", "inquiry.shown")],  # another ministry's, to an administrator
        "2026-00002": [],
        "2026-00003": [],
    }
    bot.enrol("officer", "財務省", Role.DESK_OFFICER)  # whose desk nobody set up
    assert "照会の一覧" not in open_home(bot, "officer")


def list_seen(bot: Bot, who: str) -> list[str]:
    """Reception numbers on somebody's Home, in their order."""
    return re.findall("([0-9-]+)「", open_home(bot, who))


def open_home(bot: Bot, who: str) -> str:
    bot.open(who)
    (*_, line) = [line for line in bot.room.lines if line.delivery_id == "home"]
    return "\n".join(map(str, line.message.elements))


def test_who_holds_two_positions_works_at_both_desks(bot: Bot) -> None:
    """Somebody of two ministries should do the work of each."""
    own = Position("環境省", "人事課 課長補佐", Role.PERSONNEL_OFFICER)
    hold(bot, "both", own, Position("内閣官房", "内閣人事局 併任", Role.DESK_OFFICER))
    refer(bot)
    refer(bot, "other")

    assert bot.press("both", "inquiry.take_over:2026-00001") is None
    assert bot.press("both", "inquiry.take_over:2026-00002") is None


def test_a_role_is_of_its_ministry(bot: Bot) -> None:
    """A desk officer of one ministry who holds another position elsewhere is none there."""
    own = Position("環境省", "人事課 主査", Role.DESK_OFFICER)
    hold(bot, "lent", own, Position("内閣官房", "内閣参事官補佐", Role.OFFICIAL))
    refer(bot, "other")

    told = bot.press("lent", "inquiry.take_over:2026-00001")
    assert isinstance(told, Notice)
    assert "受け持っています" in told.text


def test_a_head_works_at_the_desk_that_is_theirs(
    database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings
) -> None:
    """Of two heads in one ministry each should do their own desk's work, by their title."""
    titled = change_desk(knowledge, OWN, head="人事課長")
    bot = open_ladder(database, titled, clock, settings)
    hold(bot, "head", Position("環境省", "人事課長", Role.HEAD_OF_DESK))
    hold(bot, "elsewhere", Position("環境省", "会計課長", Role.HEAD_OF_DESK))
    refer(bot)

    assert bot.press("elsewhere", "inquiry.take_over:2026-00001") == NOT_YOURS
    assert bot.press("head", "inquiry.take_over:2026-00001") is None


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
