"""What the bot asks of a chat service, what a service asks of the bot, and how both may fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.conversation.address import Account, Conversation, Target
from bot.conversation.event import Event
from bot.conversation.message import Form, Message, Reply


class PortError(Exception):
    """A chat service did not do what it was asked."""


class Refused(PortError):
    """It says no, and will say no again: a wrong target, a missing right, a bad payload."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LimitedFor(PortError):
    """It takes no more for a while; nothing was posted."""

    def __init__(self, wait: timedelta, *, everywhere: bool = False) -> None:
        super().__init__(f"limited for {wait.total_seconds():g} s")
        self.wait = wait
        self.everywhere = everywhere
        """Whether the whole tenant is limited, or this conversation alone."""


class Away(PortError):
    """It cannot be reached; nothing was posted."""


class InDoubt(PortError):
    """It may or may not have posted: the connection broke, or it failed after accepting."""


class TooLate(PortError):
    """Whoever asked for it may no longer have it: nothing was posted."""


class CannotLookUp(PortError):
    """It has no way to tell whether a delivery arrived."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a service lets the bot post. The database keeps it, so all replicas share it."""

    conversation: timedelta = timedelta(0)
    """Least time between two posts of one conversation."""
    tenant: timedelta = timedelta(0)
    """Least time between two posts of a whole workspace or organisation."""
    strict: bool = False
    """Whether an answer to a waiting person keeps the pace as well.

    Services let short bursts pass, and a person waits: without this, an answer goes at once and
    obeys Retry-After alone, and what can go a minute later gives way to it. A service that counts
    exactly, or punishes what comes too fast, is `strict`.
    """


NO_PACE = Pace()
"""Of a service that takes whatever comes."""
StillMine = Callable[[], bool]
"""Whether a post is still its sender's: a process that was stopped past its lease has lost it."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a post stands."""

    conversation: Conversation
    message: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What a service says about an account."""

    account: Account
    name: str
    email: str | None = None


class ChatService(Protocol):
    """A chat service as the sender and the router see it. Every call may raise PortError."""

    @property
    def name(self) -> str:
        """The service's name in addresses: `local`, `slack`, `teams`."""

    @property
    def history_lag(self) -> timedelta:
        """How long a posted message may stay invisible to `look_up`."""

    @property
    def pace(self) -> Pace:
        """How fast it lets the bot post."""

    def post(
        self, target: Target, message: Message, delivery_id: str, still_mine: StillMine
    ) -> Sent:
        """Post a message that carries the delivery id where `look_up` can read it.

        Asks `still_mine` as the last thing before the request leaves that makes the message
        visible, and raises TooLate if it says no: another sender may have posted it meanwhile.
        """

    def update(self, sent: Sent, message: Message) -> None:
        """Put a new wording in the place of an earlier one."""

    def home(self, account: Account, message: Message) -> None:
        """Put a message on somebody's Home."""

    def open_form(self, trigger: str, form: Form) -> None:
        """Open a form in front of whoever set off the trigger."""

    def look_up(self, target: Target, delivery_id: str, since: datetime) -> Sent | None:
        """The post with this delivery id, or None; raises CannotLookUp where there is no way."""

    def fetch_person(self, account: Account) -> Profile:
        """Name and address of an account, as the service has them."""


Opens = Callable[[Form], bool]
"""Opens a form in front of the person who acted; whether it did."""


class Accept(Protocol):
    """How a chat service hands in what it heard, before it acknowledges."""

    def accept(self, event: Event) -> bool:
        """Store the event. False: it was stored before. Raises NotTaken if it cannot be stored."""

    def accept_and_wait(self, event: Event, wait: timedelta) -> Reply | None:
        """Store the event, handle it at once, and give its reply if it comes within the wait."""


class AcceptAndOpen(Accept, Protocol):
    """What a service needs besides that opens forms by a call of its own, in dialogs alone."""

    def accept_to_open(self, event: Event, opens: Opens) -> bool:
        """Store the event and handle it at once; a form that it leads to is handed to `opens`.

        All other replies arrive as messages, and so does the form where `opens` says that it is
        too late.
        False: the event was stored before. Raises NotTaken.
        """

    def find_form(self, sent: Sent, control: str) -> Form | None:
        """The form with this control in a message that was sent, or None. Raises NotTaken."""


class NotTaken(Exception):
    """The event could not be stored: the service must not acknowledge it, and may send it again."""
