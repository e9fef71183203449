"""Text as a terminal shows it: harmless, measured in cells, broken where Japanese allows it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from prompt_toolkit.utils import get_cwidth


class Style(StrEnum):
    """What a piece of text is; how that looks is the screen's affair."""

    PLAIN = "plain"
    STRONG = "strong"
    HEADING = "heading"
    LINK = "link"
    ADDRESS = "address"
    CAUTION = "caution"
    INFO = "info"
    FAINT = "faint"
    NUMBER = "number"
    DANGER = "danger"
    BOT = "bot"
    PERSON = "person"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one style. Whatever was written in it, it cannot drive the terminal."""

    text: str
    style: Style = Style.PLAIN

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", tame(self.text))


Line = tuple[Run, ...]
"""One line; a screen takes nothing else."""

# ---------------------------------------------------------------- harmless

_SPACES = str.maketrans({"\t": "    ", "\u2028": "\n", "\u2029": "\n"})


def tame(text: str) -> str:
    """The text without what would move the cursor, colour, ring, retitle or turn the writing round.

    A control character leaves a mark, so that nobody is shown less than what was written.
    """
    if text.isascii() and text.isprintable():
        return text
    joined = text.replace("\r\n", "\n").replace("\r", "\n").translate(_SPACES)
    return "".join(map(_tame, joined))


def _tame(char: str) -> str:
    match unicodedata.category(char):
        case "Cc" | "Cs" if char != "\n":
            return "\N{REPLACEMENT CHARACTER}"
        case "Cf":
            # Invisible: joiners, marks, and the overrides that show text in another order.
            return ""
    return char


# ---------------------------------------------------------------- measured


def measure(text: str) -> int:
    """How many cells a text fills: Japanese characters fill two."""
    return get_cwidth(text)


def measure_line(line: Iterable[Run]) -> int:
    return sum(measure(run.text) for run in line)


def pad(text: str, cells: int, *, right: bool = False) -> str:
    """The text filled up with spaces to so many cells; at its left where it is to stand right."""
    space = " " * max(0, cells - measure(text))
    return space + text if right else text + space


def shorten(text: str, cells: int) -> str:
    """The beginning of a text on one line, with an ellipsis where something was left out."""
    flat = " ".join(tame(text).split())
    if measure(flat) <= cells:
        return flat
    kept = ""
    for char in flat:
        if measure(kept) + measure(char) > cells - 2:
            break
        kept += char
    return f"{kept}…"


# ---------------------------------------------------------------- broken into lines


NOTHING = Run("")


def wrap(
    runs: Iterable[Run], width: int | None, first: Run = NOTHING, rest: str = ""
) -> tuple[Line, ...]:
    """The runs as lines of at most so many cells, after a prefix each; None: as long as they are.

    No line begins with a closing bracket, 、 or 。, and none ends with an opening bracket.
    """
    room = None if width is None else max(2, width - max(measure(first.text), measure(rest)))
    begun, *others = [line for paragraph in _paragraphs(runs) for line in _fill(paragraph, room)]
    return (_prefixed(first, begun), *(_prefixed(Run(rest), line) for line in others))


def indent(lines: Iterable[Line], by: str) -> tuple[Line, ...]:
    return tuple(_prefixed(Run(by), line) if line else line for line in lines)


def plain(line: Line) -> str:
    """The line without its styles."""
    return "".join(run.text for run in line)


Cells = list[tuple[str, Style]]
"""Characters, each with its style."""


def _paragraphs(runs: Iterable[Run]) -> Iterator[Cells]:
    paragraph: Cells = []
    for char, style in ((char, run.style) for run in runs for char in run.text):
        if char == "\n":
            yield paragraph
            paragraph = []
        else:
            paragraph.append((char, style))
    yield paragraph


def _fill(paragraph: Cells, room: int | None) -> Iterator[Line]:
    text = "".join(char for char, _ in paragraph)
    start = 0
    for end in [len(text)] if room is None else _line_ends(text, room):
        yield _joined(paragraph[start:end])
        start = end


def _joined(cells: Cells) -> Line:
    while cells and cells[-1][0] == " ":
        cells = cells[:-1]
    runs = groupby(cells, key=lambda cell: cell[1])
    return tuple(Run("".join(char for char, _ in run), style) for style, run in runs)


def _prefixed(prefix: Run, line: Line) -> Line:
    return (prefix, *line) if prefix.text else line


def _line_ends(text: str, room: int) -> Iterator[int]:
    """Where each line ends, as many pieces on it as there is room for."""
    end = filled = 0
    for piece in _pieces(text, room):
        if filled and filled + measure(piece.rstrip(" ")) > room:
            yield end
            filled = 0
        end += len(piece)
        filled += measure(piece)
    yield end


def _pieces(text: str, room: int) -> Iterator[str]:
    """What must stay together: words, and signs with what they may not be parted from."""
    piece = ""
    for atom in _atoms(text, room):
        held = piece and (_clings(atom) or _opens(piece))
        if held and measure(piece) + measure(atom.rstrip(" ")) <= room:
            piece += atom
        else:
            if piece:
                yield piece
            piece = atom
    if piece:
        yield piece


_ATOM = re.compile(r"[!-~\u00a1-\u024f]+| +|.", re.DOTALL)


def _atoms(text: str, room: int) -> Iterator[str]:
    """Latin words whole where a line can hold them; of everything else single characters."""
    for found in _ATOM.finditer(text):
        word = found[0]
        if len(word) > room:
            yield from (word[at : at + room] for at in range(0, len(word), room))
        else:
            yield word


def _clings(atom: str) -> bool:
    """Whether it may not begin a line (行頭禁則), or is no character of its own."""
    first = atom[0]
    kind = unicodedata.category(first)
    if kind in ("Pe", "Pf", "Lm", "Mn", "Me", "Mc") or first in " ,.!?:;%…‥〜～°℃":
        return True
    if kind == "Po":
        # 、。・：？！ are wide or half-width katakana signs; Latin ones hang on their words.
        return unicodedata.east_asian_width(first) in "WFH"
    return "LETTER SMALL" in unicodedata.name(first, "") and kind == "Lo"


def _opens(piece: str) -> bool:
    """Whether it may not end a line (行末禁則)."""
    return unicodedata.category(piece[-1]) in ("Ps", "Pi")
