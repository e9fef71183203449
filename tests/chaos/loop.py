"""People walk the inquiry's whole loop in Slack while the bots that serve them are killed.

Each walks alone, all at once; at each step of some walk a bot is killed a moment later: before it
has stored what came, before it has decided, before it has sent, before it has noted that it sent.
"""

from __future__ import annotations

import random
import re
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.chat.slack.install import SCOPES
from bot.chat.slack.receive import PATH
from bot.conversation.address import Account
from bot.database.engine import Database
from bot.database.versions import migrate
from bot.delivery import inbox, ledger
from bot.delivery.outbox import State
from bot.inquiry.records.cases import case_steps
from bot.roster import flows as roster
from bot.roster.model import Role
from bot.shelf.records import list_articles
from tests.chaos.world import Bots, find_ports, make_environment, running_store
from tests.slack.fake.fake import FakeSlack
from tests.slack.fake.forms import list_buttons
from tests.slack.fake.workspace import Message, Person

REPLICAS = 3
LONGEST = 90.0
"""Seconds within which what somebody did must show: a lease, a look-up that waits for Slack's
history, and a bot's start, on a busy machine."""
OPENS = 4.0
"""Seconds that somebody looks at a button before they press it again: no dialog opens later."""
STEPS = (
    *("escalated", "taken_over", "asked_back", "answered_back", "replied", "reopened", "replied"),
    *("settled", "proposed", "approved"),
)


@dataclass(frozen=True)
class Topic:
    """What somebody asks that no article answers, and what becomes of it."""

    word: str

    @property
    def question(self) -> str:
        return f"テレワーク中に{self.word}をしなければなりませんか"

    @property
    def article(self) -> Mapping[str, str]:
        return {
            "title": f"テレワーク中の{self.word}",
            "basis": "照会窓口の整理",
            "issuer": "内閣人事局",
            "applies_to": "一般職の国家公務員",
            "questions": f"在宅勤務の日も{self.word}は必要ですか\n{self.word}は任意ですか",
        }


TOPICS = (Topic("ラジオ体操"), Topic("社歌の斉唱"), Topic("神棚への拝礼"))


# ---------------------------------------------------------------- whoever kills


class Killer:
    """Kills one of the bots a moment after it was asked to, and starts it again."""

    def __init__(self, bots: Bots, seed: int) -> None:
        self.bots = bots
        self.random = random.Random(seed)
        self.kills = 0
        self._lock = threading.Lock()
        self._timers: list[threading.Timer] = []

    def aim(self, span: float) -> None:
        """Have a bot killed within a span, once another is there to go on."""
        while self._count_ready() < 2:
            self.bots.revive()
            time.sleep(0.05)
        timer = threading.Timer(self.random.uniform(0, span), self._kill)
        self._timers.append(timer)
        timer.start()

    def stop(self) -> None:
        for timer in self._timers:
            timer.join()

    def _count_ready(self) -> int:
        return sum(map(self.bots.is_ready, self.bots.ports))

    def _kill(self) -> None:
        with self._lock:
            port = self.random.choice([p for p in self.bots.ports if self.bots.is_ready(p)])
            self.bots.kill(port)
            self.kills += 1
            self.bots.start(port)


# ---------------------------------------------------------------- whoever walks


@dataclass
class Walker:
    """Somebody who asks, with an officer and an approver who see to it."""

    slack: FakeSlack
    database: Database
    killer: Killer
    topic: Topic
    number: int
    """Of all who walk: who is aimed at where."""
    aims: int = 0
    inquiry: Message = field(init=False)
    reception: str = ""

    def __post_init__(self) -> None:
        add, n = self.slack.add_person, self.number
        self.asker, self.officer = add(f"asker{n}", "質問 者"), add(f"officer{n}", "窓口 担当")
        self.approver = add(f"approver{n}", "承認 者")
        self.hall = self.slack.add_channel(f"hall{n}", [self.asker])
        self.desk = self.slack.get_channel("C0DESK")
        self._enrol(self.asker, "環境省", Role.OFFICIAL)
        self._enrol(self.officer, "内閣官房", Role.DESK_OFFICER)
        self._enrol(self.approver, "内閣官房", Role.APPROVER)

    def _enrol(self, person: Person, ministry: str, role: Role) -> None:
        account = Account("slack", self.slack.team, person.id)
        with self.database.write() as tx:
            roster.enrol(tx, account, person.id, ministry, frozenset([role]))

    def walk(self) -> None:
        """From a question that nobody can answer to an article that answers it."""
        card = self._ask()
        self._press(self.asker, card, "担当者に照会する", lambda: self._cards(self.topic.question))
        (self.inquiry,) = self._cards(self.topic.question)
        self.reception = re.findall(r"\d{4}-\d{5}", self.inquiry.words)[0]
        self._press(
            self.officer, self.inquiry, "引き受ける", lambda: "対応中" in self.inquiry.words
        )
        query = self._ask_back()
        self._fill(
            (self.asker, query, "確認に答える"),
            {"text": "はい、毎日です。"},
            lambda: self._cards("確認への回答が届きました"),
        )
        first = self._reply("任意です。", 1)
        self._press(
            self.asker, first, "まだ解決していない", lambda: self._cards("まだ解決していない")
        )
        second = self._reply("毎日する義務はありません。", 2)
        self._press(
            self.asker, second, "解決した", lambda: "「解決した」を押しました" in second.words
        )
        self._fill(
            (self.officer, self.inquiry, "記事にする"),
            self.topic.article,
            lambda: self._cards("記事の案があります"),
        )
        (draft,) = self._cards("記事の案があります")
        # Before it is published, the whole library is read and checked.
        done = "承認され、公開されました"
        self._press(self.approver, draft, "承認する", lambda: done in draft.words, span=2.0)

    def _ask(self) -> Message:
        self._aim()
        delivery = self.slack.mention(self.asker, self.hall, self.topic.question)
        self.thread = delivery.ts
        while not delivery.ack.ok:
            delivery = self.slack.send_again(delivery)
        return self._wait(lambda: self.slack.find_posts(self.hall, thread=self.thread))[-1]

    def _ask_back(self) -> Message:
        said = "担当者から確認したいことがあります"
        self._fill(
            (self.officer, self.inquiry, "質問者に確認する"),
            {"text": "毎日のことですか。"},
            lambda: self.slack.find_posts(self.hall, said, self.thread),
        )
        return self.slack.find_posts(self.hall, said, self.thread)[-1]

    def _reply(self, text: str, count: int) -> Message:
        def sent() -> list[Message]:
            return self.slack.find_posts(self.hall, "照会への参考回答", self.thread)

        self._fill(
            (self.officer, self.inquiry, "回答する"), {"text": text}, lambda: len(sent()) == count
        )
        return sent()[-1]

    def _cards(self, containing: str) -> list[Message]:
        """What stands in the desk's channel of this inquiry."""
        found = self.slack.find_posts(self.desk, containing)
        return [message for message in found if self.reception in message.words]

    # ------------------------------------------------------------ how somebody does something

    def _press(
        self,
        who: Person,
        message: Message,
        label: str,
        is_done: Callable[[], object],
        span: float = 0.6,
    ) -> None:
        """Press, and press again if Slack says that it did not work, as somebody would."""
        self._wait(lambda: _has_button(message, label))
        self._aim(span)
        while not is_done():
            pressed = self.slack.press(who, message, label)
            if pressed.ack.ok or self._is_taken(f"press:{pressed.payload.id}"):
                self._wait(is_done)

    def _fill(
        self,
        where: tuple[Person, Message, str],
        answers: Mapping[str, Any],
        is_done: Callable[[], object],
    ) -> None:
        """Open a form and send it, each again if it did not work."""
        who = where[0]
        view = self._open(*where)
        self._aim()
        while not is_done():
            id = f"view:{view.id}:{view.hash}"
            if self.slack.submit(who, answers, view=view).ack.ok or self._is_taken(id):
                self._wait(is_done)
        while self.slack.view(who) is not None:
            self.slack.cancel(who)

    def _open(self, who: Person, message: Message, label: str) -> Any:
        self._wait(lambda: _has_button(message, label))
        while True:
            self.slack.press(who, message, label)
            end = time.monotonic() + OPENS
            while time.monotonic() < end:
                view = self.slack.view(who)
                if view is not None:
                    return view
                time.sleep(0.02)

    def _aim(self, span: float = 0.6) -> None:
        """At each step one of the walkers is aimed at."""
        self.aims += 1
        if self.aims % len(TOPICS) == self.number % len(TOPICS):
            self.killer.aim(span)

    def _is_taken(self, event: str) -> bool:
        """Whether the bot has what it could not acknowledge: whoever pressed will see it done."""
        with self.database.read() as tx:
            found = sa.exists().where(inbox.inbox.c.event_id == event)
            return bool(tx.scalar(sa.select(found)))

    def _wait(self, is_so: Callable[[], Any]) -> Any:
        return self.slack.wait_until(is_so, LONGEST)

    # ------------------------------------------------------------ what they have to show

    def list_wrong(self) -> list[str]:
        """What was said not exactly as often as it was decided, or not kept so."""
        number, hall, desk = f"（受付番号 {self.reception}）", self.hall.id, self.desk.id
        wanted = {
            (hall, ""): 4,
            (hall, f"担当者から確認したいことがあります{number}"): 1,
            (hall, f"照会への参考回答です{number}"): 2,
            (desk, self.reception): 4,
            (desk, f"照会を受け付けました{number}"): 1,
            (desk, f"{self.reception}：確認への回答が届きました。"): 1,
            (desk, f"{self.reception}：まだ解決していないとのご連絡がありました。"): 1,
            (desk, f"記事の案があります{number}"): 1,
        }
        said = [(post.channel, post.text) for post in self.slack.posts]
        counts = {
            (where, words): sum(channel == where and words in text for channel, text in said)
            for where, words in wanted
        }
        wrong = [
            f"{counts[key]} times, not {wanted[key]}: {key[1]}"
            for key in wanted
            if counts[key] != wanted[key]
        ]
        steps = self._list_steps()
        return wrong if steps == STEPS else [*wrong, f"kept as {steps}"]

    def _list_steps(self) -> tuple[str, ...]:
        with self.database.read() as tx:
            mine = case_steps.c.number == self.reception
            return tuple(
                tx.scalars(sa.select(case_steps.c.step).where(mine).order_by(case_steps.c.id))
            )


def _has_button(message: Message, label: str) -> bool:
    return any(button["text"]["text"] == label for button in list_buttons(message.blocks))


# ---------------------------------------------------------------- the whole


@dataclass(frozen=True)
class Verdict:
    """What became of it, by what Slack accepted and what the database keeps."""

    wrong: tuple[str, ...]
    kills: int
    doubled: int
    """Posts that were accepted twice under one delivery id."""
    unsettled: Mapping[str, int]
    articles: int
    seconds: float


def run(kind: str, seed: int, **rules: Any) -> Verdict:
    """Let all of them walk, on a database of a kind; `rules` are the fake Slack's."""
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-loop-"))
    with (
        FakeSlack(scopes=tuple(SCOPES), retry_scale=0.05, **rules) as slack,
        running_store(kind, folder) as store,
    ):
        slack.add_channel("desk")
        environment = make_environment(slack, store, folder, LEASE_SECONDS="3")
        database = Database.at(store.url)
        migrate(database)
        with _serving(environment, folder, slack) as bots:
            killer = Killer(bots, seed)
            walkers = [
                Walker(slack, database, killer, topic, number)
                for number, topic in enumerate(TOPICS, start=seed)
            ]
            _walk(walkers)
            killer.stop()
            _drain(database, bots)
            verdict = _judge(slack, database, walkers, killer, time.monotonic() - began)
        database.close()
    return verdict


@contextmanager
def _serving(environment: Mapping[str, str], folder: Path, slack: FakeSlack) -> Iterator[Bots]:
    with (folder / "bots.log").open("ab") as log:
        bots = Bots(environment, log, find_ports(REPLICAS))
        slack.send_events_to([f"http://127.0.0.1:{port}{PATH}" for port in bots.ports])
        try:
            for port in bots.ports:
                bots.start(port)
            for port in bots.ports:
                assert bots.wait_until_ready(port), f"a bot does not start: see {folder}"
            yield bots
        finally:
            bots.stop()


def _walk(walkers: list[Walker]) -> None:
    """All at once; what went wrong with one is told when all have ended."""
    failures: list[Exception] = []

    def go(walker: Walker) -> None:
        try:
            walker.walk()
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=go, args=(walker,)) for walker in walkers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise ExceptionGroup("not all of them came to the end", failures)


def _drain(database: Database, bots: Bots) -> None:
    """Let the bots say what they still have to say."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        bots.revive()
        with database.read() as tx:
            events = inbox.count_states(tx)
            if not ledger.count_pending(tx) + events["waiting"] + events["leased"]:
                return
        time.sleep(0.2)


def _judge(
    slack: FakeSlack,
    database: Database,
    walkers: list[Walker],
    killer: Killer,
    seconds: float,
) -> Verdict:
    with database.read() as tx:
        posts, articles = ledger.count_states(tx), len(list_articles(tx))
    unsettled = {state: n for state, n in posts.items() if n and state != State.CANCELLED}
    twice = Counter(post.delivery for post in slack.posts)
    return Verdict(
        wrong=tuple(wrong for walker in walkers for wrong in walker.list_wrong()),
        kills=killer.kills,
        doubled=sum(number > 1 for number in twice.values()),
        unsettled=unsettled,
        articles=articles,
        seconds=round(seconds, 1),
    )
