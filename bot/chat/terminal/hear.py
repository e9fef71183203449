"""What is typed in the terminal, as commands, events and answers: pure, each fault in words."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from mimetypes import guess_type

from bot.chat.terminal import messages
from bot.chat.terminal.people import fold
from bot.conversation.address import Account, Place
from bot.conversation.event import Answer, Opened, Pressed, Said, Submitted
from bot.conversation.message import (
    Button,
    DateField,
    FileContent,
    FileField,
    Form,
    FormField,
    NumberField,
    OneOfField,
    Option,
    Quarter,
    QuarterField,
    SeveralOfField,
    TextField,
)

MAX_TEXT = 100_000
"""Characters of one message: more than anybody types, less than what would stop the desk."""


class Fault(Exception):
    """What was entered cannot be taken; `str()` tells the person why."""


# ---------------------------------------------------------------- a line


@dataclass(frozen=True, slots=True)
class Words:
    """Something to say to the bot."""

    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """The number of something that can be pressed."""

    number: int


@dataclass(frozen=True, slots=True)
class Command:
    """A line such as `/who 財務省`: its name without the stroke, and what stands behind it."""

    name: str
    rest: str


Typed = Words | Number | Command | None
"""None: nothing was typed."""


def parse_line(raw: str) -> Typed:
    """What a line means; full-width strokes and digits are what a Japanese keyboard gives.

    Raises Fault for more than one message may hold.
    """
    text = clean(raw).strip()
    if len(text) > MAX_TEXT:
        raise Fault(messages.TEXT_TOO_LONG)
    head, _, _ = text.partition("\n")
    folded = unicodedata.normalize("NFKC", head).strip()
    if re.fullmatch(r"[0-9]{1,4}", folded) and head == text:
        return Number(int(folded))
    if folded.startswith("/"):
        return _command(text)
    return Words(text) if text else None


def _command(text: str) -> Command:
    name, *rest = text.split(maxsplit=1)
    return Command(unicodedata.normalize("NFKC", name)[1:].lower(), rest[0] if rest else "")


def clean(raw: str) -> str:
    """Line breaks as one character, and nothing that no keyboard writes or no database keeps."""
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))


# ---------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class Act:
    """What everything that is done has: who, where, once, when."""

    who: Account
    place: Place
    """Where an answer belongs."""
    nonce: str
    at: datetime


def hear_said(act: Act, text: str, message: str) -> Said:
    """A message that stands in the transcript under an id."""
    return Said(id=act.nonce, who=act.who, place=act.place, at=act.at, message=message, text=text)


def hear_pressed(act: Act, button: Button, message: str) -> Pressed:
    return Pressed(
        id=act.nonce,
        who=act.who,
        place=act.place,
        at=act.at,
        control=str(button.control),
        message=message,
    )


def hear_submitted(act: Act, form: Form, answers: Mapping[str, Answer]) -> Submitted:
    return Submitted(
        id=act.nonce,
        who=act.who,
        place=act.place,
        at=act.at,
        control=str(form.control),
        answers=answers,
    )


def hear_opened(act: Act) -> Opened:
    return Opened(id=act.nonce, who=act.who, place=act.place, at=act.at)


# ---------------------------------------------------------------- an answer to a field


def parse_answer(field: FormField, raw: str) -> Answer:
    """The answer to a field of any kind but a file. Raises Fault for what it does not take.

    What may stay open and does is None, or () where several may be chosen.
    """
    text = clean(raw).strip()
    if not text:
        return _nothing(field)
    match field:
        case TextField():
            return _text(field, text)
        case NumberField():
            return _number(field, text)
        case DateField():
            return _date(field, text)
        case OneOfField():
            return _option(field.options, text).value
        case SeveralOfField():
            return _several(field, text)
        case QuarterField():
            return _quarter(field, text)
        case FileField():
            raise TypeError("a file is checked by check_file")


def check_file(field: FileField, content: FileContent) -> FileContent:
    """The file with the kind that the field knows it by. Raises Fault."""
    if not content.data:
        raise Fault(messages.FILE_EMPTY)
    if len(content.data) > field.max_bytes:
        raise Fault(messages.file_too_large(field.max_bytes))
    kind, _ = guess_type(content.name)
    if kind not in field.media_types:
        raise Fault(messages.file_of_other_kind(field.media_types))
    return FileContent(content.name, kind, content.data)


def _nothing(field: FormField) -> Answer:
    if not field.required:
        return () if isinstance(field, SeveralOfField) else None
    if isinstance(field, FileField):
        raise Fault(messages.REQUIRED_FILE)
    chosen = isinstance(field, OneOfField | SeveralOfField)
    raise Fault(messages.REQUIRED_CHOICE if chosen else messages.REQUIRED_TEXT)


def _text(field: TextField, text: str) -> str:
    if len(text) > field.max_length:
        raise Fault(messages.text_too_long(field.max_length, len(text)))
    if "\n" in text and not field.multiline:
        raise Fault(messages.ONE_LINE_ONLY)
    return text


def _number(field: NumberField, text: str) -> int | float:
    # Full-width digits and commas between thousands are how many people type numbers.
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace("−", "-")
    plain = plain.removesuffix(field.unit).strip() if field.unit else plain
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,9})?", plain, re.ASCII):
        raise Fault(messages.NOT_A_NUMBER)
    value = float(plain)
    if field.whole and not value.is_integer():
        raise Fault(messages.NOT_WHOLE)
    if not math.isfinite(value) or not field.minimum <= value <= field.maximum:
        raise Fault(messages.out_of_range(field))
    return int(value) if field.whole else value


def _date(field: DateField, text: str) -> date:
    value = _parse_date(text)
    if field.earliest and value < field.earliest:
        raise Fault(messages.date_too_early(field.earliest))
    if field.latest and value > field.latest:
        raise Fault(messages.date_too_late(field.latest))
    return value


def _parse_date(text: str) -> date:
    plain = fold(text)
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", plain, re.ASCII)
    if not found:
        raise Fault(messages.NOT_A_DATE)
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError as error:
        raise Fault(messages.NOT_A_DATE) from error


def _option(options: Sequence[Option], text: str) -> Option:
    """The option of that number or name, or the only one whose name contains the text."""
    wanted = fold(text)
    for option in options:
        if wanted == fold(option.label):
            return option
    if re.fullmatch(r"[0-9]{1,4}", wanted) and 1 <= int(wanted) <= len(options):
        return options[int(wanted) - 1]
    near = tuple(option for option in options if wanted in fold(option.label))
    if len(near) > 1:
        raise Fault(messages.ambiguous(near))
    if not near:
        raise Fault(messages.not_an_option(len(options)))
    return near[0]


def _several(field: SeveralOfField, text: str) -> tuple[str, ...]:
    parts = [part for part in re.split(r"[\s,、，]+", text) if part]
    chosen = {_option(field.options, part).value for part in parts}
    # In the order of the options: the order of typing means nothing.
    return tuple(option.value for option in field.options if option.value in chosen)


def _quarter(field: QuarterField, text: str) -> Quarter:
    found = re.fullmatch(r"(\d{4})(?:年度?)?(?:q|第|-|/)?([1-4])(?:四半期)?", fold(text), re.ASCII)
    if not found:
        raise Fault(messages.NOT_A_QUARTER)
    quarter = Quarter(int(found[1]), int(found[2]))
    if not field.earliest <= quarter <= field.latest:
        raise Fault(messages.quarter_out_of_range(field))
    return quarter
