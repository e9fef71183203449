"""Prints what the local page weighs, asks for and takes: `python -m tests.benchmarks.page`."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Response

from bot.database.engine import Database
from bot.database.versions import migrate
from bot.log import configure_log
from knowledge.base import KnowledgeBase
from knowledge.library import content_folder, read_library
from tests.browser.stage import Demo, ask, fill_channel, open_browser
from tests.browser.test_long_talk import SCROLL

LIMIT = 150_000
"""Bytes that a page may weigh, all its files together and nothing compressed."""
RUNS = 5

TIMES = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  return [paint.startTime, page.domContentLoadedEventEnd];
}"""


@dataclass(frozen=True, slots=True)
class Load:
    """One load of a page into an empty browser."""

    weight: int
    requests: int
    hosts: frozenset[str]
    first_paint: float
    interactive: float
    """Milliseconds until the script has run: a module runs before DOMContentLoaded ends."""


def load(browser: Browser, address: str) -> Load:
    context = browser.new_context(locale="ja-JP", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))
    page.goto(address)
    page.wait_for_timeout(300)
    first_paint, interactive = page.evaluate(TIMES)
    # The stream of changes stays open, and nobody reads the answer to a mark: neither has an end.
    endless = ("/changes", "/read")
    files = [response for response in responses if urlsplit(response.url).path not in endless]
    weight = sum(len(response.body()) for response in files)
    hosts = frozenset(urlsplit(response.url).hostname or "" for response in responses)
    context.close()
    return Load(weight, len(responses), hosts, first_paint, interactive)


def measure(browser: Browser, name: str, address: str) -> bool:
    """Print a line on a page; whether it keeps to the limits."""
    loads = [load(browser, address) for _ in range(RUNS)]
    worst = max(load.weight for load in loads)
    hosts = frozenset().union(*(load.hosts for load in loads))

    def middle(read: Callable[[Load], float]) -> str:
        return f"{median(map(read, loads)):.0f} ms"

    print(
        f"| {name} | {worst / 1000:.1f} KB | {max(load.requests for load in loads)} "
        f"| {middle(lambda load: load.first_paint)} | {middle(lambda load: load.interactive)} "
        f"| {', '.join(sorted(hosts))} |",
        flush=True,
    )
    return worst < LIMIT and hosts == {"127.0.0.1"}


def measure_scrolling(page: Page, address: str) -> None:
    """Print how even the frames are while 2,000 messages are scrolled through."""
    page.goto(address)
    gaps: list[float] = []
    most = 0
    for _ in range(200):
        if "第0報" in page.locator(".thread .body").first.inner_text():
            break
        gaps += page.evaluate(SCROLL, -20)
        most = max(most, page.locator(".thread").count())
    ordered = sorted(gaps)
    late = ordered[int(len(ordered) * 0.95)]
    print(
        f"\nScrolled through 2,000 messages: {median(gaps):.0f} ms a frame in the middle, "
        f"{late:.0f} ms at the 95th percentile, at most {most} messages in the page."
    )


def run() -> bool:
    with tempfile.TemporaryDirectory() as folder, open_browser() as browser:
        path = Path(folder, "demo.db")
        migrate(Database.at(f"sqlite:///{path}"))
        demo = Demo(path, KnowledgeBase(read_library(content_folder())))
        demo.start()
        print("| page | weight | requests | first paint | interactive | hosts |")
        print("|---|---|---|---|---|---|")
        kept = [measure(browser, "first visit", demo.url)]
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(demo.url + "?as=official-02")
        for _ in range(25):
            ask(page, "フレックスのコアタイムは何時間ですか")
        kept.append(measure(browser, "25 answers", demo.url + "?as=official-02"))
        kept.append(measure(browser, "home", demo.url + "home?as=official-01"))
        kept.append(measure(browser, "gallery", demo.url + "gallery?as=admin"))
        fill_channel(demo, 2000)
        long = demo.url + "c/telework?as=official-01"
        kept.append(measure(browser, "2,000 messages", long))
        measure_scrolling(page, long)
        demo.stop()
    return all(kept)


if __name__ == "__main__":
    configure_log("console", "warning")
    shutil.which("chromium") or exit("Chromium is not installed")
    exit(0 if run() else 1)
