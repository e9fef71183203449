"""What became of an article, from its first draft: who, when, and what stood in it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.conversation.message import (
    Button,
    Buttons,
    Element,
    Fold,
    Heading,
    Message,
    Paragraph,
    Table,
)
from bot.editing.messages import terms
from bot.editing.model import Draft, Event, Happened

_HEAD = ("日時", "できごと", "担当", "理由など")
_HAPPENED = {
    Happened.PROPOSED: "第{}案の提案",
    Happened.RETURNED: "第{}案の差し戻し",
    Happened.APPROVED: "第{}案の承認・公開",
    Happened.REJECTED: "第{}案の見送り",
    Happened.PUT: "運用者による公開",
    Happened.ADDED: "聞かれ方の追加",
    Happened.DROPPED: "聞かれ方の見送り",
    Happened.WITHDRAWN: "聞かれ方の取り下げ",
}


def history(
    title: str, events: Sequence[Event], drafts: Sequence[Draft], buttons: tuple[Button, ...] = ()
) -> Message:
    """Every version with who and when, the first one first; for those who work on articles."""
    gist = f"記事「{title}」の履歴"
    elements: list[Element] = [Heading(gist)]
    if events:
        elements.append(Table(_HEAD, tuple(map(_row, events)), "記事の履歴"))
        elements += [_show(draft) for draft in drafts]
    else:
        elements.append(Paragraph.of("配布された記事のままで、この窓口での変更はありません。"))
    if buttons:
        elements.append(Buttons(buttons))
    return Message(gist, tuple(elements))


def _row(event: Event) -> tuple[str, str, str, str]:
    happened = _HAPPENED[event.what].format(event.revision)
    return terms.moment(event.at), happened, event.who or terms.UNKNOWN, event.reason


def _show(draft: Draft) -> Fold:
    body = draft.body
    told = (body.answer, body.detail, f"根拠：{body.basis}（{body.issuer}）")
    lines = "\n".join(text for text in told if text)
    return Fold(f"第{draft.revision}案：{body.title}（施行 {terms.day(body.in_force)}）", (lines,))
