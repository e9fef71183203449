"""What is kept of a decision on an article: in its inquiry's history, and in the audit log."""

from __future__ import annotations

from bot.audit import flows as audit
from bot.audit.model import State
from bot.context import Context
from bot.conversation.address import Account
from bot.database.engine import Transaction
from bot.editing.model import Draft, Verdict
from bot.inquiry.flows import case
from bot.inquiry.model import Step, is_at_some_desk, may_approve
from bot.roster import flows as roster

_STEPS = {
    Verdict.PROPOSED: Step.PROPOSED,
    Verdict.APPROVED: Step.APPROVED,
    Verdict.REJECTED: Step.REJECTED,
}
"""What an inquiry's own history tells of its article."""


def keep(
    tx: Transaction,
    draft: Draft,
    presser: Account,
    context: Context,
    *,
    before: Draft | None = None,
    further: State = None,
) -> None:
    """Keep what was done with a proposed article: which one, not what it says."""
    was = _describe(before) if before else None
    after = {**_describe(draft), **(further or {})}
    step = _STEPS.get(draft.verdict)
    if draft.number is not None and step is not None:
        case.keep_step(tx, draft.number, step, presser, context, before=was, after=after)
    else:
        note(tx, presser, draft.verdict, draft.article, context, before=was, after=after)


def note(
    tx: Transaction,
    presser: Account,
    what: str,
    article: str,
    context: Context,
    *,
    before: State = None,
    after: State = None,
) -> None:
    """Write into the audit log what somebody did with an article."""
    who = roster.find_actor(tx, presser, context.today(), may_approve, is_at_some_desk)
    subject = f"article:{article}"
    audit.note(tx, who, f"editing.{what}", subject, context.now(), before=before, after=after)


def _describe(draft: Draft) -> dict[str, object]:
    return {"draft": draft.token, "article": draft.article, "verdict": draft.verdict}
