"""The local page as a chat service: keeps what the bot posts in the page's own transcript."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from bot.chat.local import store
from bot.chat.local.bell import Bell
from bot.chat.local.persona import SERVICE, TENANT, Channel, People, Persona, conversation
from bot.conversation.address import Account, Conversation, Place, Target
from bot.conversation.message import Form, Message
from bot.conversation.port import NO_PACE, Away, Pace, Profile, Refused, Sent, StillMine, TooLate
from bot.database.engine import Database, DatabaseError, Transaction


class LocalService:
    """Posts to the page by writing its transcript; open pages hear of it at once.

    A post is a row in the database, so a failure is never in doubt: posting again with the same
    delivery id gives the first message.
    """

    def __init__(
        self,
        database: Database,
        personas: Iterable[Persona],
        channels: Iterable[Channel],
        now: Callable[[], datetime],
    ) -> None:
        """The personas and channels of a page, in their order on it; `now` dates the transcript."""
        self.database = database
        self.people = People(personas, channels)
        self.bell = Bell()
        self.now = now

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
        with self._writing() as tx:
            known = store.find_delivery(tx, delivery_id)
            if known:
                return Sent(conversation(known[1]), str(known[0]))
            thread = _thread(tx, place)
            if not still_mine():
                raise TooLate
            id = place.conversation.id
            added = store.add_message(tx, id, thread, message, delivery_id, self.now())
        self.bell.ring()
        return Sent(place.conversation, str(added))

    def update(self, sent: Sent, message: Message) -> None:
        """Put a new wording in the place of an earlier one; a person's text stays theirs."""
        with self._writing() as tx:
            entry = _find_entry(tx, sent.conversation, sent.message)
            if entry is None or entry.author is not None:
                raise Refused(f"no message of the bot: {sent.message!r}")
            store.put_message(tx, entry.id, message, self.now())
        self.bell.ring()

    def home(self, account: Account, message: Message) -> None:
        """Put a message on somebody's Home."""
        persona = self._persona(account)
        with self._writing() as tx:
            store.put_home(tx, persona.id, message, self.now())
        self.bell.ring()

    def open_form(self, trigger: str, form: Form) -> None:
        """Refused: the page opens forms with its answer to the press alone."""
        raise Refused("the local page takes forms as replies only")

    def look_up(self, target: Target, delivery_id: str, since: datetime) -> Sent | None:
        """The post with this delivery id, or None: the transcript knows exactly."""
        with self._reading() as tx:
            known = store.find_delivery(tx, delivery_id)
        return Sent(conversation(known[1]), str(known[0])) if known else None

    def fetch_person(self, account: Account) -> Profile:
        """The persona's name; personas have no address."""
        return Profile(account, self._persona(account).name)

    def mark_read(self, persona: Persona, conversation: str, up_to: int) -> None:
        """The persona has seen a conversation up to a message.

        A mark that cannot be kept now is made at the next look: no page waits for it in vain.
        """
        with suppress(DatabaseError), self.database.write() as tx:
            store.mark_read(tx, persona.id, conversation, up_to)

    def _persona(self, account: Account) -> Persona:
        persona = self.people.find_persona(account.id)
        if persona is None or account != persona.account:
            raise Refused(f"no such persona: {account.key}")
        return persona

    def _place(self, target: Target) -> Place:
        if isinstance(target, Account):
            return Place(conversation(self._persona(target).direct))
        where = target.conversation
        if where != conversation(where.id):
            raise Refused(f"not a conversation of the local page: {where.key}")
        if where.id.startswith("@"):
            self._persona(Account(SERVICE, TENANT, where.id[1:]))
        elif self.people.find_channel(where.id) is None:
            raise Refused(f"no such channel: {where.key}")
        return target

    @contextmanager
    def _writing(self) -> Iterator[Transaction]:
        try:
            with self.database.write() as tx:
                yield tx
        except DatabaseError as error:
            raise Away(str(error)) from error

    @contextmanager
    def _reading(self) -> Iterator[Transaction]:
        try:
            with self.database.read() as tx:
                yield tx
        except DatabaseError as error:
            raise Away(str(error)) from error


def _thread(tx: Transaction, place: Place) -> int | None:
    """The message that the thread hangs under, checked to stand in the place's conversation."""
    if place.thread is None:
        return None
    entry = _find_entry(tx, place.conversation, place.thread)
    if entry is None:
        raise Refused(f"no such message to hang a thread under: {place.thread!r}")
    return entry.root


def _find_entry(tx: Transaction, where: Conversation, id: str) -> store.Entry | None:
    number = store.parse_id(id)
    entry = None if number is None else store.find_entry(tx, number)
    return entry if entry and conversation(entry.conversation) == where else None
