"""What the clock does for inquiries: it frees what somebody left, and tells what is waited for."""

from __future__ import annotations

from bot.context import Job
from bot.inquiry.flows import handover, lapsing, receiving

JOBS = (
    # Before office hours: whoever follows on 1 April finds what waits.
    Job("inquiry.release", "*/10 7-18 * * *", handover.release),
    # Early in office hours, and again in case that the bot was down then.
    Job("inquiry.remind", "*/10 9-18 * * *", receiving.remind),
    Job("inquiry.remind_askers", "*/10 9-18 * * *", lapsing.remind_askers),
)
