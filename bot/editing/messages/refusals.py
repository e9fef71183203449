"""What somebody reads whose article cannot go on as they pressed."""

from __future__ import annotations

from bot.editing.messages import terms
from bot.editing.model import (
    AlreadyProposed,
    AnswerTooLong,
    DraftSettled,
    InForceTooEarly,
    NoSuchArticle,
    NothingChosen,
    NotSound,
    NotTheProposer,
    Overtaken,
    OwnProposal,
    ScopeNotYours,
    WordingUnfit,
)
from knowledge.wordings import Unfit


def own_proposal(_refusal: OwnProposal) -> str:
    return "ご自身が出した案は承認できません。別の担当者の承認が必要です。"


def not_the_proposer(_refusal: NotTheProposer) -> str:
    return "差し戻された案は、提案した方が直します。"


def scope_not_yours(refusal: ScopeNotYours) -> str:
    if refusal.scope:
        whose = terms.BETWEEN.join(refusal.scope)
        return f"{whose}の規程の記事は、{whose}の窓口の担当者だけが扱えます。"
    return (
        "全府省に共通の記事は、全府省の照会を受ける窓口の担当者と管理者だけが扱えます。"
        "ご自身の府省の規程としてお出しください。"
    )


def draft_settled(refusal: DraftSettled) -> str:
    return f"この案は、すでに{terms.VERDICTS[refusal.verdict]}。"


def already_proposed(_refusal: AlreadyProposed) -> str:
    return "この記事には、承認を待っている案がすでにあります。"


def no_such_article(_refusal: NoSuchArticle) -> str:
    return "この記事は、現在公開されていません。"


def answer_too_long(refusal: AnswerTooLong) -> str:
    given, limit = f"{refusal.length:,}字", f"{refusal.limit:,}字"
    return f"答えが{given}あります。{limit}までに、結論を先にまとめてください。"


def in_force_too_early(refusal: InForceTooEarly) -> str:
    return (
        f"施行日が、いまの規定の施行日（{terms.day(refusal.first)}）より前です。"
        "改正後の施行日にするか、施行日をそのままにしてください。"
    )


def overtaken(_refusal: Overtaken) -> str:
    return "確認している間に、別の記事が公開されました。もう一度押してください。"


def not_sound(refusal: NotSound) -> str:
    return "この案はまだ公開できません。\n" + "\n".join(refusal.faults)


_UNFIT = {
    Unfit.EMPTY: "言葉がありません。",
    Unfit.TOO_LONG: "長すぎます。",
    Unfit.MASKED: "個人情報を伏せた所があります。",
    Unfit.KNOWN: "この記事の聞かれ方にすでにあります。",
    Unfit.ELSEWHERE: "別の記事の聞かれ方にあります。",
    Unfit.OUT_OF_SCOPE: "この窓口ではお答えしない内容に当たります。",
    Unfit.NO_ARTICLE: "記事が公開されていません。",
    Unfit.TOO_MANY: "この記事に加えた聞かれ方が上限に達しています。",
}


def wording_unfit(refusal: WordingUnfit) -> str:
    return f"「{refusal.text}」は加えられません。{_UNFIT[refusal.why]}何も変更していません。"


def nothing_chosen(_refusal: NothingChosen) -> str:
    return "加えるものも見送るものも選ばれていません。"
