"""Slack or the database goes away in the middle: nothing is lost, and nothing comes twice."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.clock import Clock
from bot.config import Settings
from bot.conversation.address import Conversation, Place, Target
from bot.conversation.message import (
    File,
    Image,
    Message,
    New,
    Paragraph,
    Priority,
)
from bot.database.engine import Database
from bot.database.versions import migrate
from bot.delivery import inbox, ledger, outbox, sender
from knowledge.base import KnowledgeBase
from tests.conftest import absent
from tests.postgresql import Server, find_server_programs, running_server
from tests.services.test_contract import with_files
from tests.slack.fake import chat
from tests.slack.fake.fake import FakeSlack
from tests.slack.fake.rules import Fault
from tests.slack.fake.slack import Delivery
from tests.slack.fake.workspace import BOT, Channel, Person
from tests.slack.stage import Stage, open_stage
from tests.slack.test_desk import ask

CORE_TIME = "フレックスのコアタイムは何時間ですか"
LONGEST = 20.0
"""Seconds that anything here may take on a busy machine."""
BRIEF = timedelta(milliseconds=300)
"""The most that a service which is away is left in peace: nobody waits for minutes here."""


@pytest.fixture(autouse=True)
def _ask_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "LONGEST_WAIT", BRIEF)


def put(stage: Stage, target: Target, *messages: Message, key: str = "told", **more: Any) -> None:
    """Decide on posts, as a flow does."""
    posts = [New(target=target, message=message, **more) for message in messages]
    with stage.app.database.write() as tx:
        outbox.put_posts(tx, posts, key, stage.app.database.now(tx))
    stage.app.sender.wake()


def place(stage: Stage, channel: Channel, thread: str | None = None) -> Place:
    return Place(Conversation(stage.service.name, stage.slack.team, channel.id), thread)


def words(text: str) -> Message:
    return Message(text, (Paragraph.of(text),))


def wait(is_so: Callable[[], object]) -> None:
    """Wait for what no call to Slack tells."""
    end = time.monotonic() + LONGEST
    while not is_so():
        assert time.monotonic() < end, "it never came to be so"
        time.sleep(0.02)


def settle(stage: Stage) -> None:
    """Wait until every event is handled, and every post sent or set aside."""

    def is_settled() -> bool:
        with stage.app.database.read() as tx:
            return inbox.find_oldest(tx) is None and ledger.find_oldest(tx) is None

    wait(is_settled)


def list_open(stage: Stage) -> list[Any]:
    with stage.app.database.read() as tx:
        open_ = sa.select(outbox.outbox).where(outbox.holds(outbox.OPEN))
        return list(tx.execute(open_.order_by(outbox.outbox.c.id)))


def have_been_tried(stage: Stage, count: int) -> bool:
    posts = list_open(stage)
    return len(posts) == count and all(post.reason for post in posts)


def list_failed(stage: Stage) -> list[tuple[str, str | None]]:
    with stage.app.database.read() as tx:
        return [(post.key, post.reason) for post in ledger.list_posts(tx, ["failed"], 10)]


def count_answers(slack: FakeSlack, asked: list[Delivery]) -> list[int]:
    """How many answers stand under each question."""
    questions = [delivery.message for delivery in asked]
    return [len(slack.find_posts(q.channel, thread=q.ts)) for q in questions if q is not None]


# ---------------------------------------------------------------- the database is away


@dataclass(frozen=True)
class Frail:
    """A database that can be taken away."""

    url: str
    away: Callable[[], AbstractContextManager[None]]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def frail(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Frail]:
    if request.param == "sqlite":
        path = tmp_path / "desk.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield Frail(f"sqlite:///{path}?timeout=0.1", lambda: _locked(path))
        return
    programs = find_server_programs()
    if programs is None:
        absent("PostgreSQL (initdb, pg_ctl)")
    assert programs is not None
    with running_server(programs, tmp_path) as server:

        @contextmanager
        def stopped() -> Iterator[None]:
            server.stop()
            yield
            server.start()

        url = server.create()
        database = Database.at(url)
        migrate(database)
        database.close()
        yield Frail(url, stopped)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Another process writes for longer than anybody waits."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    yield
    other.execute("ROLLBACK")
    other.close()


@pytest.fixture
def frail_stage(
    frail: Frail, workspace: FakeSlack, knowledge: KnowledgeBase, clock: Clock
) -> Iterator[Stage]:
    settings = Settings(database_url=frail.url, lease_seconds=2)
    database = Database.at(frail.url)
    with open_stage(workspace, database, knowledge, clock, settings) as stage:
        yield stage


@pytest.mark.process
def test_what_comes_while_the_database_is_away_comes_again(
    frail_stage: Stage, frail: Frail, hana: Person, hall: Channel
) -> None:
    """Slack should hear that it was not taken, and its redelivery be answered as if nothing was."""
    slack = frail_stage.slack
    with frail.away():
        asked = [slack.mention(hana, hall, CORE_TIME), slack.direct(hana, CORE_TIME)]
    tries = [attempt for delivery in asked for attempt in delivery.ack.attempts]
    assert {attempt.status for attempt in tries} == {503}
    assert frail_stage.refused == {"not_taken": len(tries)}

    assert all(slack.send_again(delivery).ack.ok for delivery in asked)
    settle(frail_stage)
    assert count_answers(slack, asked) == [1, 1]


@pytest.mark.process
def test_work_goes_on_when_the_database_is_back(
    frail_stage: Stage, frail: Frail, hana: Person, hall: Channel
) -> None:
    """What was acknowledged and not handled, decided and not posted, should wait for it."""
    slack = frail_stage.slack
    slack.configure(down="refused")
    put(frail_stage, place(frail_stage, hall), words("前からの知らせです"))
    asked = [slack.mention(hana, hall, CORE_TIME) for _ in range(4)]
    with frail.away():
        slack.configure(down="")
        time.sleep(BRIEF.total_seconds())
    asked += [slack.mention(hana, hall, CORE_TIME)]

    settle(frail_stage)
    assert count_answers(slack, asked) == [1] * 5
    assert len(slack.find_posts(hall, "前からの知らせです")) == 1


@pytest.mark.process
def test_what_was_posted_and_not_noted_is_not_posted_again(
    frail_stage: Stage, frail: Frail, hana: Person, hall: Channel
) -> None:
    """An answer that Slack took while the database was away should be looked up, not repeated."""
    slack = frail_stage.slack
    slack.configure(latency=0.8)
    asked = slack.mention(hana, hall, CORE_TIME)
    slack.wait_for(hall, thread=asked.ts)
    with frail.away():
        time.sleep(1.5)
        slack.configure(latency=0.0)

    settle(frail_stage)
    assert count_answers(slack, [asked]) == [1]
    assert slack.stats["history_calls"] >= 1


# ---------------------------------------------------------------- Slack is away


@pytest.mark.parametrize("down", ["refused", "reset", "503"])
def test_answers_wait_for_a_slack_that_is_away(
    down: str, stage: Stage, hana: Person, hall: Channel
) -> None:
    """Questions that were taken should be answered once each when Slack is back."""
    asked = [stage.slack.mention(hana, hall, CORE_TIME), stage.slack.direct(hana, CORE_TIME)]
    settle(stage)
    stage.slack.configure(down=down)
    asked += [stage.slack.mention(hana, hall, CORE_TIME), stage.slack.direct(hana, CORE_TIME)]
    wait(lambda: have_been_tried(stage, 2))
    stage.slack.configure(down="")

    settle(stage)
    assert count_answers(stage.slack, asked) == [1] * 4


@pytest.mark.parametrize(
    "fault", [Fault.DROP, Fault.FAIL_AFTER, Fault.ERROR_AFTER, Fault.FAIL_BEFORE]
)
def test_what_may_have_arrived_is_looked_up(
    fault: Fault, stage: Stage, hana: Person, hall: Channel
) -> None:
    """Whether Slack had taken it or not, it should stand once; its history lags behind."""
    stage.slack.configure(history_lag=0.15)
    stage.slack.fail_next(fault)
    asked = stage.slack.mention(hana, hall, CORE_TIME)

    settle(stage)
    assert count_answers(stage.slack, [asked]) == [1]
    assert stage.slack.stats["faults"] == 1


def test_a_drop_within_a_drop_is_looked_up_again(stage: Stage, hana: Person, hall: Channel) -> None:
    """A look-up that fails should not end in a second post."""
    stage.slack.fail_next(Fault.DROP)
    stage.slack.fail_next(Fault.FAIL_BEFORE, "conversations.replies", times=2)
    asked = stage.slack.mention(hana, hall, CORE_TIME)

    settle(stage)
    assert count_answers(stage.slack, [asked]) == [1]


def test_answers_come_though_posts_are_limited(stage: Stage) -> None:
    """With every fifth post limited each question should be answered once, and none be lost."""
    stage.slack.configure(limit_every=5)
    asked = stage.slack.flood(12, rate=100, kinds=("mention", "direct"))

    settle(stage)
    assert all(delivery.ack.ok for delivery in asked)
    assert count_answers(stage.slack, asked) == [1] * 12
    assert stage.slack.stats["http429_every"] >= 2


def test_a_revoked_scope_is_waited_for(stage: Stage, hana: Person, hall: Channel) -> None:
    """What an install lacks should be told with the post that waits, and cost no answer."""
    stage.slack.revoke("chat:write")
    asked = stage.slack.mention(hana, hall, CORE_TIME)
    wait(lambda: have_been_tried(stage, 1))
    (waiting,) = list_open(stage)
    assert waiting.reason == "missing_scope: chat:write"
    stage.slack.grant("chat:write")

    settle(stage)
    assert count_answers(stage.slack, [asked]) == [1]


@pytest.mark.parametrize("error", ["token_revoked", "invalid_auth", "account_inactive"])
def test_a_token_that_does_not_count_is_waited_for(
    error: str, stage: Stage, hana: Person, hall: Channel
) -> None:
    """A revoked token should hold posts up until it is mended, and fail none of them."""
    stage.slack.fail_next(error, times=3)
    asked = stage.slack.mention(hana, hall, CORE_TIME)

    settle(stage)
    assert count_answers(stage.slack, [asked]) == [1]
    assert stage.slack.stats["errors"] == {error: 3}


# ---------------------------------------------------------------- it says no


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ({"with_bot": False}, "not_in_channel"),
        ({"with_bot": False, "private": True}, "channel_not_found"),
        ({"archived": True}, "is_archived"),
    ],
    ids=["not invited", "private", "archived"],
)
def test_a_channel_that_is_closed_to_the_bot_keeps_the_post(
    kind: dict[str, Any], reason: str, stage: Stage, hall: Channel
) -> None:
    """It should fail with Slack's word for it, hold up nothing, and go when it is tried again."""
    closed = stage.slack.add_channel("closed", **kind)
    put(stage, place(stage, closed), words("担当者への知らせです"), key="closed")
    put(stage, place(stage, hall), words("質問への答えです"), key="open")
    settle(stage)
    assert list_failed(stage) == [("closed:0", reason)]
    assert len(stage.slack.find_posts(hall, "質問への答えです")) == 1

    closed.members.add(BOT)
    closed.archived = False
    with stage.app.database.write() as tx:
        ledger.retry_post(tx, "closed:0", stage.app.database.now(tx))
    settle(stage)
    assert len(stage.slack.find_posts(closed, "担当者への知らせです")) == 1


def test_an_answer_to_a_deleted_question_is_kept(stage: Stage, hana: Person, hall: Channel) -> None:
    """Where the thread is gone the answer should fail with its reason, and hold up nothing."""
    stage.slack.configure(down="refused")
    asked = stage.slack.mention(hana, hall, CORE_TIME)
    wait(lambda: have_been_tried(stage, 1))
    assert asked.message is not None
    chat.remove(hall, asked.message)
    stage.slack.configure(down="")

    settle(stage)
    ((_, reason),) = list_failed(stage)
    assert reason == "thread_not_found"
    ask(stage, hana, hall)


# ---------------------------------------------------------------- messages with files


@pytest.mark.parametrize("fault", [None, Fault.DROP, Fault.FAIL_AFTER, Fault.FAIL_BEFORE])
def test_a_message_with_files_arrives_as_one_and_once(
    fault: Fault | None, stage: Stage, hana: Person, hall: Channel
) -> None:
    """Words, picture and file should stand in the thread together, whatever Slack answered."""
    message = with_files("様式をお送りします。")
    sent = [e.content.data for e in message.elements if isinstance(e, File | Image)]
    asked = stage.slack.slack.write(hana, hall, "様式をください")
    stage.slack.configure(history_lag=0.15)
    if fault is not None:
        stage.slack.fail_next(fault, "files.completeUploadExternal")
    put(stage, place(stage, hall, asked.ts), message)

    settle(stage)
    (arrived,) = stage.slack.find_posts(hall, thread=asked.ts)
    assert "様式をお送りします。" in arrived.words
    assert [stage.slack.file(file["id"]).data for file in arrived.files] == sent
    assert list_failed(stage) == []


# ---------------------------------------------------------------- two bots


@pytest.fixture
def pair(
    server: Server, workspace: FakeSlack, knowledge: KnowledgeBase, clock: Clock, hana: Person
) -> Iterator[tuple[Stage, Stage]]:
    """Two whole bots on one database, heard in turn."""
    url = server.create(template="template")
    settings = Settings(database_url=url)
    with (
        open_stage(workspace, Database.at(url), knowledge, clock, settings) as one,
        open_stage(workspace, Database.at(url), knowledge, clock, settings) as two,
    ):
        one.enrol(hana.id, "環境省")
        workspace.send_events_to([one.url, two.url])
        yield one, two


@pytest.mark.postgresql
def test_two_bots_share_the_work(pair: tuple[Stage, Stage], workspace: FakeSlack) -> None:
    """Whichever took it, handled it or posted it: every question should be answered once."""
    workspace.configure(drop=0.1, latency_spread=0.05)
    asked = workspace.flood(40, rate=100, kinds=("mention", "direct"))
    again = [workspace.send_again(delivery) for delivery in asked[:10]]

    settle(pair[0])
    assert all(delivery.ack.ok for delivery in [*asked, *again])
    assert count_answers(workspace, asked) == [1] * 40


@pytest.mark.postgresql
def test_two_bots_share_a_dialog(
    pair: tuple[Stage, Stage], workspace: FakeSlack, hana: Person, hall: Channel
) -> None:
    """Whoever hears the press should open it, and the other may take its answer."""
    cards = []
    for _ in range(2):  # three events each: the second press goes to the other
        cards.append(ask(pair[0], hana, hall))
        workspace.press(hana, cards[-1], "時点を変える")
        workspace.wait_for_view(hana)
        assert workspace.submit(hana, {"day": "2017-10-01"}).ack.ok
    workspace.wait_until(lambda: all("平成29年10月1日時点" in card.words for card in cards))


@pytest.mark.postgresql
def test_two_bots_keep_one_pace(
    pair: tuple[Stage, Stage], workspace: FakeSlack, hall: Channel
) -> None:
    """A channel that takes one post a second should hardly ever have to say so."""
    workspace.configure(channel_pause=1.0)
    notices = [words(f"知らせ{number}") for number in range(4)]
    put(pair[0], place(pair[0], hall), *notices, priority=Priority.NOTICE)
    pair[1].app.sender.wake()

    settle(pair[0])
    posts = [post.text for post in workspace.posts]
    assert posts == [notice.gist for notice in notices]
    assert workspace.stats["http429_channel"] <= 1


@pytest.mark.postgresql
def test_two_bots_obey_one_refusal(
    pair: tuple[Stage, Stage], workspace: FakeSlack, hana: Person, hall: Channel
) -> None:
    """What Slack told one of them about a channel, the other should not have to be told again."""
    workspace.fail_next(Fault.LIMITED)
    asked = [workspace.mention(hana, hall, CORE_TIME) for _ in range(6)]

    settle(pair[0])
    assert count_answers(workspace, asked) == [1] * 6
    assert workspace.stats["requests"] == 7
