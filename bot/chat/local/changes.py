"""Tells an open page what has changed since it was made, as server-sent events."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.chat.local import messages, store
from bot.chat.local.bell import Bell
from bot.chat.local.front import Front, Visit
from bot.chat.local.view import View
from bot.database.engine import DatabaseError, Transaction

POLL_SECONDS = 0.5
"""How long what another process wrote may stay unseen."""

BEAT_SECONDS = 15.0
"""A connection on which nothing is said is cut by some browsers and proxies."""

MANY = 200
"""A page that has missed more than this is quicker made anew."""


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event; its revision is where the browser goes on after a break."""

    revision: int
    kind: str
    data: dict[str, Any]

    def __str__(self) -> str:
        data = json.dumps(self.data, ensure_ascii=False)
        return f"id: {self.revision}\nevent: {self.kind}\ndata: {data}\n\n"


@dataclass(frozen=True, slots=True)
class Watch:
    """What one open page wants to hear of."""

    front: Front
    visit: Visit
    conversation: str | None
    """The conversation that it shows; of the others it wants the unread counts."""
    home: bool

    def list_events(self, after: int) -> tuple[Event, ...]:
        """What has changed after a revision, in order."""
        ids = self.front.service.people.list_conversations(self.visit.persona)
        with self.front.service.database.read() as tx:
            revision = store.get_revision(tx)
            changes = store.list_changes(tx, after, ids, MANY + 1)
            # More than it can take, or a page of a database that has since been replaced.
            if len(changes) > MANY or after > revision:
                return (Event(revision, "reload", {}),)
            events = [self._tell(tx, change) for change in changes]
            home = self._tell_home(tx, after) if self.home else ()
        return tuple(sorted((*events, *home), key=lambda event: event.revision))

    def _tell(self, tx: Transaction, change: store.Change) -> Event:
        if change.conversation == self.conversation:
            return self._tell_message(tx, change)
        counts = store.count_unread(tx, self.visit.persona.id, [change.conversation])
        count = counts.get(change.conversation, 0)
        words = messages.unread(count) if count else ""
        data = {"conversation": change.conversation, "count": count, "words": words}
        return Event(change.revision, "unread", data)

    def _tell_message(self, tx: Transaction, change: store.Change) -> Event:
        entry = store.find_entry(tx, change.entry)
        assert entry is not None, "entries are never deleted"
        view = self._view(tx)
        if entry.thread is None:
            thread = view.get_thread(entry)
            values = {"visit": self.visit, "spot": view.get_spot(entry.conversation), "kept": None}
            html = self.front.render("thread.html", thread=thread, answering=None, **values)
        else:
            html = self.front.render("reply.html", line=view.get_line(entry))
        data = {"id": entry.id, "root": entry.root, "html": html}
        return Event(change.revision, "message", data)

    def _tell_home(self, tx: Transaction, after: int) -> tuple[Event, ...]:
        revision = store.find_home_revision(tx, self.visit.persona.id)
        message = store.find_home(tx, self.visit.persona.id)
        if revision is None or revision <= after or message is None:
            return ()
        html = str(self._view(tx).render_home(message))
        return (Event(revision, "home", {"html": html}),)

    def _view(self, tx: Transaction) -> View:
        return View(tx, self.front.service.people, self.visit.persona, self.visit.frame)


def make_changes(front: Front) -> Callable[[Request], Response]:
    """The endpoint that an open page listens to."""

    def changes(request: Request) -> Response:
        visit = front.open_visit(request)
        shown = request.query_params.get("c")
        conversation = front.check_member(visit, shown) if shown else None
        watch = Watch(front, visit, conversation, "home" in request.query_params)
        stream = follow(watch.list_events, front.service.bell, _find_start(request))
        return StreamingResponse(stream, media_type="text/event-stream")

    return changes


async def follow(
    list_events: Callable[[int], tuple[Event, ...]], bell: Bell, after: int
) -> AsyncIterator[str]:
    """Every event after a revision as it happens, with a sign of life where nothing does."""
    yield "retry: 1000\n\n"
    spoke = time.monotonic()
    while not bell.closed:
        events = await _ask(list_events, after)
        for event in events:
            yield str(event)
            after = event.revision
        if events:
            spoke = time.monotonic()
        elif time.monotonic() - spoke >= BEAT_SECONDS:
            spoke = time.monotonic()
            yield ": still here\n\n"
        await bell.wait(POLL_SECONDS)


async def _ask(list_events: Callable[[int], tuple[Event, ...]], after: int) -> tuple[Event, ...]:
    try:
        return await run_in_threadpool(list_events, after)
    except DatabaseError:
        # Busy or away for a moment: what happened meanwhile is told at the next look.
        return ()


def _find_start(request: Request) -> int:
    """Where the browser stopped hearing, else what its page was made with."""
    last = request.headers.get("last-event-id") or request.query_params.get("after") or "0"
    return store.parse_id(last) or 0
