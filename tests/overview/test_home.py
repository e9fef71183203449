"""The desk's Home: what whom waits, on both databases, as fast with many as with few."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.calendar import TOKYO
from bot.clock import Clock
from bot.config import Settings
from bot.conversation.event import Opened
from bot.conversation.message import Control, Form, Message, Notice
from bot.database.engine import Database
from bot.inquiry.model import Stage
from bot.inquiry.records.cases import cases
from bot.inquiry.records.copies import card_copies
from bot.overview.listeners import on_home
from bot.overview.model import Age, Listed, find_age, list_stale
from bot.roster.model import Role
from bot.roster.records import people, person_roles
from knowledge.base import KnowledgeBase
from tests.inquiry.ladder import open_ladder, refer
from tests.overview.counting import counting
from tests.overview.crowd import add_inquiries, add_questions
from tests.playing import AT, Bot, account, buttons, place

NOT_AT_DESK = Notice("この操作は、名簿に窓口担当として登録されている方だけができます。")


@pytest.fixture
def bot(database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings) -> Bot:
    bot = Bot(database, knowledge, clock, settings)
    bot.enrol("asker", "環境省")
    bot.enrol("officer", "内閣官房", Role.DESK_OFFICER)
    bot.enrol("approver", "内閣官房", Role.APPROVER)
    return bot


def open_home(bot: Bot, who: str) -> Message:
    bot.open(who)
    (*_, line) = [line for line in bot.room.lines if line.delivery_id == "home"]
    return line.message


def test_who_has_no_office_sees_nothing_of_the_desk(bot: Bot) -> None:
    """An official's Home should hold their own questions alone, and an approver's no inquiry."""
    add_inquiries(bot.database, 9, bot.context.now())

    assert "2026-0000" not in str(open_home(bot, "asker"))
    assert list(buttons(open_home(bot, "asker"))) == ["質問する"]
    assert "2026-0000" not in str(open_home(bot, "stranger"))
    assert "2026-0000" not in str(open_home(bot, "approver"))
    assert "2026-00001" in str(open_home(bot, "officer"))


@pytest.mark.parametrize("action", ["overview.open", "overview.take_over"])
def test_a_forged_press_is_refused(bot: Bot, action: str) -> None:
    """Whoever has no office should get nothing by a payload that no page of theirs showed."""
    add_inquiries(bot.database, 1, bot.context.now())

    assert bot.press("asker", f"{action}:2026-00001") == NOT_AT_DESK
    assert bot.press("approver", f"{action}:2026-00001") == NOT_AT_DESK
    assert bot.press("stranger", f"{action}:2026-00001") == NOT_AT_DESK
    assert bot.room.lines == []
    with bot.database.read() as tx:
        assert tx.scalar(sa.select(cases.c.stage)) == "waiting"


def test_an_inquiry_of_another_desk_is_not_opened(
    database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings
) -> None:
    """An officer should open their own desk's alone; an administrator should read, and no more."""
    bot = open_ladder(database, knowledge, clock, settings)
    refer(bot)

    told = bot.press("common", "overview.open:2026-00001")
    assert isinstance(told, Notice)
    assert "環境省 人事担当" in told.text
    assert bot.room.messages_in("@common") == []
    bot.press("admin", "overview.open:2026-00001")
    (read,) = bot.room.messages_in("@admin")
    assert buttons(read) == {}
    bot.press("own", "overview.open:2026-00001")
    (work,) = bot.room.messages_in("@own")
    assert "引き受ける" in buttons(work)


def test_a_copy_goes_on_only_as_long_as_it_may_be_read(bot: Bot) -> None:
    """Who has left the desk should not read what becomes of an inquiry that they once opened."""
    bot.enrol("second", "内閣官房", Role.DESK_OFFICER)
    refer(bot)
    for who in ("officer", "second", "second"):
        bot.press(who, "overview.open:2026-00001")
    bot.press("officer", "inquiry.take_over:2026-00001")
    assert [_stage(message) for message in bot.room.messages_in("@second")] == ["待", "対応中"]
    with bot.database.write() as tx:
        second = sa.select(people.c.id).where(people.c.name == "second").scalar_subquery()
        hers = sa.update(person_roles).where(person_roles.c.person_id == second)
        tx.execute(hers.values(role="official"))
    bot.press("officer", "inquiry.hand_back:2026-00001")

    assert [_stage(message) for message in bot.room.messages_in("@officer")] == ["待"]
    assert [_stage(message) for message in bot.room.messages_in("@second")] == ["待", "対応中"]
    with bot.database.read() as tx:
        assert tx.scalars(sa.select(card_copies.c.account)).all() == ["officer"]


def test_who_hands_an_inquiry_on_keeps_no_card_of_it(
    database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings
) -> None:
    """What went to another desk should not stand with its buttons where it was opened before."""
    bot = open_ladder(database, knowledge, clock, settings)
    refer(bot)
    bot.press("own", "overview.open:2026-00001")
    form = Form(Control("inquiry.hand_on", "2026-00001"), "", "", ())
    bot.submit("own", form, desk="naikaku-jinjikyoku")

    (card,) = bot.room.messages_in("@own")
    assert "内閣人事局 照会窓口" in str(card)
    assert buttons(card) == {}


def _stage(card: Message) -> str:
    return "対応中" if "対応中" in str(card) else "待"


def test_what_is_due_first_stands_first_and_the_rest_is_counted(bot: Bot) -> None:
    """Each part should show five at most, in the order of their due days, and how many more."""
    add_inquiries(bot.database, 200, bot.context.now())
    home = open_home(bot, "officer")
    lines = [line for (line,) in find_lines(home, "期限超過（")]

    with bot.database.read() as tx:
        late = sa.select(cases.c.number).where(cases.c.due_on < date(2026, 10, 6))
        numbers = tx.scalars(late.order_by(cases.c.due_on, cases.c.id)).all()
    assert [line[:10] for line in lines[:5]] == numbers[:5]
    assert lines[5:] == [f"ほか {len(numbers) - 5}件"]
    assert f"期限超過（{len(numbers)}件）" in str(home)
    assert len(home.elements) < 60


def find_lines(message: Message, heading: str) -> tuple[tuple[str, ...], ...]:
    """The lines below a heading that begins so."""
    elements = list(message.elements)
    place = next(
        n for n, one in enumerate(elements) if getattr(one, "text", "").startswith(heading)
    )
    return elements[place + 1].items  # type: ignore[union-attr]


def test_what_was_not_answered_well_is_told(bot: Bot) -> None:
    """Questions that ask for the same should be one line, and articles told by what they lacked."""
    add_questions(bot.database, 40, bot.context.now())
    home = open_home(bot, "officer")

    assert "未回答の質問（この4週間）（5件）" in str(home)
    ((first,), *_) = find_lines(home, "未回答の質問")
    assert "など、似た質問 4件（最新 令和8年10月6日）" in first
    ((rated,),) = find_lines(home, "評価の低い回答")
    assert "回答20件のうち、担当者への照会に進んだもの 4件" in rated


def test_older_questions_are_left_out(bot: Bot) -> None:
    """What was asked more than four weeks ago should not be told for ever."""
    add_questions(bot.database, 10, bot.context.now() - timedelta(days=29))

    assert "未回答の質問" not in str(open_home(bot, "officer"))


def test_a_thousand_inquiries_take_as_many_queries_as_ten(bot: Bot) -> None:
    """The number of statements behind a Home should not depend on how much waits."""
    counts = []
    for more in (10, 990):
        add_inquiries(bot.database, more, bot.context.now(), first=10 if more > 10 else 0)
        add_questions(bot.database, more, bot.context.now())
        opened = Opened(id="e", who=account("officer"), place=place("@officer"), at=AT)
        with counting(bot.database) as sent:
            act = on_home(opened, bot.context)
            with bot.database.write() as tx:
                act(tx)
        counts.append(len(sent))

    assert counts[0] == counts[1] < 30


def test_age_is_counted_as_due_days_are() -> None:
    """The day of receipt should not count, nor days off; what came late came the next day."""

    def age(received: datetime, today: date) -> Age:
        return find_age(make_listed(received), today)

    friday = datetime(2026, 9, 18, 10, 0, tzinfo=TOKYO)
    assert age(friday, date(2026, 9, 18)) == Age(0, 0)
    assert age(friday, date(2026, 9, 22)) == Age(0, 4)  # Silver Week
    assert age(friday, date(2026, 9, 25)) == Age(2, 7)
    assert age(friday.replace(hour=19), date(2026, 9, 19)) == Age(0, 1)
    assert age(friday.replace(hour=19), date(2026, 9, 24)) == Age(0, 6)
    assert age(friday.replace(hour=19), date(2026, 9, 25)) == Age(1, 7)


def make_listed(received_at: datetime) -> Listed:
    at = received_at.astimezone(UTC)
    return Listed("2026-00001", None, Stage.WAITING, "質問", "環境省", at, None, None, None)


def test_articles_are_stale_the_day_after_their_review(knowledge: KnowledgeBase) -> None:
    """An article should be told of from the day after its review was due, the oldest first."""
    articles = knowledge.library.articles
    last = max(article.review_by for article in articles)
    first = min(article.review_by for article in articles)

    assert list_stale(articles, first) == ()
    stale = list_stale(articles, last + timedelta(days=1))
    assert len(stale) == len(articles)
    assert stale[0].review_by == first
