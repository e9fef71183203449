"""A question that is referred without its asker's name: offered, and confirmed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.conversation.message import (
    Control,
    Form,
    Heading,
    Message,
    Note,
    OneOfField,
    Option,
    Paragraph,
    Quote,
)
from bot.desk.model import Promise, Question
from bot.inquiry.messages import terms
from bot.inquiry.model import Inquiry
from knowledge.desk import Desk

REFERRED = "お名前を出さずに照会しました。受付番号と今後のお知らせは、この窓口との会話に届きます。"
_INTRO = (
    "照会を受ける窓口には、お名前、アカウント、所属の府省、質問した場所を表示しません。"
    "回答は、ほかの方に見えない、この窓口との会話に届きます。"
    "ご質問の文はそのまま伝わります。お名前や所属の分かる言葉がないか、確かめてください。"
)
_HINT = (
    "別の窓口に引き継がれることがありますが、その窓口にも表示しません。"
    "ほかの方に見える場所で質問したときは、その場所を見た方に、どなたの質問か分かることがあります。"
)


def nameless_form(question: Question, desks: Sequence[Desk]) -> Form:
    """Asks which desk is to have it first: the first offered has to do with no ministry's own."""
    return Form(
        control=Control(terms.REFER, question.token),
        title="名前を出さずに照会する",
        submit="照会する",
        intro=_INTRO,
        fields=(
            OneOfField(
                name=terms.DESK,
                label="はじめに受ける窓口",
                hint=_HINT,
                options=tuple(_option(desk, desk != desks[0]) for desk in desks),
                initial=desks[0].id,
            ),
        ),
    )


def _option(desk: Desk, is_own: bool) -> Option:
    return Option(desk.id, f"{desk.name}（所属の府省の窓口）" if is_own else desk.name)


def receipt(inquiry: Inquiry, question: Question, promise: Promise) -> Message:
    """Confirms it to the asker, directly: nothing else tells them of the number."""
    gist = f"お名前を出さずに照会しました（受付番号 {inquiry.number}）"
    where = Paragraph.of(f"{promise.office}が受け付けました。回答は、この会話に届きます。")
    note = Note(terms.list_promised(promise))
    return Message(gist, (Heading(gist), Quote(question.text), where, note))
