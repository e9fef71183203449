"""What the bot hears, in words that fit every chat service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from bot.conversation.address import Account, Place
from bot.conversation.message import FileContent, Quarter

Answer = str | int | float | bool | date | Quarter | tuple[str, ...] | FileContent | None
"""What a form's field may hold once its own rules (kind, range, required) are met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What every event has."""

    id: str
    """Unique within service and tenant: what makes a redelivery known."""
    who: Account
    place: Place
    """Where an answer belongs."""
    at: datetime
    """When the service took it, aware."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Heard):
    """A message to the bot: in a direct conversation, or one that names it."""

    message: str
    """The service's id of the message: a thread may be opened under it."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commanded(Heard):
    """A command such as /madoguchi, with what stands behind it."""

    command: str
    text: str
    trigger: str | None = None
    """What the service wants back if a form is to be opened; short-lived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed(Heard):
    """A button of a message, or of a Home."""

    control: str
    """The button's opaque id, as Control writes it."""
    message: str | None = None
    trigger: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted(Heard):
    """A form with its answers; its own rules were checked where it was shown."""

    control: str
    answers: Mapping[str, Answer]
    trigger: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "answers", MappingProxyType(dict(self.answers)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Heard):
    """Somebody opened the bot's Home."""


Event = Said | Commanded | Pressed | Submitted | Opened
