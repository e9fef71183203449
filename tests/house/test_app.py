"""The whole bot's threads: told to stop, they stop, whatever they wait for."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from bot import router
from bot.app import build
from bot.clock import Clock
from bot.config import BadSettings, Settings
from bot.database.engine import Database
from bot.delivery import sender
from knowledge.base import KnowledgeBase
from tests.playing import Room, StillShelf


def test_a_desk_that_does_not_exist_is_told_before_the_start(
    database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings
) -> None:
    """A misspelt desk should be named with the one that was meant, not passed over in silence."""
    wrong = settings.model_copy(update={"desk_channels": {"kankyosho": "C1", "jinjiin": "C2"}})

    with pytest.raises(BadSettings, match=r"^desk_channels: no desk kankyosho; did you mean"):
        build(wrong, clock, StillShelf(knowledge), database, {"local": Room()})


def test_a_stop_wakes_who_waits_for_work(
    database: Database,
    knowledge: KnowledgeBase,
    clock: Clock,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody should wait out their time before they hear that it is over."""
    for module in (router, sender):
        monkeypatch.setattr(module, "POLL", timedelta(hours=1))
    app = build(settings, clock, StillShelf(knowledge), database, {"local": Room()})
    before = set(threading.enumerate())
    app.start()
    mine = set(threading.enumerate()) - before
    app.stop()

    assert {"worker-0", "sender-0", "shelf"} <= {thread.name for thread in mine}
    assert [thread.name for thread in mine if thread.is_alive()] == []
