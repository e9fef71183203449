"""The composition root: builds every part once and connects them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from bot import capabilities
from bot.chat.local import store as local_store  # noqa: F401  # its tables belong to the schema
from bot.clock import Clock, monotonic
from bot.clockwork import Clockwork
from bot.config import BadSettings, Settings
from bot.context import Context
from bot.conversation.port import ChatService
from bot.database.engine import Database
from bot.delivery.masking import mask_event
from bot.delivery.sender import Sender
from bot.introducing import Introducer
from bot.metrics import Metrics
from bot.roster import flows as roster
from bot.router import Router
from bot.shelf.shelf import Shelf
from knowledge.library import Library

STOP_SECONDS = 30.0
"""How long all threads may take to finish what they have claimed; leases end the rest."""


@dataclass(frozen=True, slots=True)
class App:
    """One process of the bot: its parts, and the threads that move events and posts."""

    database: Database
    context: Context
    shelf: Shelf
    router: Router
    sender: Sender
    clockwork: Clockwork
    metrics: Metrics
    threads: Threads

    def start(self) -> None:
        settings = self.context.settings
        for number in range(settings.workers):
            self.threads.start(f"worker-{number}", self.router.run)
        for number in range(settings.senders):
            self.threads.start(f"sender-{number}", self.sender.run)
        self.threads.start("shelf", self.shelf.run)
        self.clockwork.start()

    def stop(self) -> None:
        """Let every thread finish what it has claimed, then close the database."""
        self.clockwork.stop()
        self.threads.stop(self.router.wake, self.sender.wake)
        self.database.close()


class Threads:
    """Threads that run until all are told to stop."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, name: str, run: Callable[[threading.Event], None]) -> None:
        thread = threading.Thread(target=run, args=(self._stop,), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def stop(self, *wakes: Callable[[], None]) -> None:
        """Have all end: who waits for work is woken, who has some finishes it."""
        self._stop.set()
        for wake in wakes:
            wake()
        last = monotonic() + STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, last - monotonic()))


def build(
    settings: Settings,
    clock: Clock,
    shelf: Shelf,
    database: Database,
    services: Mapping[str, ChatService],
) -> App:
    """A bot on a database whose schema is right; nothing runs until `start`.

    Raises BadSettings where they name a desk that the content does not have.
    """
    _check_desks(settings, shelf.current.library)
    context = Context(settings, clock, lambda: shelf.current, database.read)
    metrics = Metrics()
    sender = Sender(database, services, settings.lease, metrics)
    router = Router(
        database,
        context,
        listeners=capabilities.LISTENERS,
        wordings=capabilities.WORDINGS,
        mask=mask_event,
        on_posts=sender.wake,
        witness=roster.note_refusal,
        introduce=Introducer(database, context, services).introduce,
        metrics=metrics,
    )
    clockwork = Clockwork(database, context, capabilities.JOBS, sender.wake)
    return App(database, context, shelf, router, sender, clockwork, metrics, Threads())


def _check_desks(settings: Settings, library: Library) -> None:
    """A desk that is misspelt in the settings would be passed over, and nobody would know."""
    known = [desk.id for desk in library.desks]
    wrong = [id for id in settings.desk_channels if id not in known]
    if wrong:
        near = {id: get_close_matches(id, known, n=1) for id in wrong}
        hints = {id: f"; did you mean {found[0]}?" if found else "" for id, found in near.items()}
        raise BadSettings(tuple(f"desk_channels: no desk {id}{hints[id]}" for id in wrong))
