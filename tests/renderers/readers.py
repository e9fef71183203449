"""What was rendered, taken apart: the words that a reader reads, and everything but the words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from html.parser import HTMLParser

from bot.chat.attachment import Attachment

_CARD_WORDS = ("text", "title", "label", "placeholder", "errorMessage", "fallbackText", "value")


class Outline(HTMLParser):
    """The tags and attributes of a piece of HTML, and apart from them its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.words += [value or "" for name, value in attrs if name in ("alt", "value")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def part_blocks(value: object) -> tuple[str, object]:
    """Slack's blocks: the words as they are shown, and the blocks without them."""
    if isinstance(value, list | tuple):
        return _join(part_blocks(part) for part in value)
    if not isinstance(value, dict):
        return "", value
    own = value.get("text")
    words, others = "", value
    if isinstance(own, str):
        words = unescape(own) if value["type"] == "plain_text" else own
        others = {name: part for name, part in value.items() if name != "text"}
    more, make = _join(part_blocks(part) for part in others.values())
    return words + more, (tuple(others), make)


def part_card(value: object) -> tuple[str, object]:
    """A card: the words as they are shown, and the card without them."""
    if isinstance(value, list | tuple):
        return _join(part_card(part) for part in value)
    if not isinstance(value, dict):
        return "", value
    own = {name: value[name] for name in _CARD_WORDS if isinstance(value.get(name), str)}
    others = {name: part for name, part in value.items() if name not in own}
    words = "".join(own.values())
    if value.get("type") == "TextBlock":
        words = re.sub(r"\\(.)", r"\1", words)
    more, make = _join(part_card(part) for part in others.values())
    return words + more, (tuple(value), make)


def read_files(files: Iterable[Attachment]) -> str:
    """What is read beside a message: titles, descriptions, and what was put into text files."""
    parts = []
    for file in files:
        parts += [file.title, file.alt or ""]
        if file.content.media_type.startswith("text/"):
            parts.append(file.content.data.decode("utf-8-sig"))
    return "".join(parts)


def _join(parts: Iterable[tuple[str, object]]) -> tuple[str, object]:
    pairs = list(parts)
    return "".join(words for words, _ in pairs), tuple(make for _, make in pairs)
