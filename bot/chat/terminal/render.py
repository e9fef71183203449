"""Neutral message → lines of a terminal, pure; pictures and files are named, forms offered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import assert_never

from bot.chat.terminal.lines import (
    NOTHING,
    Line,
    Run,
    Style,
    indent,
    measure,
    measure_line,
    plain,
    wrap,
)
from bot.chat.terminal.table import draw_table
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
    Weight,
)

_TONES = {
    Tone.INFO: Run("【補足】", Style.INFO),
    Tone.CAUTION: Run("【ご注意】", Style.CAUTION),
}
_NARROW = 50
"""Cells below which a label stands above its value instead of beside it."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What a message is drawn on. As it comes: for a script, which can neither press nor open."""

    width: int | None = None
    """Cells of a line; None: lines are as long as they are."""
    press: bool = False
    """Whether what can be pressed is shown, with numbers from 1."""
    folds: int | None = None
    """The number by which the first fold is opened; None: all are open."""
    files: int | None = None
    """The number by which the first picture or file is saved; None: none can be."""

    def narrower(self, cells: int) -> Paper:
        return self if self.width is None else replace(self, width=max(4, self.width - cells))


Choice = Button | Form
"""What can be pressed in a message: a form is filled in one question at a time."""


def render_text(message: Message) -> str:
    """The message as text for a script, without its buttons, which a script cannot press."""
    return "\n".join(plain(line) for line in render_message(message, Paper()))


def render_message(message: Message, paper: Paper) -> tuple[Line, ...]:
    """The message's elements in order, what needs air set apart by empty lines."""
    pen = _Pen(paper)
    blocks = [(element, lines) for element in message.elements if (lines := pen.draw(element))]
    drawn: list[Line] = []
    for number, (element, lines) in enumerate(blocks):
        if paper.width is not None and number and isinstance(element, _APART):
            drawn.append(())
        drawn += lines
    return tuple(drawn)


_APART = Heading | Note | Fields | Table | Image | Buttons | Form


def list_choices(message: Message) -> tuple[Choice, ...]:
    """What can be pressed, in reading order: as the numbers of a drawn message count it."""
    found: list[Choice] = []
    for element in message.elements:
        if isinstance(element, Buttons):
            found += element.buttons
        elif isinstance(element, Form):
            found.append(element)
    return tuple(found)


def list_buttons(message: Message) -> tuple[Button, ...]:
    """The message's buttons in reading order."""
    return tuple(choice for choice in list_choices(message) if isinstance(choice, Button))


def list_folds(message: Message) -> tuple[Fold, ...]:
    return tuple(element for element in message.elements if isinstance(element, Fold))


def list_files(message: Message) -> tuple[Image | File, ...]:
    """Its pictures and files in reading order: as the numbers of a drawn message count them."""
    return tuple(element for element in message.elements if isinstance(element, Image | File))


def render_fold(fold: Fold, width: int | None) -> tuple[Line, ...]:
    """An opened fold."""
    return (*wrap((Run(fold.summary, Style.STRONG),), width), *_text(fold.spans, width))


def render_fields(pairs: Iterable[tuple[str, str]], width: int | None) -> tuple[Line, ...]:
    """Labels with their values, as a message shows them."""
    return _fields(((label, (value,)) for label, value in pairs), width)


def render_list(labels: Sequence[tuple[int, str]], width: int | None) -> tuple[Line, ...]:
    """Labels below each other, each with the number to type."""
    items = _numbered([(number, label, Weight.NORMAL) for number, label in labels])
    return tuple(line for item in items for line in _item(item, width))


def render_columns(labels: Iterable[str], width: int | None) -> tuple[Line, ...]:
    """Many labels with their numbers, in as many columns as there is room for."""
    items = _numbered([(n, label, Weight.NORMAL) for n, label in enumerate(labels, start=1)])
    cells = max(map(measure_line, items), default=0) + 2
    columns = max(1, ((width or 1) + 2) // cells)
    if columns == 1:
        return tuple(line for item in items for line in _item(item, width))
    rows = -(-len(items) // columns)
    return tuple(_row(items[row::rows], cells) for row in range(rows))


# ---------------------------------------------------------------- elements


@dataclass(slots=True)
class _Pen:
    """Draws one message, and counts what is pressed, opened and saved by number."""

    paper: Paper
    choices: Iterator[int] = field(default_factory=lambda: count(1))
    folds: Iterator[int] = field(init=False)
    files: Iterator[int] = field(init=False)

    def __post_init__(self) -> None:
        self.folds = count(self.paper.folds or 1)
        self.files = count(self.paper.files or 1)

    def draw(self, element: Element) -> tuple[Line, ...]:
        """One element; nothing for what this paper cannot use."""
        width = self.paper.width
        match element:
            case Heading(text):
                return wrap((Run(text, Style.HEADING),), width, Run("■ ", Style.HEADING), "  ")
            case Paragraph(spans):
                return _text(spans, width)
            case Quote(text):
                return wrap((Run(text),), width, Run("> "), "> ")
            case Bullets(items):
                return tuple(line for item in items for line in _text(item, width, Run("・"), "  "))
            case Note(spans, tone):
                return _text(spans, width, rest="  ", lead=(_TONES[tone],))
            case Fields(pairs):
                return _fields(pairs, width)
            case Table():
                return draw_table(element, width)
            case Fold():
                return self._fold(element)
            case Image() | File():
                return self._file(element)
            case Buttons() | Form():
                return self._press(element)
        assert_never(element)

    def _fold(self, fold: Fold) -> tuple[Line, ...]:
        if self.paper.folds is None:
            return _text(fold.spans, None, lead=(Run(f"（{fold.summary}）", Style.FAINT),))
        hint = Run(f"（/open {next(self.folds)} で表示）", Style.FAINT)
        return wrap((Run(fold.summary, Style.STRONG), hint), self.paper.width, Run("+ "), "  ")

    def _file(self, element: Image | File) -> tuple[Line, ...]:
        name = element.content.name
        if isinstance(element, File):
            runs = [Run(f"［ファイル］{element.title}（{name}）")]
        else:
            caption = f"{element.caption}: " if element.caption else ""
            runs = [Run(f"［図］{caption}{element.alt}（{name}）")]
        if self.paper.files is not None:
            runs.append(Run(f"（/save {next(self.files)} で保存）", Style.FAINT))
        return wrap(runs, self.paper.width, rest="  ")

    def _press(self, element: Buttons | Form) -> tuple[Line, ...]:
        if isinstance(element, Form):
            return self._form(element)
        if not self.paper.press:
            return ()
        labels = [(button.label, button.weight) for button in element.buttons]
        return _choices(labels, self.paper.width, self.choices)

    def _form(self, form: Form) -> tuple[Line, ...]:
        intro = wrap((Run(form.intro),), self.paper.width) if form.intro else ()
        if not self.paper.press:
            return (*wrap((Run(f"［入力欄］{form.title}"),), self.paper.width), *intro)
        label = (f"「{form.title}」に記入する", Weight.PRIMARY)
        return (*intro, *_choices([label], self.paper.width, self.choices))


# ---------------------------------------------------------------- labels and numbers


def _fields(pairs: Iterable[tuple[str, tuple[Span, ...]]], width: int | None) -> tuple[Line, ...]:
    pairs = tuple(pairs)
    if width is None:
        return tuple(
            line for label, spans in pairs for line in _text(spans, None, Run(f"{label}: "), "  ")
        )
    cells = max((measure(label) for label, _ in pairs), default=0) + 2
    beside = width >= _NARROW and cells <= width // 3
    drawn = (_field(label, spans, width, cells if beside else None) for label, spans in pairs)
    return tuple(line for lines in drawn for line in lines)


def _field(label: str, spans: tuple[Span, ...], width: int, cells: int | None) -> tuple[Line, ...]:
    named = Run(label, Style.FAINT)
    if cells is None:
        return (*wrap((named,), width), *_text(spans, width, Run("  "), "  "))
    first = Run(label + " " * (cells - measure(label)), Style.FAINT)
    return _text(spans, width, first, " " * cells)


def _choices(
    labels: Iterable[tuple[str, Weight]], width: int | None, numbers: Iterator[int]
) -> tuple[Line, ...]:
    """On one line if it holds them all, else one on each."""
    items = _numbered([(next(numbers), label, weight) for label, weight in labels])
    whole = sum(measure_line(item) + 3 for item in items) - 3
    if width is None or whole > width:
        return tuple(line for item in items for line in _item(item, width))
    return (tuple(run for item in items for run in (*item, Run("   ")))[:-1],)


def _numbered(labels: Sequence[tuple[int, str, Weight]]) -> list[Line]:
    digits = max((len(str(number)) for number, _, _ in labels), default=1)
    return [
        (Run(f"{f'[{number}]':>{digits + 2}} ", Style.NUMBER), Run(label, _WEIGHTS[weight]))
        for number, label, weight in labels
    ]


_WEIGHTS = {
    Weight.NORMAL: Style.PLAIN,
    Weight.PRIMARY: Style.STRONG,
    Weight.DANGER: Style.DANGER,
}


def _item(item: Line, width: int | None) -> tuple[Line, ...]:
    number, *label = item
    return wrap(label, width, number, " " * measure(number.text))


def _row(items: list[Line], cells: int) -> Line:
    padded = ((*item, Run(" " * (cells - measure_line(item)))) for item in items)
    return tuple(run for item in padded for run in item)[:-1]


# ---------------------------------------------------------------- running text


def _text(
    spans: tuple[Span, ...],
    width: int | None,
    first: Run = NOTHING,
    rest: str = "",
    lead: Line = (),
) -> tuple[Line, ...]:
    """The words, and below them the addresses that they lead to, each on a line of its own."""
    words = wrap((*lead, *map(_span, spans)), width, first, rest)
    return (*words, *indent(_addresses(spans), rest))


def _span(span: Span) -> Run:
    match span:
        case str():
            return Run(span)
        case Strong(text):
            return Run(text, Style.STRONG)
        case Link(text):
            return Run(text, Style.LINK)
    assert_never(span)


def _addresses(spans: Iterable[Span]) -> Iterator[Line]:
    # Never broken by us: an address that the terminal itself wraps can still be followed.
    for span in spans:
        if isinstance(span, Link):
            yield (Run("→ ", Style.FAINT), Run(span.url.replace("\n", ""), Style.ADDRESS))
