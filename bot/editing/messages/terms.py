"""What the buttons, forms, verdicts and scopes of an article are called."""

from __future__ import annotations

from datetime import date, datetime

from bot.calendar import TOKYO, format_era
from bot.editing.model import Scope, Verdict

# Cards that stand in channels carry these: they keep the name that they were made with.
PROPOSE = "inquiry.propose"
APPROVE = "inquiry.approve"
REJECT = "inquiry.reject"

RETURN = "editing.return"
GIVE_REASON = "editing.give_reason"
REVISE = "editing.revise"
PROPOSE_AGAIN = "editing.propose_again"
HISTORY = "editing.history"
CONFIRM = "editing.confirm"
JUDGE = "editing.judge"
UNDO = "editing.undo"
WITHDRAW = "editing.withdraw"
REVIEW = "editing.review"
REVIEWED = "editing.reviewed"

WORDING = "wording"
"""Of a field that is about one wording, before the wording's number."""

TITLE, QUESTIONS, ANSWER, BASIS, ISSUER = "title", "questions", "answer", "basis", "issuer"
APPLIES_TO, IN_FORCE, REVIEW_BY, OWNER = "applies_to", "in_force", "review_by", "owner"
DETAIL, SCOPE, REASON = "detail", "scope", "reason"

COMMON = "common"
"""The value of a form's option, where the others are ministries."""
BETWEEN = "、"
"""Stands between the ministries of a scope."""

UNKNOWN = "記録がありません"

VERDICTS = {
    Verdict.PROPOSED: "承認を待っています",
    Verdict.RETURNED: "差し戻されました",
    Verdict.APPROVED: "承認され、公開されました",
    Verdict.REJECTED: "見送られました",
}


def scope(ministries: Scope) -> str:
    """Whom a rule is for."""
    return f"{BETWEEN.join(ministries)}の規程" if ministries else "全府省に共通"


def moment(at: datetime | None) -> str:
    """When something was done, to the minute, in Tokyo."""
    if at is None:
        return UNKNOWN
    local = at.astimezone(TOKYO)
    return f"{format_era(local.date())} {local:%H:%M}"


def day(day: date | None) -> str:
    return format_era(day) if day else "確認できていません"
