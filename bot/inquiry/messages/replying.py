"""An answer as it is written, and as the asker reads it."""

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
    FormField,
    Heading,
    Link,
    Message,
    Note,
    OneOfField,
    Option,
    Paragraph,
    Quote,
    SeveralOfField,
    Span,
    TextField,
    Weight,
)
from bot.desk.model import Question
from bot.inquiry.messages import terms
from bot.inquiry.model import Citation, Composed, Inquiry, Reply, Stage, Standing
from knowledge.article import Article, Source


def sent(followers: int) -> str:
    """What an officer reads who has answered."""
    also = f"まとめた照会{followers}件の方にも送りました。" if followers else ""
    return f"回答を送りました。{also}"


_LONGEST_SIGNATURE = 100
"""Letters that are kept of who answered."""


def sign(desk: str, officer: str) -> str:
    """How a desk answers that signs with its officer's name."""
    return f"{desk}（担当 {officer}）"[:_LONGEST_SIGNATURE]


def reply_form(
    inquiry: Inquiry,
    followers: int = 0,
    offered: tuple[Article, ...] = (),
    last: Composed | None = None,
    *,
    is_checked: bool = False,
) -> Form:
    """Asks for the answer; what is marked official binds the office.

    `followers`: how many others it goes to as well; `offered`: articles that may stand behind it;
    `last`: what was written of it before; `is_checked`: whether a second person looks it through.
    """
    written = last or Composed("", "", Standing.ADVICE)
    return Form(
        control=Control(terms.REPLY, inquiry.number),
        title="回答案を書く" if is_checked else "照会に回答する",
        submit="確認を求める" if is_checked else "送信する",
        intro=_intro(inquiry, followers, is_checked),
        fields=(
            TextField(
                name=terms.TEXT,
                label="回答",
                hint="結論を先に書きます。",
                initial=written.text,
                multiline=True,
            ),
            TextField(
                name=terms.BASIS,
                label="根拠",
                hint="例：人事院規則15-14 第3条",
                initial=written.basis,
                required=False,
            ),
            *_source_fields(written, offered),
            _standing_field(written),
        ),
    )


def _source_fields(written: Composed, offered: tuple[Article, ...]) -> tuple[FormField, ...]:
    """Articles to tick, where there are some, and lines for all else."""
    typed = TextField(
        name=terms.SOURCES,
        label="出典",
        hint="1行に1つ。題名とアドレス、または記事の題名。例：人事院規則15-14 https://…",
        initial="\n".join(_line(one) for one in written.sources if not one.article_id),
        multiline=True,
        required=False,
    )
    options = tuple(Option(article.id, article.title) for article in offered)
    if not options:
        return (typed,)
    ticked = dict.fromkeys(one.article_id for one in written.sources if one.article_id)
    articles = SeveralOfField(
        name=terms.ARTICLES,
        label="出典にする記事",
        hint="選んだ記事の出典を、回答に添えます。",
        options=options,
        initial=tuple(id for id in ticked if id in {option.value for option in options}),
        required=False,
    )
    return (articles, typed)


def _line(source: Citation) -> str:
    """A source as it is typed."""
    return f"{source.title} {source.url}" if source.url else source.title


def _standing_field(written: Composed) -> OneOfField:
    return OneOfField(
        name=terms.STANDING,
        label="種別",
        options=tuple(Option(value.value, label) for value, label in terms.STANDINGS.items()),
        initial=written.standing.value,
    )


def _intro(inquiry: Inquiry, followers: int, is_checked: bool) -> str:
    first = "別の担当者が確認すると、" if is_checked else ""
    told = (
        f"受付番号 {inquiry.number}。{first}回答は質問された方の会話に届きます。お名前は出ません。"
    )
    if not followers:
        return told
    return (
        f"{told}まとめた照会{followers}件の方にも、同じ文面が届きます。"
        "ほかの方のことが分かる内容は書かないでください。"
    )


def issued(source: Source) -> str:
    """Who issued a source, and when, as far as it is known."""
    told = (part for part in (source.issuer, source.date) if not part.startswith("不明"))
    return "、".join(told)


Pair = tuple[str, tuple[Span, ...]]


def grounds(
    basis: str, sources: tuple[Citation, ...], read_on: date | None = None
) -> tuple[Pair, ...]:
    """What an answer rests on: the rule, and where it can be read.

    `read_on`: the day as of which an address was given whose own date nobody knows.
    """
    pairs: list[Pair] = [("根拠", (basis,))] if basis else []
    for number, source in enumerate(sources, start=1):
        label = f"出典{number}" if len(sources) > 1 else "出典"
        pairs.append((label, _spans(source, read_on)))
    return tuple(pairs)


def _spans(source: Citation, read_on: date | None) -> tuple[Span, ...]:
    title: Span = Link(source.title, source.url) if source.url else source.title
    told = source.told
    if not told and source.url and read_on is not None:
        told = f"{format_era(read_on)}参照"
    behind = f"記事「{source.article}」" if source.article else ""
    notes = "、".join(part for part in (told, behind) if part)
    return (title, f"（{notes}）") if notes else (title,)


def reply_card(reply: Reply, question: Question, stage: Stage) -> Message:
    """The answer of a person, and whether it settles the matter."""
    gist = f"照会への{terms.STANDINGS[reply.standing]}です（受付番号 {reply.number}）"
    fields = (
        *grounds(reply.basis, reply.sources, reply.sent_on),
        ("回答者", (reply.office,)),
        ("回答日", (format_era(reply.sent_on),)),
    )
    elements: list[Element] = [
        Heading(gist),
        Quote(question.text),
        Paragraph.of(reply.text),
        Fields(fields),
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
