"""When the clock runs what: by the minute in Tokyo, or by the second."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot import capabilities
from bot.calendar import TOKYO
from bot.clockwork import make_trigger

NOW = datetime(2026, 10, 6, 12, 0, 1, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("cron", "then"),
    [
        ("*/5 * * * * *", NOW + timedelta(seconds=4)),
        ("*/10 9-18 * * *", datetime(2026, 10, 6, 12, 10, tzinfo=TOKYO)),
        ("0 9 * * mon", datetime(2026, 10, 12, 9, 0, tzinfo=TOKYO)),
        ("30 0 9 1 4 *", datetime(2027, 4, 1, 9, 0, 30, tzinfo=TOKYO)),
    ],
)
def test_a_job_is_due_when_its_crontab_says(cron: str, then: datetime) -> None:
    """Five fields should mean what they mean in a crontab, and a sixth before them the second."""
    assert make_trigger(cron).get_next_fire_time(None, NOW) == then


def test_every_job_is_due_some_time() -> None:
    """No job should have a crontab that cannot be read, or that never comes."""
    due = [make_trigger(job.cron).get_next_fire_time(None, NOW) for job in capabilities.JOBS]

    assert due
    assert None not in due
