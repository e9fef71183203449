"""Business time may be moved; it always knows its zone."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.calendar import TOKYO
from bot.clock import fixed_clock, moved_clock, real_clock


def test_a_moved_clock_lives_on_the_given_day() -> None:
    """A demonstration of the past should see that day in Tokyo, at the present time of day."""
    clock = moved_clock(date(2017, 5, 8))

    assert clock.now().tzinfo is not None
    assert clock.today() == date(2017, 5, 8)


def test_a_day_is_tokyos_day() -> None:
    """Late in the evening in UTC it should be tomorrow at the desk."""
    clock = fixed_clock(datetime(2026, 3, 31, 16, 0, tzinfo=UTC))

    assert clock.today() == date(2026, 4, 1)
    assert clock.now().astimezone(TOKYO).hour == 1


def test_a_naive_instant_is_refused() -> None:
    """A time without a zone should never become a clock."""
    with pytest.raises(ValueError, match="aware"):
        fixed_clock(datetime(2026, 1, 1))


def test_the_real_clock_is_aware() -> None:
    """The real time should carry its zone."""
    assert real_clock().now().tzinfo is UTC
