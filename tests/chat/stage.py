"""A stage for the local page: three people, two channels, an Accept that records, a browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any, Self

import httpx

from bot.chat.local.persona import Channel, Persona
from bot.conversation.event import Event
from bot.conversation.message import Button, Buttons, Control, Message, Paragraph, Reply
from bot.conversation.port import NotTaken

MEGUMI = Persona("megumi", "田中 恵", "職員", "環境省", "テレワークの制度について質問する方です。")
KEN = Persona("ken", "佐藤 健", "窓口担当", "内閣官房", "照会を引き受けて回答する方です。")
YUMI = Persona("yumi", "森 由美", "副CIO", "総務省", "府省の整備状況を見る方です。")
PERSONAS = (MEGUMI, KEN, YUMI)

CHANNELS = (
    Channel("telework", "テレワーク相談", "どなたでも質問できます。"),
    Channel("desk", "照会窓口", "担当者への照会が届きます。", members=frozenset({"ken"})),
)

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ASK = Control("desk.escalate", "t1")
CARD = Message(
    "解決しましたか。",
    (Paragraph.of("解決しましたか。"), Buttons((Button(ASK, "担当者に照会する"),))),
)


def say(text: str) -> Message:
    """A message of one paragraph."""
    return Message(text, (Paragraph.of(text),))


@dataclass
class StoppedClock:
    """Noon in Tokyo, until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Recorder:
    """Accepts as the router does, without a router: stores what it gets, once by id."""

    events: dict[str, Event] = field(default_factory=dict)
    reply: Reply | None = None
    away: bool = False

    def accept(self, event: Event) -> bool:
        if self.away:
            raise NotTaken
        known = event.id in self.events
        self.events.setdefault(event.id, event)
        return not known

    def accept_and_wait(self, event: Event, wait: timedelta) -> Reply | None:
        return self.reply if self.accept(event) else None

    @property
    def last(self) -> Any:
        return list(self.events.values())[-1]


@dataclass
class Posted:
    """A form as it stands in a page: where it goes, and what it brings."""

    action: str
    values: dict[str, str]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Posted] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.found.append(Posted(given.get("action") or "", {}))
        elif tag == "input" and given.get("type") == "hidden":
            self.found[-1].values[given.get("name") or ""] = given.get("value") or ""

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def list_forms(html: str) -> list[Posted]:
    parser = _Forms()
    parser.feed(html)
    return parser.found


def read_text(html: str) -> str:
    """What a reader sees of a page."""
    parser = _Forms()
    parser.feed(html)
    return "".join(parser.text)


class Browser:
    """What a browser without script does, or with `json` what the page's script does."""

    def __init__(self, url: str) -> None:
        self.origin = url.rstrip("/")
        # Plain HTTP: reading the world's certificates would take longer than most tests here.
        self.client = httpx.Client(base_url=self.origin, timeout=30, verify=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.client.close()

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers=headers)

    def find(self, path: str, action: str, **having: str) -> Posted:
        """The first form of a page that goes to an action and brings these values."""
        for form in list_forms(self.get(path).text):
            if form.action == action and having.items() <= form.values.items():
                return form
        raise AssertionError(f"no form to {action} with {having} on {path}")

    def send(
        self, form: Posted, json: bool = False, files: Any = None, **more: Any
    ) -> httpx.Response:
        """Submit a form with more values, from the page itself."""
        headers = {"Origin": self.origin}
        if json:
            headers["Accept"] = "application/json"
        values = {**form.values, **more}
        return self.client.post(form.action, data=values, files=files, headers=headers)

    def say(self, path: str, text: str, json: bool = False, **more: str) -> httpx.Response:
        return self.send(self.find(path, "/say"), json=json, text=text, **more)
