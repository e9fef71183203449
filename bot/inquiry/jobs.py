"""What the clock does for inquiries: it tells desks what is late, and askers what is waited for."""

from __future__ import annotations

from bot.context import Job
from bot.inquiry.flows import asking_back, receiving

JOBS = (
    # Early in office hours, and again in case that the bot was down then.
    Job("inquiry.remind", "*/10 9-18 * * *", receiving.remind),
    Job("inquiry.remind_askers", "*/10 9-18 * * *", asking_back.remind_askers),
)
