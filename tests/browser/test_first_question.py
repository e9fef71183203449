"""The first visit in a real browser, on the whole bot: sample, source, desk; and the tour of it."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from bot import demo as demonstration
from tests.browser.stage import DAY, ask, become

pytestmark = pytest.mark.browser


def test_a_question_reaches_its_rule_and_then_the_desk(page: Page) -> None:
    """Asked in the page, a question should show its rule with its source, and reach the desk."""
    ask(page, "フレックスのコアタイムは何時間ですか")
    card = page.locator(".bot").last
    expect(card).to_contain_text("2時間以上4時間以下")
    expect(card).to_contain_text("人事院規則15-14")
    expect(card).to_contain_text("令和5年4月1日から")

    card.get_by_role("button", name="担当者に照会する").click()
    expect(page.locator(".bot").last).to_contain_text("2026-00001")
    expect(page.get_by_role("button", name="担当者に照会する")).to_have_count(0)

    become(page, "窓口担当")
    page.get_by_role("link", name="照会窓口").click()
    told = page.locator(".bot").last
    expect(told).to_contain_text("受付番号 2026-00001")
    expect(told).to_contain_text("フレックスのコアタイムは何時間ですか")


def test_a_sample_is_asked_with_one_press(page: Page) -> None:
    """A visitor should see what this is, press a sample, and see it above its answer."""
    welcome = page.get_by_role("region", name="ようこそ、テレワーク窓口へ")
    for words in ("環境省の職員", "架空", "令和8年2月8日時点"):
        expect(welcome).to_contain_text(words)
    expect(page.locator(".today time")).to_have_text("令和8年10月6日（火）")
    assert DAY.date() == date(2026, 10, 6)

    page.get_by_role("button", name=demonstration.SAMPLES[2]).click()
    expect(page.locator(".line.bot")).to_have_count(1)
    expect(page.locator(".mine .body")).to_be_in_viewport(ratio=1)
    expect(page.locator(".bot .m-heading")).to_be_in_viewport(ratio=1)
    expect(welcome).to_have_count(0)


def test_home_asks_and_leads_on(page: Page) -> None:
    """Home's buttons should ask their question and show the conversation."""
    page.get_by_role("link", name="ホーム").click()
    page.get_by_role("button", name="平成29年10月1日時点のコアタイムは何時間ですか").click()

    answer = page.locator(".line.bot").last
    expect(answer).to_contain_text("平成29年10月1日時点のご案内です")


def test_a_question_from_home_is_answered_in_the_conversation(page: Page) -> None:
    """The form on Home should say where its answer goes, and Home then list the question."""
    page.get_by_role("link", name="ホーム").click()
    home = page.locator("#home")
    expect(home).to_contain_text("ご質問はまだありません")
    home.get_by_role("button", name="質問する").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("ご質問").fill("フレックスのコアタイムは何時間ですか")
    dialog.get_by_role("button", name="質問する").click()

    expect(page.get_by_role("status")).to_contain_text("回答は、この窓口との会話に届きます")
    page.get_by_role("link", name="窓口に相談").click()
    expect(page.locator(".line.bot").last).to_contain_text("2時間以上4時間以下")
    page.get_by_role("link", name="ホーム").click()
    expect(home).to_contain_text("フレックスのコアタイムは何時間ですか（令和8年10月6日、回答済み）")


def test_the_tour_goes_on_as_its_controls_are_used(page: Page) -> None:
    """The tour should follow the real flow through two personas, be left and be taken up again."""
    page.get_by_role("button", name="案内を見る").click()
    tour = page.get_by_role("region", name="質問します")
    expect(tour).to_contain_text("1/6")
    expect(tour.get_by_role("heading")).to_be_focused()
    tour.get_by_role("button", name="ここへ移動").click()
    expect(page.locator(":focus")).to_have_text(demonstration.SAMPLES[0])
    page.keyboard.press("Enter")

    expect(page.locator("#tour")).to_contain_text("2/6")
    expect(page.locator(".m-fields.pointed")).to_have_count(1)
    page.get_by_role("button", name="案内を閉じる").click()
    expect(page.locator("#tour")).to_be_hidden()
    page.reload()
    page.get_by_role("button", name="案内を見る").click()
    expect(page.locator("#tour")).to_contain_text("2/6")
    page.get_by_role("button", name="次へ").click()
    page.get_by_role("button", name="担当者に照会する").click()

    expect(page.locator("#tour")).to_contain_text("窓口担当に替わります")
    become(page, "窓口担当")
    expect(page.locator("#tour")).to_contain_text("5/6")
    page.get_by_role("link", name="照会窓口").click()
    expect(page.locator("#tour")).to_contain_text("6/6")
    expect(page.locator(".bot .pointed")).to_contain_text("2026-00001")


def test_arrow_keys_do_not_switch_who_one_is(page: Page) -> None:
    """Walking through the roles by keys should switch only when the button is pressed."""
    page.get_by_label("役割").focus()
    page.keyboard.press("ArrowDown")
    button = page.get_by_role("button", name="切り替え")
    expect(button).to_be_visible()
    expect(page.locator(".whoami strong")).to_have_text("環境省の職員")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator(".whoami strong")).to_have_text("環境省の副CIO")
