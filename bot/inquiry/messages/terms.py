"""What the buttons, forms and stages of an inquiry are called."""

from __future__ import annotations

from bot.inquiry.model import Inquiry, Stage, Standing, Verdict

TAKE_OVER = "inquiry.take_over"
HAND_BACK = "inquiry.hand_back"
COMPOSE = "inquiry.compose"
REPLY = "inquiry.reply"
SETTLE = "inquiry.settle"
REOPEN = "inquiry.reopen"
DRAFT = "inquiry.draft"
PROPOSE = "inquiry.propose"
APPROVE = "inquiry.approve"
REJECT = "inquiry.reject"

TEXT, BASIS, STANDING = "text", "basis", "standing"
TITLE, QUESTIONS, ANSWER, ISSUER = "title", "questions", "answer", "issuer"
APPLIES_TO, IN_FORCE, REVIEW_BY, OWNER = "applies_to", "in_force", "review_by", "owner"

STANDINGS = {Standing.ADVICE: "参考回答", Standing.OFFICIAL: "正式回答"}
STAGES = {
    Stage.WAITING: "担当者を待っています",
    Stage.TAKEN: "対応中",
    Stage.ANSWERED: "回答済み",
    Stage.CLOSED: "解決済み",
}
VERDICTS = {
    Verdict.PROPOSED: "承認を待っています",
    Verdict.APPROVED: "承認され、公開されました",
    Verdict.REJECTED: "見送られました",
}


def stage(inquiry: Inquiry) -> str:
    called = STAGES[inquiry.stage]
    return f"{called}（{inquiry.office}の担当者）" if inquiry.office else called
