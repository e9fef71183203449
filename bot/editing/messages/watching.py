"""Articles to look through again: the day's card to their owner, and the form that confirms one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.calendar import format_era
from bot.conversation.message import (
    Button,
    Buttons,
    Control,
    DateField,
    Element,
    Form,
    Heading,
    Message,
    Note,
    Paragraph,
    Tone,
)
from bot.editing.messages import terms
from knowledge.article import Article

SHOWN = 10
"""Articles of a card that can be pressed; of the rest the titles are told."""
REVIEWED = "確認済みにしました。数秒で、回答の注意書きがなくなります。"


def digest(articles: Sequence[Article], today: date) -> Message:
    """Tells an owner which articles have to be looked through, and why."""
    gist = f"記事の見直しをお願いします（{len(articles):,}件、{format_era(today)}）"
    elements: list[Element] = [Heading(gist)]
    for article in articles[:SHOWN]:
        elements.append(Heading(article.title))
        elements.append(Note(list_reasons(article, today), Tone.CAUTION))
        elements.append(Buttons(_buttons(article)))
    rest = "、".join(article.title for article in articles[SHOWN:])
    if rest:
        elements.append(Paragraph.of(f"ほかに：{rest}"))
    return Message(gist, tuple(elements))


def list_reasons(article: Article, today: date) -> tuple[str, ...]:
    """Why an article has to be looked through."""
    reasons = [
        f"「{a.source}」が{format_era(a.on)}に改正されたと登録されています。{a.note}"
        for a in article.amended
    ]
    if article.review_by < today:
        reasons.append(f"見直しの期限（{format_era(article.review_by)}）を過ぎました。")
    return tuple(reasons)


def _buttons(article: Article) -> tuple[Button, ...]:
    return (
        Button(Control(terms.REVIEW, article.id), "確認済みにする"),
        Button(Control(terms.REVISE, article.id), "改訂案を出す"),
        Button(Control(terms.HISTORY, article.id), "記事の履歴"),
    )


def review_form(article: Article, today: date, next_by: date) -> Form:
    """Asks by when an article that is right is to be looked through again."""
    return Form(
        control=Control(terms.REVIEWED, article.id),
        title="確認済みにする",
        submit="確認済みにする",
        intro=f"記事「{article.title}」の内容が、いまも正しいことを確かめてから押してください。",
        fields=(
            DateField(
                name=terms.REVIEW_BY, label="次の見直しの期限", initial=next_by, earliest=today
            ),
        ),
    )
