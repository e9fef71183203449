"""Nothing is lost and nothing doubled: a server started anew, two tabs, a tab that sleeps."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.stage import TELEWORK, Demo, ask, enter
from tests.chat.stage import say

pytestmark = pytest.mark.browser


def test_a_page_outlives_its_server(page: Page, demo: Demo) -> None:
    """A half-written question should survive a restart, be sent once, and be answered once."""
    ask(page, "フレックスのコアタイムは何時間ですか")
    box = page.get_by_label("メッセージ", exact=True)
    box.fill("中抜けするときの手続を教えてください")
    demo.stop()
    box.press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("送信できませんでした")
    expect(page.get_by_role("status")).to_contain_text("再接続しています")
    expect(box).to_have_value("中抜けするときの手続を教えてください")

    demo.start()
    expect(page.get_by_role("status")).to_contain_text("再接続しました")
    box.press("Enter")
    expect(page.locator(".mine")).to_have_count(2)
    expect(page.locator(".bot")).to_have_count(2)
    expect(box).to_have_value("")
    page.reload()
    expect(page.locator(".mine")).to_have_count(2)
    expect(page.locator(".bot")).to_have_count(2)


def test_a_form_outlives_its_server(page: Page, demo: Demo) -> None:
    """A half-filled dialog should say why it cannot be sent, and come back with what it held."""
    page.goto(demo.url + "?as=official-00")
    ask(page, "フレックスのコアタイムは何時間ですか")
    page.locator(".bot").get_by_role("button", name="所属").click()
    field = page.get_by_role("dialog").get_by_role("combobox")
    field.select_option("総務省")
    demo.stop()
    demo.start()
    send = page.get_by_role("dialog").locator(".m-form-end .button")
    send.click()
    expect(page.get_by_role("dialog")).to_contain_text("有効期限が切れました")
    page.get_by_role("button", name="閉じる", exact=True).click()

    page.locator(".bot").get_by_role("button", name="所属").click()
    expect(field).to_have_value("総務省")
    send.click()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_two_tabs_see_the_same(page: Page, demo: Demo) -> None:
    """What is asked in one tab should stand in the other, once, and press there as well."""
    other = page.context.new_page()
    other.goto(page.url)
    ask(page, "フレックスのコアタイムは何時間ですか")
    expect(other.locator(".mine")).to_have_count(1)
    expect(other.locator(".bot")).to_have_count(1)
    other.get_by_role("button", name="担当者に照会する").click()
    for tab in (page, other):
        expect(tab.locator(".bot")).to_contain_text("2026-00001")
        expect(tab.get_by_role("button", name="担当者に照会する")).to_have_count(0)


def test_two_tabs_outlive_their_server(page: Page, demo: Demo) -> None:
    """Each tab should be signed anew by itself, whichever writes first."""
    other = page.context.new_page()
    other.goto(page.url)
    demo.stop()
    demo.start()
    ask(page, "フレックスのコアタイムは何時間ですか")
    ask(other, "中抜けするときの手続を教えてください")

    for tab in (page, other):
        expect(tab.locator(".mine")).to_have_count(2)
        expect(tab.locator(".bot")).to_have_count(2)


def test_a_sleeping_tab_catches_up(page: Page, demo: Demo) -> None:
    """A laptop that slept should show all that was said meanwhile, in order, each once."""
    enter(page, "テレワーク相談")
    page.get_by_label("メッセージ", exact=True).fill("書きかけ")
    wire = page.context.new_cdp_session(page)
    wire.send("Page.setWebLifecycleState", {"state": "frozen"})
    page.context.set_offline(True)
    for number in range(30):
        demo.local.post(TELEWORK, say(f"第{number}報"), f"d{number}")
    page.context.set_offline(False)
    wire.send("Page.setWebLifecycleState", {"state": "active"})

    bodies = page.locator(".bot .body")
    expect(bodies).to_have_text([f"第{number}報" for number in range(30)])
    expect(page.get_by_label("メッセージ", exact=True)).to_have_value("書きかけ")


def test_what_is_typed_before_the_script_is_there_is_kept(page: Page) -> None:
    """Words that were typed while the page's script was still on its way should be a draft too."""
    held: list[Route] = []
    page.route("**/desk.js*", lambda route: held.append(route), times=1)
    page.get_by_role("link", name="テレワーク相談").click()
    page.get_by_label("メッセージ", exact=True).fill("書きかけ")
    with page.expect_event("load"):
        held[0].continue_()
    page.reload()

    expect(page.get_by_label("メッセージ", exact=True)).to_have_value("書きかけ")


def test_a_very_long_sleep_makes_the_page_anew(page: Page, demo: Demo) -> None:
    """After hundreds of messages the newest page should stand there, with the draft."""
    enter(page, "テレワーク相談")
    page.get_by_label("メッセージ", exact=True).fill("書きかけ")
    demo.stop()
    demo.start()
    for number in range(250):
        demo.local.post(TELEWORK, say(f"第{number}報"), f"d{number}")

    expect(page.locator(".bot .body").last).to_have_text("第249報")
    expect(page.get_by_label("メッセージ", exact=True)).to_have_value("書きかけ")


def test_a_tab_in_the_background_reads_nothing(page: Page, demo: Demo) -> None:
    """What arrives out of sight stays unread elsewhere and in the title, until it is looked at."""
    enter(page, "テレワーク相談")
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {configurable: true, get: () => true})"
    )
    demo.local.post(TELEWORK, say("案内"), "d1")
    expect(page).to_have_title("(1) テレワーク相談 | テレワーク窓口")
    other = page.context.new_page()
    other.goto(demo.url + "gallery")
    expect(other.get_by_role("link", name="テレワーク相談 未読1件")).to_be_visible()

    with page.expect_response("**/read"):
        page.evaluate(
            "delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))"
        )
    expect(page).to_have_title("テレワーク相談 | テレワーク窓口")
    expect(page.locator(".bot .body")).to_have_text("案内")
    other.reload()
    expect(other.get_by_role("link", name="テレワーク相談", exact=True)).to_be_visible()
