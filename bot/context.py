"""What a flow may use besides its arguments: settings, the clock, the knowledge base."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.clock import Clock
from bot.config import Settings
from bot.conversation.address import Account, Conversation
from bot.conversation.event import Answer, Pressed, Submitted
from bot.conversation.message import Control, Outcome
from bot.database.engine import Transaction
from knowledge.base import KnowledgeBase
from knowledge.desk import Desk, Ladder


@dataclass(frozen=True, slots=True)
class Context:
    settings: Settings
    clock: Clock
    current: Callable[[], KnowledgeBase]
    """The knowledge base as it is at this moment; it may be another the next time."""
    read: Callable[[], AbstractContextManager[Transaction]]
    """A transaction in which a listener may look something up before it answers."""

    @property
    def knowledge(self) -> KnowledgeBase:
        return self.current()

    def now(self) -> datetime:
        """Business time, aware, in UTC."""
        return self.clock.now()

    def today(self) -> date:
        """The day in Tokyo, by business time."""
        return self.clock.today()

    @property
    def desks(self) -> Ladder:
        """The desks that inquiries may go to here."""
        return Ladder(self.knowledge.library.desks, frozenset(self.settings.desk_channels))

    @property
    def desk(self) -> Conversation:
        """Where the common desk reads what was referred to it."""
        return self.get_conversation(self.desks.common)

    def get_conversation(self, desk: Desk) -> Conversation:
        """Where a desk reads what was referred to it."""
        settings = self.settings
        channel = settings.desk_channels.get(desk.id, settings.desk_channel)
        return Conversation(settings.desk_service, settings.desk_tenant, channel)


Act = Callable[[Transaction], Outcome[Any]]
"""What remains to be done once everything slow is prepared: one flow, in one transaction."""
Listener = Callable[[Any, Context], Act | None]
"""Prepares the answer to an event of its kind, or gives None: not for this listener."""


@dataclass(frozen=True, slots=True)
class Hears:
    """Which kind of event a listener is for."""

    kind: type[Any]
    listener: Listener


@dataclass(frozen=True, slots=True)
class Job:
    """A flow that the clock runs, and when."""

    name: str
    cron: str
    """Minute, hour, day, month and weekday in Tokyo, as in a crontab; seconds may stand before."""
    run: Callable[[Transaction, Context], Outcome[Any]]
    """Run by every replica: what it posts has keys of its own, so that it is said once."""
    claims: bool = False
    """It claims its work by a row of its own: it needs to see no more than what is committed, and
    those who write meanwhile should not meet it."""

    def prepare(self, context: Context) -> Act | None:
        """The flow, which needs nothing besides its transaction."""
        return lambda tx: self.run(tx, context)


@dataclass(frozen=True, slots=True)
class SlowJob:
    """A job that reads, computes and draws before the transaction that keeps what it decided."""

    name: str
    cron: str
    prepare: Callable[[Context], Act | None]
    """What remains to be done in the transaction; None: nothing is due."""
    claims: bool = False


# ---------------------------------------------------------------- listeners of buttons and forms

Press = Callable[[Transaction, Account, str, Context], Outcome[Any]]
"""A flow that needs to know who pressed, and what the button belongs to."""
Submit = Callable[[Transaction, Account, str, Mapping[str, Answer], Context], Outcome[Any]]
"""The same for a form, with what was filled in."""


def find_token(event: Pressed | Submitted, action: str) -> str | None:
    """What a button or form of an action belongs to; None for those of another."""
    control = Control.parse(event.control)
    return control.token if control and control.action == action else None


def on_press(action: str, flow: Press) -> Hears:
    """Leads a button of an action to its flow, where there is nothing to prepare."""

    def listener(event: Pressed, context: Context) -> Act | None:
        token = find_token(event, action)
        if token is None:
            return None
        return lambda tx: flow(tx, event.who, token, context)

    return Hears(Pressed, listener)


def on_submit(action: str, flow: Submit) -> Hears:
    """Leads a form of an action to its flow, where there is nothing to prepare."""

    def listener(event: Submitted, context: Context) -> Act | None:
        token = find_token(event, action)
        if token is None:
            return None
        return lambda tx: flow(tx, event.who, token, event.answers, context)

    return Hears(Submitted, listener)
