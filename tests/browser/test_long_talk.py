"""A conversation of 2,000 messages: few stand in the page, the rest come when scrolled to."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import TELEWORK, Demo, fill_channel
from tests.chat.stage import say

pytestmark = pytest.mark.browser

FEW = 120
"""How many threads the script keeps in the page."""
SCROLL = """async (steps) => {
  const gaps = [];
  let last = performance.now();
  for (let step = 0; step < Math.abs(steps); step++) {
    log.scrollTop += Math.sign(steps) * 600;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    gaps.push(now - last);
    last = now;
  }
  return gaps;
}"""
"""Gives milliseconds between frames, which tests/benchmarks/page judges."""


def first(page: Page) -> str:
    return page.locator(".thread .body").first.inner_text()


def test_two_thousand_messages_are_scrolled_through(page: Page, demo: Demo) -> None:
    """Scrolled to its beginning and back, the page should stay small and complete."""
    fill_channel(demo, 2000)
    page.goto(demo.url + "c/telework?as=official-01")
    expect(page.locator(".thread .body").last).to_contain_text("第1999報")

    for _ in range(200):
        page.evaluate(SCROLL, -20)
        assert page.locator(".thread").count() <= FEW
        if "第0報" in first(page):
            break
    assert "第0報" in first(page)

    demo.local.post(TELEWORK, say("新しい報告"), "late")
    expect(page.get_by_role("button", name="新しいメッセージへ移動")).to_be_visible()
    for _ in range(200):
        page.evaluate(SCROLL, 20)
        assert page.locator(".thread").count() <= FEW
        if "新しい報告" in page.locator(".thread .body").last.inner_text():
            break
    numbers = page.locator(".thread").evaluate_all("(items) => items.map((i) => +i.dataset.id)")
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    expect(page.locator(".thread .body").last).to_contain_text("新しい報告")


def test_the_line_that_is_read_does_not_move(page: Page, demo: Demo) -> None:
    """Older messages that come in above should leave what is being read where it is."""
    fill_channel(demo, 100)
    page.goto(demo.url + "c/telework?as=official-01")
    expect(page.locator(".thread")).to_have_count(24)
    page.evaluate("log.scrollTop = 300")
    line = page.get_by_text("第79報", exact=False).first
    before = line.evaluate("(line) => line.getBoundingClientRect().top")
    expect(page.locator(".thread")).not_to_have_count(24)

    assert abs(line.evaluate("(line) => line.getBoundingClientRect().top") - before) < 2


def test_the_button_leads_to_the_newest(page: Page, demo: Demo) -> None:
    """Whoever reads old messages should get to the newest with one press."""
    fill_channel(demo, 300)
    page.goto(demo.url + "c/telework?as=official-01")
    for _ in range(40):
        page.evaluate(SCROLL, -10)
    demo.local.post(TELEWORK, say("新しい報告"), "late")
    page.get_by_role("button", name="新しいメッセージへ移動").click()

    expect(page.locator(".thread .body").last).to_be_in_viewport()
    expect(page.locator(".thread .body").last).to_have_text("新しい報告")
