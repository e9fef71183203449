"""How the desk words its answers, its questions back and its refusals."""

from __future__ import annotations

from datetime import date

from bot.calendar import format_closure, format_era
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
    Link,
    Message,
    Note,
    Paragraph,
    Span,
    Strong,
    TextField,
    Tone,
    Weight,
)
from bot.desk.model import (
    AlreadyEscalated,
    AlreadyResolved,
    Answered,
    ArticleGone,
    Clarify,
    DecisionName,
    NotKnown,
    NotTheAsker,
    Promise,
    Question,
    QuestionEmpty,
    QuestionGone,
    QuestionTooLong,
    Sought,
    State,
)
from knowledge.article import Amendment, Article, Confidence, Kind, Period, Source, Version

RESOLVE = "desk.resolve"
ESCALATE = "desk.escalate"
NAMELESS = "desk.escalate_nameless"
OTHERS = "desk.others"
CHOOSE_DAY = "desk.choose_day"
ANSWER_AS_OF = "desk.answer_as_of"
DAY = "day"
PICK = "desk.pick"
COMPOSE = "desk.compose"
ASK = "desk.ask"
QUESTION = "question"

_CONFIDENCE = {
    Confidence.PRIMARY: "法令・公表資料の本文を確認",
    Confidence.SECONDARY: "報道・解説など二次資料による",
    Confidence.UNSEEN: "資料を確認できていません",
}

_UNKNOWN_START = (
    "この規定がいつからのものかは確認できていません。お尋ねの時点で同じだったとは限りません。"
)
_SCOPE = (
    "国家公務員のテレワークと、それに関わる勤務時間・手当・服務などの制度について、"
    "ご質問をお受けしています。"
)
_NO_GUESS = "推測ではお答えしません。担当者に照会すると、照会窓口が確認します。"
_ASK_PERSON = "確かなことは、担当者に照会してください。照会窓口が確認します。"


# ---------------------------------------------------------------- answers


def answer(question: Question, answered: Answered, extra: tuple[Button, ...] = ()) -> Message:
    """The rule in force: conclusion, caution, ground, practices, and what to do next."""
    article, version = answered.article, answered.version
    elements: list[Element] = [Heading(_title(article)), Paragraph.of(version.answer)]
    elements += _cautions(article)
    elements += _time_notes(question, article, version)
    elements += _stale_notes(question, article)
    elements.append(Fields(_grounds(question, article, version)))
    elements += _more(article, version)
    elements += _practices(answered.practices)
    if len(article.versions) > 1:
        extra = (_day_button(question), *extra)
    if answered.others and question.state is State.OPEN:
        extra = (Button(Control(OTHERS, question.token), "ほかの候補"), *extra)
    elements += _closing(question, extra)
    return Message(version.answer, tuple(elements))


def understood(card: Message, sought: Sought) -> Message:
    """The card, with how the question was read where that is not plain from its words."""
    notes = []
    if sought.continues is not None:
        notes.append(Note((f"「{sought.continues}」の続きとしてお答えします。",)))
    if sought.search.repaired:
        read = "、".join(f"「{word}」は「{meant}」" for word, meant in sought.search.repaired)
        notes.append(Note((f"{read}のことですか。そのように読んでお答えします。",)))
    return Message(card.gist, (*notes, *card.elements))


def _title(article: Article) -> str:
    if article.scope:
        return f"{article.title}（{'・'.join(article.scope)}の規程）"
    if article.kind is Kind.PRACTICE:
        return f"好事例：{article.title}"
    return article.title


def _cautions(article: Article) -> list[Element]:
    notes: list[Element] = []
    if article.caution:
        notes.append(Note((article.caution,), Tone.CAUTION))
    if article.inference:
        notes.append(Note((article.inference,), Tone.INFO))
    return notes


def _time_notes(question: Question, article: Article, version: Version) -> list[Element]:
    """What an answer as of another day must not hide: doubt about its start, what came later."""
    notes: list[Element] = []
    asked = question.asked_on
    if question.as_of < asked and version.in_force.first is None:
        notes.append(Note((_UNKNOWN_START,), Tone.CAUTION))
    now = article.version_on(asked)
    if question.as_of != asked and now is not None and now is not version:
        summary = f"{format_era(asked)}時点では内容が変わっています"
        notes.append(Fold(summary, (now.answer,)))
    return notes


def _stale_notes(question: Question, article: Article) -> list[Element]:
    """What is registered and not looked into yet: said with care, as nobody has confirmed it."""
    told = [_amended(amendment, question) for amendment in article.amended]
    if article.review_by < min(question.asked_on, question.as_of):
        by = format_era(article.review_by)
        told.append(f"この回答は、見直しの期限（{by}）を過ぎています。内容を確認中です。")
    return [Note((text,), Tone.CAUTION) for text in told if text]


def _amended(amendment: Amendment, question: Question) -> str:
    """An amendment says nothing of the days before it."""
    on = format_era(amendment.on)
    if amendment.on <= question.as_of:
        return f"この回答の根拠は{on}に改正されたと登録されています。確認中です。"
    if amendment.on > question.asked_on:
        return f"この回答の根拠は{on}に改正される予定と登録されています。確認中です。"
    return ""


def _grounds(
    question: Question, article: Article, version: Version
) -> tuple[tuple[str, tuple[Span, ...]], ...]:
    """What a reader checks first: the ground, since when, for whom, as of when, how sure."""
    pairs: list[tuple[str, tuple[Span, ...]]] = []
    if article.sources:
        pairs.append(("根拠", _source_spans(article.sources[0])))
    if version.in_force != Period():
        pairs.append(("時期" if article.kind is Kind.PRACTICE else "施行", (_in_force(version),)))
    coming = article.version_after(question.as_of)
    if coming is not None and coming.in_force.first is not None:
        pairs.append(_change(coming.in_force.first, question.asked_on))
    pairs.append(("対象", (article.applies_to,)))
    pairs.append(("確認", (_CONFIDENCE[article.confidence],)))
    pairs.append(("時点", (f"{format_era(question.as_of)}時点のご案内です。",)))
    return tuple(pairs)


def _change(first: date, asked: date) -> tuple[str, tuple[Span, ...]]:
    if first <= asked:
        return "その後の変更", (f"{format_era(first)}から内容が変わりました。",)
    return "今後の変更", (f"{format_era(first)}から内容が変わります。",)


def _in_force(version: Version) -> str:
    first, last = version.in_force.first, version.in_force.last
    since = f"{format_era(first)}から" if first else "始まりの時期は確認できていません"
    return f"{since}{format_era(last)}まで" if last else since


def _source_spans(source: Source) -> tuple[Span, ...]:
    title: Span = Link(source.title, source.url) if source.url else source.title
    told = "、".join(part for part in (source.issuer, source.date) if not part.startswith("不明"))
    where = f" {source.where}" if source.where else ""
    return (title, f"{where}（{told}）" if told else where)


def _more(article: Article, version: Version) -> list[Element]:
    """What most readers skip: the detail, and the further sources."""
    folds: list[Element] = []
    if version.detail:
        folds.append(Fold("くわしい内容", (version.detail,)))
    for number, source in enumerate(article.sources[1:], start=2):
        folds.append(Fold(f"出典{number}", _source_spans(source)))
    return folds


def _practices(practices: tuple[Article, ...]) -> list[Element]:
    if not practices:
        return []
    folds = [
        Fold(f"{practice.ministry}：{practice.title}", (practice.versions[-1].answer,))
        for practice in practices
    ]
    return [Paragraph.of(Strong("参考になる好事例")), *folds]


def _closing(question: Question, extra: tuple[Button, ...]) -> list[Element]:
    match question.state:
        case State.RESOLVED:
            return [
                Note(
                    ("ご質問された方が「解決した」を押しました。解決したとのご連絡、承りました。",)
                )
            ]
        case State.ESCALATED:
            return [Note((escalated(question.inquiry or ""),))]
        case State.OPEN:
            return [Buttons((_resolve_button(question), *_escalate_buttons(question), *extra))]


def _resolve_button(question: Question) -> Button:
    return Button(Control(RESOLVE, question.token), "解決した")


def _day_button(question: Question) -> Button:
    return Button(Control(CHOOSE_DAY, question.token), "時点を変える")


def day_form(question: Question) -> Form:
    """Asks for the day as of which to answer."""
    return Form(
        control=Control(ANSWER_AS_OF, question.token),
        title="時点を変える",
        submit="この時点で答える",
        intro="選んだ日に施行されていた規定でお答えします。",
        fields=(DateField(name=DAY, label="時点", initial=question.as_of),),
    )


def _escalate_buttons(question: Question) -> tuple[Button, Button]:
    return (
        Button(Control(ESCALATE, question.token), "担当者に照会する", Weight.PRIMARY),
        Button(Control(NAMELESS, question.token), "名前を出さずに照会"),
    )


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
        elements.append(Buttons((*_escalate_buttons(question), *extra)))
    else:
        elements.append(Bullets(tuple((candidate.title,) for candidate in clarify.candidates)))
        elements += _closing(question, ())
    return Message(gist, tuple(elements))


def not_known(question: Question, not_known: NotKnown, extra: tuple[Button, ...] = ()) -> Message:
    """An honest "I do not know", with a person offered."""
    match not_known:
        case NotKnown(unsettled=Article() as article):
            gist, elements = _unsettled(question, article)
        case NotKnown(outside=Article() as article):
            gist, elements = _outside(question, article)
        case NotKnown(out_of_scope=str(title)):
            gist = f"「{title}」には、この窓口ではお答えできません。"
            elements = [Paragraph.of(gist), Paragraph.of(_SCOPE)]
        case _:
            gist = "このご質問に、確かな根拠をもってお答えできる規定が見つかりませんでした。"
            elements = [Paragraph.of(gist), Paragraph.of(_NO_GUESS)]
    if not_known.outside is not None:
        extra = (_day_button(question), *extra)
    if question.state is State.OPEN:
        elements.append(Buttons((*_escalate_buttons(question), *extra)))
    else:
        elements += _closing(question, ())
    return Message(gist, tuple(elements))


def _unsettled(question: Question, article: Article) -> tuple[str, list[Element]]:
    """What could not be confirmed, in the words of the article on it."""
    version = article.version_on(question.as_of) or article.versions[-1]
    elements: list[Element] = [Heading(article.title), Paragraph.of(version.answer)]
    elements += _cautions(article)
    elements += _more(article, version)
    elements.append(Paragraph.of(_ASK_PERSON))
    return version.answer, elements


def _outside(question: Question, article: Article) -> tuple[str, list[Element]]:
    """The rule is known, but not for the day that was asked about."""
    gist = f"{format_era(question.as_of)}時点の規定は登録されていません。"
    periods = tuple((_in_force(version),) for version in article.versions)
    told = f"「{article.title}」について登録しているのは、次の期間の規定です。"
    return gist, [
        Paragraph.of(gist),
        Paragraph.of(told),
        Bullets(periods),
        Paragraph.of(_ASK_PERSON),
    ]


# ---------------------------------------------------------------- asking by form, and a Home

_ABOUT = (
    "国家公務員のテレワークの制度について、いま効力のある規定とその根拠をお答えします。"
    "確かでないことは推測で答えず、担当者への照会におつなぎします。"
)
_STATES = {
    State.OPEN: "回答済み",
    State.RESOLVED: "解決済み",
    State.ESCALATED: "照会中",
}
ASKED = "ご質問を受け付けました。回答は、この窓口との会話に届きます。"


def ask_form(text: str, limit: int) -> Form:
    """Asks for a question, or shows somebody's words to be asked as they stand or reworded."""
    return Form(
        control=Control(ASK, ""),
        title="窓口に質問する",
        submit="質問する",
        intro="回答は、この窓口との会話に届きます。個人情報は書かないでください。",
        fields=(
            TextField(
                name=QUESTION,
                label="ご質問",
                hint="例：フレックスのコアタイムは何時間ですか",
                initial=text[:limit],
                multiline=True,
                max_length=limit,
            ),
        ),
    )


def home(
    recent: tuple[Question, ...], extra: tuple[Button, ...], above: tuple[Element, ...] = ()
) -> Message:
    """What somebody sees first: how to ask, what their office has for them, what they asked."""
    ask = Button(Control(COMPOSE, ""), "質問する", Weight.PRIMARY)
    elements: list[Element] = [Paragraph.of(_ABOUT), Buttons((ask, *extra)), *above]
    elements.append(Heading("最近のご質問"))
    elements.append(_listed(recent, "ご質問はまだありません。"))
    return Message("テレワーク制度の照会窓口", tuple(elements))


def _listed(questions: tuple[Question, ...], none: str) -> Element:
    if not questions:
        return Paragraph.of(none)
    return Bullets(tuple((_line(question),) for question in questions))


def _line(question: Question) -> str:
    words = " ".join(question.text.split())
    short = words if len(words) <= 60 else f"{words[:60]}…"
    state = _STATES[question.state]
    if question.state is State.OPEN and question.decision is not DecisionName.ANSWERED:
        state = "未解決"
    number = f"、受付番号 {question.inquiry}" if question.inquiry else ""
    return f"{short}（{format_era(question.asked_on)}、{state}{number}）"


# ---------------------------------------------------------------- the desk


def expected(card: Message, promise: Promise) -> Message:
    """The card, with who means to answer by when, and with what the asker may not think of."""
    told = [f"{promise.office}が、{format_era(promise.due_on)}までに回答する予定です。"]
    told += [f"{format_closure(closure)}は閉庁日です。" for closure in promise.closures]
    if promise.hours:
        told.append(f"受付時間：{promise.hours}")
    return Message(card.gist, (*card.elements, Note(tuple(told))))


def escalated(number: str) -> str:
    return (
        "ご質問された方が「担当者に照会する」を押しました。"
        f"照会窓口に届けました。受付番号は {number} です。"
    )


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


def already_escalated(refusal: AlreadyEscalated) -> str:
    return f"このご質問は、すでに照会窓口に届いています（受付番号 {refusal.number}）。"


def article_gone(_refusal: ArticleGone) -> str:
    return "選ばれた内容は、現在ご案内していません。もう一度、言葉を変えてご質問ください。"
