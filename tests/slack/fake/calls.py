"""What every Web API method has: a name, scopes, and a call to answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.slack.fake.ledger import Ledger
from tests.slack.fake.rules import Limits, Rules
from tests.slack.fake.workspace import BOT, Channel, Message, No, Workspace

BOT_SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "users:read",
    "users:read.email",
)


@dataclass(frozen=True, slots=True)
class Token:
    """A token, and what it may do."""

    text: str
    scopes: tuple[str, ...]
    app_level: bool = False


class Doors(Protocol):
    """Where connections of Socket Mode are opened."""

    def make_address(self) -> str:
        """Where one connection may be opened, once. Raises No."""


@dataclass(slots=True)
class State:
    """All that a reset renews."""

    workspace: Workspace
    rules: Rules
    sockets: Doors | None = None
    limits: Limits = field(init=False)
    ledger: Ledger = field(default_factory=Ledger)

    def __post_init__(self) -> None:
        self.limits = Limits(self.rules)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a method, with the rights of its token."""

    method: str
    params: Mapping[str, Any]
    token: Token
    state: State
    origin: str
    """The fake's own address."""
    now: float
    as_json: bool = False

    @property
    def workspace(self) -> Workspace:
        return self.state.workspace

    @property
    def rules(self) -> Rules:
        return self.state.rules

    def need(self, scope: str) -> None:
        """Raises No where the token lacks a scope."""
        if scope not in self.token.scopes:
            raise No("missing_scope", needed=scope, provided=",".join(self.token.scopes))

    def get(self, name: str) -> str:
        """An argument that there must be. Raises No."""
        value = self.params.get(name)
        if value is None or value == "":
            missing = [f"[ERROR] missing required field: {name}"]
            raise No("invalid_arguments", response_metadata={"messages": missing})
        return str(value)

    def get_channel(self, id: str, need: str | None = None) -> Channel:
        """A channel by id, with the scope for its kind. Raises No."""
        channel = self.workspace.channels.get(id)
        if channel is None and self.rules.any_channel and id:
            channel = Channel(id, id.lower(), members={BOT})
            self.workspace.channels[id] = channel
        if channel is None or (channel.private and BOT not in channel.members):
            raise No("channel_not_found")
        if need is not None:
            self.need(f"{channel.kind}:{need}")
        return channel

    def get_writable(self, id: str) -> Channel:
        """Where the bot may post: a channel that it is in, or somebody's direct conversation."""
        if id in self.workspace.people:
            return self.open_direct(id)
        channel = self.get_channel(id)
        if channel.archived:
            raise No("is_archived")
        if BOT not in channel.members and "chat:write.public" not in self.token.scopes:
            raise No("not_in_channel")
        return channel

    def open_direct(self, user: str) -> Channel:
        person = self.workspace.people.get(user)
        if person is None:
            raise No("user_not_found")
        if person.bot:
            raise No("cannot_dm_bot")
        if person.deleted:
            raise No("user_disabled")
        return self.workspace.open_direct(user)

    def get_own(self, channel: Channel, ts: str, error: str) -> Message:
        """A message that the bot itself has written. Raises No."""
        message = channel.by_ts.get(ts)
        if message is None:
            raise No("message_not_found")
        if message.user != BOT:
            raise No(error)
        return message


Method = Callable[[Call], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Registered:
    """A method, what it needs, and whether it posts: posts are what faults and limits fall on."""

    handle: Method
    scope: str | None = None
    posts: bool = False
    form_only: bool = False
    app_level: bool = False


METHODS: dict[str, Registered] = {}


def method(
    name: str,
    scope: str | None = None,
    *,
    posts: bool = False,
    form_only: bool = False,
    app_level: bool = False,
) -> Callable[[Method], Method]:
    """Register a function as a method of the Web API."""

    def register(handle: Method) -> Method:
        METHODS[name] = Registered(handle, scope, posts, form_only, app_level)
        return handle

    return register
