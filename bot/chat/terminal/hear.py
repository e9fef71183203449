"""What is typed in the terminal, as commands, events and answers: pure, each fault in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.chat import answers
from bot.chat.answers import Fault, clean
from bot.chat.terminal import messages
from bot.chat.terminal.people import fold
from bot.conversation.address import Account, Place
from bot.conversation.event import Answer, Opened, Pressed, Said, Submitted
from bot.conversation.message import (
    Button,
    Form,
    FormField,
    OneOfField,
    Option,
    SeveralOfField,
)

MAX_TEXT = 100_000
"""Characters of one message: more than anybody types, less than what would stop the desk."""


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


def hear_submitted(act: Act, form: Form, given: Mapping[str, Answer]) -> Submitted:
    return Submitted(
        id=act.nonce,
        who=act.who,
        place=act.place,
        at=act.at,
        control=str(form.control),
        answers=given,
    )


def hear_opened(act: Act) -> Opened:
    return Opened(id=act.nonce, who=act.who, place=act.place, at=act.at)


# ---------------------------------------------------------------- an answer to a field


def parse_answer(field: FormField, raw: str) -> Answer:
    """The answer to a field of any kind but a file. Raises Fault for what it does not take.

    Options are named by their numbers or their names: nobody types their values.
    """
    text = clean(raw).strip()
    entered = [text]
    if text and isinstance(field, OneOfField):
        entered = [_option(field.options, text).value]
    elif isinstance(field, SeveralOfField):
        parts = [part for part in re.split(r"[\s,、，]+", text) if part]
        entered = [_option(field.options, part).value for part in parts]
    return answers.parse_answer(field, entered)


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
