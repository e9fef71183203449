"""A form's fields as Slack's inputs and back: each block carries the rules of its field."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

from bot.chat import messages
from bot.chat.answers import list_options, write_quarter
from bot.chat.plain import flatten, is_blank, shorten, tame
from bot.conversation.message import (
    DateField,
    FileField,
    FormField,
    NumberField,
    OneOfField,
    Option,
    Quarter,
    QuarterField,
    SeveralOfField,
    TextField,
)

PRESS = "press_"
"""What the `action_id` of a button begins with; its `value` is the control."""
OPEN_FORM = "open_form_"
"""What it begins with where the button opens the form that has this control."""

MOST_ID = 255
MOST_LABEL = 2000
MOST_OPTION = 75
MOST_VALUE = 150
MOST_TEXT = 3000
_FEW_ONE = 5
"""Up to so many options to choose one from stand open; more fold into a list."""
_FEW_SEVERAL = 10
_GROUP = 100
"""Options of one list, and of one group of a list."""
_OPTIONS_ROOM = 60_000
"""Bytes of one field's options, of the 250 KB that a view may have in all."""

Json = dict[str, Any]
Rule = str


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as it can be shown: its input if there is one, and what must be said besides."""

    block: Json | None
    notes: tuple[str, ...] = ()


def render_field(field: FormField) -> Shown:
    """A field as an input block, or the words that say why there is none."""
    if not 0 < len(field.name) <= MOST_ID or is_blank(field.label):
        return Shown(None, (messages.field_left_out(tame(field.label) or field.name),))
    match field:
        case FileField():
            told = f"{messages.field_left_out(tame(field.label))}{messages.NO_FILE_TAKEN}"
            return Shown(None, (told,))
        case OneOfField() | SeveralOfField() | QuarterField():
            return _render_choice(field, list_options(field))
        case TextField() | NumberField() | DateField():
            return Shown(_input(field, _element(field)), _long_label(field))


def plain_text(text: str, most: int) -> Json:
    """A text object that is shown as it stands: nothing in it is a sign of Slack's."""
    return {"type": "plain_text", "text": _fit(text, most), "emoji": False}


def escape(text: str) -> str:
    """The three characters that Slack reads as signs, as it wants them written."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _fit(text: str, most: int) -> str:
    """Escaped and no longer than that; never cut within an escape."""
    room = most
    while len(escape(kept := shorten(text, room))) > most:
        room -= max(1, (len(escape(kept)) - most) // 4)
    return escape(kept)


def fits(text: str, most: int) -> bool:
    return len(escape(text)) <= most


# ---------------------------------------------------------------- rules


def write_rule(field: FormField) -> Rule:
    """A field's kind and rules, short enough for an `action_id`.

    Slack hands back the blocks of a view with what was entered: so an answer is checked by the
    rules of the form as it was shown, long after it was opened and wherever that was.
    """
    match field:
        case TextField():
            return f"text/{field.max_length}/{'lines' if field.multiline else 'line'}"
        case NumberField():
            limits = f"{field.minimum!r}/{field.maximum!r}/{'whole' if field.whole else 'any'}"
            rule = f"number/{limits}/{tame(field.unit or '')}"
            return rule if len(rule) <= MOST_ID else f"number/{limits}/"
        case DateField():
            return f"date/{_write_day(field.earliest)}/{_write_day(field.latest)}"
        case QuarterField():
            return f"quarter/{write_quarter(field.earliest)}/{write_quarter(field.latest)}"
        case OneOfField():
            return "one"
        case SeveralOfField():
            return "several"
        case FileField():
            return "file"


def read_field(block: Mapping[str, Any]) -> FormField | None:
    """The field that an input block was made from; None for any other block.

    Its hint and what it held at first are left out: they are no rules.
    """
    if block.get("type") != "input":
        return None
    given: Json = {
        "name": block["block_id"],
        "label": unescape(block["label"]["text"]),
        "required": not block.get("optional", False),
    }
    element = block["element"]
    kind, _, rest = element["action_id"].partition("/")
    match kind, rest.split("/", 3):
        case "text", [most, lines]:
            return TextField(**given, max_length=int(most), multiline=lines == "lines")
        case "number", [least, most, whole, unit]:
            low, high = _read_number(least), _read_number(most)
            ruled = {"minimum": low, "maximum": high, "whole": whole == "whole"}
            return NumberField(**given, **ruled, unit=unit or None)
        case "date", [earliest, latest]:
            return DateField(**given, earliest=_read_day(earliest), latest=_read_day(latest))
        case "quarter", [earliest, latest]:
            first, last = _read_quarter(earliest), _read_quarter(latest)
            return QuarterField(**given, earliest=first, latest=last)
        case "one", _:
            return OneOfField(**given, options=_read_options(element))
        case "several", _:
            return SeveralOfField(**given, options=_read_options(element))
    return None


def _read_options(element: Mapping[str, Any]) -> tuple[Option, ...]:
    groups = element.get("option_groups") or [element]
    options = (option for group in groups for option in group["options"])
    return tuple(Option(unescape(one["value"]), unescape(one["text"]["text"])) for one in options)


def _read_number(text: str) -> float:
    return int(text) if text.lstrip("-").isdigit() else float(text)


def _write_day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _read_day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _read_quarter(text: str) -> Quarter:
    year, _, number = text.partition("Q")
    return Quarter(int(year), int(number))


# ---------------------------------------------------------------- inputs


def _input(field: FormField, element: Json) -> Json:
    block = {
        "type": "input",
        "block_id": field.name,
        "label": plain_text(flatten(field.label), MOST_LABEL),
        "element": {**element, "action_id": write_rule(field)},
        "optional": not field.required,
    }
    hint = flatten(messages.field_hint(field) or "")
    return {**block, "hint": plain_text(hint, MOST_LABEL)} if hint else block


def _long_label(field: FormField) -> tuple[str, ...]:
    label = flatten(field.label)
    return () if fits(label, MOST_LABEL) else (label,)


def _element(field: TextField | NumberField | DateField) -> Json:
    match field:
        case TextField():
            return _text_element(field)
        case NumberField():
            return _number_element(field)
        case DateField(initial=None):
            return {"type": "datepicker"}
        case DateField(initial=date() as day):
            return {"type": "datepicker", "initial_date": day.isoformat()}
    raise AssertionError(field)


def _text_element(field: TextField) -> Json:
    most = max(1, min(field.max_length, MOST_TEXT))
    element = {"type": "plain_text_input", "multiline": field.multiline, "max_length": most}
    initial = tame(field.initial)[:most]
    return element if is_blank(initial) else {**element, "initial_value": initial}


def _number_element(field: NumberField) -> Json:
    low = math.ceil(field.minimum) if field.whole else field.minimum
    high = math.floor(field.maximum) if field.whole else field.maximum
    element: Json = {"type": "number_input", "is_decimal_allowed": not field.whole}
    if low <= high:
        element |= {"min_value": _digits(low), "max_value": _digits(high)}
        if field.initial is not None and low <= field.initial <= high:
            initial = round(field.initial) if field.whole else field.initial
            element["initial_value"] = _digits(initial)
    return element


def _digits(value: float) -> str:
    """Without an exponent, which Slack does not read."""
    return f"{Decimal(repr(value)):f}".removesuffix(".0")


# ---------------------------------------------------------------- choices


def _render_choice(
    field: OneOfField | SeveralOfField | QuarterField, options: Sequence[Option]
) -> Shown:
    offered = _list_offered(options)
    notes = [*_long_label(field), *_long_options(options)]
    if len(offered) < len(options):
        left_out = len(options) - len(offered)
        notes.append(messages.options_left_out(flatten(field.label), left_out))
    if not offered:
        return Shown(None, (*notes, messages.field_left_out(flatten(field.label))))
    return Shown(_input(field, _choice(field, offered)), tuple(notes))


def _list_offered(options: Iterable[Option]) -> tuple[Json, ...]:
    """The options that Slack can hold: with a value that it takes, each once, not too many."""
    offered: dict[str, Json] = {}
    room = _OPTIONS_ROOM
    for option in options:
        if not _is_sendable(option.value) or option.value in offered:
            continue
        text = flatten(option.label)
        shown = {"text": plain_text(text or option.value, MOST_OPTION), "value": option.value}
        room -= len(json.dumps(shown))
        if room < 0 or len(offered) == _GROUP * _GROUP:
            break
        offered[option.value] = shown
    return tuple(offered.values())


def _is_sendable(value: str) -> bool:
    """Whether a value comes back as it was sent."""
    whole = value == tame(value) == escape(value) == value.strip()
    return whole and 0 < len(value) <= MOST_VALUE


def _long_options(options: Iterable[Option]) -> tuple[str, ...]:
    """Labels that a list cuts off, to be read in full above it."""
    labels = (flatten(option.label) for option in options)
    return tuple(label for label in labels if not fits(label, MOST_OPTION))


def _choice(field: OneOfField | SeveralOfField | QuarterField, offered: tuple[Json, ...]) -> Json:
    several = isinstance(field, SeveralOfField)
    initial = [one for one in offered if one["value"] in _initial(field)]
    if several and len(offered) <= _FEW_SEVERAL:
        return _with_initial({"type": "checkboxes", "options": list(offered)}, initial, True)
    if isinstance(field, OneOfField) and field.required and len(offered) <= _FEW_ONE:
        return _with_initial({"type": "radio_buttons", "options": list(offered)}, initial, False)
    # What need not be chosen must be possible to take back. Slack lets a person do that in a list
    # for several alone: where one may be chosen or none, it is such a list of at most one.
    multi = several or not field.required
    kind = "multi_static_select" if multi else "static_select"
    element = {"type": kind, "placeholder": plain_text(messages.CHOOSE, 150), **_grouped(offered)}
    if multi and not several:
        element["max_selected_items"] = 1
    return _with_initial(element, initial, multi)


def _with_initial(element: Json, initial: list[Json], several: bool) -> Json:
    if not initial:
        return element
    first = {"initial_options": initial} if several else {"initial_option": initial[0]}
    return {**element, **first}


def _grouped(offered: tuple[Json, ...]) -> Json:
    if len(offered) <= _GROUP:
        return {"options": list(offered)}
    starts = range(0, len(offered), _GROUP)
    groups = [list(offered[start : start + _GROUP]) for start in starts]
    return {
        "option_groups": [
            _group(start + 1, group) for start, group in zip(starts, groups, strict=True)
        ]
    }


def _group(first: int, options: list[Json]) -> Json:
    return {"label": plain_text(f"{first}–{first + len(options) - 1}", 75), "options": options}


def _initial(field: OneOfField | SeveralOfField | QuarterField) -> tuple[str, ...]:
    match field.initial:
        case None:
            return ()
        case Quarter() as quarter:
            return (write_quarter(quarter),)
        case str() as value:
            return (value,)
        case tuple() as values:
            return values
