"""What the bot says: messages as structure, never as marked-up text, and what carries them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Generic, TypeVar

from bot.conversation.address import Target

# ---------------------------------------------------------------- running text


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that stand out."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to an address; only https and http addresses are followed."""

    text: str
    url: str

    def __post_init__(self) -> None:
        if not re.match(r"https?://", self.url):
            raise ValueError(f"not a web address: {self.url!r}")


Span = str | Strong | Link
"""A plain string is text as it stands: every renderer escapes it."""


# ---------------------------------------------------------------- elements


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    spans: tuple[Span, ...]

    @classmethod
    def of(cls, *spans: Span) -> Paragraph:
        return cls(spans)


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's own words, set apart."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[tuple[Span, ...], ...]


class Tone(StrEnum):
    """What a note is for; a renderer says it in words too, never by colour alone."""

    INFO = "info"
    CAUTION = "caution"


@dataclass(frozen=True, slots=True)
class Note:
    """What must not be overlooked, apart from the running text."""

    spans: tuple[Span, ...]
    tone: Tone = Tone.INFO


@dataclass(frozen=True, slots=True)
class Fold:
    """What most readers skip: closed where the service can, else shown in small."""

    summary: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """Labels with their values."""

    pairs: tuple[tuple[str, tuple[Span, ...]], ...]


@dataclass(frozen=True, slots=True)
class Table:
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.head):
                raise ValueError(f"row {number}: {len(row)} cells under {len(self.head)} heads")


@dataclass(frozen=True, slots=True)
class FileContent:
    """Bytes with a name; kept in a table of their own until sent."""

    name: str
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Image:
    content: FileContent
    alt: str
    """What the picture shows, for those who do not see it."""
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    content: FileContent
    title: str


# ---------------------------------------------------------------- controls


@dataclass(frozen=True, slots=True)
class Control:
    """The id of a button or form: what it does, and the token of the state that it acts on.

    Chat services carry it as an opaque string. The state lies in the capability's records, so a
    card from last year still works, or says that it is closed.
    """

    action: str
    token: str

    def __str__(self) -> str:
        return f"{self.action}:{self.token}"

    @classmethod
    def parse(cls, text: str) -> Control | None:
        """The control behind an id, or None for what no capability can have written."""
        found = re.fullmatch(r"([a-z_]+\.[a-z_]+):([A-Za-z0-9_-]{0,64})", text)
        return cls(found[1], found[2]) if found else None


class Weight(StrEnum):
    """How a button stands among its neighbours."""

    NORMAL = "normal"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    control: Control
    label: str
    weight: Weight = Weight.NORMAL


@dataclass(frozen=True, slots=True)
class Buttons:
    buttons: tuple[Button, ...]


# ---------------------------------------------------------------- forms


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a fiscal year that starts in April: 1 is April to June, 4 January to March."""

    fiscal_year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 4:
            raise ValueError(f"no such quarter: {self.number}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What every field of a form has."""

    name: str
    label: str
    hint: str | None = None
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField(Field):
    initial: str = ""
    multiline: bool = False
    max_length: int = 3000
    """Characters; 3,000 is what every service takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberField(Field):
    minimum: float
    maximum: float
    initial: float | None = None
    whole: bool = True
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DateField(Field):
    initial: date | None = None
    earliest: date | None = None
    latest: date | None = None


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOfField(Field):
    options: tuple[Option, ...]
    initial: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralOfField(Field):
    options: tuple[Option, ...]
    initial: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterField(Field):
    earliest: Quarter
    latest: Quarter
    initial: Quarter | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileField(Field):
    media_types: tuple[str, ...]
    max_bytes: int


FormField = (
    TextField | NumberField | DateField | OneOfField | SeveralOfField | QuarterField | FileField
)


@dataclass(frozen=True, slots=True)
class Form:
    """Questions answered together: in a message where the service can, else in a dialog."""

    control: Control
    title: str
    submit: str
    fields: tuple[FormField, ...]
    intro: str | None = None


Element = (
    Heading
    | Paragraph
    | Quote
    | Bullets
    | Note
    | Fold
    | Fields
    | Table
    | Image
    | File
    | Buttons
    | Form
)


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its gist in a line, and its elements in order."""

    gist: str
    """What a notification or a screen reader says first; plain text."""
    elements: tuple[Element, ...]


# ---------------------------------------------------------------- posts, replies, outcomes


class Priority(IntEnum):
    """Who waits: a person who asked goes before anything that can go a minute later."""

    BROADCAST = 0
    NOTICE = 10
    ANSWER = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A message to send once."""

    target: Target
    message: Message
    key: str | None = None
    """What makes it the same post when decided twice; None: the event and its number."""
    priority: Priority = Priority.ANSWER
    not_after: datetime | None = None
    """After this it would mislead, and is cancelled instead of sent late."""
    instead: New | None = None
    """What takes its place once the service has refused it for good, as where a thread is gone:
    the same for the same reader by another way. Later wordings of it go there too."""
    lost: New | None = None
    """What somebody else is told if it was refused and nothing took its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """A new wording of an earlier post, which it names by key; the latest wins."""

    of: str
    message: Message
    key: str | None = None
    priority: Priority = Priority.ANSWER


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What stands on somebody's Home from now on."""

    target: Target
    message: Message
    key: str | None = None
    priority: Priority = Priority.NOTICE


Post = New | Update | Home


@dataclass(frozen=True, slots=True)
class OpenForm:
    """Open a form in front of the person who pressed."""

    form: Form


@dataclass(frozen=True, slots=True)
class FieldErrors:
    """What is wrong with a submitted form, by field name; the form stays open."""

    errors: Mapping[str, str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "errors", MappingProxyType(dict(self.errors)))


@dataclass(frozen=True, slots=True)
class Notice:
    """A line for the person who acted, shown in the acknowledgement where the service can."""

    text: str


Reply = OpenForm | FieldErrors | Notice
"""Lives as long as the request and is never the only record of anything."""

V = TypeVar("V", covariant=True)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[V]):
    """What a flow decided, what is to be said for it, and what has become pointless to say."""

    value: V
    posts: tuple[Post, ...] = ()
    reply: Reply | None = None
    withdrawn: tuple[str, ...] = ()
    """Keys of waiting posts that this decision makes pointless."""
