"""Neutral messages as Adaptive Cards 1.5: pure, and says what it could not show.

Running text becomes text runs, which hold no marks. A heading has to be a TextBlock to be one for a
screen reader, and a TextBlock reads Markdown: there every sign that could be a mark is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.chat import messages as wording
from bot.chat.answers import list_options, write_quarter
from bot.chat.attachment import (
    MOST_TITLE,
    Attachment,
    attach,
    attach_rest,
    attach_table,
    write_spans,
)
from bot.chat.packing import Part, Piece, Room, measure_bytes, pack
from bot.chat.plain import find_address, flatten, is_blank, part, shorten, tame
from bot.chat.sheet import find_figures
from bot.chat.teams import messages
from bot.conversation.message import (
    Bullets,
    Button,
    Buttons,
    DateField,
    Element,
    Fields,
    File,
    FileField,
    Fold,
    Form,
    FormField,
    Heading,
    Image,
    Link,
    Message,
    Note,
    NumberField,
    OneOfField,
    Option,
    Paragraph,
    QuarterField,
    Quote,
    SeveralOfField,
    Span,
    Strong,
    Table,
    TextField,
    Tone,
    Weight,
)

Item = dict[str, Any]
Run = dict[str, Any]

_VERSION = "1.5"
_ACTIONS = 6
"""Teams shows so many actions side by side."""
_FEW = 7
"""Up to so many options stand open; more fold into a list."""
_OPTIONS = 100
_MOST_ADDRESS = 2000
_MOST_RUN = 1000
_TABLE = (60, 12, 3000)
"""Rows, columns and characters that still leave room on a card."""
_ROOM = Room(200, 24_000, measure_bytes, 1500)
"""Teams takes 28 KB with all that stands around the card."""


@dataclass(frozen=True, slots=True)
class Card:
    """A message as Teams is to be given it."""

    text: str
    """What a notification says."""
    content: Item
    files: tuple[Attachment, ...] = ()
    """What cannot stand on a card: to be sent or linked beside it."""
    unshown: tuple[str, ...] = ()
    """What the card cannot show, or shows in a file, each named; for logs count them only."""


def render_message(message: Message) -> Card:
    """A message as a card, with the files that go with it."""
    pen = _Pen()
    pieces = [piece for element in message.elements for piece in pen.draw(element)]
    packed = pack(pieces, _ROOM)
    pen.unshown += packed.dropped
    body = [*packed.before, *_left_out(packed.dropped), *pen.leave_out(packed.rest), *packed.after]
    gist = flatten(message.gist) or wording.NOTHING
    return Card(gist, _card(body, gist), tuple(pen.files), tuple(pen.unshown))


def render_form(form: Form) -> Card:
    """A form as a card of its own."""
    return render_message(Message(form.title, (form,)))


def _card(body: Sequence[Part], gist: str) -> Item:
    return {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": _VERSION,
        "lang": "ja",
        "fallbackText": shorten(gist, 500),
        "body": [dict(item) for item in body] or _lines(_words(wording.NOTHING)),
    }


def _left_out(names: Sequence[str]) -> list[Item]:
    if not names:
        return []
    listed = tuple(shorten(name, 40) for name in names[:5])
    return _lines(_words(wording.buttons_left_out(listed)))


# ---------------------------------------------------------------- elements


@dataclass(slots=True)
class _Pen:
    """Draws one card; keeps what goes into files and what is not shown."""

    files: list[Attachment] = field(default_factory=list)
    unshown: list[str] = field(default_factory=list)
    _folds: int = 0
    _forms: int = 0

    def draw(self, element: Element) -> Iterator[Piece]:
        """What an element becomes, in order."""
        match element:
            case Table():
                yield from self._table(element)
            case Image() | File():
                yield self._file(element)
            case Buttons(buttons):
                yield from self._actions(buttons)
            case Form():
                yield from self._form(element)
            case Fold():
                yield self._fold(element)
            case _:
                yield _piece(element)

    def leave_out(self, rest: Sequence[Element]) -> list[Item]:
        """Say where the elements are that had no room, if there are any."""
        if not rest:
            return []
        self.unshown.append(wording.REST)
        self.files.append(attach_rest(rest))
        return _lines(_words(wording.REST_IN_FILE))

    def _table(self, table: Table) -> Iterator[Piece]:
        caption = flatten(table.caption)
        if not is_blank(caption):
            yield _piece(Heading(table.caption))
        if _is_small(table):
            yield Piece((_grid(table),), table)
            return
        caption = shorten(caption, MOST_TITLE)
        self.unshown.append(wording.table_left_out(caption))
        self.files.append(attach_table(table))
        yield _piece(Note((wording.table_in_file(caption),)))

    def _file(self, element: Image | File) -> Piece:
        attached = attach(element)
        self.files.append(attached)
        if isinstance(element, File):
            told = messages.file(flatten(element.title) or attached.title)
        else:
            title = flatten(element.caption or "") or attached.title
            told = messages.picture(flatten(element.alt), title)
        return _piece(Paragraph.of(told))

    def _fold(self, fold: Fold) -> Piece:
        self._folds += 1
        id = f"fold_{self._folds}"
        title = flatten(fold.summary) or wording.MORE
        toggle = {"type": "Action.ToggleVisibility", "title": title, "targetElements": [id]}
        inside = {
            "type": "Container",
            "id": id,
            "isVisible": False,
            "items": _lines(_runs(fold.spans)),
        }
        return Piece(({"type": "ActionSet", "actions": [toggle]}, inside), fold)

    # ------------------------------------------------------------ what can be pressed

    def _actions(self, buttons: Sequence[Button]) -> Iterator[Piece]:
        shown = [button for button in buttons if not is_blank(tame(button.label))]
        for start in range(0, len(shown), _ACTIONS):
            some = shown[start : start + _ACTIONS]
            actions = [_execute(button, inputs=False) for button in some]
            name = "、".join(flatten(button.label) for button in some)
            yield Piece(({"type": "ActionSet", "actions": actions},), name=name)

    def _form(self, form: Form) -> Iterator[Piece]:
        """Inputs on the card itself. Whatever is sent from a card brings all its inputs."""
        yield _piece(Heading(form.title))
        if form.intro:
            yield _piece(Paragraph.of(form.intro))
        self._forms += 1
        if self._forms > 1:
            self.unshown.append(flatten(form.title))
            yield _piece(Note((messages.ONE_FORM,), Tone.CAUTION))
            return
        for each in form.fields:
            yield from self._input(each)
        button = Button(form.control, flatten(form.submit) or messages.SUBMIT, Weight.PRIMARY)
        action = _execute(button, inputs=True)
        yield Piece(({"type": "ActionSet", "actions": [action]},), name=button.label)

    def _input(self, field: FormField) -> Iterator[Piece]:
        label = flatten(field.label)
        if isinstance(field, FileField):
            self.unshown.append(label)
            told = f"{wording.field_left_out(label)}{wording.NO_FILE_TAKEN}"
            yield _piece(Note((told,)))
            return
        if isinstance(field, OneOfField | SeveralOfField | QuarterField):
            left_out = len(list_options(field)) - len(_choices(field))
            if left_out:
                told = wording.options_left_out(label, left_out)
                self.unshown.append(told)
                yield _piece(Note((told,)))
        if hint := wording.field_hint(field):
            yield Piece((_render_input(field), *_small(hint)), name=label or field.name)
        else:
            yield Piece((_render_input(field),), name=label or field.name)


def _piece(element: Element) -> Piece:
    return Piece(tuple(_render_prose(element)), element)


def _render_prose(element: Element) -> list[Item]:
    match element:
        case Heading(text):
            return _heading(text)
        case Paragraph(spans):
            return _lines(_runs(spans))
        case Quote(text):
            return _boxed(_words(text), "emphasis")
        case Bullets(items):
            bullet = _words(wording.BULLET)
            return [line for item in items for line in _lines([*bullet, *_runs(item)])]
        case Note(spans, tone):
            label = _words(f"【{wording.tone(tone)}】", bold=True)
            style = "warning" if tone is Tone.CAUTION else "accent"
            return _boxed([*label, *_runs(spans)], style)
        case Fields(pairs):
            return [line for label, spans in pairs for line in _pair(label, spans)]
    raise AssertionError(element)


def _heading(text: str) -> list[Item]:
    flat = flatten(text)
    if is_blank(flat):
        return []
    block = {"type": "TextBlock", "text": escape(flat), "style": "heading", "wrap": True}
    return [{**block, "size": "Medium", "weight": "Bolder"}]


def _pair(label: str, spans: tuple[Span, ...]) -> list[Item]:
    return _lines([*_words(f"{flatten(label)}: ", bold=True), *_runs(spans)])


def _boxed(runs: Sequence[Run], style: str) -> list[Item]:
    lines = _lines(runs)
    return [{"type": "Container", "style": style, "items": lines}] if lines else []


def _small(text: str) -> list[Item]:
    return _lines([{**run, "size": "Small"} for run in _words(text)])


def _is_small(table: Table) -> bool:
    rows, columns, characters = _TABLE
    cells = [cell for row in (table.head, *table.rows) for cell in row]
    short = 1 <= len(table.head) <= columns and len(table.rows) <= rows
    return short and sum(map(len, cells)) <= characters


def _grid(table: Table) -> Item:
    right = find_figures(table)
    return {
        "type": "Table",
        "firstRowAsHeader": True,
        "columns": [
            {"width": 1, "horizontalCellContentAlignment": "Right" if figures else "Left"}
            for figures in right
        ],
        "rows": [
            {"type": "TableRow", "cells": [_cell(text) for text in row]}
            for row in (table.head, *table.rows)
        ],
    }


def _cell(text: str) -> Item:
    return {"type": "TableCell", "items": _lines(_words(text))}


def _execute(button: Button, *, inputs: bool) -> Item:
    action = {
        "type": "Action.Execute",
        "title": flatten(button.label),
        "verb": str(button.control),
        # A button beside a form is no answer to it: what stands in its fields stays there.
        "associatedInputs": "auto" if inputs else "none",
    }
    styles = {Weight.PRIMARY: "positive", Weight.DANGER: "destructive"}
    style = styles.get(button.weight)
    return {**action, "style": style} if style else action


# ---------------------------------------------------------------- inputs


def _render_input(field: FormField) -> Item:
    item: Item = {"id": field.name, "label": flatten(field.label), "isRequired": field.required}
    match field:
        case TextField():
            item |= {"type": "Input.Text", "maxLength": field.max_length}
            item |= {"isMultiline": field.multiline, "value": tame(field.initial)}
        case NumberField():
            item |= {"type": "Input.Number", "min": field.minimum, "max": field.maximum}
            item |= {} if field.initial is None else {"value": field.initial}
        case DateField():
            days = {"min": field.earliest, "max": field.latest, "value": field.initial}
            item |= {"type": "Input.Date"}
            item |= {name: day.isoformat() for name, day in days.items() if day is not None}
        case OneOfField() | SeveralOfField() | QuarterField():
            item |= _choice_set(field)
    if field.required:
        item["errorMessage"] = _required(field)
    return item


def _choice_set(field: OneOfField | SeveralOfField | QuarterField) -> Item:
    several = isinstance(field, SeveralOfField)
    choices = _choices(field)
    open = len(choices) <= _FEW and (several or field.required)
    return {
        "type": "Input.ChoiceSet",
        "isMultiSelect": several,
        "style": "expanded" if open else "compact",
        "wrap": True,
        "placeholder": wording.CHOOSE,
        "value": ",".join(_initial(field)),
        "choices": [{"title": flatten(one.label), "value": one.value} for one in choices],
    }


def _choices(field: OneOfField | SeveralOfField | QuarterField) -> tuple[Option, ...]:
    """The options that can be told apart in an answer, where a comma parts what was chosen."""
    found = (
        one for one in list_options(field) if "," not in one.value and one.value == tame(one.value)
    )
    return tuple(found)[:_OPTIONS]


def _initial(field: OneOfField | SeveralOfField | QuarterField) -> tuple[str, ...]:
    match field:
        case OneOfField(initial=value):
            return (value,) if value else ()
        case SeveralOfField(initial=values):
            return values
        case QuarterField(initial=quarter):
            return (write_quarter(quarter),) if quarter else ()


def _required(field: FormField) -> str:
    chosen = isinstance(field, OneOfField | SeveralOfField | QuarterField)
    return wording.REQUIRED_CHOICE if chosen else wording.REQUIRED_TEXT


# ---------------------------------------------------------------- text


def escape(text: str) -> str:
    """Text that a TextBlock shows as it stands: every sign that Markdown could read is escaped."""
    marked = re.sub(r"[\\`*_\[\]()~<>&|!#]", r"\\\g<0>", text)
    return re.sub(r"^(\s*)([-+=]|\d+(?=[.)]))", _escape_start, marked)


def _escape_start(found: re.Match[str]) -> str:
    """The start of a list: the sign after its number, or the sign itself."""
    space, start = found.groups()
    # No backslash may stand before a digit: an invisible joiner parts it from its full stop.
    return f"{space}{start}\N{WORD JOINER}" if start.isdigit() else f"{space}\\{start}"


def _lines(runs: Sequence[Run]) -> list[Item]:
    """Runs as blocks of rich text, one for each line; nothing where there is nothing to see."""
    if all(is_blank(run["text"]) for run in runs):
        return []
    lines: list[list[Run]] = [[]]
    for run in runs:
        first, *others = run["text"].split("\n")
        lines[-1] += [{**run, "text": first}] if first else []
        lines += [[{**run, "text": other}] if other else [] for other in others]
    return [{"type": "RichTextBlock", "inlines": line} for line in lines if line]


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


def _link(link: Link) -> list[Run]:
    url = find_address(link.url, _MOST_ADDRESS)
    if url is None:
        return _words(write_spans((link,)))
    opens = {"type": "Action.OpenUrl", "url": url}
    runs = _words(link.text) if not is_blank(tame(link.text)) else _words(url)
    return [{**run, "color": "Accent", "underline": True, "selectAction": opens} for run in runs]


def _words(text: str, *, bold: bool = False) -> list[Run]:
    weight = {"weight": "Bolder"} if bold else {}
    pieces = filter(None, part(tame(text), _MOST_RUN))
    return [{"type": "TextRun", "text": piece, **weight} for piece in pieces]
