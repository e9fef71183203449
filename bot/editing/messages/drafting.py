"""An answer as a proposed article: its form, and what its approver reads."""

from __future__ import annotations

from datetime import date

from bot.calendar import format_era
from bot.conversation.message import (
    Bullets,
    Button,
    Buttons,
    Control,
    DateField,
    Element,
    Fields,
    Form,
    Heading,
    Message,
    Paragraph,
    TextField,
    Weight,
)
from bot.desk.model import Question
from bot.editing.messages import terms
from bot.editing.model import Draft, Verdict
from bot.inquiry.model import Inquiry, Reply

CAUTION = "照会窓口の回答から作成した記事です。"
PROPOSED = "記事の案を窓口に出しました。別の担当者の承認を待ちます。"
APPROVED = "記事を公開しました。数秒で、どの画面からの質問にも使われます。"


def draft_form(inquiry: Inquiry, question: Question, reply: Reply, review_by: date) -> Form:
    """Asks for an article, with all that question and reply already say."""
    return Form(
        control=Control(terms.PROPOSE, inquiry.number),
        title="記事にする",
        submit="承認を求める",
        intro="別の担当者が承認すると、公開されます。個人や案件が分かることは書かないでください。",
        fields=(
            TextField(name=terms.TITLE, label="題名", initial=question.text[:60], max_length=60),
            TextField(
                name=terms.QUESTIONS,
                label="聞かれ方",
                hint="1行に1つ、言い方を変えて書くと見つかりやすくなります。",
                initial=question.text,
                multiline=True,
            ),
            TextField(name=terms.ANSWER, label="答え", initial=reply.text, multiline=True),
            TextField(name=terms.BASIS, label="根拠", initial=reply.basis),
            TextField(name=terms.ISSUER, label="根拠を定めたところ", hint="例：人事院"),
            TextField(name=terms.APPLIES_TO, label="対象", hint="例：一般職の国家公務員"),
            DateField(name=terms.IN_FORCE, label="施行日", required=False),
            TextField(name=terms.OWNER, label="記事の担当", initial=reply.office),
            DateField(name=terms.REVIEW_BY, label="見直しの期限", initial=review_by),
        ),
    )


def draft_card(draft: Draft) -> Message:
    """A proposed article as its approver reads it."""
    gist = f"記事の案があります（受付番号 {draft.number}）"
    fields = (
        ("根拠", (f"{draft.basis}（{draft.issuer}）",)),
        ("施行", (format_era(draft.in_force) if draft.in_force else "確認できていません",)),
        ("対象", (draft.applies_to,)),
        ("記事の担当", (draft.owner,)),
        ("見直しの期限", (format_era(draft.review_by),)),
        ("状況", (terms.VERDICTS[draft.verdict],)),
    )
    elements: list[Element] = [
        Heading(gist),
        Heading(draft.title),
        Paragraph.of(draft.answer),
        Fields(fields),
        Paragraph.of("聞かれ方"),
        Bullets(tuple((wording,) for wording in draft.questions)),
    ]
    if draft.verdict is Verdict.PROPOSED:
        approve = Button(Control(terms.APPROVE, draft.token), "承認する", Weight.PRIMARY)
        elements.append(Buttons((approve, Button(Control(terms.REJECT, draft.token), "見送る"))))
    return Message(gist, tuple(elements))
