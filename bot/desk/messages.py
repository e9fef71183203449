"""How the desk words its answers, its questions back and its refusals."""

from __future__ import annotations

from bot.calendar import format_era
from bot.conversation.message import (
    Bullets,
    Button,
    Buttons,
    Control,
    Element,
    Fields,
    Fold,
    Heading,
    Link,
    Message,
    Note,
    Paragraph,
    Quote,
    Span,
    Strong,
    Tone,
    Weight,
)
from bot.desk.model import (
    AlreadyReferred,
    AlreadyResolved,
    Answered,
    ArticleGone,
    Clarify,
    NotKnown,
    NotTheAsker,
    Question,
    QuestionEmpty,
    QuestionGone,
    QuestionTooLong,
    State,
)
from knowledge.article import Article, Confidence, Source, Version

RESOLVE = "desk.resolve"
REFER = "desk.refer"
PICK = "desk.pick"

_CONFIDENCE = {
    Confidence.PRIMARY: "法令・公表資料の本文を確認",
    Confidence.SECONDARY: "報道・解説など二次資料による",
    Confidence.UNSEEN: "資料を確認できていません",
}
_BY_MINISTRY = "府省の規程によります。お勤めの府省の人事担当にもご確認ください。"


# ---------------------------------------------------------------- answers


def answer(question: Question, answered: Answered, extra: tuple[Button, ...] = ()) -> Message:
    """The rule in force: conclusion, caution, ground, practices, and what to do next."""
    article, version = answered.article, answered.version
    elements: list[Element] = [Heading(article.title), Paragraph.of(version.answer)]
    elements += _cautions(article)
    if version.detail:
        elements.append(Fold("くわしい内容", (version.detail,)))
    elements.append(Fields(_grounds(question, article, version)))
    elements += _practices(answered.practices)
    elements += _closing(question, extra)
    return Message(version.answer, tuple(elements))


def _cautions(article: Article) -> list[Element]:
    notes: list[Element] = []
    if article.caution:
        notes.append(Note((article.caution,), Tone.CAUTION))
    if article.confidence is Confidence.SECONDARY and not article.caution:
        notes.append(Note((_BY_MINISTRY,), Tone.CAUTION))
    if article.inference:
        notes.append(Note((article.inference,), Tone.INFO))
    return notes


def _grounds(
    question: Question, article: Article, version: Version
) -> tuple[tuple[str, tuple[Span, ...]], ...]:
    first = version.in_force.first
    pairs: list[tuple[str, tuple[Span, ...]]] = [
        ("出典", _source_spans(source)) for source in article.sources
    ]
    pairs.append(
        ("施行", (f"{format_era(first)}から",) if first else ("時期は確認できていません",))
    )
    coming = article.version_after(question.as_of)
    if coming is not None and coming.in_force.first is not None:
        pairs.append(("今後の変更", (f"{format_era(coming.in_force.first)}に内容が変わります。",)))
    pairs.append(("対象", (article.applies_to,)))
    pairs.append(("基準日", (f"{format_era(question.as_of)}時点",)))
    pairs.append(("確認の度合い", (_CONFIDENCE[article.confidence],)))
    return tuple(pairs)


def _source_spans(source: Source) -> tuple[Span, ...]:
    title: Span = Link(source.title, source.url) if source.url else source.title
    where = f" {source.where}" if source.where else ""
    return (title, f"{where}（{source.issuer}、{source.date}）")


def _practices(practices: tuple[Article, ...]) -> list[Element]:
    if not practices:
        return []
    items = tuple(
        (Strong(f"{practice.ministry}: " if practice.ministry else ""), practice.title)
        for practice in practices
    )
    return [Paragraph.of(Strong("参考になる好事例")), Bullets(items)]


def _closing(question: Question, extra: tuple[Button, ...]) -> list[Element]:
    match question.state:
        case State.RESOLVED:
            return [Note(("解決したとのご連絡をいただきました。",))]
        case State.REFERRED:
            return [Note((referred(question.inquiry or ""),))]
        case State.OPEN:
            return [Buttons((_resolve_button(question), _refer_button(question), *extra))]


def _resolve_button(question: Question) -> Button:
    return Button(Control(RESOLVE, question.token), "解決した")


def _refer_button(question: Question) -> Button:
    return Button(Control(REFER, question.token), "担当者に照会する", Weight.PRIMARY)


# ---------------------------------------------------------------- questions back


def clarify(question: Question, clarify: Clarify, extra: tuple[Button, ...] = ()) -> Message:
    """Which of these is meant?"""
    gist = "近い内容が複数あります。どれについてのご質問でしょうか。"
    choices = tuple(
        Button(Control(PICK, f"{question.token}-{number}"), candidate.title)
        for number, candidate in enumerate(clarify.candidates)
    )
    elements: list[Element] = [Paragraph.of(gist)]
    if question.state is State.OPEN:
        elements.append(Buttons(choices))
        elements.append(Paragraph.of("この中にないときは、担当者に照会できます。"))
        elements.append(Buttons((_refer_button(question), *extra)))
    else:
        elements.append(Bullets(tuple((candidate.title,) for candidate in clarify.candidates)))
        elements += _closing(question, ())
    return Message(gist, tuple(elements))


def picked(article: Article) -> Message:
    """What stands in the place of the choice once it is made."""
    text = f"「{article.title}」についてお答えします。"
    return Message(text, (Paragraph.of(text),))


def not_known(question: Question, not_known: NotKnown, extra: tuple[Button, ...] = ()) -> Message:
    """An honest "I do not know", with a person offered."""
    gist = "このご質問に、確かな根拠をもってお答えできる規定が見つかりませんでした。"
    elements: list[Element] = [Paragraph.of(gist)]
    unsettled = not_known.unsettled
    if unsettled is not None:
        version = unsettled.version_on(question.as_of)
        gist = version.answer if version else gist
        elements = [Heading(unsettled.title), Paragraph.of(gist)]
        if unsettled.caution:
            elements.append(Note((unsettled.caution,), Tone.CAUTION))
    if question.state is State.OPEN:
        elements.append(
            Paragraph.of("推測ではお答えしません。担当者に照会すると、照会窓口が確認します。")
        )
        elements.append(Buttons((_refer_button(question), *extra)))
    else:
        elements += _closing(question, ())
    return Message(gist, tuple(elements))


# ---------------------------------------------------------------- the desk


def referred(number: str) -> str:
    return f"照会窓口に届けました。受付番号は {number} です。"


def to_desk(question: Question, number: str, said: tuple[Article, ...]) -> Message:
    """What the desk reads of an inquiry."""
    gist = f"照会を受け付けました（受付番号 {number}）"
    shown = "、".join(article.title for article in said) or "該当なし"
    fields = (
        ("所属", (question.ministry or "未登録",)),
        ("自動の案内", (shown,)),
        ("基準日", (f"{format_era(question.as_of)}時点",)),
    )
    return Message(gist, (Heading(gist), Quote(question.text), Fields(fields)))


# ---------------------------------------------------------------- refusals


def question_empty(_refusal: QuestionEmpty) -> str:
    return "ご質問の文を入力してください。例：「フレックスのコアタイムは何時間ですか」"


def question_too_long(refusal: QuestionTooLong) -> str:
    return (
        f"ご質問は{refusal.limit:,}字以内でお願いします（いまは{refusal.length:,}字です）。"
        "要点をしぼるか、いくつかに分けてお送りください。"
    )


def question_gone(_refusal: QuestionGone) -> str:
    return "このご質問の記録が見つかりません。お手数ですが、もう一度ご質問ください。"


def not_the_asker(_refusal: NotTheAsker) -> str:
    return "このボタンは、ご質問された方だけが押せます。同じ内容は、新しくご質問ください。"


def already_resolved(_refusal: AlreadyResolved) -> str:
    return "このご質問は「解決した」として閉じています。続きは、新しくご質問ください。"


def already_referred(refusal: AlreadyReferred) -> str:
    return f"このご質問は、すでに照会窓口に届いています（受付番号 {refusal.number}）。"


def article_gone(_refusal: ArticleGone) -> str:
    return "選ばれた内容は、現在ご案内していません。もう一度、言葉を変えてご質問ください。"
