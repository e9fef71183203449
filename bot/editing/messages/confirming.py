"""Confirmed wordings that wait for approval: the weekly card, and the forms to judge them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from hashlib import sha256

from bot.calendar import format_era
from bot.conversation.message import (
    Bullets,
    Button,
    Buttons,
    Control,
    Element,
    Form,
    Heading,
    Message,
    OneOfField,
    Option,
    Paragraph,
    SeveralOfField,
)
from bot.desk.model import Confirmed
from bot.editing.messages import terms
from bot.editing.model import Judgement
from knowledge.article import Article

Waiting = tuple[Article, Sequence[Confirmed]]
"""An article, and the wordings that wait for it."""

_CHOICES = (
    Option("later", "あとで決める"),
    Option(Judgement.ADDED.value, "聞かれ方に加える"),
    Option(Judgement.DROPPED.value, "見送る"),
)
SHOWN = 5
"""Articles of a weekly card; the rest comes when these are done."""
AT_ONCE = 10
"""Wordings of one form."""


def weekly(waiting: Sequence[Waiting], day: date) -> Message:
    """Tells a desk which wordings wait, by article."""
    count = sum(len(found) for _, found in waiting)
    gist = f"聞かれ方の確認をお願いします（{count:,}件、{format_era(day)}）"
    elements: list[Element] = [
        Heading(gist),
        Paragraph.of("質問された方が「この記事で解決した」と示した言い方です。"),
    ]
    for article, found in waiting[:SHOWN]:
        elements.append(Heading(article.title))
        elements.append(Bullets(tuple((_line(one),) for one in found[:SHOWN])))
        control = Control(terms.CONFIRM, article.id)
        elements.append(Buttons((Button(control, f"確かめる（{len(found):,}件）"),)))
    if len(waiting) > SHOWN:
        elements.append(Paragraph.of(f"ほかに、{len(waiting) - SHOWN:,}件の記事で待っています。"))
    return Message(gist, tuple(elements))


def _line(wording: Confirmed) -> str:
    return f"{wording.text}（{wording.count:,}回）"


def judging_form(article: Article, waiting: Sequence[Confirmed]) -> Form:
    """Asks of each wording whether it becomes a phrasing of the article."""
    fields = tuple(
        OneOfField(
            name=f"{terms.WORDING}{one.id}",
            label=_line(one),
            options=_CHOICES,
            initial=_CHOICES[0].value,
        )
        for one in waiting[:AT_ONCE]
    )
    return Form(
        control=Control(terms.JUDGE, article.id),
        title="聞かれ方を確かめる",
        submit="決定する",
        intro=f"記事「{article.title}」。加えた聞かれ方は、数秒で検索に使われます。",
        fields=fields,
    )


def withdrawal_form(article: Article) -> Form:
    """Asks which of the wordings that were added are to go."""
    options = tuple(Option(name_wording(text), text) for text in article.confirmed)
    return Form(
        control=Control(terms.WITHDRAW, article.id),
        title="聞かれ方を取り下げる",
        submit="取り下げる",
        intro=f"記事「{article.title}」に加えた聞かれ方です。",
        fields=(SeveralOfField(name=terms.WORDING, label="取り下げるもの", options=options),),
    )


def name_wording(text: str) -> str:
    """A wording as the value of an option: it stays the same whatever else is taken back."""
    return sha256(text.encode()).hexdigest()[:16]


def judged(added: int, dropped: int) -> str:
    return f"聞かれ方を{added:,}件加え、{dropped:,}件見送りました。数秒で検索に使われます。"


def withdrawn(count: int) -> str:
    return f"聞かれ方を{count:,}件取り下げました。数秒で検索に使われなくなります。"


NOTHING = "確認を待っている聞かれ方はありません。"


def list_buttons(article: str, waiting: int, added: int) -> tuple[Button, ...]:
    """What can be done with an article's wordings."""
    confirm = Button(Control(terms.CONFIRM, article), f"聞かれ方を確かめる（{waiting:,}件）")
    withdraw = Button(Control(terms.UNDO, article), "聞かれ方を取り下げる")
    return (*((confirm,) if waiting else ()), *((withdraw,) if added else ()))
