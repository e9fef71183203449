"""What stands on a page: the transcript as one persona sees it, ready for the templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from markupsafe import Markup

from bot.chat.local import messages, store
from bot.chat.local.persona import People, Persona
from bot.chat.local.render import Frame, render_message, render_text
from bot.conversation.message import Message
from bot.database.engine import Transaction

PAGE_SIZE = 24
"""How many messages at the top of a conversation stand on one page: with long answers in half of
them it weighs less than 150 KB."""

TINTS = 5
"""How many colours the signs of people have."""


@dataclass(frozen=True, slots=True)
class Line:
    """One message as it is shown."""

    id: int
    root: int
    author: str
    about: str
    """What the author does; empty for the bot."""
    bot: bool
    tint: int
    """The colour of the author's sign."""
    mine: bool
    clock: str
    full: str
    instant: str
    day: str
    edited: bool
    body: Markup


@dataclass(frozen=True, slots=True)
class Thread:
    """A message at the top of a conversation with all that hangs under it."""

    root: Line
    replies: tuple[Line, ...]
    new_day: bool
    """Whether a day begins with it."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A conversation in the list beside the page."""

    id: str
    name: str
    about: str
    empty: str
    """What to do while nothing stands there."""
    direct: bool
    unread: int
    words: str
    """The unread count for who does not see it."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation as it stands on the page."""

    spot: Spot
    threads: tuple[Thread, ...]
    earlier: int | None
    """Where an earlier page ends; None: this is the beginning."""
    later: int | None
    """Where a later page begins; None: this is the end."""
    last: int
    """The newest message on the page."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was typed and could not be taken: it stands in its box again, with the reason."""

    text: str
    fault: str
    status: int
    thread: int | None
    """The thread that it was a reply in."""
    nonce: str


class View:
    """Reads the transcript with one persona's eyes, in one transaction."""

    def __init__(self, tx: Transaction, people: People, persona: Persona, frame: Frame) -> None:
        self._tx = tx
        self._people = people
        self._persona = persona
        self._frame = frame

    def list_spots(self) -> tuple[Spot, ...]:
        """All conversations that the persona sees, the direct one first."""
        ids = self._people.list_conversations(self._persona)
        unread = store.count_unread(self._tx, self._persona.id, ids)
        return tuple(self.get_spot(id, unread.get(id, 0)) for id in ids)

    def get_spot(self, id: str, unread: int = 0) -> Spot:
        words = messages.unread(unread) if unread else ""
        channel = self._people.find_channel(id)
        if channel is None:
            name, about = messages.DIRECT_NAME, messages.DIRECT_ABOUT
            return Spot(id, name, about, "", True, unread, words)
        return Spot(id, channel.name, channel.about, channel.empty, False, unread, words)

    def get_talk(self, id: str, before: int | None = None, after: int | None = None) -> Talk:
        """The newest page of a conversation, or one that ends before or begins after a message."""
        roots = store.list_roots(self._tx, id, PAGE_SIZE + 1, before, after)
        shown = roots[-PAGE_SIZE:] if after is None else roots[:PAGE_SIZE]
        more = len(roots) > len(shown)
        replies = store.list_replies(self._tx, [entry.id for entry in shown])
        entries = (*shown, *chain.from_iterable(replies.values()))
        return Talk(
            spot=self.get_spot(id),
            threads=self._get_threads(shown, replies),
            earlier=shown[0].id if more and after is None else None,
            later=shown[-1].id if more and after is not None else None,
            last=max((entry.id for entry in entries), default=0),
        )

    def get_thread(self, root: store.Entry) -> Thread:
        """A message with its thread, as it stands now."""
        return self._get_threads((root,), store.list_replies(self._tx, [root.id]))[0]

    def get_line(self, entry: store.Entry) -> Line:
        author = self._people.find_persona(entry.author) if entry.author else None
        at = entry.created_at
        return Line(
            id=entry.id,
            root=entry.root,
            author=author.name if author else entry.author or messages.BOT_NAME,
            about=author.position if author else "",
            bot=entry.author is None,
            tint=sum(map(ord, entry.author or "")) % TINTS,
            mine=entry.author == self._persona.id,
            clock=messages.clock_time(at),
            full=messages.full_time(at),
            instant=at.isoformat(),
            day=messages.day_of(at),
            edited=entry.updated_at > at,
            body=self._render(entry),
        )

    def render_home(self, message: Message) -> Markup:
        # Right below the page's own title, beside the page's other sections.
        return render_message(message, replace(self._frame, message="home", level=2))

    def _get_threads(
        self, roots: tuple[store.Entry, ...], replies: Mapping[int, tuple[store.Entry, ...]]
    ) -> tuple[Thread, ...]:
        threads: list[Thread] = []
        for entry in roots:
            line = self.get_line(entry)
            under = tuple(self.get_line(reply) for reply in replies.get(entry.id, ()))
            new_day = not threads or threads[-1].root.day != line.day
            threads.append(Thread(line, under, new_day))
        return tuple(threads)

    def _render(self, entry: store.Entry) -> Markup:
        if entry.text is not None:
            return render_text(entry.text)
        if entry.message is None:
            return render_text(messages.UNREADABLE)
        return render_message(entry.message, replace(self._frame, message=str(entry.id)))


def get_sample(message: Message, at: datetime, frame: Frame) -> Line:
    """A message that stands in no conversation, as the gallery shows it."""
    return Line(
        id=0,
        root=0,
        author=messages.BOT_NAME,
        about="",
        bot=True,
        tint=0,
        mine=False,
        clock=messages.clock_time(at),
        full=messages.full_time(at),
        instant=at.isoformat(),
        day=messages.day_of(at),
        edited=False,
        body=render_message(message, frame),
    )
