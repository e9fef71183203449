"""The terminal as a chat service: keeps what is said and posted, and wakes the screen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from bot.chat.terminal.people import SERVICE, TENANT, People, Persona, conversation
from bot.conversation.address import Account, Conversation, Place, Target
from bot.conversation.message import Form, Message
from bot.conversation.port import NO_PACE, Pace, Profile, Refused, Sent, StillMine, TooLate


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the transcript: what a persona wrote, or what the bot said."""

    id: str
    conversation: str
    thread: str | None
    """The entry that the thread hangs under; threads are one level deep."""
    at: datetime
    author: Persona | None = None
    """None: the bot."""
    text: str = ""
    message: Message | None = None

    @property
    def root(self) -> str:
        """The entry that an answer in this entry's thread hangs under."""
        return self.thread or self.id


@dataclass(frozen=True, slots=True)
class News:
    """An entry that is new, or was given a new wording."""

    entry: Entry
    before: Message | None = None
    """The earlier wording."""


class TerminalService:
    """Posts to the terminal by adding to its transcript, in memory: it lasts as long as the screen.

    A post is made or not made, so a failure is never in doubt: posting again with the same
    delivery id gives the first entry.
    """

    def __init__(self, people: People, now: Callable[[], datetime]) -> None:
        self.people = people
        self.now = now
        self._lock = threading.Lock()
        self._entries: dict[str, Entry] = {}
        self._deliveries: dict[str, Entry] = {}
        self._news: list[News] = []
        self._wake: Callable[[], None] = _nobody
        # A database may outlive the screen: an id of an earlier session must not name a new entry.
        self._session = uuid4().hex[:8]

    # ------------------------------------------------------------ for the screen

    def listen(self, wake: Callable[[], None]) -> None:
        """Have this called, in whatever thread, when there is news."""
        self._wake = wake

    def say(self, author: Persona, where: str, text: str, thread: str | None = None) -> Entry:
        """Keep what a persona writes."""
        with self._lock:
            return self._add(Entry(self._id(), where, thread, self.now(), author, text))

    def take_back(self, entry: Entry) -> None:
        """Forget what the bot could not take, as if it had not been written."""
        with self._lock:
            self._entries.pop(entry.id, None)

    def list_entries(self, where: str) -> tuple[Entry, ...]:
        """The entries of a conversation as they stand now, oldest first."""
        with self._lock:
            return tuple(e for e in self._entries.values() if e.conversation == where)

    def find_entry(self, id: str) -> Entry | None:
        with self._lock:
            return self._entries.get(id)

    def list_news(self, since: int) -> tuple[News, ...]:
        """What has happened after the first so many pieces of news."""
        with self._lock:
            return tuple(self._news[since:])

    # ------------------------------------------------------------ for the bot

    @property
    def name(self) -> str:
        return SERVICE

    @property
    def history_lag(self) -> timedelta:
        return timedelta(0)

    @property
    def pace(self) -> Pace:
        return NO_PACE

    def post(
        self,
        target: Target,
        message: Message,
        delivery_id: str,
        still_mine: StillMine = lambda: True,
    ) -> Sent:
        """Post once; to an account goes to its direct conversation."""
        place = self._place(target)
        with self._lock:
            known = self._deliveries.get(delivery_id)
            if known is not None:
                return _sent(known)
            if not still_mine():
                raise TooLate
            entry = self._add(self._entry(place, message))
            self._deliveries[delivery_id] = entry
        self._wake()
        return _sent(entry)

    def update(self, sent: Sent, message: Message) -> None:
        """Put a new wording in the place of an earlier one; a person's text stays theirs."""
        with self._lock:
            entry = self._entries.get(sent.message)
            if entry is None or entry.message is None or _sent(entry) != sent:
                raise Refused(f"no message of the bot: {sent.message!r}")
            self._add(replace(entry, message=message), before=entry.message)
        self._wake()

    def home(self, account: Account, message: Message) -> None:
        """Put a message on somebody's Home: a conversation of one entry."""
        where = home_of(self._persona(account))
        with self._lock:
            earlier = self._entries.get(where)
            before = earlier.message if earlier else None
            self._add(Entry(where, where, None, self.now(), message=message), before=before)
        self._wake()

    def open_form(self, trigger: str, form: Form) -> None:
        """Refused: the terminal opens forms with its answer to the press alone."""
        raise Refused("the terminal takes forms as replies only")

    def look_up(self, target: Target, delivery_id: str, since: datetime) -> Sent | None:
        """The post with this delivery id, or None: the transcript knows exactly."""
        with self._lock:
            known = self._deliveries.get(delivery_id)
        return _sent(known) if known else None

    def fetch_person(self, account: Account) -> Profile:
        """The persona's name; personas have no address."""
        return Profile(account, self._persona(account).name)

    # ------------------------------------------------------------ inside

    def _add(self, entry: Entry, before: Message | None = None) -> Entry:
        self._entries[entry.id] = entry
        self._news.append(News(entry, before))
        return entry

    def _id(self) -> str:
        return f"{self._session}-{len(self._news) + 1}"

    def _entry(self, place: Place, message: Message) -> Entry:
        root = None
        if place.thread is not None:
            under = self._entries.get(place.thread)
            if under is None or under.conversation != place.conversation.id:
                raise Refused(f"no such message to hang a thread under: {place.thread!r}")
            root = under.root
        return Entry(self._id(), place.conversation.id, root, self.now(), message=message)

    def _persona(self, account: Account) -> Persona:
        persona = self.people.find_persona(account.id)
        if persona is None or account != persona.account:
            raise Refused(f"no such persona: {account.key}")
        return persona

    def _place(self, target: Target) -> Place:
        if isinstance(target, Account):
            return Place(conversation(self._persona(target).direct))
        self._check(target.conversation)
        return target

    def _check(self, where: Conversation) -> None:
        if where != conversation(where.id):
            raise Refused(f"not a conversation of the terminal: {where.key}")
        if where.id.startswith("@"):
            self._persona(Account(SERVICE, TENANT, where.id[1:]))
        elif self.people.find_room(where.id) is None:
            raise Refused(f"no such room: {where.key}")


def home_of(persona: Persona) -> str:
    """The id of a persona's Home among the conversations."""
    return f"home:{persona.id}"


def _sent(entry: Entry) -> Sent:
    return Sent(conversation(entry.conversation), entry.id)


def _nobody() -> None:
    """Nobody listens yet."""
