"""What the buttons, forms and verdicts of an article are called."""

from __future__ import annotations

from bot.editing.model import Verdict

# Cards that stand in channels carry these: they keep the name that they were made with.
PROPOSE = "inquiry.propose"
APPROVE = "inquiry.approve"
REJECT = "inquiry.reject"

TITLE, QUESTIONS, ANSWER, BASIS, ISSUER = "title", "questions", "answer", "basis", "issuer"
APPLIES_TO, IN_FORCE, REVIEW_BY, OWNER = "applies_to", "in_force", "review_by", "owner"

VERDICTS = {
    Verdict.PROPOSED: "承認を待っています",
    Verdict.APPROVED: "承認され、公開されました",
    Verdict.REJECTED: "見送られました",
}
