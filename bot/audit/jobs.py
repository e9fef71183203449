"""What the clock does for the audit log: it seals new rows, and prunes old ones at night."""

from __future__ import annotations

from bot.audit import flows
from bot.context import Job

JOBS = (
    # Every five seconds: what was written is soon beyond changing unseen.
    Job("audit.seal", "*/5 * * * * *", flows.seal, claims=True),
    Job("audit.prune", "*/10 0-5 * * *", flows.prune, claims=True),
)
