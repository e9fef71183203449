"""What the desk keeps of an inquiry for itself: notes, and its history."""

from __future__ import annotations

from bot.calendar import format_era
from bot.conversation.message import (
    Control,
    Element,
    Fields,
    Form,
    Heading,
    Message,
    Paragraph,
    Quote,
    Strong,
    TextField,
)
from bot.desk.model import Question
from bot.inquiry.messages import terms
from bot.inquiry.model import By, Episode, Inquiry, Memo, Step

NOTED = "メモを残しました。窓口の担当者だけが読めます。"
TOLD = "経過を、あなたとの会話に送りました。"

_STEPS = {
    Step.ESCALATED: "照会しました",
    Step.TAKEN_OVER: "引き受けました",
    Step.HANDED_BACK: "窓口に戻しました",
    Step.HANDED_ON: "ほかの窓口に引き継ぎました",
    Step.PASSED_UP: "ほかの窓口に引き継ぎました",
    Step.PASSED_DOWN: "ほかの窓口に引き継ぎました",
    Step.ASKED_BACK: "質問された方に確認しました",
    Step.ANSWERED_BACK: "確認に答えました",
    Step.QUERY_DROPPED: "確認を取り下げました",
    Step.MERGED: "同じ照会としてまとめました",
    Step.UNMERGED: "まとめを解きました",
    Step.NOTED: "メモを残しました",
    Step.LAPSED: "回答がないため終了しました",
    Step.DRAFTED: "回答案を出しました",
    Step.RETURNED: "回答案を差し戻しました",
    Step.DRAFT_WITHDRAWN: "回答案を取り下げました",
    Step.REPLIED: "回答を発出しました",
    Step.SETTLED: "「解決した」を押しました",
    Step.REOPENED: "「まだ解決していない」を押しました",
    Step.PROPOSED: "記事の案を出しました",
    Step.APPROVED: "記事の案を承認しました",
    Step.REJECTED: "記事の案を見送りました",
}


def memo_form(inquiry: Inquiry) -> Form:
    """Asks for a note."""
    return Form(
        control=Control(terms.KEEP_MEMO, inquiry.number),
        title="メモを残す",
        submit="残す",
        intro=f"受付番号 {inquiry.number}。読めるのは、窓口の担当者だけです。",
        fields=(TextField(name=terms.TEXT, label="メモ", multiline=True),),
    )


def memos(noted: tuple[Memo, ...]) -> list[Element]:
    """The last notes, as they stand on the card."""
    shown: list[Element] = []
    for memo in noted[-terms.MOST :]:
        shown += [Paragraph.of(f"メモ（{terms.moment(memo.at)}、{memo.by}）"), Quote(memo.text)]
    return shown


def history(inquiry: Inquiry, question: Question, episodes: tuple[Episode, ...]) -> Message:
    """All that happened, in its order."""
    gist = f"受付番号 {inquiry.number} の経過"
    due_on = format_era(inquiry.due_on) if inquiry.due_on else "ありません"
    fields = (("状況", (terms.stage(inquiry),)), ("回答の期限", (due_on,)))
    elements: list[Element] = [Heading(gist), Quote(question.text), Fields(fields)]
    for episode in episodes:
        elements.append(_tell(episode))
    return Message(gist, tuple(elements))


def _tell(episode: Episode) -> Paragraph:
    """In one piece with what was written: services hold few pieces, and a history is long."""
    told = f" {_who(episode)}が{_what(episode)}。{_waited(episode)}"
    written = f"\n「{episode.text}」" if episode.text else ""
    return Paragraph.of(Strong(terms.moment(episode.at)), told + written)


def _who(episode: Episode) -> str:
    match episode.by:
        case By.ASKER:
            return "質問された方"
        case By.DESK:
            return episode.position or "窓口の担当者"
        case By.CLOCK:
            return "自動処理"


def _what(episode: Episode) -> str:
    if episode.step is None:
        return "確認への回答を再度お願いしました"
    done = _STEPS[episode.step]
    return f"{done}（{episode.about}）" if episode.about else done


def _waited(episode: Episode) -> str:
    if episode.wait is None or episode.wait.until is None:
        return ""
    since, until = terms.moment(episode.wait.since), terms.moment(episode.wait.until)
    return f"{since}から{until}まで、回答の期限を止めました。"
