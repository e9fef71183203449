"""How an inquiry is worded: to the desk, to the asker, and as a proposed article."""

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
from bot.inquiry.model import (
    AnswerTooLong,
    Draft,
    DraftSettled,
    Inquiry,
    InquiryGone,
    NotAtDesk,
    NotSound,
    NotTaken,
    OwnProposal,
    Reply,
    Stage,
    StageOver,
    Standing,
    TakenByOther,
    Verdict,
)
from knowledge.article import Article

TAKE_OVER = "inquiry.take_over"
HAND_BACK = "inquiry.hand_back"
COMPOSE = "inquiry.compose"
REPLY = "inquiry.reply"
SETTLE = "inquiry.settle"
REOPEN = "inquiry.reopen"
DRAFT = "inquiry.draft"
PROPOSE = "inquiry.propose"
APPROVE = "inquiry.approve"
REJECT = "inquiry.reject"

TEXT, BASIS, STANDING = "text", "basis", "standing"
TITLE, QUESTIONS, ANSWER, ISSUER = "title", "questions", "answer", "issuer"
APPLIES_TO, IN_FORCE, REVIEW_BY, OWNER = "applies_to", "in_force", "review_by", "owner"

_STANDINGS = {Standing.ADVICE: "参考回答", Standing.OFFICIAL: "正式回答"}
_STAGES = {
    Stage.WAITING: "担当者を待っています",
    Stage.TAKEN: "対応中",
    Stage.ANSWERED: "回答済み",
    Stage.CLOSED: "解決済み",
}
_VERDICTS = {
    Verdict.PROPOSED: "承認を待っています",
    Verdict.APPROVED: "承認され、公開されました",
    Verdict.REJECTED: "見送られました",
}


def office(ministry: str | None) -> str:
    """What an asker reads of whoever answers: the office, not the name."""
    return f"{ministry or ''}照会窓口"


# ---------------------------------------------------------------- to the desk


def card(
    inquiry: Inquiry, question: Question, said: tuple[Article, ...], reply: Reply | None
) -> Message:
    """What the desk reads of an inquiry, and what can be done with it now."""
    gist = f"照会を受け付けました（受付番号 {inquiry.number}）"
    shown = "、".join(article.title for article in said) or "該当なし"
    fields = (
        ("所属", (question.ministry or "未登録",)),
        ("自動の案内", (shown,)),
        ("基準日", (f"{format_era(question.as_of)}時点",)),
        ("状況", (_stage(inquiry),)),
        ("回答の期限", (format_era(inquiry.due_on) if inquiry.due_on else "定めがありません",)),
    )
    elements: list[Element] = [Heading(gist), Quote(question.text), Fields(fields)]
    if reply is not None:
        elements += [Paragraph.of(f"お送りした{_STANDINGS[reply.standing]}"), Quote(reply.text)]
    buttons = _buttons(inquiry)
    if buttons:
        elements.append(Buttons(buttons))
    return Message(gist, tuple(elements))


def _stage(inquiry: Inquiry) -> str:
    stage = _STAGES[inquiry.stage]
    return f"{stage}（{inquiry.office}の担当者）" if inquiry.office else stage


def _buttons(inquiry: Inquiry) -> tuple[Button, ...]:
    def button(action: str, label: str, weight: Weight = Weight.NORMAL) -> Button:
        return Button(Control(action, inquiry.number), label, weight)

    match inquiry.stage:
        case Stage.WAITING:
            return (button(TAKE_OVER, "引き受ける", Weight.PRIMARY),)
        case Stage.TAKEN:
            return (button(COMPOSE, "回答する", Weight.PRIMARY), button(HAND_BACK, "窓口に戻す"))
        case Stage.ANSWERED | Stage.CLOSED:
            return (button(DRAFT, "記事にする"),)


def reply_form(inquiry: Inquiry) -> Form:
    """Asks for the answer; what is marked official binds the office."""
    standings = tuple(Option(value.value, label) for value, label in _STANDINGS.items())
    return Form(
        control=Control(REPLY, inquiry.number),
        title="照会に回答する",
        submit="送信する",
        intro=f"受付番号 {inquiry.number}。回答は質問された方の会話に届きます。お名前は出ません。",
        fields=(
            TextField(name=TEXT, label="回答", hint="結論を先に書きます。", multiline=True),
            TextField(name=BASIS, label="根拠", hint="例：人事院規則15-14 第3条", required=False),
            OneOfField(
                name=STANDING,
                label="種別",
                options=standings,
                initial=Standing.ADVICE.value,
            ),
        ),
    )


def reopened(inquiry: Inquiry) -> Message:
    """Tells the desk that the answer did not settle it."""
    gist = f"受付番号 {inquiry.number}：まだ解決していないとのご連絡がありました。"
    return Message(
        gist, (Note((gist, "受付時の投稿から、続けて回答してください。"), Tone.CAUTION),)
    )


_LATE = ("", "回答の期限を過ぎました。", "再度のお知らせです。回答の期限を過ぎています。")


def late(inquiry: Inquiry, due_on: date, number: int) -> Message:
    """Tells the desk that an answer is owed; the last notice is for its head."""
    told = _LATE[number] if number < len(_LATE) else "窓口長の確認をお願いします。"
    gist = f"受付番号 {inquiry.number}：{told}"
    state = f"期限は{format_era(due_on)}でした。{_stage(inquiry)}。"
    return Message(gist, (Note((gist, state), Tone.CAUTION),))


# ---------------------------------------------------------------- to the asker


def reply_card(reply: Reply, question: Question, stage: Stage) -> Message:
    """The answer of a person, and whether it settles the matter."""
    gist = f"照会への{_STANDINGS[reply.standing]}です（受付番号 {reply.number}）"
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
        case Stage.WAITING | Stage.TAKEN:
            told = "ご質問された方が「まだ解決していない」を押しました。担当者が続けて対応します。"
            elements.append(Note((told,)))
    return Message(gist, tuple(elements))


def _rating(reply: Reply) -> tuple[Button, ...]:
    return (
        Button(Control(SETTLE, reply.token), "解決した", Weight.PRIMARY),
        Button(Control(REOPEN, reply.token), "まだ解決していない"),
    )


# ---------------------------------------------------------------- an article of it


def draft_form(inquiry: Inquiry, question: Question, reply: Reply, review_by: date) -> Form:
    """Asks for an article, with all that question and reply already say."""
    return Form(
        control=Control(PROPOSE, inquiry.number),
        title="記事にする",
        submit="承認を求める",
        intro="別の担当者が承認すると、公開されます。個人や案件が分かることは書かないでください。",
        fields=(
            TextField(name=TITLE, label="題名", initial=question.text[:60], max_length=60),
            TextField(
                name=QUESTIONS,
                label="聞かれ方",
                hint="1行に1つ、言い方を変えて書くと見つかりやすくなります。",
                initial=question.text,
                multiline=True,
            ),
            TextField(name=ANSWER, label="答え", initial=reply.text, multiline=True),
            TextField(name=BASIS, label="根拠", initial=reply.basis),
            TextField(name=ISSUER, label="根拠を定めたところ", hint="例：人事院"),
            TextField(name=APPLIES_TO, label="対象", hint="例：一般職の国家公務員"),
            DateField(name=IN_FORCE, label="施行日", required=False),
            TextField(name=OWNER, label="記事の担当", initial=reply.office),
            DateField(name=REVIEW_BY, label="見直しの期限", initial=review_by),
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
        ("状況", (_VERDICTS[draft.verdict],)),
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
        approve = Button(Control(APPROVE, draft.token), "承認する", Weight.PRIMARY)
        elements.append(Buttons((approve, Button(Control(REJECT, draft.token), "見送る"))))
    return Message(gist, tuple(elements))


# ---------------------------------------------------------------- replies and refusals

SENT = "回答を送りました。"
CAUTION = "照会窓口の回答から作成した記事です。"
PROPOSED = "記事の案を窓口に出しました。別の担当者の承認を待ちます。"
APPROVED = "記事を公開しました。数秒で、どの画面からの質問にも使われます。"


def not_at_desk(_refusal: NotAtDesk) -> str:
    return "この操作は、名簿に窓口担当として登録されている方だけができます。"


def inquiry_gone(_refusal: InquiryGone) -> str:
    return "この照会の記録が見つかりません。"


def taken_by_other(refusal: TakenByOther) -> str:
    who = f"{refusal.office}の担当者" if refusal.office else "ほかの担当者"
    return f"この照会は{who}が対応しています。"


def not_taken(_refusal: NotTaken) -> str:
    return "先に「引き受ける」を押してください。"


def stage_over(refusal: StageOver) -> str:
    return f"この照会は、いま「{_STAGES[refusal.stage]}」です。画面を新しくしてください。"


def own_proposal(_refusal: OwnProposal) -> str:
    return "ご自身が出した案は承認できません。別の担当者の承認が必要です。"


def draft_settled(refusal: DraftSettled) -> str:
    return f"この案は、すでに{_VERDICTS[refusal.verdict]}。"


def answer_too_long(refusal: AnswerTooLong) -> str:
    given, limit = f"{refusal.length:,}字", f"{refusal.limit:,}字"
    return f"答えが{given}あります。{limit}までに、結論を先にまとめてください。"


def not_sound(refusal: NotSound) -> str:
    return "この案はまだ公開できません。\n" + "\n".join(refusal.faults)
