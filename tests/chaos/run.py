"""A chaos run: posts and events while bots are killed, and what the double of Slack says of it."""

from __future__ import annotations

import json
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.database.engine import Database, DatabaseError
from bot.delivery import inbox, ledger
from bot.delivery.outbox import make_delivery_id
from tests.chaos.world import (
    Bots,
    Slack,
    Store,
    find_ports,
    make_environment,
    run_command,
    running_slack,
    running_store,
)
from tests.slack.fake.harness import LENIENT

CHANNELS = 1000
"""Of the posts; events come from a tenth as many."""
STALLED = 90.0
"""Seconds without a change after which nothing more is expected."""
LAST_TRIES = 0.02
"""Of Slack's seconds, once the killing is over: what no bot has taken comes soon, and again."""
START = 3.0
"""Seconds that a bot takes to be ready, about: for planning alone."""
NEVER = 1e9
"""A history that lags by this many seconds shows nothing: the look-up is switched off."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to happen."""

    database: str = "sqlite"
    processes: int = 1
    posts: int = 5000
    events: int = 2000
    kills: int = 100
    stops: int = 3
    """SIGSTOP for longer than the lease."""
    crashes: int = 0
    """Of PostgreSQL."""
    lose: bool = False
    """One replica never comes back."""
    look_up: bool = True
    every: float = 1.0
    """Mean seconds that a bot lives after it is ready."""
    lease: float = 6.0
    seed: int = 1
    longest: float = 1800.0


@dataclass(frozen=True)
class Verdict:
    """What became of it, by what Slack accepted."""

    posts_lost: int
    posts_twice: int
    events_lost: int
    """Acknowledged, and never answered."""
    events_twice: int
    events_never_taken: int
    """Slack has given them up: no try met a bot that lives."""
    last_tries: Mapping[str, int]
    """Of events, by what Slack was told at the last."""
    pending: int
    kills: int
    stops: int
    crashes: int
    faults: int
    limited: int
    seconds: float

    @property
    def clean(self) -> bool:
        bad = (self.posts_lost, self.posts_twice, self.events_lost, self.events_twice)
        return not any((*bad, self.events_never_taken, self.pending))


def run(plan: Plan) -> Verdict:
    """Run it in a folder that is kept only if it does not end clean."""
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-chaos-"))
    with running_slack() as slack, running_store(plan.database, folder) as store:
        verdict = _Run(plan, folder, slack, store).run()
    (folder / "verdict.json").write_text(json.dumps(asdict(verdict)), encoding="utf-8")
    return verdict


class _Run:
    def __init__(self, plan: Plan, folder: Path, slack: Slack, store: Store) -> None:
        self.plan = plan
        self.slack = slack
        self.store = store
        self.random = random.Random(plan.seed)
        self.log = (folder / "bots.log").open("ab")
        # So fast that the posts last as long as the kills, were every bot alive half of the time.
        lasting = plan.kills * plan.every / max(plan.processes, 1)
        rate = max(10.0, (plan.posts + plan.events) / max(lasting, 1.0))
        environment = make_environment(
            slack,
            store,
            folder,
            LEASE_SECONDS=str(plan.lease),
            SLACK_POSTS_PER_SECOND=str(min(rate, 1000)),
            LOG_FORMAT="json",
        )
        self.bots = Bots(environment, self.log, find_ports(plan.processes))
        self.database = Database.at(store.url)
        self.kills = self.stops = self.crashes = 0
        self.began = time.monotonic()

    def run(self) -> Verdict:
        self._prepare()
        try:
            for port in self.bots.ports:
                self.bots.start(port)
            for port in list(self.bots.ports):
                assert self.bots.wait_until_ready(port), "a bot does not start: see bots.log"
            if self.plan.events:
                self._flood()
            self._kill_at_random()
            self._drain()
            return self._judge()
        finally:
            self.bots.stop()
            self.database.close()
            self.log.close()

    # ------------------------------------------------------------ before

    def _prepare(self) -> None:
        run_command(self.bots.environment, "migrate")
        lines = (
            json.dumps(
                {
                    "key": f"m{number}",
                    "service": "slack",
                    "conversation": f"C0CHAOS{number % min(CHANNELS, self.plan.posts)}",
                    "text": f"お知らせ {number}",
                }
            )
            for number in range(self.plan.posts)
        )
        run_command(self.bots.environment, "outbox", "add", "-", given="\n".join(lines))
        self.slack.ask(
            "/_reset",
            **LENIENT,
            channel_pause=1.0,
            latency=0.02,
            latency_spread=0.08,
            drop=0.02,
            fail_after=0.02,
            history_lag=3.0 if self.plan.look_up else NEVER,
            # Longer than the killing takes, as Slack's five minutes are longer than any restart.
            retry_scale=self.plan.longest,
            seed=self.plan.seed,
        )
        self._point()

    def _point(self) -> None:
        urls = [f"http://127.0.0.1:{port}/slack/events" for port in self.bots.ports]
        self.slack.ask("/_events_to", urls=urls)

    def _flood(self) -> None:
        self.slack.ask(
            "/_flood",
            count=self.plan.events,
            rate=max(2.0, self.plan.events / self._get_length()),
            channels=CHANNELS // 10,
            at_once=self.plan.events,
        )

    def _get_length(self) -> float:
        """Seconds that the killing takes, about."""
        return max(1.0, self.plan.kills * (self.plan.every + START))

    # ------------------------------------------------------------ while

    def _kill_at_random(self) -> None:
        if self.plan.lose and len(self.bots.ports) > 1:
            self.bots.lose(self.bots.ports[-1])
            self._point()
        deeds = ["kill"] * self.plan.kills + ["stop"] * self.plan.stops
        deeds += ["crash"] * self.plan.crashes
        self.random.shuffle(deeds)
        for deed in deeds:
            self.bots.revive()
            port = self.random.choice(self.bots.ports)
            self.bots.wait_until_ready(port)
            time.sleep(self.random.expovariate(1 / self.plan.every))
            self._do(deed, port)

    def _do(self, deed: str, port: int) -> None:
        match deed:
            case "kill":
                self.bots.kill(port)
                self.kills += 1
                self.bots.start(port)
            case "stop":
                self.bots.kill(port, signal.SIGSTOP)
                time.sleep(self.plan.lease * 1.5)
                self.bots.kill(port, signal.SIGCONT)
                self.stops += 1
            case "crash":
                self.store.crash()
                self.crashes += 1

    # ------------------------------------------------------------ after

    def _drain(self) -> None:
        """Let the bots finish: until nothing is open, or nothing moves any more."""
        self.bots.revive()
        for port in self.bots.ports:
            self.bots.wait_until_ready(port)
        self.slack.ask("/_configure", retry_scale=LAST_TRIES)
        last, since = None, time.monotonic()
        while time.monotonic() - self.began < self.plan.longest:
            self.bots.revive()
            now = (*self._count_open(), self._count_unanswered())
            if not any(now):
                return
            if now != last:
                last, since = now, time.monotonic()
            elif time.monotonic() - since > STALLED:
                return
            time.sleep(1)

    def _count_open(self) -> tuple[int, int]:
        with suppress(DatabaseError), self.database.read() as tx:
            waiting = inbox.count_states(tx)
            return ledger.count_pending(tx), waiting["waiting"] + waiting["leased"]
        return -1, -1

    def _count_unanswered(self) -> int:
        """Events of which Slack does not know yet whether they were taken."""
        acks = self.slack.ask("/_acks")
        return self.plan.events - int(acks["acknowledged"])

    def _judge(self) -> Verdict:
        accepted = Counter(row[2] for row in self.slack.ask("/_log"))
        wanted = [make_delivery_id(f"outside:m{number}") for number in range(self.plan.posts)]
        answers = self._count_answers()
        never = self._count_unanswered()
        stats = self.slack.ask("/_stats")
        return Verdict(
            posts_lost=sum(not accepted[id] for id in wanted),
            posts_twice=sum(accepted[id] > 1 for id in wanted),
            events_lost=max(0, sum(not number for number in answers) - never),
            events_twice=sum(number > 1 for number in answers),
            events_never_taken=never,
            last_tries=self.slack.ask("/_acks")["by_status"],
            pending=sum(max(0, number) for number in self._count_open()),
            kills=self.kills,
            stops=self.stops,
            crashes=self.crashes,
            faults=stats["faults"],
            limited=sum(stats["limited"].values()),
            seconds=round(time.monotonic() - self.began, 1),
        )

    def _count_answers(self) -> list[int]:
        """How often each question was answered in its thread."""
        threads = Counter((post["channel"], post["thread"]) for post in self.slack.ask("/_posts"))
        if not self.plan.events:
            return []
        asked = []
        for number in range(min(CHANNELS // 10, self.plan.events)):
            channel = f"C0LOAD{number:04d}"
            for message in self.slack.ask(f"/_messages?channel={channel}"):
                if "#q" in message.get("text", "") and not message.get("bot_id"):
                    asked.append(threads[channel, message["ts"]])
        return asked
