"""A bot to talk to in a test: real database, real content, a recording chat service, no threads."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot import capabilities
from bot.audit.model import Actor
from bot.clock import Clock
from bot.config import Settings
from bot.context import Context, Hears
from bot.conversation.address import Account, Conversation, Place, Target
from bot.conversation.event import Answer, Commanded, Opened, Pressed, Said, Submitted
from bot.conversation.message import Button, Buttons, Form, Message, Reply
from bot.conversation.port import NO_PACE, Pace, Profile, Sent, StillMine, TooLate
from bot.database.engine import Database
from bot.delivery.masking import mask_event
from bot.delivery.sender import Sender
from bot.metrics import Metrics
from bot.roster import flows as roster
from bot.roster.model import Role
from bot.router import Router
from bot.shelf.shelf import Shelf
from knowledge.base import KnowledgeBase

AT = datetime(2026, 10, 6, 3, 0, tzinfo=UTC)
"""When the services heard it: past, so that nothing decided then waits."""


NOBODY = Actor(Account("test", "", "nobody"))
"""Who enters people on the roster where it does not matter who does."""


@dataclass
class Line:
    """A message as it stands in a conversation now."""

    target: Target
    message: Message
    delivery_id: str


@dataclass
class Room:
    """A chat service that keeps what is posted, in order; a double that obeys the port."""

    name: str = "local"
    history_lag: timedelta = timedelta(0)
    pace: Pace = NO_PACE
    lines: list[Line] = field(default_factory=list)

    def post(
        self,
        target: Target,
        message: Message,
        delivery_id: str,
        still_mine: StillMine = lambda: True,
    ) -> Sent:
        if not still_mine():
            raise TooLate
        self.lines.append(Line(target, message, delivery_id))
        conversation = (
            Conversation(target.service, target.tenant, f"@{target.id}")
            if isinstance(target, Account)
            else target.conversation
        )
        return Sent(conversation, str(len(self.lines)))

    def update(self, sent: Sent, message: Message) -> None:
        number = int(sent.message) - 1
        self.lines[number] = replace(self.lines[number], message=message)

    def home(self, account: Account, message: Message) -> None:
        self.lines.append(Line(account, message, "home"))

    def open_form(self, trigger: str, form: Form) -> None:
        raise AssertionError("forms are replies here")

    def look_up(self, target: Target, delivery_id: str, since: datetime) -> Sent | None:
        for number, line in enumerate(self.lines, start=1):
            if line.delivery_id == delivery_id and isinstance(target, Place):
                return Sent(target.conversation, str(number))
        return None

    def fetch_person(self, account: Account) -> Profile:
        return Profile(account, account.id)

    def messages_in(self, conversation: str) -> list[Message]:
        """The messages that stand in a conversation, oldest first."""
        return [line.message for line in self.lines if _id(line.target) == conversation]


def _id(target: Target) -> str:
    return f"@{target.id}" if isinstance(target, Account) else target.conversation.id


class StillShelf(Shelf):
    """A shelf on which nothing changes."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.current = knowledge

    def refresh(self) -> bool:
        return False

    def run(self, stop: threading.Event) -> None:
        stop.wait()


class Bot:
    """Events go in by these verbs; what they led to stands in `room`."""

    def __init__(
        self,
        database: Database,
        knowledge: KnowledgeBase,
        clock: Clock,
        settings: Settings,
        listeners: Sequence[Hears] = capabilities.LISTENERS,
    ) -> None:
        self.database = database
        self.room = Room()
        self.context = Context(settings, clock, lambda: knowledge, database.read)
        self.sender = Sender(database, {"local": self.room})
        self.router = Router(
            database,
            self.context,
            listeners,
            capabilities.WORDINGS,
            mask_event,
            self.sender.wake,
            roster.note_refusal,
            metrics=Metrics(),
        )
        self.ids = itertools.count(1)

    def enrol(self, person: str, ministry: str | None, *roles: Role) -> None:
        with self.database.write() as tx:
            roster.enrol(tx, account(person), person, ministry, frozenset(roles or [Role.OFFICIAL]))

    def say(self, person: str, text: str, conversation: str | None = None) -> list[Message]:
        """Say something and let the bot finish; what is new in the conversation.

        `hall/1` is the thread under message 1 of the hall.
        """
        where = conversation or f"@{person}"
        channel = where.partition("/")[0]
        before = len(self.room.messages_in(channel))
        self.router.accept(said(person, text, f"said-{next(self.ids)}", where))
        self.settle()
        return self.room.messages_in(channel)[before:]

    def press(
        self, person: str, button: Button | str, conversation: str | None = None
    ) -> Reply | None:
        control = button if isinstance(button, str) else str(button.control)
        event = Pressed(
            id=f"pressed-{next(self.ids)}",
            who=account(person),
            place=place(conversation or f"@{person}"),
            at=AT,
            control=control,
        )
        reply = self.router.accept_and_wait(event, timedelta(seconds=5))
        self.settle()
        return reply

    def command(self, person: str, command: str, text: str) -> Reply | None:
        event = Commanded(
            id=f"commanded-{next(self.ids)}",
            who=account(person),
            place=place(f"@{person}"),
            at=AT,
            command=command,
            text=text,
        )
        reply = self.router.accept_and_wait(event, timedelta(seconds=5))
        self.settle()
        return reply

    def open(self, person: str) -> None:
        """Open one's Home."""
        self.router.accept(
            Opened(
                id=f"opened-{next(self.ids)}", who=account(person), place=place(f"@{person}"), at=AT
            )
        )
        self.settle()

    def submit(self, person: str, form: Form, **answers: Answer) -> Reply | None:
        event = Submitted(
            id=f"submitted-{next(self.ids)}",
            who=account(person),
            place=place(f"@{person}"),
            at=AT,
            control=str(form.control),
            answers=answers,
        )
        reply = self.router.accept_and_wait(event, timedelta(seconds=5))
        self.settle()
        return reply

    def settle(self) -> None:
        """Handle and send until there is nothing left to do."""
        while self.router.handle_next() or self.sender.send_one():
            pass


def account(person: str) -> Account:
    return Account("local", "local", person)


def place(conversation: str) -> Place:
    channel, _, thread = conversation.partition("/")
    return Place(Conversation("local", "local", channel), thread or None)


def said(person: str, text: str, id: str, conversation: str) -> Said:
    return Said(id=id, who=account(person), place=place(conversation), at=AT, message=id, text=text)


def acts(message: Message) -> list[str]:
    """What a card lets one do, by the labels of its first row; the others hold what helps."""
    rows = (element.buttons for element in message.elements if isinstance(element, Buttons))
    return [button.label for button in next(rows, ())]


def buttons(message: Message) -> dict[str, Button]:
    """A message's buttons by label."""
    rows = (element.buttons for element in message.elements if isinstance(element, Buttons))
    return {button.label: button for row in rows for button in row}
