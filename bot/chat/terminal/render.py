"""Neutral message → lines of plain text, pure; pictures, files and forms are only named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from bot.conversation.message import (
    Bullets,
    Button,
    Buttons,
    Element,
    Fields,
    File,
    Fold,
    Form,
    Heading,
    Image,
    Link,
    Message,
    Note,
    Paragraph,
    Quote,
    Span,
    Strong,
    Table,
    Tone,
)

_TONES = {Tone.INFO: "【補足】", Tone.CAUTION: "【ご注意】"}


def render_text(message: Message) -> str:
    """The message without its buttons, which a script cannot press."""
    parts = (render_element(element) for element in message.elements)
    return "\n".join(part for part in parts if part)


def render_element(element: Element) -> str:
    """One element; an empty string for what a terminal's reader cannot use."""
    match element:
        case Heading(text):
            return f"■ {text}"
        case Paragraph(spans):
            return _line(spans)
        case Quote(text):
            return "\n".join(f"> {line}" for line in text.splitlines())
        case Bullets(items):
            return "\n".join(f"・{_line(item)}" for item in items)
        case Note(spans, tone):
            return f"{_TONES[tone]}{_line(spans)}"
        case Fold(summary, spans):
            return f"（{summary}）{_line(spans)}"
        case Fields(pairs):
            return "\n".join(f"{label}: {_line(spans)}" for label, spans in pairs)
        case Table(head, rows, caption):
            return "\n".join([caption, *("\t".join(row) for row in (head, *rows))])
        case Image(_, alt):
            return f"［図］{alt}"
        case File(content, title):
            return f"［ファイル］{title}（{content.name}）"
        case Buttons():
            return ""
        case Form(_, title):
            return f"［入力欄］{title}"
    assert_never(element)


def list_buttons(message: Message) -> tuple[Button, ...]:
    """The message's buttons in reading order."""
    rows = (element.buttons for element in message.elements if isinstance(element, Buttons))
    return tuple(button for row in rows for button in row)


def _line(spans: Iterable[Span]) -> str:
    return "".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    match span:
        case str():
            return span
        case Strong(text):
            return text
        case Link(text, url):
            return f"{text} <{url}>"
    assert_never(span)
