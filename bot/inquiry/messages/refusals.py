"""What somebody reads who may not, or no longer, do what they pressed."""

from __future__ import annotations

from bot.inquiry.messages import checking, terms
from bot.inquiry.model import (
    DraftOver,
    InquiryGone,
    NoSuchDesk,
    NotAtDesk,
    NotTaken,
    NotTogether,
    NotYourDesk,
    OwnDraft,
    QueryOver,
    StageOver,
    StillTime,
    TakenByOther,
)


def not_at_desk(_refusal: NotAtDesk) -> str:
    return "この操作は、名簿に窓口担当として登録されている方だけができます。"


def not_your_desk(refusal: NotYourDesk) -> str:
    return (
        f"この照会は「{refusal.desk}」が受け持っています。"
        "操作できるのは、その窓口の担当者として名簿に登録されている方だけです。"
    )


def no_such_desk(_refusal: NoSuchDesk) -> str:
    return "引き継げる窓口ではありません。画面を新しくして、一覧から選んでください。"


def inquiry_gone(_refusal: InquiryGone) -> str:
    return "この照会の記録が見つかりません。"


def taken_by_other(refusal: TakenByOther) -> str:
    who = f"{refusal.office}の担当者" if refusal.office else "ほかの担当者"
    return f"この照会は{who}が対応しています。"


def not_taken(_refusal: NotTaken) -> str:
    return "先に「引き受ける」を押してください。"


def not_together(_refusal: NotTogether) -> str:
    return "この2件はまとめられません。窓口が違うか、すでに1つにまとまっています。"


def own_draft(_refusal: OwnDraft) -> str:
    return "ご自身が書いた回答案は発出も差戻しもできません。別の担当者の確認が必要です。"


def draft_over(refusal: DraftOver) -> str:
    return f"この回答案は、すでに{checking.FATES[refusal.fate]}。"


def query_over(_refusal: QueryOver) -> str:
    return "この確認は、すでに回答されたか、不要になっています。"


def still_time(_refusal: StillTime) -> str:
    return "終了できるのは、質問された方に再度お願いしても回答がないときです。"


def stage_over(refusal: StageOver) -> str:
    return f"この照会は、いま「{terms.STAGES[refusal.stage]}」です。画面を新しくしてください。"
