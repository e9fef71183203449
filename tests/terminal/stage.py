"""A desk to talk to in a test: the real bot behind the terminal, and screens that keep."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from wcwidth import wcswidth

from bot import demo
from bot.app import App, build
from bot.chat.terminal.lines import Line, plain
from bot.chat.terminal.people import People, Persona, Room
from bot.chat.terminal.screen import Asked, Cancelled, PlainScreen, Screen
from bot.chat.terminal.service import TerminalService
from bot.chat.terminal.talk import Talk
from bot.clock import Clock
from bot.config import Settings
from bot.conversation.message import (
    Bullets,
    Button,
    Buttons,
    Control,
    DateField,
    Fields,
    File,
    FileContent,
    FileField,
    Fold,
    Form,
    Heading,
    Image,
    Link,
    Message,
    Note,
    NumberField,
    OneOfField,
    Option,
    Paragraph,
    Quarter,
    QuarterField,
    Quote,
    SeveralOfField,
    Strong,
    Table,
    TextField,
)
from bot.database.engine import Database
from knowledge.base import KnowledgeBase
from tests.playing import StillShelf

OFFICIAL = Persona("official-18", "環境省の職員", "質問する方です。", "環境省")
NEWCOMER = Persona("official-00", "所属未登録の職員", "名簿にいない方です。")
OFFICER = Persona("desk", "内閣人事局の窓口担当", "回答する方です。", "内閣官房")
ROOMS = (
    Room("telework", "テレワーク相談", "どなたでも質問できます。"),
    Room("desk", "照会窓口", "照会が届きます。", frozenset({"desk"})),
)


def make_people() -> People:
    return People((OFFICIAL, NEWCOMER, OFFICER), ROOMS)


@dataclass
class Stage:
    """The desk behind a terminal; `talk` types lines and gives what was shown.

    A line such as `<解決した>` is the number of that button, as it was shown last.
    """

    app: App
    service: TerminalService

    def talk(self, *typed: str, who: Persona = OFFICIAL, width: int | None = 60) -> str:
        sink = io.StringIO()
        self.run(PlainScreen(Typist(typed, sink), sink, width), who)
        return sink.getvalue()

    def run(self, screen: Screen, who: Persona = OFFICIAL) -> None:
        Talk(self.service, self.app.router, screen, who, self.settle).run(greet=False)

    def settle(self) -> None:
        while self.app.router.handle_next() or self.app.sender.send_one():
            pass


class Typist(io.StringIO):
    """Types one line after the other, and presses by the numbers that it sees."""

    def __init__(self, typed: Sequence[str], seen: io.StringIO) -> None:
        super().__init__()
        self._typed = list(typed)
        self._seen = seen

    def readline(self, _size: int | None = -1, /) -> str:
        if not self._typed:
            return ""
        line = self._typed.pop(0)
        pressed = re.fullmatch("<(.+)>", line)
        return f"{find_number(self._seen.getvalue(), pressed[1]) if pressed else line}\n"


def find_number(shown: str, label: str) -> str:
    """The number of a button as it was shown last."""
    numbers = re.findall(rf"\[(\d+)\] {re.escape(label)}", shown)
    assert numbers, f"no button {label!r} in:\n{shown}"
    return str(numbers[-1])


def open_stage(database: Database, knowledge: KnowledgeBase, clock: Clock) -> Stage:
    settings = Settings(
        database_url=str(database.engine.url), desk_service="terminal", desk_tenant="local"
    )
    service = TerminalService(make_people(), clock.now)
    with database.write() as tx:
        demo.enrol_personas(tx, (OFFICIAL, NEWCOMER, OFFICER))  # type: ignore[arg-type]
    return Stage(
        build(settings, clock, StillShelf(knowledge), database, {service.name: service}), service
    )


@dataclass
class Scripted:
    """A screen that types what it is told, and keeps what it is shown."""

    typed: list[str]
    width: int | None = 60
    shown: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    bars: list[str] = field(default_factory=list)

    def show(self, lines: Sequence[Line]) -> None:
        self.shown += [plain(line) for line in lines]

    def ask(self, asked: Asked) -> str:
        self.asked.append(asked.label)
        self.bars.append(asked.status())
        if not self.typed:
            raise EOFError
        answer = self.typed.pop(0)
        if answer == "<Esc>":
            raise Cancelled
        return answer

    def on_news(self, show_news: object, pending: object) -> None:
        pass

    def wake(self) -> None:
        pass

    @property
    def text(self) -> str:
        return "\n".join(self.shown)


SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
"""How our own screen places and colours text."""


def cells(text: str) -> int:
    """The width of a line as another library counts it."""
    return wcswidth(text)


def find_controls(text: str) -> list[str]:
    """Everything in a text that could drive a terminal."""
    return [c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs") and c != "\n"]


def form_of(*fields: object) -> Form:
    return Form(Control("test.form", "1"), "回答", "送る", fields)  # type: ignore[arg-type]


def message_of(text: str) -> Message:
    """A message that holds a text in every place that a text can stand in."""
    spans = (text, Strong(text), Link(text, "https://example.go.jp/?q=" + text))
    content = FileContent(text, text, b"data")
    return Message(
        text,
        (
            Heading(text),
            Paragraph(spans),
            Quote(text),
            Bullets((spans, spans)),
            Note(spans),
            Fold(text, spans),
            Fields(((text, spans),)),
            Table((text, "b"), ((text, text),), text),
            Image(content, text, text),
            File(content, text),
            Buttons((Button(Control("test.press", "1"), text),)),
            full_form(text),
        ),
    )


def full_form(text: str) -> Form:
    """A form with a field of every kind, each worded with the text."""
    options = (Option(text, text), Option("other", text))
    quarters = (Quarter(2017, 1), Quarter(2017, 4))
    return Form(
        Control("test.form", "1"),
        title=text,
        submit=text,
        intro=text,
        fields=(
            TextField(name="t", label=text, hint=text, initial=text),
            TextField(name="m", label=text, multiline=True, initial=text),
            NumberField(name="n", label=text, minimum=0, maximum=9, unit=text, initial=3),
            DateField(name="d", label=text),
            OneOfField(name="o", label=text, options=options),
            SeveralOfField(name="s", label=text, options=options),
            QuarterField(name="q", label=text, earliest=quarters[0], latest=quarters[1]),
            FileField(name="f", label=text, media_types=(text,), max_bytes=1),
        ),
    )
