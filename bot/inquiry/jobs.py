"""What the clock does for inquiries: it tells the desk what is late."""

from __future__ import annotations

from bot.context import Job
from bot.inquiry.flows import receiving

JOBS = (
    # Early in office hours, and again in case that the bot was down then.
    Job("inquiry.remind", "*/10 9-18 * * *", receiving.remind),
)
