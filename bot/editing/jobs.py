"""What the clock does for knowledge: it tells desks what waits for them, and what goes stale."""

from __future__ import annotations

from bot.context import Job
from bot.editing.flows import confirming, watching

JOBS = (
    # Early in office hours, and again in case that the bot was down then.
    Job("editing.offer", "5,35 9-17 * * mon-fri", confirming.offer),
    Job("editing.watch", "*/10 9-17 * * mon-fri", watching.tell_owners),
)
