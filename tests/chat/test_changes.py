"""What an open page hears of: everything since it was made, once, also after a break."""

from __future__ import annotations

import asyncio
import json
import time as machine
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from bot.chat.local import changes
from bot.chat.local.bell import Bell
from bot.chat.local.changes import Event, follow
from bot.chat.local.persona import conversation
from bot.chat.local.server import PageServer
from bot.chat.local.service import LocalService
from bot.conversation.address import Place
from bot.database.engine import DatabaseBusy
from tests.chat.stage import CARD, KEN, MEGUMI, Browser, say

TELEWORK = Place(conversation("telework"))
DESK = Place(conversation("desk"))


@dataclass
class Told:
    """An event as a browser has it."""

    id: str
    kind: str
    data: Any


class Stream:
    """An open stream of events, read one by one."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines

    def next(self) -> Told:
        parts: dict[str, str] = {}
        for line in self._lines:
            if not line and "event" in parts:
                return Told(parts["id"], parts["event"], json.loads(parts["data"]))
            name, _, value = line.partition(": ")
            parts[name] = value
        raise AssertionError("the stream has ended")


@contextmanager
def listening(browser: Browser, path: str, **headers: str) -> Iterator[Stream]:
    with browser.client.stream("GET", path, headers=headers, timeout=10) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Stream(response.iter_lines())


def test_a_page_hears_of_what_is_posted(browser: Browser, service: LocalService) -> None:
    """A message of the shown conversation comes as HTML, of another as its unread count."""
    with listening(browser, "/changes?as=megumi&c=telework") as stream:
        service.post(TELEWORK, CARD, "d1")
        service.post(MEGUMI.account, say("二"), "d2")
        service.post(DESK, say("秘密"), "d3")
        service.post(KEN.account, say("秘密"), "d4")
        service.post(TELEWORK, say("三"), "d5")
        shown, unread, last = stream.next(), stream.next(), stream.next()

    assert (shown.kind, shown.data["id"]) == ("message", 1)
    assert "解決しましたか。" in shown.data["html"]
    assert unread.kind == "unread"
    assert unread.data == {"conversation": "@megumi", "count": 1, "words": "未読1件"}
    assert "三" in last.data["html"]


def test_it_is_told_at_once(browser: Browser, service: LocalService) -> None:
    """What this process writes does not wait for the next look at the database."""
    with listening(browser, "/changes?as=megumi&c=telework") as stream:
        service.post(TELEWORK, say("一"), "d1")
        stream.next()
        waits = []
        for number in range(5):
            start = machine.monotonic()
            service.post(TELEWORK, say("一"), f"e{number}")
            stream.next()
            waits.append(machine.monotonic() - start)

    assert min(waits) < changes.POLL_SECONDS / 2


def test_another_process_is_heard_too(browser: Browser, service: LocalService) -> None:
    """Without a ring, the database is looked at every half second."""
    other = LocalService(
        service.database, service.people.personas, service.people.channels, service.now
    )
    with listening(browser, "/changes?as=megumi&c=telework") as stream:
        other.post(TELEWORK, say("一"), "d1")

        assert "一" in stream.next().data["html"]


def test_a_broken_stream_goes_on_where_it_stopped(browser: Browser, service: LocalService) -> None:
    """With Last-Event-ID a browser hears what it has missed, and nothing twice."""
    address = "/changes?as=megumi&c=telework&after=0"
    with listening(browser, address) as stream:
        service.post(TELEWORK, say("一"), "d1")
        last = stream.next().id
    missed = service.post(TELEWORK, say("二"), "d2")
    service.post(replace(TELEWORK, thread=missed.message), say("三"), "d3")

    with listening(browser, address, **{"Last-Event-ID": last}) as stream:
        told = [stream.next(), stream.next()]

    assert [event.data["id"] for event in told] == [2, 3]
    assert [event.data["root"] for event in told] == [2, 2]


def test_an_update_is_told(browser: Browser, service: LocalService) -> None:
    """A new wording comes under the id of the message that it replaces."""
    sent = service.post(TELEWORK, CARD, "d1")
    with listening(browser, "/changes?as=megumi&c=telework&after=1") as stream:
        service.update(sent, say("解決済みです。"))
        told = stream.next()

    assert told.data["id"] == int(sent.message)
    assert "解決済みです。" in told.data["html"]


def test_a_home_is_told(browser: Browser, service: LocalService) -> None:
    """An open Home hears of its new content, and of nobody else's."""
    with listening(browser, "/changes?as=megumi&home=1") as stream:
        service.home(KEN.account, say("健の画面"))
        service.home(MEGUMI.account, say("恵の画面"))
        told = stream.next()

    assert told.kind == "home"
    assert "恵の画面" in told.data["html"]


def test_a_page_that_missed_too_much_is_made_anew(browser: Browser, service: LocalService) -> None:
    """Hundreds of changes, or a database that was replaced, are a new page's business."""
    for number in range(changes.MANY + 1):
        service.post(TELEWORK, say("一"), f"d{number}")
    for after in (0, 10**6):
        with listening(browser, f"/changes?as=megumi&c=telework&after={after}") as stream:
            assert stream.next().kind == "reload"


def test_what_only_arrives_is_unread(browser: Browser, service: LocalService) -> None:
    """A page that may lie in the background marks nothing as read by itself."""
    with listening(browser, "/changes?as=megumi&c=telework") as stream:
        service.post(TELEWORK, say("一"), "d1")
        stream.next()

    assert "未読1件" in browser.get("/?as=megumi").text
    assert "未読1件" in browser.get("/?as=ken").text


def test_streams_end_when_the_page_stops(server: PageServer) -> None:
    """Stopping does not wait for pages that are open."""
    with (
        httpx.Client(base_url=server.url) as client,
        client.stream("GET", "/changes?as=megumi") as response,
    ):
        lines = response.iter_lines()
        assert next(lines).startswith("retry")
        start = machine.monotonic()
        server.stop()
        assert list(lines) == [""]
    assert machine.monotonic() - start < 3


def test_a_silent_stream_gives_signs_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing happens, or the database is busy, a comment says that it is still there."""
    monkeypatch.setattr(changes, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(changes, "POLL_SECONDS", 0.01)
    bell = Bell()

    def busy(after: int) -> tuple[Event, ...]:
        raise DatabaseBusy

    async def listen() -> list[str]:
        said = []
        async for line in follow(busy, bell, 0):
            said.append(line)
            if len(said) == 3:
                bell.close()
        return said

    assert asyncio.run(listen()) == ["retry: 1000\n\n", ": still here\n\n", ": still here\n\n"]
