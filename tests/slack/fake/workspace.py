"""What a workspace holds: people, channels, messages, views, files and triggers."""

from __future__ import annotations

import re
import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from typing import Any

from bot.clock import real_now

RICH = ("rich_text_section", "rich_text_quote", "rich_text_preformatted")


class No(Exception):
    """Slack answers `ok: false` with this error."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


class Limited(No):
    """Slack answers 429."""

    def __init__(self, scope: str, wait: int) -> None:
        super().__init__("ratelimited")
        self.scope = scope
        self.wait = wait


@dataclass(slots=True)
class Person:
    """Somebody of the workspace, or a stranger of another one."""

    id: str
    name: str
    real_name: str
    email: str | None
    team: str
    deleted: bool = False
    bot: bool = False
    confirmed: bool = True
    """Whether the address was seen to be theirs."""


@dataclass(slots=True, eq=False)
class Message:
    """One message as history gives it, and what history does not say."""

    channel: str
    ts: str
    body: dict[str, Any]
    shown_at: float
    """When history begins to show it, in monotonic seconds."""
    replies: list[Message] = field(default_factory=list)

    @property
    def text(self) -> str:
        return str(self.body.get("text", ""))

    @property
    def blocks(self) -> list[dict[str, Any]]:
        return list(self.body.get("blocks", ()))

    @property
    def words(self) -> str:
        """All that can be read in it, blocks included."""
        return "\n".join([unescape(self.text), *list_words(self.body.get("blocks"))])

    @property
    def user(self) -> str:
        return str(self.body["user"])

    @property
    def thread(self) -> str | None:
        return self.body.get("thread_ts")

    @property
    def is_reply(self) -> bool:
        return self.thread is not None and self.thread != self.ts

    @property
    def metadata(self) -> Mapping[str, Any]:
        return self.body.get("metadata") or {}

    @property
    def delivery(self) -> str | None:
        found = (self.metadata.get("event_payload") or {}).get("delivery_id")
        return None if found is None else str(found)

    @property
    def files(self) -> list[dict[str, Any]]:
        return list(self.body.get("files", ()))


def list_words(value: object) -> Iterator[str]:
    """Each text as a reader sees it: a text object unescaped, runs of rich text joined."""
    match value:
        case {"type": "plain_text" | "mrkdwn", "text": str(text)}:
            yield unescape(text)
        case {"type": "raw_text", "text": str(text)}:
            yield text
        case {"type": str(kind), "elements": list(runs)} if kind in RICH:
            yield "".join(str(run.get("text", run.get("url", ""))) for run in runs)
        case {"alt_text": str(alt), **rest}:
            yield alt
            yield from list_words(rest)
        case dict():
            for inner in value.values():
                yield from list_words(inner)
        case list():
            for inner in value:
                yield from list_words(inner)


@dataclass(slots=True, eq=False)
class Channel:
    """A channel, or a direct conversation with the bot."""

    id: str
    name: str
    private: bool = False
    direct: str | None = None
    """Who speaks with the bot here; None: a channel."""
    archived: bool = False
    members: set[str] = field(default_factory=set)
    messages: list[Message] = field(default_factory=list)
    """All of it, replies too, by ts."""
    by_ts: dict[str, Message] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The word before the colon in the scopes that are for it."""
        return "im" if self.direct else "groups" if self.private else "channels"

    def list_between(self, oldest: str, latest: str, inclusive: bool) -> list[Message]:
        """Messages within two times, oldest first."""
        start = bisect_left(self.messages, oldest, key=lambda message: message.ts)
        found = []
        for message in self.messages[start:]:
            if message.ts > latest:
                break
            if inclusive or oldest < message.ts < latest:
                found.append(message)
        return found


@dataclass(slots=True, eq=False)
class View:
    """An opened dialog, or somebody's Home."""

    id: str
    user: str
    kind: str
    given: dict[str, Any]
    hash: str
    root: str
    previous: str | None = None
    open: bool = True


@dataclass(slots=True, eq=False)
class File:
    """A file from the moment that its address was asked for."""

    id: str
    name: str
    length: int
    data: bytes | None = None
    title: str | None = None
    completed: bool = False
    shares: list[Message] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What the same bytes under the same name have in common, whatever their id."""
        return f"{self.name}:{sha256(self.data or b'').hexdigest()[:16]}"


@dataclass(slots=True)
class Trigger:
    """What lets a view be opened: for three seconds, and once."""

    user: str
    until: float
    used: bool = False


TEAM = "T0GOVERNMENT"
APP = "A0MADOGUCHI"
BOT = "U0MADOGUCHI"
BOT_ID = "B0MADOGUCHI"


class Workspace:
    """Everything in it, by id; nothing here checks rights."""

    def __init__(self, enterprise: str | None = None) -> None:
        self.team = TEAM
        self.enterprise = enterprise
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self.files: dict[str, File] = {}
        self.triggers: dict[str, Trigger] = {}
        self.ids = 0
        self._micros = 0
        self.people[BOT] = Person(BOT, "madoguchi", "窓口", None, TEAM, bot=True)

    # ------------------------------------------------------------ ids and times

    def make_id(self, prefix: str) -> str:
        self.ids += 1
        return f"{prefix}{self.ids:010X}"

    def make_ts(self) -> str:
        """A time that no other message has, later than all before."""
        self._micros = max(self._micros + 1, int(real_now().timestamp() * 1_000_000))
        return f"{self._micros // 1_000_000}.{self._micros % 1_000_000:06d}"

    def make_trigger(self, user: str, life: float) -> str:
        id = f"{self.make_id('')}.{self.make_id('')}.{self.make_id('t').lower()}"
        self.triggers[id] = Trigger(user, time.monotonic() + life)
        return id

    # ------------------------------------------------------------ people and channels

    def add_person(
        self, name: str, real_name: str, email: str | None, team: str, deleted: bool
    ) -> Person:
        id = "U0" + re.sub(r"[^A-Z0-9]", "", name.upper())
        self.people[id] = Person(id, name, real_name, email, team, deleted)
        return self.people[id]

    def add_channel(
        self, name: str, members: Iterable[str], private: bool, archived: bool
    ) -> Channel:
        id = "C0" + re.sub(r"[^A-Z0-9]", "", name.upper())
        channel = Channel(id, name, private, archived=archived, members=set(members))
        self.channels[id] = channel
        return channel

    def open_direct(self, user: str) -> Channel:
        """The direct conversation of somebody with the bot, opened if need be."""
        id = "D" + user[1:]
        if id not in self.channels:
            self.channels[id] = Channel(id, "", direct=user, members={user, BOT})
        return self.channels[id]

    # ------------------------------------------------------------ messages

    def add_message(
        self, channel: Channel, user: str, body: Mapping[str, Any], lag: float = 0.0
    ) -> Message:
        """Put a message into a channel and, where it replies, into its thread."""
        ts = self.make_ts()
        whole = {"type": "message", "user": user, "ts": ts, "team": self.team, **body}
        message = Message(channel.id, ts, whole, time.monotonic() + lag)
        channel.messages.append(message)
        channel.by_ts[ts] = message
        root = channel.by_ts.get(message.thread or "")
        if message.is_reply and root is not None:
            self._add_reply(root, message)
        return message

    def _add_reply(self, root: Message, reply: Message) -> None:
        root.replies.append(reply)
        reply.body["parent_user_id"] = root.user
        users = list(dict.fromkeys(message.user for message in root.replies))
        root.body |= {
            "thread_ts": root.ts,
            "reply_count": len(root.replies),
            "reply_users": users,
            "reply_users_count": len(users),
            "latest_reply": reply.ts,
        }

    # ------------------------------------------------------------ views

    def add_view(self, user: str, given: Mapping[str, Any], previous: View | None = None) -> View:
        id = self.make_id("V")
        root = previous.root if previous else id
        view = View(id, user, str(given["type"]), {}, "", root, previous.id if previous else None)
        self.views[id] = view
        self.put_view(view, given)
        return view

    def put_view(self, view: View, given: Mapping[str, Any]) -> None:
        view.given = dict(given)
        view.hash = f"{int(real_now().timestamp())}.{self.make_id('').lower()}"

    def find_open_view(self, user: str) -> View | None:
        """The view on top in front of somebody."""
        mine = [v for v in self.views.values() if v.user == user and v.open and v.kind == "modal"]
        return mine[-1] if mine else None

    def close_views(self, user: str) -> None:
        for view in self.views.values():
            if view.user == user and view.kind == "modal":
                view.open = False
