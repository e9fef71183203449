"""What somebody reads whose article cannot go on as they pressed."""

from __future__ import annotations

from bot.editing.messages import terms
from bot.editing.model import AnswerTooLong, DraftSettled, NotSound, OwnProposal


def own_proposal(_refusal: OwnProposal) -> str:
    return "ご自身が出した案は承認できません。別の担当者の承認が必要です。"


def draft_settled(refusal: DraftSettled) -> str:
    return f"この案は、すでに{terms.VERDICTS[refusal.verdict]}。"


def answer_too_long(refusal: AnswerTooLong) -> str:
    given, limit = f"{refusal.length:,}字", f"{refusal.limit:,}字"
    return f"答えが{given}あります。{limit}までに、結論を先にまとめてください。"


def not_sound(refusal: NotSound) -> str:
    return "この案はまだ公開できません。\n" + "\n".join(refusal.faults)
