"""What was really accepted, in order: the judge of every claim about lost and doubled posts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.clock import real_now
from tests.slack.fake.workspace import File, Message


@dataclass(frozen=True, slots=True)
class Accepted:
    """One post that stands, whatever its sender was told."""

    at: float
    """Seconds since 1970."""
    channel: str
    delivery: str
    """The delivery id; of an upload what its file is, to whom; else the text."""
    ts: str
    thread: str | None
    text: str
    blocks: tuple[Any, ...]
    files: tuple[dict[str, Any], ...]

    @property
    def row(self) -> list[Any]:
        """The line that a chaos harness reads."""
        return [self.at, self.channel, self.delivery, self.ts]

    @property
    def whole(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class Ledger:
    """Only ever added to; a reset begins a new one."""

    posts: list[Accepted] = field(default_factory=list)
    deliveries: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    limited: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    updates: int = 0
    _last: dict[str, float] = field(default_factory=dict)
    _least_gap: float | None = None

    def add(self, message: Message, files: Iterable[File] = ()) -> None:
        now = real_now().timestamp()
        shared = "+".join(file.key for file in files)
        where = f"{message.channel}:{message.thread or ''}"
        delivery = message.delivery or (f"file:{shared}@{where}" if shared else message.text)
        self.posts.append(
            Accepted(
                now,
                message.channel,
                delivery,
                message.ts,
                message.thread,
                message.text,
                tuple(message.blocks),
                tuple(message.files),
            )
        )
        self.deliveries[delivery] += 1
        self._measure_gap(message.channel, now)

    def _measure_gap(self, channel: str, now: float) -> None:
        if channel in self._last:
            gap = now - self._last[channel]
            self._least_gap = gap if self._least_gap is None else min(gap, self._least_gap)
        self._last[channel] = now

    def count(self) -> dict[str, Any]:
        """The figures; named as the chaos harness reads them."""
        seconds = self.posts[-1].at - self.posts[0].at if self.posts else 0.0
        history = ("conversations.history", "conversations.replies")
        return {
            "accepted": len(self.posts),
            "distinct": len(self.deliveries),
            "dup_ids": sum(number > 1 for number in self.deliveries.values()),
            "extra_posts": sum(number - 1 for number in self.deliveries.values()),
            "updates": self.updates,
            "requests": self.calls["chat.postMessage"],
            "http429_channel": self.limited["channel"],
            "http429_workspace": self.limited["workspace"],
            "http429_every": self.limited["every"],
            "history_calls": sum(self.calls[method] for method in history),
            "history_429": sum(self.limited[method] for method in history),
            "faults": sum(self.faults.values()),
            "min_gap_same_channel": None if self._least_gap is None else round(self._least_gap, 3),
            "seconds": round(seconds, 2),
            "per_s": round(len(self.posts) / seconds, 1) if seconds else 0,
            "calls": dict(self.calls),
            "errors": dict(self.errors),
            "limited": dict(self.limited),
            "faults_by_kind": dict(self.faults),
        }
