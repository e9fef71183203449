"""A proposed article: its form, what its approver reads, and what its proposer is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.conversation.message import (
    Bullets,
    Button,
    Buttons,
    Control,
    DateField,
    Element,
    Fields,
    Fold,
    Form,
    Heading,
    Message,
    Note,
    OneOfField,
    Option,
    Paragraph,
    Quote,
    TextField,
    Tone,
    Weight,
)
from bot.desk.model import Question
from bot.editing.messages import terms
from bot.editing.model import Body, Draft, Scope, Verdict
from bot.inquiry.model import Reply

CAUTION = "照会窓口の回答から作成した記事です。"
PROPOSED = "記事の案を窓口に出しました。別の担当者の承認を待ちます。"
APPROVED = "記事を公開しました。数秒で、どの画面からの質問にも使われます。"
RETURNED = "案を差し戻しました。提案した方に理由をお知らせします。"
_INTRO = "別の担当者が承認すると、公開されます。個人や案件が分かることは書かないでください。"

_REPLACED = "差し戻され、直した案が出されました"

TITLE_LIMIT = 60


def make_first_body(question: Question, reply: Reply, review_by: date, scope: Scope) -> Body:
    """All that a question and its reply already say of an article."""
    asked = " ".join(question.text.split())
    return Body(
        title=asked[:TITLE_LIMIT],
        questions=(asked,),
        answer=reply.text,
        detail=None,
        basis=reply.basis,
        issuer="",
        applies_to="",
        in_force=None,
        owner=reply.office,
        review_by=review_by,
        scope=scope,
    )


def draft_form(
    control: Control, title: str, body: Body, scopes: Sequence[Scope], reason: str | None = None
) -> Form:
    """Asks for an article, with all that is known of it; `reason`: why it was returned."""
    told = f"差し戻しの理由：{reason}\n{_INTRO}" if reason else _INTRO
    fields = (*_list_text_fields(body), *_list_other_fields(body, scopes))
    return Form(control=control, title=title, submit="承認を求める", intro=told, fields=fields)


def _list_text_fields(body: Body) -> tuple[TextField, ...]:
    return (
        TextField(name=terms.TITLE, label="題名", initial=body.title, max_length=TITLE_LIMIT),
        TextField(
            name=terms.QUESTIONS,
            label="聞かれ方",
            hint="1行に1つ、言い方を変えて書くと見つかりやすくなります。",
            initial="\n".join(body.questions),
            multiline=True,
        ),
        TextField(name=terms.ANSWER, label="答え", initial=body.answer, multiline=True),
        TextField(
            name=terms.DETAIL,
            label="くわしい内容",
            initial=body.detail or "",
            multiline=True,
            required=False,
        ),
        TextField(name=terms.BASIS, label="根拠", initial=body.basis),
        TextField(
            name=terms.ISSUER, label="根拠を定めたところ", hint="例：人事院", initial=body.issuer
        ),
        TextField(
            name=terms.APPLIES_TO,
            label="対象",
            hint="例：一般職の国家公務員",
            initial=body.applies_to,
        ),
    )


def _list_other_fields(
    body: Body, scopes: Sequence[Scope]
) -> tuple[DateField | OneOfField | TextField, ...]:
    options = tuple(Option(write_scope(scope), terms.scope(scope)) for scope in scopes)
    initial = write_scope(body.scope if body.scope in scopes else scopes[0])
    return (
        OneOfField(name=terms.SCOPE, label="規程の範囲", options=options, initial=initial),
        DateField(
            name=terms.IN_FORCE,
            label="施行日",
            hint="改正のときは、新しい施行日にします。前の答えは、その前日までの答えとして残ります。",
            required=False,
            initial=body.in_force,
        ),
        TextField(name=terms.OWNER, label="記事の担当", initial=body.owner),
        DateField(name=terms.REVIEW_BY, label="見直しの期限", initial=body.review_by),
    )


def write_scope(scope: Scope) -> str:
    """A scope as the value of an option."""
    return terms.BETWEEN.join(scope) or terms.COMMON


def parse_scope(value: str) -> Scope:
    """A scope as `write_scope` wrote it."""
    return () if value == terms.COMMON else tuple(value.split(terms.BETWEEN))


FIRST = "記事にする"
AGAIN = "記事の案を直す"
AMEND = "記事の改訂案を出す"


# ---------------------------------------------------------------- to those who may approve it


def draft_card(draft: Draft, *, replaced: bool = False) -> Message:
    """A proposed article as its approver reads it.

    `replaced`: what was returned is proposed again, on a card of its own.
    """
    gist = _gist(draft)
    body = draft.body
    elements: list[Element] = [Heading(gist), Heading(body.title), Paragraph.of(body.answer)]
    if body.detail:
        elements.append(Fold("くわしい内容", (body.detail,)))
    elements += [
        Fields(_list_pairs(draft, _REPLACED if replaced else terms.VERDICTS[draft.verdict])),
        Paragraph.of("聞かれ方"),
        Bullets(tuple((wording,) for wording in body.questions)),
    ]
    if draft.settled and draft.settled.reason:
        elements.append(Note((f"差し戻しの理由：{draft.settled.reason}",), Tone.CAUTION))
    history = Button(Control(terms.HISTORY, draft.article), "記事の履歴")
    elements.append(Buttons((*(() if replaced else _list_buttons(draft)), history)))
    return Message(gist, tuple(elements))


def _gist(draft: Draft) -> str:
    what = f"受付番号 {draft.number}" if draft.number else f"改訂、{draft.article}"
    again = f"、第{draft.revision}案" if draft.revision > 1 else ""
    return f"記事の案があります（{what}{again}）"


def _list_pairs(draft: Draft, state: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    body = draft.body
    return (
        ("根拠", (f"{body.basis}（{body.issuer}）",)),
        ("施行", (terms.day(body.in_force),)),
        ("対象", (body.applies_to,)),
        ("規程の範囲", (terms.scope(body.scope),)),
        ("記事の担当", (body.owner,)),
        ("見直しの期限", (terms.day(body.review_by),)),
        ("状況", (state,)),
    )


def _list_buttons(draft: Draft) -> tuple[Button, ...]:
    match draft.verdict:
        case Verdict.PROPOSED:
            return (
                Button(Control(terms.APPROVE, draft.token), "承認する", Weight.PRIMARY),
                Button(Control(terms.RETURN, draft.token), "差し戻す"),
                Button(Control(terms.REJECT, draft.token), "見送る"),
            )
        case Verdict.RETURNED:
            return (_revise_button(draft),)
        case Verdict.APPROVED:
            return (Button(Control(terms.REVISE, draft.article), "改訂案を出す"),)
        case Verdict.REJECTED:
            return ()


def _revise_button(draft: Draft) -> Button:
    return Button(Control(terms.REVISE, draft.article), "直して出し直す")


def reason_form(draft: Draft) -> Form:
    """Asks why a draft is returned: its proposer is to know what to mend."""
    return Form(
        control=Control(terms.GIVE_REASON, draft.token),
        title="案を差し戻す",
        submit="差し戻す",
        intro="理由は、提案した方に届き、記事の履歴に残ります。",
        fields=(
            TextField(
                name=terms.REASON,
                label="差し戻しの理由",
                hint="例：施行日を入れてください。",
                multiline=True,
                max_length=1000,
            ),
        ),
    )


# ---------------------------------------------------------------- to its proposer


def settled(draft: Draft) -> Message:
    """Tells a proposer what became of their article, and offers the way on."""
    gist = f"ご提案の記事「{draft.body.title}」は、{terms.VERDICTS[draft.verdict]}。"
    elements: list[Element] = [Paragraph.of(gist)]
    if draft.settled and draft.settled.reason:
        elements += [Paragraph.of("差し戻しの理由"), Quote(draft.settled.reason)]
    if draft.verdict is Verdict.RETURNED:
        elements.append(Buttons((_revise_button(draft),)))
    return Message(gist, tuple(elements))
