"""The local page in a real browser: the keyboard, the script, the live log, drafts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from bot.chat.local.persona import conversation
from bot.chat.local.server import PageServer
from bot.chat.local.service import LocalService
from bot.conversation.address import Place
from bot.conversation.message import Control, FieldErrors, Form, Notice, OpenForm, TextField
from tests.browser.stage import open_browser
from tests.chat.stage import CARD, MEGUMI, Recorder, say

pytestmark = pytest.mark.browser

FORM = Form(Control("desk.inquire", "t2"), "照会", "送る", (TextField(name="body", label="内容"),))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Page]:
    """One tab of Debian's Chromium."""
    with open_browser() as browser:
        yield browser.new_page(locale="ja-JP")


@pytest.fixture
def page(chromium: Page, server: PageServer) -> Iterator[Page]:
    """The page as its first persona sees it; a fault in the script fails the test."""
    faults: list[str] = []
    chromium.on("pageerror", lambda error: faults.append(str(error)))
    chromium.goto(server.url)
    yield chromium
    chromium.goto("about:blank")
    assert faults == []


def test_a_question_is_asked_with_the_keyboard_alone(
    page: Page, service: LocalService, heard: Recorder
) -> None:
    """Shift+Enter breaks the line, Enter sends, and the answer appears without a reload."""
    box = page.get_by_label("メッセージ", exact=True)
    box.focus()
    page.keyboard.type("一行目")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("二行目")
    page.keyboard.press("Enter")

    expect(page.locator(".mine .body")).to_have_text("一行目\n二行目")
    expect(box).to_have_value("")
    expect(box).to_be_focused()
    service.post(heard.last.place, say("答えです。"), "answer")
    expect(page.locator(".bot .body")).to_have_text("答えです。")


def test_enter_that_ends_a_conversion_sends_nothing(page: Page, heard: Recorder) -> None:
    """While kana are turned into kanji, Enter belongs to the input method."""
    box = page.get_by_label("メッセージ", exact=True)
    box.fill("きゅうけい")
    box.evaluate(
        "(box) => box.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    page.wait_for_timeout(200)

    assert heard.events == {}
    expect(box).to_have_value("きゅうけい")


def test_a_form_opens_is_refused_and_is_taken(
    page: Page, service: LocalService, heard: Recorder
) -> None:
    """A press opens a dialog; its faults stand beside the field; when taken, it closes."""
    service.post(MEGUMI.account, CARD, "card")
    heard.reply = OpenForm(FORM)
    page.get_by_role("button", name="担当者に照会する").click()
    dialog = page.get_by_role("dialog", name="照会")
    field = dialog.get_by_label("内容")
    expect(field).to_be_focused()

    dialog.get_by_role("button", name="送る").click()
    expect(dialog.get_by_text("入力してください。")).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()

    heard.reply = FieldErrors({"body": "同じ照会があります。"})
    field.fill("中抜けの扱い")
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("同じ照会があります。")).to_be_visible()

    heard.reply = Notice("照会を受け取りました。")
    field.fill("中抜けの扱いについて")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("照会を受け取りました。")
    expect(dialog).to_be_hidden()
    assert dict(heard.last.answers) == {"body": "中抜けの扱いについて"}


def test_a_draft_outlives_a_reload_and_a_failure(page: Page, heard: Recorder) -> None:
    """What was typed is still there after a reload, and after the bot could not take it."""
    box = page.get_by_label("メッセージ", exact=True)
    box.fill("書きかけの質問")
    page.reload()
    expect(box).to_have_value("書きかけの質問")

    heard.away = True
    box.press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("受け付けられませんでした")
    expect(box).to_have_value("書きかけの質問")

    heard.away = False
    box.press("Enter")
    expect(page.locator(".mine .body")).to_have_text("書きかけの質問")
    expect(box).to_have_value("")
    page.reload()
    expect(box).to_have_value("")


def test_words_typed_while_a_message_is_sent_are_the_next(page: Page, heard: Recorder) -> None:
    """Somebody quick loses nothing: each message is sent once, in order."""
    box = page.get_by_label("メッセージ", exact=True)
    box.evaluate(
        """(box) => {
          for (const text of ["一つ目", "二つ目"]) {
            box.value = text;
            box.form.requestSubmit();
            box.form.requestSubmit();
          }
        }"""
    )

    expect(page.locator(".mine .body")).to_have_text(["一つ目", "二つ目"])
    expect(box).to_have_value("")
    assert len(heard.events) == 2


def test_other_conversations_are_marked_live(page: Page, service: LocalService) -> None:
    """A message elsewhere makes its conversation bold, with the number in words."""
    service.post(Place(conversation("telework")), say("案内"), "d1")

    link = page.get_by_role("link", name="テレワーク相談 未読1件")
    expect(link).to_have_class("unread")
    link.click()
    expect(page.get_by_role("log")).to_contain_text("案内")
    expect(page.get_by_role("link", name="テレワーク相談")).to_have_attribute(
        "aria-current", "page"
    )


def test_a_reply_goes_into_the_thread(page: Page, service: LocalService, heard: Recorder) -> None:
    """The reply box opens on demand, takes the focus, and its message hangs under the root."""
    sent = service.post(Place(conversation("telework")), say("案内"), "d1")
    page.get_by_role("link", name="テレワーク相談").click()
    expect(page.get_by_label("メッセージ", exact=True)).to_be_focused()  # the script is there
    page.get_by_text("返信する").press("Enter")
    page.keyboard.type("質問があります")
    page.keyboard.press("Enter")

    expect(page.locator(".reply .body")).to_have_text("質問があります")
    assert heard.last.place.thread == sent.message


def test_a_changed_message_keeps_its_place(page: Page, service: LocalService) -> None:
    """An update replaces the card where it stands, once."""
    first = service.post(MEGUMI.account, CARD, "d1")
    service.post(MEGUMI.account, say("次の話"), "d2")
    expect(page.locator(".bot .body")).to_have_count(2)
    service.update(first, say("解決済みです。"))

    expect(page.locator(".bot .body")).to_have_text(["解決済みです。", "次の話"])


def test_a_page_lives_through_a_lost_server(page: Page, server: PageServer) -> None:
    """Without its server the page says so and keeps the text."""
    box = page.get_by_label("メッセージ", exact=True)
    box.fill("大事な質問")
    server.stop()
    box.press("Enter")

    expect(page.get_by_role("alert").first).to_contain_text("送信できませんでした")
    expect(box).to_have_value("大事な質問")
