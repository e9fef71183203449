"""Everybody can use the page: axe finds nothing on any view, and the keyboard alone suffices."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.stage import Demo, ask

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
VIEWS = (
    ("conversation", "", ""),
    ("home of an official", "home?as=official-01", "home"),
    ("home of a deputy CIO", "home?as=cio-01", "home"),
    ("home of the desk", "home?as=desk", "home"),
    ("home of an administrator", "home?as=admin", "home"),
    ("question from home", "home?as=official-01", "compose"),
    ("empty channel", "c/desk?as=desk", ""),
    ("gallery", "gallery?as=admin", ""),
    ("dialog", "gallery?as=admin", "dialog"),
    ("faults", "gallery?as=admin", "faults"),
    ("answer", "?as=official-02", "answer"),
    ("question back", "?as=official-03", "clarify"),
    ("thread", "c/telework?as=official-04", "thread"),
    ("tour", "?as=official-05", "tour"),
)


def prepare(page: Page, what: str) -> None:
    """Bring a view into the state that is looked at."""
    match what:
        case "dialog" | "faults":
            page.get_by_role("button", name="担当者に照会する").first.click()
            dialog = page.get_by_role("dialog")
            expect(dialog).to_be_visible()
            if what == "faults":
                dialog.get_by_role("button", name="回答を送る").click()
                expect(dialog.locator("[aria-invalid]").first).to_be_visible()
        case "home" | "compose":
            button = page.locator("#home").get_by_role("button", name="質問する")
            expect(button).to_be_visible()
            if what == "compose":
                button.click()
                expect(page.get_by_role("dialog")).to_be_visible()
        case "answer":
            ask(page, "フレックスのコアタイムは何時間ですか")
            page.locator(".m-fold summary").first.click()
        case "clarify":
            ask(page, "好事例を教えてください")
        case "thread":
            ask(page, "フレックスのコアタイムは何時間ですか")
            page.locator("[data-reply]").first.click()
        case "tour":
            page.get_by_role("button", name="案内を見る").click()


def find_violations(page: Page) -> list[str]:
    """What axe has to say, one line a place."""
    results = Axe().run(page, options=RULES).response
    return [
        f"{violation['id']}: {node['html'][:160]} {node['any'][:1]}"
        for violation in results["violations"]
        for node in violation["nodes"]
    ]


@pytest.fixture(
    params=[("light", 1280, 900), ("dark", 1280, 900), ("light", 360, 740), ("dark", 360, 740)],
    ids=lambda look: f"{look[0]}-{look[1]}",
)
def window(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[BrowserContext]:
    scheme, width, height = request.param
    context = chromium.new_context(
        locale="ja-JP",
        color_scheme=scheme,
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
    )
    yield context
    context.close()


def test_axe_finds_nothing(demo: Demo, window: BrowserContext) -> None:
    """No view should break a rule of WCAG 2.2 AA that a machine can check, nor scroll sideways."""
    found: dict[str, list[str]] = {}
    for name, path, state in VIEWS:
        page = window.new_page()
        page.goto(demo.url + path)
        prepare(page, state)
        faults = find_violations(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append("scrolls sideways")
        if faults:
            found[name] = faults
        page.close()

    assert found == {}


def tab_to(page: Page, target: Locator, limit: int = 60) -> None:
    """Press Tab until a control has the focus, seen whole each time, as its user must."""
    for _ in range(limit):
        if target.evaluate("(element) => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count():  # else it is the browser's turn, between the last control and the first
            expect(focused).to_be_in_viewport()
    raise AssertionError(f"Tab does not reach {target}")


def test_the_keyboard_alone_asks_and_refers(page: Page) -> None:
    """Ask, read, refer, become the desk, open its channel, answer there: no pointer is needed."""
    box = page.get_by_label("メッセージ", exact=True)
    expect(box).to_be_focused()
    page.keyboard.type("フレックスのコアタイムは何時間ですか")
    page.keyboard.press("Enter")
    refer = page.get_by_role("button", name="担当者に照会する")
    refer.wait_for()
    page.get_by_role("log").focus()
    tab_to(page, refer)
    page.keyboard.press("Enter")
    expect(page.locator(".bot").last).to_contain_text("2026-00001")

    page.evaluate("document.activeElement.blur()")
    role = page.get_by_label("役割")
    tab_to(page, role)
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(role).to_have_value("窓口担当")
    tab_to(page, page.get_by_role("button", name="切り替え"))
    page.keyboard.press("Enter")
    expect(page.locator(".whoami strong")).to_have_text("内閣人事局の窓口担当")

    page.evaluate("document.activeElement.blur()")
    link = page.get_by_role("link", name="照会窓口")
    tab_to(page, link)
    page.keyboard.press("Enter")
    expect(page.locator(".bot").last).to_contain_text("2026-00001")
    page.get_by_role("log").focus()
    tab_to(page, page.get_by_text("返信する"))
    page.keyboard.press("Enter")
    page.keyboard.type("担当を決めましょう")
    reply = page.locator(".under .composer")
    tab_to(page, reply.get_by_role("button", name="送信"))
    tab_to(page, reply.get_by_label("ボットを呼ばずに書く"))
    page.keyboard.press("Space")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".reply .body")).to_have_text("担当を決めましょう")


def test_a_dialog_is_left_by_escape(page: Page, demo: Demo) -> None:
    """A dialog should keep the focus inside, and give it back to the button that opened it."""
    page.goto(demo.url + "gallery?as=admin")
    button = page.get_by_role("button", name="担当者に照会する").first
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert dialog.evaluate("(dialog) => dialog.contains(document.activeElement)")
    page.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
