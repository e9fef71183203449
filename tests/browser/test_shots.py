"""The screenshots that README shows: made here, kept small, and there when they are named."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.stage import Demo, ask, become

ROOT = Path(__file__).parents[2]
SHOTS = Path(__file__).parent / "shots"
LIMIT = 120_000
QUESTION = "フレックスのコアタイムは何時間ですか"


def test_readme_shows_what_is_there() -> None:
    """Every picture that README names should exist, and be light enough to be cloned by all."""
    named = re.findall(
        r"\((tests/browser/shots/[\w.-]+)\)", (ROOT / "README.md").read_text("utf-8")
    )

    assert [name for name in named if not (ROOT / name).is_file()] == []
    assert [shot.name for shot in SHOTS.glob("*.png") if shot.stat().st_size > LIMIT] == []


def open_window(chromium: Browser, scheme: str, width: int, height: int) -> BrowserContext:
    return chromium.new_context(
        locale="ja-JP",
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
    )


@pytest.mark.browser
def test_the_page_sits_for_its_pictures(demo: Demo, chromium: Browser, tmp_path: Path) -> None:
    """An answer by light, by dark and on a phone, and the desk; kept where that is wished."""
    for name, scheme, width, height in (
        ("answer", "light", 960, 720),
        ("dark", "dark", 960, 720),
        ("phone", "light", 390, 844),
    ):
        window = open_window(chromium, scheme, width, height)
        page = window.new_page()
        page.goto(demo.url + f"?as=official-{len(name):02d}")
        ask(page, QUESTION)
        page.get_by_label("メッセージ", exact=True).blur()
        page.screenshot(path=tmp_path / f"{name}.png")
        if name == "answer":
            page.get_by_role("button", name="担当者に照会する").click()
            expect(page.locator(".bot").last).to_contain_text("受付番号")
            become(page, "窓口担当")
            page.get_by_role("link", name="照会窓口").click()
            # Higher, so that all of an inquiry stands in one picture.
            page.set_viewport_size({"width": width, "height": 880})
            expect(page.get_by_role("button", name="引き受ける")).to_be_in_viewport()
            page.get_by_label("メッセージ", exact=True).blur()
            page.screenshot(path=tmp_path / "desk.png")
        window.close()

    shots = sorted(tmp_path.glob("*.png"))
    assert [shot.stem for shot in shots] == ["answer", "dark", "desk", "phone"]
    assert [shot.name for shot in shots if shot.stat().st_size > LIMIT] == []
    if os.environ.get("MADOGUCHI_SHOTS") == "write":
        SHOTS.mkdir(exist_ok=True)
        for shot in shots:
            shutil.copy(shot, SHOTS)
