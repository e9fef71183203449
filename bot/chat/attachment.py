"""What goes with a message as a file: pictures, files, long tables, and text without room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.chat import messages
from bot.chat.plain import flatten, is_blank, shorten, tame
from bot.chat.sheet import make_csv
from bot.conversation.message import (
    Bullets,
    Buttons,
    Element,
    Fields,
    File,
    FileContent,
    Fold,
    Form,
    Heading,
    Image,
    Link,
    Note,
    Paragraph,
    Quote,
    Span,
    Strong,
    Table,
)

MOST_TITLE = 200
MOST_ALT = 1000
_MOST_NAME = 100


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that is shown with a message."""

    content: FileContent
    title: str
    alt: str | None = None
    """What a picture shows; None for what is no picture."""


def attach(element: Image | File) -> Attachment:
    """An image or a file of a message."""
    content = FileContent(
        _name(element.content.name), element.content.media_type, element.content.data
    )
    if isinstance(element, File):
        return Attachment(content, _title(element.title) or content.name)
    alt = flatten(element.alt)
    title = _title(element.caption or "") or _title(alt) or content.name
    return Attachment(content, title, shorten(alt, MOST_ALT))


def attach_table(table: Table) -> Attachment:
    """A table that has no room in a message, for a spreadsheet."""
    caption = _title(table.caption)
    content = FileContent(_name(f"{caption or messages.TABLE}.csv"), "text/csv", make_csv(table))
    return Attachment(content, caption or messages.TABLE)


def attach_rest(elements: Iterable[Element]) -> Attachment:
    """Elements that have no room in a message, as plain text."""
    text = "\n\n".join(filter(None, map(write_element, elements)))
    # The mark at the front tells old editors that it is UTF-8.
    content = FileContent(f"{messages.REST}.txt", "text/plain", f"{text}\n".encode("utf-8-sig"))
    return Attachment(content, messages.REST)


def write_element(element: Element) -> str:
    """An element as plain text, with the addresses of its links."""
    match element:
        case Heading(text) | Quote(text):
            return tame(text)
        case Paragraph(spans):
            return write_spans(spans)
        case Note(spans, tone):
            return f"【{messages.tone(tone)}】{write_spans(spans)}"
        case Bullets(items):
            return "\n".join(f"{messages.BULLET}{write_spans(item)}" for item in items)
        case Fold(summary, spans):
            return f"{tame(summary)}\n{write_spans(spans)}"
        case Fields(pairs):
            return "\n".join(f"{tame(label)}: {write_spans(spans)}" for label, spans in pairs)
        case Table(head, rows, caption):
            lines = (" | ".join(map(flatten, row)) for row in (head, *rows))
            return "\n".join((tame(caption), *lines))
        case Image() | File():
            return attach(element).title
        case Buttons(buttons):
            return "\n".join(f"［{tame(button.label)}］" for button in buttons)
        case Form():
            return "\n".join(filter(None, (tame(element.title), tame(element.intro or ""))))


def write_spans(spans: Iterable[Span]) -> str:
    return "".join(map(_write_span, spans))


def _write_span(span: Span) -> str:
    match span:
        case Strong(text):
            return tame(text)
        case Link(text, url):
            return f"{tame(text)}（{tame(url)}）"
        case str():
            return tame(span)


def _title(text: str) -> str:
    flat = flatten(text)
    return "" if is_blank(flat) else shorten(flat, MOST_TITLE)


def _name(raw: str) -> str:
    """A name that every service takes, with the ending that tells its kind."""
    flat = "".join("_" if c in '/\\:*?"<>|' else c for c in flatten(raw)).strip(". ")
    stem, dot, ending = flat.rpartition(".")
    if not dot or len(ending) > 10:
        return shorten(flat, _MOST_NAME) or "file"
    return f"{shorten(stem, _MOST_NAME)}.{ending}"
