"""The first visit in a real browser, on the whole bot: question, source, desk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from bot import demo
from bot.app import build
from bot.chat.gallery import list_samples
from bot.chat.local.page import build_page
from bot.chat.local.server import PageServer, claim_loopback
from bot.chat.local.service import LocalService
from bot.clock import Clock, fixed_clock
from bot.config import Settings
from bot.database.engine import Database
from knowledge.base import KnowledgeBase
from tests.conftest import absent

pytestmark = pytest.mark.browser


@pytest.fixture
def address(sqlite_template: Path, tmp_path: Path, knowledge: KnowledgeBase) -> Iterator[str]:
    """The demonstration, served in this process on a day that stands still."""
    path = Path(shutil.copy(sqlite_template, tmp_path / "demo.db"))
    settings = Settings(database_url=f"sqlite:///{path}")
    clock: Clock = fixed_clock(datetime(2026, 10, 6, 3, 0, tzinfo=UTC))
    database = Database.at(settings.database_url)
    personas = demo.list_personas(knowledge.library.ministries)
    with database.write() as tx:
        demo.enrol_personas(tx, personas)
    local = LocalService(database, personas, demo.list_channels(settings), clock.now)
    app = build(settings, clock, knowledge, database, {local.name: local})
    page = build_page(local, app.router, gallery=list_samples())
    server = PageServer(page, claim_loopback("127.0.0.1", 0))
    app.start()
    server.start()
    yield server.url
    server.stop()
    app.stop()


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    chromium = shutil.which("chromium")
    if chromium is None:
        absent("Chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(locale="ja-JP", viewport={"width": 1200, "height": 900})
        page.goto(address)
        yield page
        browser.close()


def test_a_question_reaches_its_rule_and_then_the_desk(page: Page, tmp_path: Path) -> None:
    """Asked in the page, a question should show its rule with its source, and reach the desk."""
    box = page.get_by_label("メッセージ", exact=True)
    box.fill("フレックスのコアタイムは何時間ですか")
    box.press("Enter")
    card = page.locator(".bot").last
    expect(card).to_contain_text("2時間以上4時間以下")
    expect(card).to_contain_text("人事院規則15-14")
    expect(card).to_contain_text("令和5年4月1日から")
    page.screenshot(path=shots(tmp_path) / "answer.png", full_page=True)

    card.get_by_role("button", name="担当者に照会する").click()
    expect(page.locator(".bot").last).to_contain_text("受付番号は 2026-00001 です")
    expect(page.get_by_role("button", name="担当者に照会する")).to_have_count(0)

    page.get_by_label("利用者").select_option("desk")
    page.get_by_role("button", name="切り替え").click()
    page.get_by_role("link", name="照会窓口").click()
    told = page.locator(".bot").last
    expect(told).to_contain_text("受付番号 2026-00001")
    expect(told).to_contain_text("フレックスのコアタイムは何時間ですか")
    page.screenshot(path=shots(tmp_path) / "desk.png", full_page=True)


def shots(folder: Path) -> Path:
    """Where screenshots go: a folder that somebody wants to look at, or this test's own."""
    return Path(os.environ.get("MADOGUCHI_SHOTS", folder))
