"""The desk's queue in a real browser: for everybody, on any width, and without a script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.stage import DAY, Demo
from tests.browser.test_access import find_violations
from tests.overview.crowd import add_inquiries, add_questions

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 360])
def test_everybody_can_read_the_queue(demo: Demo, chromium: Browser, width: int) -> None:
    """Axe should find nothing on a full Home, nor on a page of the list."""
    add_inquiries(demo.local.database, 60, DAY, holder="desk")
    add_questions(demo.local.database, 60, DAY)
    window = chromium.new_context(locale="ja-JP", viewport={"width": width, "height": 900})
    page = window.new_page()
    page.goto(demo.url + "home?as=desk")
    home = page.locator("#home")
    expect(home).to_contain_text("照会の一覧（未完了 60件）")

    assert find_violations(page) == []
    home.get_by_role("button", name="照会の一覧を見る").click()
    show_list(page, demo, "1～25件目（全60件）")
    assert find_violations(page) == []
    window.close()


def show_list(page: Page, demo: Demo, place: str) -> None:
    """Go to the conversation with the bot, and look again until the list stands there so."""

    def is_there() -> bool:
        page.goto(demo.url + "c/@desk?as=desk")
        return page.get_by_text(place).count() > 0

    assert any(is_there() or page.wait_for_timeout(200) for _ in range(50)), place


def test_the_queue_needs_no_script(demo: Demo, chromium: Browser) -> None:
    """Turning pages, arranging and opening should work by forms and links alone."""
    add_inquiries(demo.local.database, 60, DAY, holder="desk")
    window = chromium.new_context(locale="ja-JP", java_script_enabled=False)
    page = window.new_page()
    page.goto(demo.url + "c/@desk?as=desk")
    page.get_by_label("メッセージ", exact=True).fill("照会一覧")
    page.get_by_role("button", name="送信").click()
    show_list(page, demo, "1～25件目（全60件）")
    page.get_by_role("button", name="次の25件").click()
    show_list(page, demo, "26～50件目（全60件）")
    page.get_by_role("button", name="並べ替え・絞り込み").click()
    page.get_by_label("表示する照会").select_option("自分の担当")
    page.get_by_label("受付番号の新しい順").check()
    page.get_by_role("button", name="表示する").click()
    show_list(page, demo, "受付番号の新しい順、1～20件目（全20件）")
    page.get_by_role("button", name="照会を開く").click()
    page.get_by_role("combobox", name="照会").select_option(index=1)
    page.get_by_role("button", name="開く", exact=True).click()
    show_list(page, demo, "照会を受け付けました（受付番号 2026-00060）")
    window.close()
