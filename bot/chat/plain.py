"""Text that no payload breaks on, and where a long one is parted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote

_LINES = str.maketrans({"\t": "    ", "\u2028": "\n", "\u2029": "\n", "\x85": "\n"})
_JOINERS = "\u200c\u200d"
"""Invisible, and needed: they make one sign of several."""
_STOPS = ("\n", "。", "．", "、", " ")
"""Where a text is best parted, in this order."""


def tame(text: str) -> str:
    """The text without what turns the writing round, hides in it, or cannot be sent.

    A control character leaves a mark, so that nobody is shown less than what was written.
    """
    if text.isprintable():
        return text  # of what is changed below nothing is printable
    joined = text.replace("\r\n", "\n").replace("\r", "\n").translate(_LINES)
    return "".join(map(_tame, joined))


def _tame(char: str) -> str:
    match unicodedata.category(char):
        case "Cc" | "Cs" if char != "\n":
            return "\N{REPLACEMENT CHARACTER}"
        case "Cf" if char not in _JOINERS:
            return ""
    return char


def is_blank(text: str) -> bool:
    """Whether a reader would see nothing of it."""
    return all(char.isspace() or unicodedata.category(char) == "Cf" for char in text)


def flatten(text: str) -> str:
    """A text harmless and on one line."""
    return " ".join(tame(text).split())


def shorten(text: str, most: int) -> str:
    """The beginning of a text, with an ellipsis where something was left out."""
    return text if len(text) <= most else f"{text[: _end(text, most - 1)]}…"


def part(text: str, most: int) -> Iterator[str]:
    """The text in pieces of at most so many characters, parted after a line or a sentence."""
    while len(text) > most:
        # Not in the first half: a short piece there would only make more of them.
        places = (text.rfind(stop, most // 2, most) + 1 for stop in _STOPS)
        end = next(filter(None, places), None) or _end(text, most)
        yield text[:end]
        text = text[end:]
    yield text


def find_address(url: str, most: int) -> str | None:
    """The address as a service takes it; None for what leads nowhere or is longer than that."""
    safe = quote(tame(url), safe="%/:=&?~#+!$,;'@()*[]")
    leads = re.fullmatch(r"https?://[^/?#%]+([/?#].*)?", safe)
    return safe if leads and len(safe) <= most else None


def _end(text: str, end: int) -> int:
    """The last place up to there that does not part a sign from the marks that belong to it."""
    while end > 1 and (_is_mark(text[end]) or text[end - 1] in _JOINERS):
        end -= 1
    return end


def _is_mark(char: str) -> bool:
    return char in _JOINERS or unicodedata.category(char) in ("Mn", "Me", "Mc")
