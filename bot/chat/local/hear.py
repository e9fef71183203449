"""What the page posts, as neutral events: pure, and each fault told in words for its field."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from mimetypes import guess_type

from bot.chat.local import messages
from bot.chat.local.persona import conversation, is_direct
from bot.conversation.address import Account, Place
from bot.conversation.event import Answer, Opened, Pressed, Said, Submitted
from bot.conversation.message import (
    Buttons,
    DateField,
    FieldErrors,
    FileContent,
    FileField,
    Form,
    FormField,
    Message,
    NumberField,
    OneOfField,
    Quarter,
    QuarterField,
    SeveralOfField,
    TextField,
)

MAX_TEXT = 100_000
"""Characters of one message: more than anybody types, less than what would stop the desk."""

Raw = Mapping[str, Sequence[str | FileContent]]
"""A posted form: what was entered, by the name of the input."""

FIELD = "field-"
"""Stands before the name of every input that answers a form's field."""


class Fault(Exception):
    """What was entered cannot be taken; `str()` tells the person why."""


class TooLong(Fault):
    """More than one message may hold."""


@dataclass(frozen=True, slots=True)
class Act:
    """What everything that is done on the page has: who, in which conversation, once, when."""

    who: Account
    conversation: str
    nonce: str
    """Made for one composer or form: a double submit brings it twice."""
    at: datetime


# ---------------------------------------------------------------- events


def parse_text(raw: str) -> str:
    """What was typed, ready to be kept. Raises Fault for nothing and TooLong for too much."""
    text = _clean(raw).strip()
    if not text:
        raise Fault(messages.TEXT_EMPTY)
    if len(text) > MAX_TEXT:
        raise TooLong(messages.TEXT_TOO_LONG)
    return text


def name_said(act: Act, text: str) -> str:
    """The id of a Said: sent twice it is the same, edited after a failure it is another."""
    return f"{act.nonce}-{sha256(text.encode()).hexdigest()[:8]}"


def hear_said(act: Act, text: str, message: str, root: str) -> Said:
    """A message, as parse_text gave it, that stands in the transcript under an id."""
    place = get_place(act.conversation, message, root)
    return Said(
        id=name_said(act, text), who=act.who, place=place, at=act.at, message=message, text=text
    )


def hear_pressed(act: Act, control: str, message: str | None, place: Place) -> Pressed:
    return Pressed(
        id=act.nonce, who=act.who, place=place, at=act.at, control=control, message=message
    )


def hear_submitted(act: Act, form: Form, answers: Mapping[str, Answer], place: Place) -> Submitted:
    return Submitted(
        id=act.nonce,
        who=act.who,
        place=place,
        at=act.at,
        control=str(form.control),
        answers=answers,
    )


def hear_opened(act: Act) -> Opened:
    place = Place(conversation(act.conversation))
    return Opened(id=act.nonce, who=act.who, place=place, at=act.at)


def get_place(id: str, message: str, root: str) -> Place:
    """Where an answer to a message belongs; root is the top of its thread, or itself.

    A direct conversation goes on at its top, as two people talk. In a channel an answer would
    stand between other people's words: it hangs under what was said.
    """
    if is_direct(id) and message == root:
        return Place(conversation(id))
    return Place(conversation(id), root)


# ---------------------------------------------------------------- controls of a message


def list_controls(message: Message) -> frozenset[str]:
    """The ids of the buttons that stand in a message: no other can have been pressed."""
    return frozenset(
        str(button.control)
        for element in message.elements
        if isinstance(element, Buttons)
        for button in element.buttons
    )


def find_form(message: Message, control: str) -> Form | None:
    """The form with this control that stands in a message, or None."""
    forms = (element for element in message.elements if isinstance(element, Form))
    return next((form for form in forms if str(form.control) == control), None)


# ---------------------------------------------------------------- answers to a form


def parse_answers(form: Form, raw: Raw) -> Mapping[str, Answer] | FieldErrors:
    """The answers to a form's fields, or what is wrong with each that cannot be taken.

    What may stay open and does is None, or () where several may be chosen.
    """
    answers: dict[str, Answer] = {}
    errors: dict[str, str] = {}
    for field in form.fields:
        try:
            answers[field.name] = _answer(field, raw.get(FIELD + field.name, ()))
        except Fault as fault:
            errors[field.name] = str(fault)
    return FieldErrors(errors) if errors else answers


def _answer(field: FormField, raw: Sequence[str | FileContent]) -> Answer:
    if isinstance(field, FileField):
        return _file(field, [item for item in raw if isinstance(item, FileContent)])
    texts = [text for item in raw if isinstance(item, str) and (text := _clean(item).strip())]
    if isinstance(field, SeveralOfField):
        return _several(field, texts)
    if not texts:
        _check_optional(field)
        return None
    match field:
        case TextField():
            return _text(field, texts[0])
        case NumberField():
            return _number(field, texts[0])
        case DateField():
            return _date(field, texts[0])
        case OneOfField():
            return _option(field, texts[0])
        case QuarterField():
            return _quarter(field, texts[0])


def _check_optional(field: FormField) -> None:
    if field.required:
        chosen = isinstance(field, OneOfField | QuarterField)
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
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,9})?", plain):
        raise Fault(messages.NOT_A_NUMBER)
    value = float(plain)
    if field.whole and not value.is_integer():
        raise Fault(messages.NOT_WHOLE)
    if not math.isfinite(value) or not field.minimum <= value <= field.maximum:
        raise Fault(messages.out_of_range(field.minimum, field.maximum, field.unit))
    return int(value) if field.whole else value


def _date(field: DateField, text: str) -> date:
    value = _parse_date(text)
    if field.earliest and value < field.earliest:
        raise Fault(messages.date_too_early(field.earliest))
    if field.latest and value > field.latest:
        raise Fault(messages.date_too_late(field.latest))
    return value


def _parse_date(text: str) -> date:
    plain = unicodedata.normalize("NFKC", text)
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", plain, re.ASCII)
    if not found:
        raise Fault(messages.NOT_A_DATE)
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError as error:
        raise Fault(messages.NOT_A_DATE) from error


def _option(field: OneOfField, text: str) -> str:
    if text not in {option.value for option in field.options}:
        raise Fault(messages.NOT_AN_OPTION)
    return text


def _several(field: SeveralOfField, texts: Sequence[str]) -> tuple[str, ...]:
    values = {option.value for option in field.options}
    if not values.issuperset(texts):
        raise Fault(messages.NOT_AN_OPTION)
    if field.required and not texts:
        raise Fault(messages.REQUIRED_CHOICE)
    # In the order of the options: the order of a browser's boxes means nothing.
    return tuple(option.value for option in field.options if option.value in texts)


def _quarter(field: QuarterField, text: str) -> Quarter:
    found = re.fullmatch(r"(\d{4})Q([1-4])", text, re.ASCII)
    if not found:
        raise Fault(messages.NOT_AN_OPTION)
    quarter = Quarter(int(found[1]), int(found[2]))
    if not field.earliest <= quarter <= field.latest:
        raise Fault(messages.NOT_AN_OPTION)
    return quarter


def _file(field: FileField, files: Sequence[FileContent]) -> FileContent | None:
    # A browser posts an input without a file as an empty file without a name.
    chosen = [file for file in files if file.name or file.data]
    if not chosen:
        if field.required:
            raise Fault(messages.REQUIRED_FILE)
        return None
    file = chosen[0]
    if not file.data:
        raise Fault(messages.FILE_EMPTY)
    if len(file.data) > field.max_bytes:
        raise Fault(messages.file_too_large(field.max_bytes))
    return FileContent(_clean(file.name) or "file", _media_type(field, file), file.data)


def _media_type(field: FileField, file: FileContent) -> str:
    # Windows calls a CSV an Excel file and some browsers call it nothing: the name decides then.
    named, _ = guess_type(file.name)
    for media_type in (file.media_type.partition(";")[0].strip().lower(), named):
        if media_type in field.media_types:
            return media_type
    raise Fault(messages.file_of_other_kind(field.media_types))


def _clean(raw: str) -> str:
    """Line breaks as one character, and nothing that no keyboard writes or no database keeps."""
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
