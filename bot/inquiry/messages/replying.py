"""An answer as it is written, and as the asker reads it."""

from __future__ import annotations

from bot.calendar import format_era
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
    OneOfField,
    Option,
    Paragraph,
    Quote,
    TextField,
    Weight,
)
from bot.desk.model import Question
from bot.inquiry.messages import terms
from bot.inquiry.model import Inquiry, Reply, Stage, Standing


def sent(followers: int) -> str:
    """What an officer reads who has answered."""
    also = f"まとめた照会{followers}件の方にも送りました。" if followers else ""
    return f"回答を送りました。{also}"


def reply_form(inquiry: Inquiry, followers: int = 0) -> Form:
    """Asks for the answer; what is marked official binds the office.

    `followers`: how many others it goes to as well.
    """
    standings = tuple(Option(value.value, label) for value, label in terms.STANDINGS.items())
    return Form(
        control=Control(terms.REPLY, inquiry.number),
        title="照会に回答する",
        submit="送信する",
        intro=_intro(inquiry, followers),
        fields=(
            TextField(name=terms.TEXT, label="回答", hint="結論を先に書きます。", multiline=True),
            TextField(
                name=terms.BASIS, label="根拠", hint="例：人事院規則15-14 第3条", required=False
            ),
            OneOfField(
                name=terms.STANDING,
                label="種別",
                options=standings,
                initial=Standing.ADVICE.value,
            ),
        ),
    )


def _intro(inquiry: Inquiry, followers: int) -> str:
    told = f"受付番号 {inquiry.number}。回答は質問された方の会話に届きます。お名前は出ません。"
    if not followers:
        return told
    return (
        f"{told}まとめた照会{followers}件の方にも、同じ文面が届きます。"
        "ほかの方のことが分かる内容は書かないでください。"
    )


def reply_card(reply: Reply, question: Question, stage: Stage) -> Message:
    """The answer of a person, and whether it settles the matter."""
    gist = f"照会への{terms.STANDINGS[reply.standing]}です（受付番号 {reply.number}）"
    fields = [("回答者", (reply.office,)), ("回答日", (format_era(reply.sent_on),))]
    if reply.basis:
        fields.insert(0, ("根拠", (reply.basis,)))
    elements: list[Element] = [
        Heading(gist),
        Quote(question.text),
        Paragraph.of(reply.text),
        Fields(tuple(fields)),
    ]
    match stage:
        case Stage.ANSWERED:
            elements.append(Buttons(_rating(reply)))
        case Stage.CLOSED:
            elements.append(Note(("ご質問された方が「解決した」を押しました。",)))
        case _:
            told = "ご質問された方が「まだ解決していない」を押しました。担当者が続けて対応します。"
            elements.append(Note((told,)))
    return Message(gist, tuple(elements))


def direct(message: Message) -> Message:
    """What was meant for a conversation that is gone, as it is sent to the asker alone."""
    told = "元の会話に投稿できなかったため、こちらに直接お送りします。"
    return Message(message.gist, (Note((told,)), *message.elements))


def _rating(reply: Reply) -> tuple[Button, ...]:
    return (
        Button(Control(terms.SETTLE, reply.token), "解決した", Weight.PRIMARY),
        Button(Control(terms.REOPEN, reply.token), "まだ解決していない"),
    )
