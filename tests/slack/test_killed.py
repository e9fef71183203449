"""The whole loop with the bot killed in every step: nobody is told twice, nobody is forgotten."""

from __future__ import annotations

import random
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.conversation.address import Account
from bot.database.engine import Database
from bot.delivery.outbox import outbox
from bot.roster import flows as roster
from bot.roster.model import Role
from tests.slack.fake.fake import FakeSlack
from tests.slack.fake.postman import Ack
from tests.slack.fake.slack import Delivery
from tests.slack.fake.workspace import Channel, Message, Person
from tests.slack.test_serving import LONGEST, PATH, Served, list_states, make_settings, wait

pytestmark = pytest.mark.chaos

QUESTION = "テレワーク中にラジオ体操をしなければなりませんか"
OTHER_WORDS = "在宅の日も体操って必要ですか"
LEASE = 3
"""Seconds: the least in which a call to the double ends, and what a look-up waits for first."""
LATEST = 0.25
"""Seconds after an act at which a kill still falls into what it leads to, now and then."""
AGAIN = LEASE + 13
"""After so many seconds without any sign somebody presses again."""


@pytest.fixture
def url(sqlite_template: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'desk.db')}"


class Mortal:
    """A bot that is killed while something is done, and started again."""

    def __init__(self, slack: FakeSlack, settings: dict[str, str], folder: Path, seed: int) -> None:
        self._slack, self._settings, self._folder = slack, settings, folder
        self._chance = random.Random(seed)
        self.kills = 0
        self._served = self._start()

    def _start(self) -> Served:
        served = Served(self._settings, self._folder)
        self._slack.send_events_to(f"http://127.0.0.1:{served.port}{PATH}")
        wait(lambda: served.get("/readyz") == 200 or served.process.poll() is not None)
        return served

    def kill(self) -> None:
        self._served.process.kill()
        self._served.process.wait(LONGEST)

    def do(self, act: Callable[[], Ack], done: Callable[[], object]) -> None:
        """Do something, with the bot killed at a chance moment of it, until it has come about.

        Whoever was told by Slack that it did not work, or sees nothing come of it, does it again.
        """
        killer = threading.Timer(self._chance.uniform(0, LATEST), self.kill)
        killer.start()
        taken = act().ok
        killer.join()
        self.kills += 1
        self._served = self._start()
        while not (taken and _comes_true(done, AGAIN)):
            if done():
                return
            taken = act().ok


def _comes_true(done: Callable[[], object], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def mortal(slack: FakeSlack, url: str, folder: Path, desk: Channel, seed: int) -> Iterator[Mortal]:
    more = {"MADOGUCHI_DESK_CHANNEL": desk.id, "MADOGUCHI_LEASE_SECONDS": str(LEASE)}
    bot = Mortal(slack, {**make_settings(slack, url), **more}, folder, seed)
    try:
        yield bot
    finally:
        bot.kill()


def enrol(url: str, slack: FakeSlack, user: str, ministry: str, role: Role) -> None:
    database = Database.at(url)
    with database.write() as tx:
        roster.enrol(tx, Account("slack", slack.team, user), user, ministry, frozenset([role]))
    database.close()


@pytest.mark.parametrize("seed", [1])
def test_the_loop_survives_a_kill_in_every_step(
    seed: int,
    workspace: FakeSlack,
    hana: Person,
    hall: Channel,
    desk: Channel,
    url: str,
    tmp_path: Path,
) -> None:
    """Each message of the loop should stand once, by Slack's own record, whenever the bot dies."""
    slack = workspace
    officer, approver = slack.get_person("U0OFFICER"), slack.add_person("approver", "承認 者")
    taro = slack.add_person("taro", "財務 太郎")
    enrol(url, slack, hana.id, "環境省", Role.OFFICIAL)
    enrol(url, slack, officer.id, "内閣官房", Role.DESK_OFFICER)
    enrol(url, slack, approver.id, "内閣官房", Role.APPROVER)

    def find(where: Channel | Person, words: str) -> Message | None:
        return next((m for m in slack.find_posts(where, words)), None)

    def pressing(who: Person, message: Message, label: str) -> Callable[[], Ack]:
        return lambda: slack.press(who, message, label).ack

    def saying(say: Callable[[], Delivery]) -> Callable[[], Ack]:
        """Slack sends again what was not taken, as the same event."""
        sent: list[Delivery] = []

        def act() -> Ack:
            sent.append(slack.send_again(sent[0]) if sent else say())
            return sent[-1].ack

        return act

    def open_form(who: Person, message: Message, label: str) -> None:
        bot.do(pressing(who, message, label), lambda: slack.view(who))

    def submitting(who: Person, answers: dict[str, str], label: str, card: Message) -> Ack:
        """Whose form was lost with the bot that opened it opens it again."""
        if slack.view(who) is None:
            slack.press(who, card, label)
            slack.wait_for_view(who, LONGEST)
        return slack.submit(who, answers).ack

    with mortal(slack, url, tmp_path, desk, seed) as bot:
        bot.do(saying(lambda: slack.mention(hana, hall, QUESTION)), lambda: find(hall, "担当者"))
        (card,) = slack.find_posts(hall, "担当者")
        bot.do(pressing(hana, card, "担当者に照会する"), lambda: find(desk, "受付番号"))
        (inquiry,) = slack.find_posts(desk, "受付番号")
        bot.do(pressing(officer, inquiry, "引き受ける"), lambda: "対応中" in inquiry.words)

        open_form(officer, inquiry, "回答する")
        answer = {"text": "ラジオ体操は任意です。"}
        bot.do(
            lambda: submitting(officer, answer, "回答する", inquiry),
            lambda: find(hall, "照会への参考回答"),
        )
        (reply,) = slack.find_posts(hall, "照会への参考回答")
        bot.do(pressing(hana, reply, "解決した"), lambda: "「解決した」を押しました" in reply.words)
        wait(lambda: "解決済み" in inquiry.words)

        if slack.view(officer) is not None:
            slack.cancel(officer)  # what told them that the answer was sent
        open_form(officer, inquiry, "記事にする")
        filled = {
            "title": "テレワーク中のラジオ体操",
            "basis": "照会窓口の整理",
            "issuer": "内閣人事局",
            "applies_to": "一般職の国家公務員",
            "questions": "テレワーク中にラジオ体操は必要ですか\n在宅でも体操は必要ですか",
        }
        bot.do(
            lambda: submitting(officer, filled, "記事にする", inquiry),
            lambda: find(desk, "記事の案があります"),
        )
        (draft,) = slack.find_posts(desk, "記事の案があります")
        bot.do(pressing(approver, draft, "承認する"), lambda: "公開されました" in draft.words)
        bot.do(
            saying(lambda: slack.direct(taro, OTHER_WORDS)),
            lambda: find(taro, "ラジオ体操は任意です。"),
        )
        # What is still in doubt is looked up, and found.
        wait(lambda: not {"waiting", "leased", "doubt"} & set(list_states(url, outbox)))

    counts = {
        (where.id, words): len(slack.find_posts(where, words))
        for where, words in (
            (hall, "担当者"),
            (hall, "照会への参考回答"),
            (desk, "受け付けました"),
            (desk, "記事の案があります"),
            (taro, "ラジオ体操は任意です。"),
        )
    }
    assert set(counts.values()) == {1}, counts
    for where in (hall, desk):
        told = Counter(message.words for message in slack.find_posts(where))
        assert [words for words, times in told.items() if times > 1] == []
    assert bot.kills == 10
