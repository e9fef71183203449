"""Measures what a claim costs with many posts and events open, and how close to a pace we post.

python -m tests.benchmarks.delivery [--rows 20000] [--seconds 20] [--only sqlite|postgresql]
"""

from __future__ import annotations

import argparse
import math
import shutil
import statistics
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from bot.conversation.address import Target
from bot.conversation.message import Message, New, Paragraph, Priority
from bot.conversation.port import LimitedFor, Pace, Sent, StillMine
from bot.database.engine import Database
from bot.database.versions import migrate
from bot.delivery import inbox, outbox
from bot.delivery.claims import Terms, claim_post, find_next_due
from bot.delivery.sender import Sender
from tests.playing import Room, place, said
from tests.postgresql import find_server_programs, running_server

CLAIMS = 300
"""Claims that are measured, after as many to warm up."""
CHANNELS = 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    chosen = parser.parse_args()
    for make in (_sqlite, _postgresql):
        if chosen.only in (None, make.__name__.strip("_")):
            with make() as new:
                _measure(new, chosen.rows, chosen.seconds)


New_ = Callable[[], Database]


@contextmanager
def _sqlite() -> Iterator[New_]:
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-bench-"))
    numbers = iter(range(1000))
    yield lambda: Database.at(f"sqlite:///{folder}/{next(numbers)}.db")
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _postgresql() -> Iterator[New_]:
    programs = find_server_programs()
    assert programs is not None, "PostgreSQL is not installed"
    with running_server(programs, Path()) as server:
        yield lambda: Database.at(server.create())


def _measure(new: New_, rows: int, seconds: float) -> None:
    kinds: tuple[tuple[str, int, Pace], ...] = (
        ("as many conversations as posts", rows, Pace()),
        (f"{CHANNELS} conversations", CHANNELS, Pace()),
        (f"{CHANNELS} conversations, 1/s each", CHANNELS, Pace(timedelta(seconds=1))),
        (f"{CHANNELS} conversations, 5/s in all", CHANNELS, Pace(tenant=timedelta(seconds=0.2))),
        ("one conversation", 1, Pace()),
    )
    for name, conversations, pace in kinds:
        database = _filled(new, rows, conversations)
        took, claimed = _claim_posts(database, pace)
        _print(database, f"claim of {rows} posts: {name}", took, f"{claimed} claimed")
        database.close()
    for name, conversations in (("", CHANNELS), (", 100 conversations", 100)):
        database = _filled_inbox(new, rows // 20 if conversations == 100 else rows, conversations)
        _print(database, f"claim of events{name}", _claim_events(database))
        database.close()
    _post_at_a_pace(new(), seconds)


def _print(database: Database, name: str, took: list[float], more: str = "") -> None:
    took = sorted(1000 * one for one in took)
    p50, p99 = statistics.median(took), took[math.ceil(0.99 * len(took)) - 1]
    mean = statistics.fmean(took)
    told = f"mean {mean:6.2f} ms  p50 {p50:6.2f} ms  p99 {p99:6.2f} ms  {more}"
    print(f"{database.dialect:<11}{name:<62}{told}", flush=True)


def _filled(new: New_, rows: int, conversations: int) -> Database:
    database = new()
    migrate(database)
    message = Message("お知らせ", (Paragraph.of("お知らせ"),))
    with database.lease() as tx:
        now = database.now(tx)
        for number in range(rows):
            post = New(
                target=place(f"c{number % conversations}"),
                message=message,
                priority=Priority.BROADCAST,
            )
            outbox.put_posts(tx, (post,), f"b:{number}", now)
    with database.lease() as tx:
        tx.execute(sa.text("ANALYZE"))
    return database


def _claim_posts(database: Database, pace: Pace) -> tuple[list[float], int]:
    """Claims as a sender makes them, each post sent at once."""
    terms = {"local": Terms(pace)}
    took, claimed = [], 0
    for number in range(2 * CLAIMS):
        with database.lease() as tx:
            began = time.perf_counter()
            now = database.now(tx)
            post = claim_post(tx, terms, now)
            if post is None:
                find_next_due(tx, terms, now)
            spent = time.perf_counter() - began
        if number >= CLAIMS:
            took.append(spent)
            claimed += post is not None
        if post is not None:
            with database.lease() as tx:
                outbox.mark_sent(tx, post, Sent(post.target.conversation, str(number)), now)  # type: ignore[union-attr]
    return took, claimed


def _filled_inbox(new: New_, rows: int, conversations: int) -> Database:
    database = new()
    migrate(database)
    with database.lease() as tx:
        now = database.now(tx)
        for number in range(rows):
            event = said("a", "質問", f"e{number}", f"c{number % conversations}")
            inbox.add_event(tx, event, now)
    with database.lease() as tx:
        tx.execute(sa.text("ANALYZE"))
    return database


def _claim_events(database: Database) -> list[float]:
    """Claims of a worker while three others are at work."""
    took, held = [], deque()
    for number in range(2 * CLAIMS):
        with database.lease() as tx:
            began = time.perf_counter()
            claimed = inbox.claim_event(tx, database.now(tx))
            spent = time.perf_counter() - began
        assert claimed is not None
        held.append(claimed)
        if number >= CLAIMS:
            took.append(spent)
        if len(held) > 3:
            with database.lease() as tx:
                inbox.mark_done(tx, held.popleft(), database.now(tx))
    return took


# ---------------------------------------------------------------- the pace


LIMIT = Pace(timedelta(seconds=1), timedelta(seconds=0.2))


@dataclass
class Strict(Room):
    """A service that takes so many posts in any second, and one a second in a channel."""

    pace: Pace = LIMIT
    arrivals: list[float] = field(default_factory=list)
    latest: dict[str, float] = field(default_factory=dict)
    refused: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def post(
        self,
        target: Target,
        message: Message,
        delivery_id: str,
        still_mine: StillMine = lambda: True,
    ) -> Sent:
        now = time.monotonic()
        with self.lock:
            crowded = len(self.arrivals) >= 5 and now - self.arrivals[-5] < 1
            soon = now - self.latest.get(target.key, 0) < 1
            if crowded or soon:
                self.refused += 1
                raise LimitedFor(timedelta(seconds=1), everywhere=crowded)
            self.arrivals.append(now)
            self.latest[target.key] = now
        time.sleep(0.15)
        return super().post(target, message, delivery_id, still_mine)


def _post_at_a_pace(database: Database, seconds: float) -> None:
    """Senders of two replicas against a service that counts exactly."""
    migrate(database)
    message = Message("お知らせ", (Paragraph.of("お知らせ"),))
    with database.lease() as tx:
        now = database.now(tx)
        for number in range(int(8 * seconds)):
            post = New(
                target=place(f"c{number % 20}"), message=message, priority=Priority.BROADCAST
            )
            outbox.put_posts(tx, (post,), f"b:{number}", now)
    room, stop = Strict(), threading.Event()
    senders = [Sender(database, {"local": room}) for _ in range(2)]
    threads = [
        threading.Thread(target=sender.run, args=(stop,)) for sender in senders for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    stop.wait(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    allowed = 5 * (room.arrivals[-1] - room.arrivals[0]) + 1
    share = len(room.arrivals) / allowed
    print(
        f"{database.dialect:<11}pace of 5/s, 1/s a channel: {len(room.arrivals)} posts, "
        f"{share:.1%} of what is allowed, {room.refused} refused",
        flush=True,
    )
    database.close()


if __name__ == "__main__":
    main()
