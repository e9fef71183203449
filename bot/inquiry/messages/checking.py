"""A drafted reply as the second person reads it, and what comes of it."""

from __future__ import annotations

from bot.conversation.message import (
    Button,
    Buttons,
    Control,
    Element,
    Fields,
    Form,
    Heading,
    Message,
    Note,
    Paragraph,
    Quote,
    TextField,
    Tone,
    Weight,
)
from bot.desk.model import Question
from bot.inquiry.messages import replying, terms
from bot.inquiry.model import Fate, Inquiry, ReplyDraft

GIVEN_BACK = "差し戻しました。理由は、案を書いた方にお知らせします。"
DRAFTED = "回答案を窓口に出しました。別の担当者が確認すると、質問された方に届きます。"

FATES = {
    Fate.WAITING: "別の担当者の確認を待っています",
    Fate.ISSUED: "確認され、発出されました",
    Fate.RETURNED: "差し戻されました",
    Fate.REPLACED: "新しい案に替わりました",
    Fate.WITHDRAWN: "取り下げられました",
}


def draft_card(draft: ReplyDraft, question: Question, followers: int = 0) -> Message:
    """What is to go out, word for word, and what the second person may do.

    `followers`: how many others it goes to as well.
    """
    called = terms.STANDINGS[draft.composed.standing]
    gist = f"{called}の案があります（受付番号 {draft.number}、第{draft.revision}版）"
    written = f"{draft.by}（{terms.moment(draft.written_at)}）"
    fields = (
        *replying.grounds(draft.composed.basis, draft.composed.sources),
        ("案を書いた人", (written,)),
        ("状況", (FATES[draft.fate],)),
    )
    elements: list[Element] = [
        Heading(gist),
        Quote(question.text),
        Paragraph.of(draft.composed.text),
        Fields(fields),
    ]
    if draft.reason:
        elements += [Paragraph.of("差戻しの理由"), Quote(draft.reason)]
    if draft.fate is Fate.WAITING:
        if followers:
            elements.append(Note((f"まとめた照会{followers}件の方にも、同じ文面が届きます。",)))
        elements.append(Buttons(_buttons(draft)))
    return Message(gist, tuple(elements))


def _buttons(draft: ReplyDraft) -> tuple[Button, ...]:
    return (
        Button(Control(terms.ISSUE, draft.token), "確認して発出する", Weight.PRIMARY),
        Button(Control(terms.COMPOSE_RETURN, draft.token), "差し戻す"),
    )


def return_form(draft: ReplyDraft) -> Form:
    """Asks why a drafted reply should not go out as it is."""
    return Form(
        control=Control(terms.RETURN, draft.token),
        title="回答案を差し戻す",
        submit="差し戻す",
        intro=f"受付番号 {draft.number}（第{draft.revision}版）。理由は、案を書いた方に届きます。",
        fields=(TextField(name=terms.REASON, label="理由", multiline=True),),
    )


def returned(inquiry: Inquiry, reason: str) -> Message:
    """Tells whoever wrote it why it did not go out."""
    gist = f"受付番号 {inquiry.number}：回答案が差し戻されました。"
    told = "照会窓口にある受付時の投稿から、案を直して出し直せます。"
    return Message(gist, (Note((gist, told), Tone.CAUTION), Quote(reason)))
