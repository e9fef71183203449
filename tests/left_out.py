"""What a plain run leaves out so that it stays short, and how it says so."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest

SLOW = ("postgresql", "browser", "process", "chaos")
"""Marks of tests that wait for programs: whoever changes a line should not wait for these too."""
HOW = "run them with MADOGUCHI_CI=1, or `pytest tests`, or `pytest -m browser`"


def examples(count: int = 100) -> int:
    """How many examples hypothesis tries of so many: a quarter, where CI does not ask for all."""
    return count if os.environ.get("MADOGUCHI_CI") else count // 4


class LeftOut:
    """Leaves the slow tests out where nothing was asked for, and tells how many of which.

    With MADOGUCHI_CI, with a path or with -m everything runs that was asked for. Under xdist the
    main process alone knows what that was, and alone is read: it tells its workers, they tell it.
    """

    def __init__(self, config: pytest.Config) -> None:
        told: dict[str, Any] | None = getattr(config, "workerinput", None)
        self.is_quick: bool = told["is_quick"] if told else _asks_for_nothing(config)
        self.counts: Counter[str] = Counter()

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        if not self.is_quick:
            return
        slow = [item for item in items if _find_mark(item)]
        self.counts = Counter(_find_mark(item) for item in slow)
        items[:] = [item for item in items if not _find_mark(item)]
        config.hook.pytest_deselected(items=slow)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput["is_quick"] = self.is_quick

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["left_out"] = dict(self.counts)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        # Each worker collects everything, so each one's counts are all of them.
        self.counts = Counter(getattr(node, "workeroutput", {}).get("left_out", self.counts))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.counts:
            told = ", ".join(f"{self.counts[mark]} {mark}" for mark in SLOW if self.counts[mark])
            terminalreporter.write_line(f"left out: {told} ({HOW})", yellow=True)


def _asks_for_nothing(config: pytest.Config) -> bool:
    named = config.args_source is pytest.Config.ArgsSource.ARGS
    return not (os.environ.get("MADOGUCHI_CI") or named or config.option.markexpr)


def _find_mark(item: pytest.Item) -> str:
    """The first of SLOW that a test has; empty where it has none."""
    return next((mark for mark in SLOW if item.get_closest_marker(mark)), "")
