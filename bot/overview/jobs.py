"""What the clock does for the desk's view: it tells each desk of its week."""

from __future__ import annotations

from bot.context import SlowJob
from bot.overview.flows import reporting

JOBS = (
    # On the first working day of a week, in the morning; again in case that the bot was down then.
    SlowJob("overview.report", "*/10 9-18 * * mon-fri", reporting.prepare_reports),
)
