"""Answers to a form, by the form's own rules: the same in every chat service."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from mimetypes import guess_type

from bot.chat import messages
from bot.conversation.event import Answer
from bot.conversation.message import (
    DateField,
    FieldErrors,
    FileContent,
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

Raw = Mapping[str, Sequence[str | FileContent]]
"""What was entered, by the name of the field: texts, values of options, files."""


class Fault(Exception):
    """What was entered cannot be taken; `str()` tells the person why."""


def parse_answers(fields: Iterable[FormField], raw: Raw) -> Mapping[str, Answer] | FieldErrors:
    """The answers to a form's fields, or what is wrong with each that cannot be taken."""
    answers: dict[str, Answer] = {}
    errors: dict[str, str] = {}
    for field in fields:
        try:
            answers[field.name] = parse_answer(field, raw.get(field.name, ()))
        except Fault as fault:
            errors[field.name] = str(fault)
    return FieldErrors(errors) if errors else answers


def parse_answer(field: FormField, entered: Sequence[str | FileContent]) -> Answer:
    """The answer to one field. Raises Fault for what it does not take.

    What may stay open and does is None, or () where several may be chosen.
    """
    if isinstance(field, FileField):
        return _file(field, [item for item in entered if isinstance(item, FileContent)])
    texts = [text for item in entered if isinstance(item, str) and (text := clean(item).strip())]
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


def clean(raw: str) -> str:
    """Line breaks as one character, and nothing that no keyboard writes or no database keeps."""
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))


def list_quarters(field: QuarterField) -> tuple[Quarter, ...]:
    """The quarters that a field takes, as a list to choose from shows them."""
    years = range(field.earliest.fiscal_year, field.latest.fiscal_year + 1)
    quarters = (Quarter(year, number) for year in years for number in range(1, 5))
    return tuple(quarter for quarter in quarters if field.earliest <= quarter <= field.latest)


def list_options(field: OneOfField | SeveralOfField | QuarterField) -> tuple[Option, ...]:
    """What can be chosen in a field, quarters by their Japanese names."""
    if not isinstance(field, QuarterField):
        return field.options
    quarters = list_quarters(field)
    return tuple(Option(write_quarter(one), messages.quarter_choice(one)) for one in quarters)


def write_quarter(quarter: Quarter) -> str:
    """A quarter as the value of an option."""
    return f"{quarter.fiscal_year}Q{quarter.number}"


# ---------------------------------------------------------------- one kind each


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
    # Full-width digits, commas between thousands and the unit behind are how people type numbers.
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace("−", "-")
    plain = plain.removesuffix(field.unit).strip() if field.unit else plain
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,9})?", plain, re.ASCII):
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
    found = re.fullmatch(
        r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", _without_spaces(text), re.ASCII
    )
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
    # In the order of the options: the order in which they were chosen means nothing.
    return tuple(option.value for option in field.options if option.value in texts)


def _quarter(field: QuarterField, text: str) -> Quarter:
    found = re.fullmatch(
        r"(\d{4})(?:年度?)?(?:q|第|-|/)?([1-4])(?:四半期)?",
        _without_spaces(text).lower(),
        re.ASCII,
    )
    if not found:
        raise Fault(messages.NOT_A_QUARTER)
    quarter = Quarter(int(found[1]), int(found[2]))
    if not field.earliest <= quarter <= field.latest:
        raise Fault(messages.quarter_out_of_range(field))
    return quarter


def _without_spaces(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


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
    return FileContent(clean(file.name) or "file", _media_type(field, file), file.data)


def _media_type(field: FileField, file: FileContent) -> str:
    # Windows calls a CSV an Excel file and some browsers call it nothing: the name decides then.
    named, _ = guess_type(file.name)
    for media_type in (file.media_type.partition(";")[0].strip().lower(), named):
        if media_type in field.media_types:
            return media_type
    raise Fault(messages.file_of_other_kind(field.media_types))
