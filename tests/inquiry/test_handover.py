"""31 March and 1 April: rights end and begin with the day, and nothing stays with who has left."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
import sqlalchemy as sa

from bot.audit.records import audit
from bot.calendar import TOKYO
from bot.clock import Clock
from bot.clockwork import Clockwork
from bot.config import Settings
from bot.conversation.message import Notice, OpenForm
from bot.database.engine import Database
from bot.inquiry.jobs import JOBS
from bot.inquiry.records.cases import cases
from bot.roster import flows as roster
from bot.roster.model import Appointment, Holding, Position, Role
from knowledge.base import KnowledgeBase
from tests.inquiry.ladder import refer
from tests.inquiry.loop import Hand
from tests.inquiry.test_flows import NOT_AT_DESK
from tests.playing import AT, NOBODY, Bot, account, buttons

POSITION = Position("内閣官房", "内閣人事局 主査", Role.DESK_OFFICER)
LAST_EVENING = datetime(2026, 3, 31, 23, 59, tzinfo=TOKYO)
FIRST_MINUTE = datetime(2026, 4, 1, 0, 0, tzinfo=TOKYO)
NUMBER = "2025-00001"


@pytest.fixture
def hand() -> Hand:
    return Hand(LAST_EVENING)


@pytest.fixture
def bot(database: Database, knowledge: KnowledgeBase, settings: Settings, hand: Hand) -> Bot:
    """A desk whose officer is followed by another with the new fiscal year."""
    bot = Bot(database, knowledge, Clock(lambda: hand.at), settings)
    bot.enrol("asker", "環境省")
    terms = {
        "leaves": (date(2025, 4, 1), date(2026, 3, 31)),
        "follows": (date(2026, 4, 1), None),
    }
    held = [
        Holding(POSITION, f"{who}@go.example", who, Appointment.REGULAR, *term)
        for who, term in terms.items()
    ]
    with database.write() as tx:
        changes, clashes = roster.examine(tx, held, whole=False)
        assert clashes == ()
        roster.enter(tx, changes, NOBODY, AT)
        for who in terms:
            roster.link_account(tx, account(who), f"{who}@go.example", NOBODY, AT)
    refer(bot)
    return bot


def tick(bot: Bot) -> None:
    (job,) = (job for job in JOBS if job.name == "inquiry.release")
    Clockwork(bot.database, bot.context, JOBS, bot.sender.wake).run(job)
    bot.settle()


def stand(bot: Bot) -> tuple[str, str | None]:
    with bot.database.read() as tx:
        row = tx.execute(sa.select(cases)).one()
    return row.stage, row.holder_account


def ask_back(bot: Bot, who: str) -> None:
    opened = bot.press(who, f"inquiry.ask_back:{NUMBER}")
    assert isinstance(opened, OpenForm)
    bot.submit(who, opened.form, text="フレックスですか。")


def test_rights_end_with_the_last_day_and_begin_with_the_first(bot: Bot, hand: Hand) -> None:
    """At 23:59 the one should have the desk's rights, a minute later the other."""
    assert bot.press("follows", f"inquiry.take_over:{NUMBER}") == NOT_AT_DESK
    assert bot.press("leaves", f"inquiry.take_over:{NUMBER}") is None
    assert bot.press("leaves", f"inquiry.hand_back:{NUMBER}") is None
    hand.at = FIRST_MINUTE
    assert bot.press("leaves", f"inquiry.take_over:{NUMBER}") == NOT_AT_DESK
    assert bot.press("follows", f"inquiry.take_over:{NUMBER}") is None

    with bot.database.read() as tx:
        rows = tx.execute(sa.select(audit).where(audit.c.service == "local").order_by(audit.c.id))
        kept = [(row.account, row.what, row.title, row.refusal) for row in rows]
    title = POSITION.title
    assert kept == [
        ("asker", "inquiry.escalated", None, None),
        ("follows", "inquiry.take_over", None, "NotAtDesk"),
        ("leaves", "inquiry.taken_over", title, None),
        ("leaves", "inquiry.handed_back", title, None),
        ("leaves", "inquiry.take_over", None, "NotAtDesk"),
        ("follows", "inquiry.taken_over", title, None),
    ]


def test_what_somebody_leaves_behind_comes_back_to_the_desk_once(bot: Bot, hand: Hand) -> None:
    """On the first morning the successor should find it waiting; the day before, nothing moves."""
    bot.press("leaves", f"inquiry.take_over:{NUMBER}")
    tick(bot)
    assert stand(bot) == ("taken", "leaves")
    hand.at = FIRST_MINUTE
    for _ in range(2):
        tick(bot)

    card, *told = bot.room.messages_in("desk")
    assert stand(bot) == ("waiting", None)
    assert "引き受ける" in buttons(card)
    assert [message.gist for message in told] == [
        "担当者の異動により、1件の照会が担当者待ちに戻りました。"
    ]
    assert NUMBER in str(told[0].elements)
    with bot.database.read() as tx:
        last = tx.execute(sa.select(audit).order_by(audit.c.id.desc()).limit(1)).one()
    assert (last.service, last.account, last.what) == ("bot", "clock", "inquiry.handed_back")
    assert bot.press("follows", f"inquiry.take_over:{NUMBER}") is None


def test_an_asker_who_was_asked_back_is_waited_for(bot: Bot, hand: Hand) -> None:
    """What the asker is about to say should reach the desk, whoever had asked for it."""
    bot.press("leaves", f"inquiry.take_over:{NUMBER}")
    ask_back(bot, "leaves")
    hand.at = FIRST_MINUTE
    tick(bot)
    assert stand(bot) == ("asked_back", "leaves")
    (query,) = [m for m in bot.room.messages_in("@asker") if "フレックスですか" in str(m.elements)]
    opened = bot.press("asker", next(iter(buttons(query).values())))
    assert isinstance(opened, OpenForm)
    answered = bot.submit("asker", opened.form, text="はい。")
    tick(bot)

    assert isinstance(answered, Notice)
    assert stand(bot) == ("waiting", None)


def test_what_was_asked_back_in_vain_is_let_go(bot: Bot, hand: Hand) -> None:
    """A question that nobody answered, and nobody is left to close, should not stand for ever."""
    bot.press("leaves", f"inquiry.take_over:{NUMBER}")
    ask_back(bot, "leaves")
    hand.at = FIRST_MINUTE
    with bot.database.write() as tx:
        tx.execute(sa.text("UPDATE queries SET missed_at = asked_at"))
    tick(bot)

    assert stand(bot) == ("waiting", None)
    with bot.database.read() as tx:
        assert tx.scalar(sa.select(cases.c.due_on)) is not None


def test_who_is_only_lent_keeps_what_they_hold(bot: Bot, hand: Hand) -> None:
    """A position that ends should release nothing while another one gives the same right."""
    bot.press("leaves", f"inquiry.take_over:{NUMBER}")
    again = Holding(
        replace(POSITION, title="内閣人事局 専門官"),
        "leaves@go.example",
        "leaves",
        Appointment.CONCURRENT,
        date(2026, 4, 1),
        None,
    )
    with bot.database.write() as tx:
        changes, _ = roster.examine(tx, [again], whole=False)
        roster.enter(tx, changes, NOBODY, AT)
    hand.at = FIRST_MINUTE
    tick(bot)

    assert stand(bot) == ("taken", "leaves")
