"""The only reader of the time: real time, and business time that a demonstration may move."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.calendar import TOKYO


def real_now() -> datetime:
    """The machine's time, in UTC: for leases, Retry-After and signatures, never for rules."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that only grow, also while the process is stopped or the machine sleeps."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


@dataclass(frozen=True, slots=True)
class Clock:
    """Business time: what the desk believes the day to be."""

    now: Callable[[], datetime]
    """Aware, in UTC."""

    def today(self) -> date:
        return self.now().astimezone(TOKYO).date()


def real_clock() -> Clock:
    return Clock(real_now)


def moved_clock(day: date) -> Clock:
    """A clock that started at the current time of day on another day, and runs on."""
    started = real_now()
    there = datetime.combine(day, started.astimezone(TOKYO).timetz()).astimezone(UTC)
    return shifted_clock(there - started)


def shifted_clock(by: timedelta) -> Clock:
    return Clock(lambda: real_now() + by)


def fixed_clock(instant: datetime) -> Clock:
    """A clock that stands still, as tests want it. Raises ValueError for a naive instant."""
    if instant.tzinfo is None:
        raise ValueError("a clock needs an aware instant")
    return Clock(lambda: instant)
