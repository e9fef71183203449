"""Neutral messages as Slack's blocks: pure, and says what it could not show.

Running text becomes `rich_text`, never `mrkdwn`. In mrkdwn a sign is a mark only between spaces,
so that Strong words within a Japanese sentence would show their asterisks; and whatever somebody
wrote could be read as a mark. In rich text a style is an attribute and a mention an element of its
own kind: what was written stands there as it is, and cannot be anything else. What has to be a
text object (a label, a heading) is `plain_text`, escaped as Slack wants it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.chat import messages as wording
from bot.chat.attachment import MOST_TITLE, attach, attach_rest, attach_table, write_spans
from bot.chat.attachment import Attachment as Attachment
from bot.chat.packing import Part, Piece, Room, measure_bytes, measure_json, pack
from bot.chat.plain import find_address, flatten, is_blank, part, shorten, tame
from bot.chat.sheet import find_figures
from bot.chat.slack import messages
from bot.chat.slack.fields import MOST_TEXT, OPEN_FORM, PRESS, escape, fits, plain_text
from bot.chat.slack.fields import render_field as render_input
from bot.conversation.message import (
    Bullets,
    Button,
    Buttons,
    Element,
    Fields,
    File,
    Fold,
    Form,
    FormField,
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

Block = dict[str, Any]
Run = dict[str, Any]
"""A piece of rich text: words of one style, or a link."""

_MOST_HEADER = 150
_MOST_BUTTON = 75
_MOST_TITLE = 24
_MOST_CONTROL = 2000
_MOST_ADDRESS = 2000
_MOST_LINKED = 1000
"""Together no more than one part of rich text: Slack takes an address of 3,000."""
_ACTIONS = 25
_ITEMS = 50
"""Items of one list: a longer one goes on in the next block."""
_TABLE = (100, 20, 6000)
"""Rows with the head, columns, and characters. Slack takes 10,000 of them, but they count for the
whole message too."""
_ROWS = 20
"""Rows of a table that are still read as lines."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as Slack is to be given it."""

    text: str
    """What a notification says."""
    blocks: tuple[Block, ...]
    files: tuple[Attachment, ...] = ()
    """Shared together with the blocks, and shown below them."""
    unshown: tuple[str, ...] = ()
    """What this message cannot show, or shows in a file, each named; for logs count them only."""


@dataclass(frozen=True, slots=True)
class _Surface:
    """Where a message is shown."""

    room: Room
    tables: bool
    shares: bool
    """Whether files can come with it."""


# Slack refuses messages from about 13,200 characters on and does not say how it counts them: this
# stays well below, counted in the way that gives most.
_MESSAGE = _Surface(Room(50, 12_500, lambda block: _measure(block), 800), True, True)
_UPDATE = _Surface(_MESSAGE.room, True, False)
# A view may have 250 KB.
_HOME = _Surface(Room(100, 200_000, measure_bytes, 2000), False, False)
_MODAL = _Surface(Room(100, 200_000, measure_bytes, 2000), False, False)


def render_message(message: Message) -> Rendered:
    """A new message, with the files that go with it."""
    return _render(message, _MESSAGE)


def render_update(message: Message) -> Rendered:
    """A new wording of a message that stands already: Slack takes no files with it."""
    return _render(message, _UPDATE)


def render_home(message: Message) -> Block:
    """A message as somebody's Home tab."""
    return {"type": "home", "blocks": list(_render(message, _HOME).blocks)}


def render_form(form: Form, private: str) -> Block:
    """A form as a dialog; `private` comes back with its answers."""
    title = flatten(form.title)
    pieces = [] if fits(title, _MOST_TITLE) else [_piece(Heading(form.title))]
    pieces += [_piece(Paragraph.of(form.intro))] if form.intro else []
    for each in form.fields:
        pieces += _render_field(each)
    packed = pack(pieces, _MODAL.room)
    left_out = [*packed.before, *_render_left_out(packed.dropped, bool(packed.rest))]
    view: Block = {
        "type": "modal",
        "callback_id": str(form.control),
        "private_metadata": private,
        "title": plain_text(title or wording.FILL_IN, _MOST_TITLE),
        "close": plain_text(messages.CLOSE, _MOST_TITLE),
        "blocks": [*left_out, *packed.after] or _nothing(),
    }
    if any(block["type"] == "input" for block in view["blocks"]):
        view["submit"] = plain_text(flatten(form.submit) or messages.SUBMIT, _MOST_TITLE)
    return view


def _render(message: Message, surface: _Surface) -> Rendered:
    pen = _Pen(surface)
    pieces = [piece for element in message.elements for piece in pen.draw(element)]
    packed = pack(pieces, surface.room)
    pen.unshown += packed.dropped
    blocks = [*packed.before, *_render_left_out(packed.dropped), *pen.leave_out(packed.rest)]
    gist = escape(flatten(message.gist))
    return Rendered(
        gist or wording.NOTHING,
        tuple(dict(block) for block in (*blocks, *packed.after)) or tuple(_nothing()),
        tuple(pen.files),
        tuple(pen.unshown),
    )


def _render_left_out(names: Sequence[str], rest: bool = False) -> Iterator[Block]:
    if names:
        listed = tuple(shorten(name, 40) for name in names[:5])
        yield from _rich([_section(_words(wording.buttons_left_out(listed)))])
    if rest:
        yield from _rich([_section(_words(wording.REST_LEFT_OUT))])


def _render_field(field: FormField) -> Iterator[Piece]:
    shown = render_input(field)
    for note in shown.notes:
        yield _piece(Paragraph.of(note))
    if shown.block is not None:
        yield Piece((shown.block,), name=flatten(field.label))


def _nothing() -> list[Block]:
    return _rich([_section(_words(wording.NOTHING))])


# ---------------------------------------------------------------- elements


@dataclass(slots=True)
class _Pen:
    """Draws one message; keeps what goes into files and what is not shown."""

    surface: _Surface
    files: list[Attachment] = field(default_factory=list)
    unshown: list[str] = field(default_factory=list)
    _buttons: int = 0
    _tables: int = 0

    def draw(self, element: Element) -> Iterator[Piece]:
        """What an element becomes, in order."""
        match element:
            case Table():
                yield from self._table(element)
            case Image() | File():
                yield from self._file(element)
            case Buttons(buttons):
                yield from self._actions(buttons)
            case Form():
                yield from self._form(element)
            case _:
                yield _piece(element)

    def leave_out(self, rest: Sequence[Element]) -> list[Block]:
        """Say where the elements are that had no room, if there are any."""
        if not rest:
            return []
        self.unshown.append(wording.REST)
        if self.surface.shares:
            self.files.append(attach_rest(rest))
        told = wording.REST_IN_FILE if self.surface.shares else wording.REST_LEFT_OUT
        return _rich([_section(_words(told))])

    # ------------------------------------------------------------ tables and files

    def _table(self, table: Table) -> Iterator[Piece]:
        if self.surface.tables and not self._tables and _is_small(table):
            self._tables += 1
            caption = () if is_blank(table.caption) else _render_prose(Heading(table.caption))
            yield Piece((*caption, _grid(table)), table)
        elif len(table.rows) <= _ROWS:
            yield Piece(tuple(_render_rows(table)), table)
        else:
            yield from self._large_table(table)

    def _large_table(self, table: Table) -> Iterator[Piece]:
        caption = flatten(table.caption)
        if len(caption) > MOST_TITLE:
            yield _piece(Paragraph.of(caption))
            caption = shorten(caption, MOST_TITLE)
        told = wording.table_left_out(caption)
        self.unshown.append(told)
        if self.surface.shares:
            self.files.append(attach_table(table))
            told = wording.table_in_file(caption)
        yield _piece(Note((told,)))

    def _file(self, element: Image | File) -> Iterator[Piece]:
        attached = attach(element)
        if self.surface.shares:
            self.files.append(attached)
            yield from _long_words(element, attached)
            return
        told = wording.file_left_out(attached.title)
        self.unshown.append(told)
        yield _piece(Note((told,)))
        if attached.alt:
            yield _piece(Paragraph.of(element.alt if isinstance(element, Image) else ""))

    # ------------------------------------------------------------ what can be pressed

    def _actions(self, buttons: Sequence[Button]) -> Iterator[Piece]:
        sendable = [button for button in buttons if self._is_sendable(button)]
        labels = [flatten(button.label) for button in sendable]
        long = tuple((label,) for label in labels if not fits(label, _MOST_BUTTON))
        if long:
            yield _piece(Bullets(long))
        for start in range(0, len(sendable), _ACTIONS):
            some = sendable[start : start + _ACTIONS]
            elements = [self._button(button) for button in some]
            block = {"type": "actions", "elements": elements}
            yield Piece((block,), name="、".join(labels[start : start + _ACTIONS]))

    def _is_sendable(self, button: Button) -> bool:
        """Whether it can be shown and pressed; what nobody can read or bring back is named."""
        if not is_blank(tame(button.label)) and len(str(button.control)) <= _MOST_CONTROL:
            return True
        self.unshown.append(tame(button.label))
        return False

    def _button(self, button: Button, kind: str = PRESS) -> Block:
        self._buttons += 1
        element = {
            "type": "button",
            "text": plain_text(flatten(button.label), _MOST_BUTTON),
            "action_id": f"{kind}{self._buttons}",
            "value": str(button.control),
        }
        plain = button.weight is Weight.NORMAL
        return element if plain else {**element, "style": button.weight.value}

    def _form(self, form: Form) -> Iterator[Piece]:
        """Slack takes no inputs in messages: what the form is for, and the button that opens it."""
        yield _piece(Paragraph.of(Strong(form.title)))
        if form.intro:
            yield _piece(Paragraph.of(form.intro))
        button = Button(form.control, wording.FILL_IN, Weight.PRIMARY)
        block = {"type": "actions", "elements": [self._button(button, OPEN_FORM)]}
        yield Piece((block,), name=flatten(form.title) or wording.FILL_IN)


def _piece(element: Element) -> Piece:
    return Piece(tuple(_render_prose(element)), element)


def _render_prose(element: Element) -> list[Block]:
    match element:
        case Heading(text):
            return _heading(text)
        case Paragraph(spans):
            return _rich(_sections(_runs(spans)))
        case Quote(text):
            return _rich(_quotes(_words(text)))
        case Bullets(items):
            return _bullets(items)
        case Note(spans, tone):
            return _rich(_sections([*_words(_tone(tone), bold=True), *_runs(spans)]))
        case Fold(summary, spans):
            # Small print does not exist beside links: what most skip stands as a quotation.
            told = _sections(_words(summary, bold=True))
            return _rich([*told, *_quotes(_runs(spans))])
        case Fields(pairs):
            return _rich(_sections(_pairs(pairs)))
    raise AssertionError(element)


def _tone(tone: Tone) -> str:
    return f"【{wording.tone(tone)}】"


def _heading(text: str) -> list[Block]:
    flat = flatten(text)
    if is_blank(flat):
        return []
    if fits(flat, _MOST_HEADER):
        return [{"type": "header", "text": plain_text(flat, _MOST_HEADER)}]
    return _rich(_sections(_words(text, bold=True)))


def _pairs(pairs: Iterable[tuple[str, tuple[Span, ...]]]) -> list[Run]:
    """Each label with its value on a line of its own."""
    runs: list[Run] = []
    for label, spans in pairs:
        runs += [*_words("\n" if runs else ""), *_words(f"{flatten(label)}: ", bold=True)]
        runs += _runs(spans)
    return runs


def _bullets(items: Sequence[tuple[Span, ...]]) -> list[Block]:
    sections = [section for item in items for section in _sections(_runs(item))]
    starts = range(0, len(sections), _ITEMS)
    lists = [
        {"type": "rich_text_list", "style": "bullet", "elements": sections[at : at + _ITEMS]}
        for at in starts
    ]
    return _rich(lists)


# ---------------------------------------------------------------- tables


def _is_small(table: Table) -> bool:
    rows, columns, characters = _TABLE
    cells = [cell for row in (table.head, *table.rows) for cell in row]
    return (
        1 + len(table.rows) <= rows
        and 1 <= len(table.head) <= columns
        and sum(map(len, cells)) <= characters
    )


def _grid(table: Table) -> Block:
    return {
        "type": "table",
        "rows": [[_cell(text) for text in row] for row in (table.head, *table.rows)],
        "column_settings": [
            {"is_wrapped": True, "align": "right" if figures else "left"}
            for figures in find_figures(table)
        ],
    }


def _cell(text: str) -> Block:
    # Slack takes no empty cell; this is how ministries' tables say that there is nothing.
    shown = tame(text)
    return {"type": "raw_text", "text": "－" if is_blank(shown) else shown}


def _render_rows(table: Table) -> Iterator[Block]:
    """A table row by row, where there can be no table."""
    yield from _heading(table.caption)
    rows = (
        tuple(f"{head}: {cell}" for head, cell in zip(table.head, row, strict=True))
        for row in table.rows
    )
    lines = tuple((_joined(row),) for row in rows)
    yield from _bullets(lines or ((_joined(table.head),),))


def _joined(cells: Iterable[str]) -> str:
    return "、".join(map(flatten, cells))


def _long_words(element: Image | File, attached: Attachment) -> Iterator[Piece]:
    """What is too long to stand beside a file."""
    if isinstance(element, File):
        words: tuple[str, ...] = (element.title,)
    else:
        words = (element.caption or "", element.alt)
    for text in words:
        if flatten(text) not in (attached.title, attached.alt, ""):
            yield _piece(Paragraph.of(text))


# ---------------------------------------------------------------- rich text


def _rich(elements: Sequence[Block]) -> list[Block]:
    """Parts of rich text, as few blocks as keep each within its length."""
    blocks: list[Block] = []
    room = 0
    for element in elements:
        size = _count(element)
        if size > room:
            blocks.append({"type": "rich_text", "elements": []})
            room = MOST_TEXT
        blocks[-1]["elements"].append(element)
        room -= size
    return blocks


def _count(element: Block) -> int:
    if "elements" in element:
        return sum(map(_count, element["elements"]))
    return len(element.get("text", "")) + len(element.get("url", ""))


def _section(runs: Sequence[Run]) -> Block:
    return {"type": "rich_text_section", "elements": list(runs)}


def _sections(runs: Sequence[Run]) -> list[Block]:
    return [_section(some) for some in _chunks(runs)]


def _quotes(runs: Sequence[Run]) -> list[Block]:
    return [{"type": "rich_text_quote", "elements": some} for some in _chunks(runs)]


def _chunks(runs: Sequence[Run]) -> list[list[Run]]:
    """The runs in parts, each within the length of one; nothing where there is nothing to see."""
    if all(run["type"] == "text" and is_blank(run["text"]) for run in runs):
        return []
    chunks: list[list[Run]] = [[]]
    room = MOST_TEXT
    for run in runs:
        if _count(run) > room:
            chunks.append([])
            room = MOST_TEXT
        chunks[-1].append(run)
        room -= _count(run)
    return [chunk for chunk in chunks if chunk]


def _runs(spans: Iterable[Span]) -> list[Run]:
    return [run for span in spans for run in _span(span)]


def _span(span: Span) -> list[Run]:
    match span:
        case Strong(text):
            return _words(text, bold=True)
        case Link():
            return _link(span)
        case str():
            return _words(span)


def _words(text: str, *, bold: bool = False) -> list[Run]:
    pieces = filter(None, part(tame(text), _MOST_LINKED))
    style: Run = {"style": {"bold": True}} if bold else {}
    return [{"type": "text", "text": piece, **style} for piece in pieces]


def _link(link: Link) -> list[Run]:
    text, url = tame(link.text), find_address(link.url, _MOST_ADDRESS)
    if url is None:
        # It leads nowhere, or Slack would not take it: it is shown as it stands.
        return _words(write_spans((link,)))
    if is_blank(text) or len(text) > _MOST_LINKED:
        return [*_words(text), {"type": "link", "url": url}]
    return [{"type": "link", "url": url, "text": text}]


def _measure(block: Part) -> int:
    """What a block counts for the length of a message: of a table, its text."""
    if block["type"] != "table":
        return measure_json(block)
    return sum(len(cell["text"]) for row in block["rows"] for cell in row)
