"""Two processes on one database: what one publishes, the other answers by, and is not restarted."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.chat.stage import Browser, read_text
from tests.commanding import open_demo, run_process
from tests.house.test_shelf import text

pytestmark = pytest.mark.process

QUESTION = "庁舎のサウナは3時に使えますか"
ANSWER = "庁舎のサウナは使えません。"
TRIES = 60
"""Half a minute: a running process looks every second, a busy machine may take its time."""


def test_what_one_process_publishes_another_answers_by(database_url: str, tmp_path: Path) -> None:
    """An open desk should find an article that was put into its database a moment ago."""
    file = tmp_path / "sauna.yaml"
    file.write_text(text(), encoding="utf-8")
    with (
        open_demo(tmp_path, MADOGUCHI_DATABASE_URL=database_url) as url,
        Browser(url) as browser,
    ):
        assert not is_answered(browser, tries=2)
        put = run_process(
            "article", "put", str(file), folder=tmp_path, MADOGUCHI_DATABASE_URL=database_url
        )

        assert (put.returncode, put.stderr) == (0, "")
        assert is_answered(browser, tries=TRIES)


def is_answered(browser: Browser, tries: int) -> bool:
    """Ask until the answer stands in the page, twice a second."""
    for _ in range(tries):
        browser.say("/", QUESTION)
        threading.Event().wait(0.5)
        if ANSWER in read_text(browser.get("/").text):
            return True
    return False
