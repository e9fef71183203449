"""What tests in a real browser share: the demonstration, Chromium, and a tab that has no faults."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from knowledge.base import KnowledgeBase
from tests.browser.stage import Demo, open_browser


@pytest.fixture
def demo(sqlite_template: Path, tmp_path: Path, knowledge: KnowledgeBase) -> Iterator[Demo]:
    """The demonstration on a port of its own, on a day that stands still."""
    demo = Demo(Path(shutil.copy(sqlite_template, tmp_path / "demo.db")), knowledge)
    demo.start()
    yield demo
    demo.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture
def page(demo: Demo, chromium: Browser) -> Iterator[Page]:
    """A tab at the first visit; a fault in the page's script fails the test."""
    context = chromium.new_context(locale="ja-JP", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(demo.url)
    yield page
    context.close()
    assert faults == []
