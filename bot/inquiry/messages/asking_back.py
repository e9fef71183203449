"""A question back as it is written, as the asker reads it, and as the desk reads the answer."""

from __future__ import annotations

from datetime import date

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
    Paragraph,
    Quote,
    TextField,
    Tone,
    Weight,
)
from bot.desk.model import Question
from bot.inquiry.messages import terms
from bot.inquiry.model import Inquiry, Query

ASKED = "質問された方に送りました。回答が届くまで、回答の期限は進みません。"
_STILL = "ご回答をいただくまで、照会への回答の期限は進みません。"


# ---------------------------------------------------------------- the desk


def query_form(inquiry: Inquiry) -> Form:
    """Asks for what the desk needs to know."""
    return Form(
        control=Control(terms.QUERY, inquiry.number),
        title="質問された方に確認する",
        submit="送信する",
        intro=f"受付番号 {inquiry.number}。質問された方の会話に届きます。"
        "回答が届くまで、回答の期限は進みません。",
        fields=(
            TextField(
                name=terms.TEXT,
                label="確認したいこと",
                hint="例：勤務時間の割振りは、フレックスタイム制でしょうか。",
                multiline=True,
            ),
        ),
    )


def answered(inquiry: Inquiry, query: Query, answer: str) -> Message:
    """Tells the desk what the asker said."""
    gist = f"受付番号 {inquiry.number}：確認への回答が届きました。"
    elements = (
        Heading(gist),
        Paragraph.of("確認したこと"),
        Quote(query.text),
        Paragraph.of("回答"),
        Quote(answer),
        Note(("受付時の投稿から、続けて対応してください。",)),
    )
    return Message(gist, elements)


def missed(inquiry: Inquiry) -> Message:
    """Tells the desk that nothing came, even after a reminder."""
    gist = f"受付番号 {inquiry.number}：確認への回答がまだ届きません。"
    told = "再度お願いしましたが、回答がありません。受付時の投稿から、照会を終了できます。"
    return Message(gist, (Note((gist, told), Tone.CAUTION),))


# ---------------------------------------------------------------- the asker


def query_card(query: Query, question: Question) -> Message:
    """What the desk needs to know of the asker, and whether it still does."""
    gist = f"照会について、担当者から確認したいことがあります（受付番号 {query.number}）"
    elements: list[Element] = [
        Heading(gist),
        Quote(question.text),
        Paragraph.of(query.text),
        Fields((("確認する窓口", (query.office,)), ("確認日", (format_era(query.asked_on),)))),
    ]
    if query.answered_at is not None:
        elements.append(Note(("ご回答を担当者に届けました。",)))
    elif query.dropped_at is not None:
        elements.append(Note(("この確認へのご回答は、不要になりました。",)))
    else:
        elements.append(Note((_STILL, *_by_thread(query))))
        elements.append(Buttons((_answer_button(query),)))
    return Message(gist, tuple(elements))


def _by_thread(query: Query) -> tuple[str, ...]:
    """Where a thread is the question's own, words in it cannot be meant for anything else."""
    return ("このスレッドに書いていただいても届きます。",) if query.in_thread else ()


def _answer_button(query: Query) -> Button:
    return Button(Control(terms.COMPOSE_ANSWER, query.token), "確認に答える", Weight.PRIMARY)


def answer_form(query: Query, text: str) -> Form:
    """Asks for the answer, or shows words that may be one."""
    return Form(
        control=Control(terms.ANSWER_BACK, query.token),
        title="担当者の確認に答える",
        submit="担当者に届ける",
        intro=f"受付番号 {query.number} の確認：{query.text}",
        fields=(
            TextField(
                name=terms.TEXT,
                label="回答",
                hint="個人情報は書かないでください。",
                initial=text,
                multiline=True,
            ),
        ),
    )


def perhaps_answer(query: Query, text: str) -> Message:
    """Asks whether words are an answer to what was asked back."""
    gist = "担当者からの確認が残っています。いまの文は、その回答でしょうか。"
    told = f"受付番号 {query.number} の確認への回答でしたら、ここから送ってください。"
    return Message(gist, (Paragraph.of(gist), Paragraph.of(told), answer_form(query, text)))


def perhaps_question(form: Form) -> Message:
    """The other way: they may be a question of their own. One card has room for one form."""
    gist = "新しいご質問でしたら、ここから送ってください。"
    return Message(gist, (Paragraph.of(gist), form))


def reminder(query: Query) -> Message:
    """Asks once more."""
    gist = f"担当者からの確認に、ご回答をお待ちしています（受付番号 {query.number}）"
    since = f"{format_era(query.asked_on)}にお送りした確認です。{_STILL}"
    elements: tuple[Element, ...] = (
        Paragraph.of(gist),
        Quote(query.text),
        Note((since, *_by_thread(query))),
        Buttons((_answer_button(query),)),
    )
    return Message(gist, elements)


def lapsed(query: Query, question: Question) -> Message:
    """Tells the asker that the desk has closed, and how to have it go on."""
    gist = f"確認へのご回答がないため、照会を終了しました（受付番号 {query.number}）"
    told = "「確認に答える」からご回答いただくと、担当者が照会を再開します。"
    elements: tuple[Element, ...] = (
        Paragraph.of(gist),
        Quote(question.text),
        Paragraph.of("確認したいこと"),
        Quote(query.text),
        Note((told,)),
        Buttons((_answer_button(query),)),
    )
    return Message(gist, elements)


def thanks(inquiry: Inquiry, due_on: date | None) -> str:
    """What the asker reads when their answer has been taken."""
    told = f"受付番号 {inquiry.number} の確認への回答として、担当者に届けました。"
    return f"{told}照会には{format_era(due_on)}までに回答する予定です。" if due_on else told
