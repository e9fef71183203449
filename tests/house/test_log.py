"""Logs: an operator finds the bug by them, and nobody what somebody wrote."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
import structlog

from bot.database.engine import Database
from bot.log import configure_log, get_log

SECRET = "庁舎の合言葉"


@pytest.fixture(params=["console", "json"])
def _logging(request: pytest.FixtureRequest, capsys: object) -> Iterator[None]:
    """Logs as the command line sets them up."""
    root = logging.getLogger()
    handlers, level, logs = root.handlers, root.level, structlog.get_config()
    configure_log(request.param, "info")
    yield
    root.handlers, root.level = handlers, level
    structlog.configure(**logs)


@pytest.mark.usefixtures("_logging")
def test_a_bug_is_logged_without_what_it_was_about(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    """A traceback should say where, and show neither variables nor what a statement was given."""
    text = SECRET
    try:
        with database.read() as tx:
            tx.execute(sa.text("SELECT * FROM nowhere WHERE words = :text"), {"text": text})
    except Exception:
        get_log().exception("event_broke", number="0001")

    told = capsys.readouterr().err
    assert "event_broke" in told
    assert "nowhere" in told
    assert "test_log.py" in told
    assert SECRET not in told
    assert SECRET.encode("unicode_escape").decode() not in told


@pytest.mark.usefixtures("_logging")
def test_a_tick_is_not_told_every_time(capsys: pytest.CaptureFixture[str]) -> None:
    """The alarm clock should be heard when something is wrong, and not whenever it ticks."""
    scheduler = logging.getLogger("apscheduler.executors.default")
    scheduler.info("Running job")
    scheduler.warning("Run time of job was missed")

    told = capsys.readouterr().err
    assert "missed" in told
    assert "Running" not in told
