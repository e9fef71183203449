"""What the page posts, as neutral events: pure, and each fault told in words for its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from bot.chat import answers
from bot.chat.local import messages
from bot.chat.local.persona import conversation, is_direct
from bot.conversation.address import Account, Place
from bot.conversation.event import Answer, Opened, Pressed, Said, Submitted
from bot.conversation.message import (
    Buttons,
    FileContent,
    Form,
    Message,
)

MAX_TEXT = 100_000
"""Characters of one message: more than anybody types, less than what would stop the desk."""

Raw = Mapping[str, Sequence[str | FileContent]]
"""A posted form: what was entered, by the name of the input."""

FIELD = "field-"
"""Stands before the name of every input that answers a form's field."""


class TooLong(answers.Fault):
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
    text = answers.clean(raw).strip()
    if not text:
        raise answers.Fault(messages.TEXT_EMPTY)
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


def hear_submitted(act: Act, form: Form, given: Mapping[str, Answer], place: Place) -> Submitted:
    return Submitted(
        id=act.nonce,
        who=act.who,
        place=place,
        at=act.at,
        control=str(form.control),
        answers=given,
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


def list_entered(raw: Raw) -> answers.Raw:
    """What was entered into a form's fields, by their names."""
    return {
        name.removeprefix(FIELD): values for name, values in raw.items() if name.startswith(FIELD)
    }
