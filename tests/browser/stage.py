"""A stage for tests in a real browser: the whole demonstration, served in this process."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot import demo
from bot.app import App, build
from bot.chat.gallery import list_samples
from bot.chat.local import store
from bot.chat.local.page import build_page
from bot.chat.local.persona import conversation
from bot.chat.local.server import PageServer, claim_loopback
from bot.chat.local.service import LocalService
from bot.clock import Clock, fixed_clock
from bot.config import Settings
from bot.conversation.address import Place
from bot.database.engine import Database
from knowledge.base import KnowledgeBase
from tests.chat.stage import say
from tests.conftest import absent
from tests.playing import StillShelf

DAY = datetime(2026, 10, 6, 3, 0, tzinfo=UTC)
"""Noon in Tokyo: the moment at which the demonstration of these tests stands still."""
PATIENCE_MS = 30_000
"""How long the page may take to show what it should: on a busy machine longer than by default."""


@dataclass
class Demo:
    """A demonstration that can be stopped, and started again on its port and database."""

    path: Path
    knowledge: KnowledgeBase
    port: int = 0
    clock: Clock = field(default_factory=lambda: fixed_clock(DAY))

    def start(self) -> None:
        settings = Settings(database_url=f"sqlite:///{self.path}")
        database = Database.at(settings.database_url)
        personas = demo.list_personas(self.knowledge.library.ministries)
        with database.write() as tx:
            demo.enrol_personas(tx, personas)
        channels = demo.list_channels(settings)
        self.local = LocalService(database, personas, channels, self.clock.now)
        services = {self.local.name: self.local}
        shelf = StillShelf(self.knowledge)
        self.app: App = build(settings, self.clock, shelf, database, services)
        guide = demo.make_guide(settings)
        page = build_page(self.local, self.app.router, gallery=list_samples(), guide=guide)
        self.server = PageServer(page, claim_loopback("127.0.0.1", self.port))
        self.port = self.server.port
        self.app.start()
        self.server.start()

    def stop(self) -> None:
        self.server.stop()
        self.app.stop()

    @property
    def url(self) -> str:
        return self.server.url


TELEWORK = Place(conversation("telework"))


def fill_channel(demo: Demo, count: int) -> None:
    """Many messages in the open channel, some short and some long, written at one go."""
    with demo.local.database.write() as tx:
        for number in range(count):
            message = say(f"第{number}報 " + "テレワークの実施状況です。" * (number % 7 + 1))
            store.add_message(tx, "telework", None, message, f"fill-{number}", DAY)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Debian's Chromium, or a skip with the reason."""
    chromium = shutil.which("chromium") or os.environ.get("MADOGUCHI_CHROMIUM")
    if chromium is None:
        absent("Chromium")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


def ask(page: Page, text: str) -> None:
    """Type a question, send it, and wait for what the bot says to it."""
    answers = page.locator(".line.bot").count()
    box = page.get_by_label("メッセージ", exact=True)
    box.fill(text)
    box.press("Enter")
    expect(box).to_have_value("")
    page.locator(".line.bot").nth(answers).wait_for()


def enter(page: Page, name: str) -> None:
    """Go to a conversation, and wait until all of its page is there."""
    with page.expect_navigation():
        page.get_by_role("link", name=name).click()


def become(page: Page, role: str) -> None:
    """Switch to the first persona of a role; the page follows by itself."""
    with page.expect_navigation():
        page.get_by_label("役割").select_option(role)
