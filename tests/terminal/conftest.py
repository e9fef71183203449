"""What the terminal's tests ask for: a stage on a database of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.database.engine import Database
from knowledge.base import KnowledgeBase
from tests.terminal.stage import Stage, open_stage


@pytest.fixture
def stage(
    sqlite_template: Path, tmp_path: Path, knowledge: KnowledgeBase, clock: Clock
) -> Iterator[Stage]:
    """The kind of database makes no difference here: SQLite alone."""
    path = tmp_path / "talk.db"
    shutil.copy(sqlite_template, path)
    database = Database.at(f"sqlite:///{path}")
    yield open_stage(database, knowledge, clock)
    database.close()
