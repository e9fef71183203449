"""How this Slack behaves besides answering: its strictness, its limits and its faults."""

from __future__ import annotations

import math
import random
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any


class Fault(StrEnum):
    """What may go wrong with one call."""

    LIMITED = "limited"
    """429, nothing accepted."""
    FAIL_BEFORE = "fail_before"
    """500, nothing accepted."""
    FAIL_AFTER = "fail_after"
    """Accepted, then 500."""
    ERROR_AFTER = "error_after"
    """Accepted, then 200 with `internal_error`, as Slack does too."""
    DROP = "drop"
    """Accepted, then the connection is cut."""
    HANG = "hang"
    """Accepted, and no answer for as long as a client may wait."""


AFTER = (Fault.FAIL_AFTER, Fault.ERROR_AFTER, Fault.DROP, Fault.HANG)
HANG_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All that may be set, at the start and at any time after."""

    strict: bool = True
    """Our house's own rules too: no unfurls, no mention of everybody."""
    any_channel: bool = False
    """Whatever channel is named exists, and the bot is in it: for load."""
    any_thread: bool = False
    """A thread may hang under a message that nobody wrote: for load."""
    any_token: bool = False
    channel_pause: float = 0.0
    """Seconds between two posts to a channel; Slack's is 1."""
    channel_tolerance: float = 0.02
    workspace_per_second: float = 0.0
    workspace_burst: int = 20
    per_minute: Mapping[str, int] = field(default_factory=dict)
    """Calls a minute by method; Tier 3 is 50, Tier 4 is 100."""
    limit_every: int = 0
    """Every K-th post is limited."""
    latency: float = 0.0
    latency_spread: float = 0.0
    """Up to this much more, by chance."""
    drop: float = 0.0
    """Chance that a post is accepted and the connection cut."""
    fail_after: float = 0.0
    fail_before: float = 0.0
    history_lag: float = 0.0
    """Seconds for which history does not show what was posted."""
    down: str = ""
    """`refused`: nobody listens; `reset`: cut at once; `503`: it says so."""
    trigger_life: float = 3.0
    ack_within: float = 3.0
    retry_after: tuple[float, ...] = (0.0, 60.0, 300.0)
    retry_scale: float = 0.001
    seed: int = 1

    def change(self, changes: Mapping[str, Any]) -> Rules:
        """The same rules but for what is named. Raises ValueError for what is no rule."""
        known = {rule.name for rule in fields(self)}
        if unknown := sorted(set(changes) - known):
            raise ValueError(f"no such rule: {', '.join(unknown)}")
        return replace(self, **changes)


@dataclass(slots=True)
class Limits:
    """Who has to wait: the counters behind the rules, and chance by its seed."""

    rules: Rules
    posts: int = 0
    next_faults: dict[str, deque[Fault | str]] = field(default_factory=lambda: defaultdict(deque))
    """By method: what happens to the next calls, first of all; a plain string is an error."""
    _last: dict[str, float] = field(default_factory=dict)
    _tat: float = 0.0
    _calls: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.rules.seed)

    def take_planned(self, method: str) -> Fault | str | None:
        planned = self.next_faults.get(method)
        return planned.popleft() if planned else None

    def draw_before(self) -> bool:
        return self._chance.random() < self.rules.fail_before

    def draw_after(self) -> Fault | None:
        drawn = self._chance.random()
        if drawn < self.rules.drop:
            return Fault.DROP
        return Fault.FAIL_AFTER if drawn < self.rules.drop + self.rules.fail_after else None

    def draw_latency(self) -> float:
        return self.rules.latency + self._chance.random() * self.rules.latency_spread

    def find_wait(self, channel: str, now: float) -> tuple[str, int] | None:
        """Who is limited, the channel or the workspace, and for how long; None: post."""
        self.posts += 1
        if self.rules.limit_every and self.posts % self.rules.limit_every == 0:
            return "every", 1
        pause = self.rules.channel_pause - self.rules.channel_tolerance
        waited = now - self._last.get(channel, -math.inf)
        if waited < pause:
            return "channel", max(1, math.ceil(pause - waited))
        if self._is_workspace_full(now):
            return "workspace", 1
        self._last[channel] = now
        return None

    def _is_workspace_full(self, now: float) -> bool:
        if not self.rules.workspace_per_second:
            return False
        step = 1 / self.rules.workspace_per_second
        due = max(self._tat, now)
        if due - now > self.rules.workspace_burst * step:
            return True
        self._tat = due + step
        return False

    def find_method_wait(self, method: str, now: float) -> int | None:
        """How long a method takes no more calls, by its calls of the last minute."""
        most = self.rules.per_minute.get(method)
        if most is None:
            return None
        calls = self._calls[method]
        while calls and calls[0] <= now - 60:
            calls.popleft()
        if len(calls) >= most:
            return max(1, math.ceil(calls[0] + 60 - now))
        calls.append(now)
        return None
