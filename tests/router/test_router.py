"""The router: every event handled once, whatever happens in between."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot import router
from bot.clock import Clock
from bot.config import Settings
from bot.context import Act, Context, Hears
from bot.conversation.event import Opened, Pressed, Said
from bot.conversation.message import (
    Control,
    Form,
    Message,
    New,
    Notice,
    OpenForm,
    Outcome,
    Paragraph,
    TextField,
)
from bot.conversation.port import Sent
from bot.database.engine import Conflict, Database, DatabaseAway, Transaction
from bot.database.schema import metadata
from bot.delivery.inbox import inbox
from bot.delivery.pace import put_limit
from bot.refusal import Refusal
from knowledge.base import KnowledgeBase
from tests.playing import AT, Bot, account, place, said

counters = sa.Table(
    "test_counters",
    sa.MetaData(),
    sa.Column("name", sa.String(20), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)

Listen = Callable[[Said, Context], Act | None]


def echo(event: Said, _context: Context) -> Act:
    message = Message(event.text, (Paragraph.of(event.text),))
    return lambda _tx: Outcome(None, (New(target=event.place, message=message),))


@pytest.fixture
def bot_hearing(
    database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings
) -> Callable[[Listen], Bot]:
    """A bot whose only capability is one listener."""
    return lambda listener: Bot(
        database, knowledge, clock, settings, listeners=(Hears(Said, listener),)
    )


@contextmanager
def running(bot: Bot, threads: int = 1) -> Iterator[None]:
    """Worker threads that stop at the end."""
    stop = threading.Event()
    workers = [threading.Thread(target=bot.router.run, args=(stop,)) for _ in range(threads)]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        stop.set()
        bot.router.wake()
        for worker in workers:
            worker.join(30)


def states(database: Database) -> list[str]:
    with database.read() as tx:
        return list(tx.scalars(sa.select(inbox.c.state).order_by(inbox.c.id)))


def gists(messages: Sequence[Message]) -> list[str]:
    return [message.gist for message in messages]


def test_an_echo_goes_all_the_way_round(bot_hearing: Callable[[Listen], Bot]) -> None:
    """What is said should come back once, and the event should be done."""
    bot = bot_hearing(echo)

    assert gists(bot.say("a", "こんにちは")) == ["こんにちは"]
    assert states(bot.database) == ["done"]


def test_a_replayed_event_is_not_answered_again(bot_hearing: Callable[[Listen], Bot]) -> None:
    """A service that delivers an event twice should see one answer."""
    bot = bot_hearing(echo)
    event = said("a", "一度だけ", "same", "@a")
    assert bot.router.accept(event)
    assert not bot.router.accept(event)
    bot.settle()
    assert not bot.router.accept(event)
    bot.settle()

    assert gists(bot.room.messages_in("@a")) == ["一度だけ"]


@dataclass(eq=False)
class TooEarly(Refusal):
    """A rule of this test."""


def test_a_refusal_rolls_back_and_is_told(
    bot_hearing: Callable[[Listen], Bot], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An expected no should leave no trace in the records, and reach the person in words."""

    def refuse(_event: Said, _context: Context) -> Act:
        def act(tx: Transaction) -> Outcome[None]:
            put_limit(tx, "x", AT)
            raise TooEarly

        return act

    bot = bot_hearing(refuse)
    bot.router._wordings[TooEarly] = lambda _refusal: "まだ早すぎます。"

    assert gists(bot.say("a", "早く")) == ["まだ早すぎます。"]
    with bot.database.read() as tx:
        assert tx.scalar(sa.text("SELECT count(*) FROM pace")) == 0
    assert states(bot.database) == ["done"]


def test_a_bug_is_apologised_for_with_a_number(bot_hearing: Callable[[Listen], Bot]) -> None:
    """A bug should be kept as failed under the number that the asker is told."""

    def broken(_event: Said, _context: Context) -> Act:
        raise ZeroDivisionError

    bot = bot_hearing(broken)
    (answer,) = bot.say("a", "こわれる")

    with bot.database.read() as tx:
        row = tx.execute(sa.select(inbox)).one()
    assert row.state == "failed"
    assert row.failure in str(answer.elements)
    assert row.body is not None


def test_a_conflict_runs_the_flow_again_whole(bot_hearing: Callable[[Listen], Bot]) -> None:
    """A flow that lost to another should be prepared and run again, and answer once."""
    runs: list[str] = []

    def losing(event: Said, context: Context) -> Act:
        runs.append("prepared")

        def act(tx: Transaction) -> Outcome[None]:
            runs.append("ran")
            if len(runs) < 5:
                raise Conflict
            return echo(event, context)(tx)

        return act

    bot = bot_hearing(losing)

    assert gists(bot.say("a", "また")) == ["また"]
    assert runs == ["prepared", "ran"] * 3


def test_a_database_that_goes_away_loses_nothing(bot_hearing: Callable[[Listen], Bot]) -> None:
    """An event whose flow found no database should be answered when the database is back."""
    away = [True]

    def unlucky(event: Said, context: Context) -> Act:
        if away.pop() if away else False:
            raise DatabaseAway("gone")
        return echo(event, context)

    bot = bot_hearing(unlucky)
    bot.router.accept(said("a", "待つ", "e1", "@a"))
    with pytest.raises(DatabaseAway):
        bot.settle()
    assert states(bot.database) == ["waiting"]
    bot.settle()

    assert gists(bot.room.messages_in("@a")) == ["待つ"]


def test_who_waits_gets_the_reply_and_who_left_gets_a_message(
    bot_hearing: Callable[[Listen], Bot],
) -> None:
    """A reply should go to the waiting request; when nobody waits any more it should be posted."""
    gate = threading.Event()

    def slow(event: Pressed, _context: Context) -> Act:
        def act(_tx: Transaction) -> Outcome[None]:
            return Outcome(None, reply=Notice("受け付けました。"))

        gate.wait(10)
        return act

    bot = bot_hearing(echo)
    bot.router._listeners = (Hears(Pressed, slow),)

    def press(id: str) -> Pressed:
        return Pressed(id=id, who=account("a"), place=place("@a"), at=AT, control="x.y:z")

    with running(bot):
        left = bot.router.accept_and_wait(press("p1"), timedelta(milliseconds=50))
        gate.set()
        stayed = bot.router.accept_and_wait(press("p2"), timedelta(seconds=10))
    bot.settle()

    assert (left, stayed) == (None, Notice("受け付けました。"))
    assert gists(bot.room.messages_in("@a")) == ["受け付けました。"]


FORM = Form(Control("x.form", "1"), "用紙", "送る", (TextField(name="a", label="本文"),))


def open_form(_event: Pressed, _context: Context) -> Act:
    return lambda _tx: Outcome(None, reply=OpenForm(FORM))


def pressed(id: str) -> Pressed:
    return Pressed(id=id, who=account("a"), place=place("hall"), at=AT, control="x.y:z")


@pytest.mark.parametrize("in_time", [True, False])
def test_a_form_opens_after_the_acknowledgement_or_arrives_as_a_message(
    in_time: bool, bot_hearing: Callable[[Listen], Bot]
) -> None:
    """A service that opens forms itself should be handed the form once; too late, it is posted."""
    bot = bot_hearing(echo)
    bot.router._listeners = (Hears(Pressed, open_form),)
    opened: list[Form] = []
    done = threading.Event()

    def opens(form: Form) -> bool:
        opened.append(form)
        done.set()
        return in_time

    assert bot.router.accept_to_open(pressed("p1"), opens)
    assert done.wait(10)
    assert not bot.router.accept_to_open(pressed("p1"), opens)
    wait_until_done(bot)
    bot.settle()

    assert opened == [FORM]
    assert gists(bot.room.messages_in("@a")) == ([] if in_time else ["用紙"])


def test_a_notice_for_who_pressed_goes_to_them_alone(
    bot_hearing: Callable[[Listen], Bot],
) -> None:
    """Where no reply can be given in person, what concerns the presser is not said in the hall."""
    bot = bot_hearing(echo)
    bot.router._listeners = ()
    bot.router.accept(pressed("p1"))
    bot.settle()

    assert len(bot.room.messages_in("@a")) == 1
    assert bot.room.messages_in("hall") == []


def test_a_form_in_a_message_is_found_again(bot_hearing: Callable[[Listen], Bot]) -> None:
    """A service that shows forms in dialogs alone should find the form behind its button."""

    def offer(event: Said, _context: Context) -> Act:
        post = New(target=event.place, message=Message("用紙", (FORM,)))
        return lambda _tx: Outcome(None, (post,))

    bot = bot_hearing(offer)
    bot.say("a", "用紙を")
    sent = Sent(place("@a").conversation, "1")

    assert bot.router.find_form(sent, "x.form:1") == FORM
    assert bot.router.find_form(sent, "x.form:2") is None
    assert bot.router.find_form(replace(sent, message="9"), "x.form:1") is None


def wait_until_done(bot: Bot) -> None:
    """The thread that handles an event for its opener ends after its last post."""
    for thread in threading.enumerate():
        if thread.name.startswith("opens-"):
            thread.join(10)


def test_two_hundred_events_at_once(bot_hearing: Callable[[Listen], Bot]) -> None:
    """Events of eight threads should each count once, in order, on a contended row."""

    def count(event: Said, _context: Context) -> Act:
        def act(tx: Transaction) -> Outcome[None]:
            row = counters.c.name == "all"
            seen = tx.execute(sa.select(counters.c.count).where(row)).scalar_one()
            tx.execute(sa.update(counters).where(row).values(count=seen + 1))
            post = New(target=event.place, message=Message(event.text, ()))
            return Outcome(None, (post,))

        return act

    bot = bot_hearing(count)
    with bot.database.write() as tx:
        counters.metadata.create_all(tx)
        tx.execute(counters.insert().values(name="all", count=0))
    for number in range(200):
        conversation = f"c{number % 20}"
        bot.router.accept(said("a", f"{number:03d}", f"e{number}", conversation))

    with running(bot, threads=8):
        while set(states(bot.database)) != {"done"}:
            threading.Event().wait(0.05)
    bot.settle()

    with bot.database.read() as tx:
        assert tx.scalar(sa.select(counters.c.count)) == 200
    for number in range(20):
        got = gists(bot.room.messages_in(f"c{number}"))
        assert got == [f"{n:03d}" for n in range(number, 200, 20)]
    assert metadata.tables["inbox"] is inbox


def test_a_home_that_nobody_fills_says_nothing(bot_hearing: Callable[[Listen], Bot]) -> None:
    """Opening a Home should leave no message behind where no capability answers it."""
    bot = bot_hearing(echo)
    bot.router.accept(Opened(id="o1", who=account("a"), place=place("@a"), at=AT))
    bot.settle()

    assert bot.room.lines == []
    assert states(bot.database) == ["done"]


# ---------------------------------------------------------------- a flood


class Rests(threading.Event):
    """A stop that counts how often work rests before it goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.seconds.append(timeout)
        return self.is_set()


def handle_three(bot_hearing: Callable[[Listen], Bot]) -> tuple[Bot, Rests]:
    """A bot that took three events, handled them as a worker does, and stopped at the last."""
    stop = Rests()

    def last(event: Said, context: Context) -> Act:
        if event.text == "2":
            stop.set()
        return echo(event, context)

    bot = bot_hearing(last)
    for number in range(3):
        bot.router.accept(said("a", str(number), f"e{number}", f"@{number}"))
    bot.router.run(stop)
    return bot, stop


def test_in_a_flood_work_rests_and_goes_on(
    bot_hearing: Callable[[Listen], Bot], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before each event work should make way for acknowledgements, and lose none by it."""
    monkeypatch.setattr(router, "FLOOD", (3, 3600.0))
    bot, stop = handle_three(bot_hearing)

    assert stop.seconds == [router.REST_SECONDS] * 3
    assert states(bot.database) == ["done"] * 3


@pytest.mark.parametrize("flood", [(4, 3600.0), (3, 0.0)], ids=["too few", "long ago"])
def test_without_a_flood_nothing_rests(
    flood: tuple[int, float],
    bot_hearing: Callable[[Listen], Bot],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A few events, or many over a while, should be worked on at once."""
    monkeypatch.setattr(router, "FLOOD", flood)
    bot, stop = handle_three(bot_hearing)

    assert stop.seconds == []
    assert states(bot.database) == ["done"] * 3
