"""Dialogues: who says what, what comes back, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.config import Settings
from bot.database.engine import Database
from bot.shelf.shelf import Shelf
from knowledge.base import KnowledgeBase
from knowledge.desk import Release
from knowledge.library import content_folder
from tests.conftest import VECTORS
from tests.dialogues.player import open_player
from tests.inquiry.ladder import change_desk

SCRIPTS = sorted(Path(__file__).parent.glob("*.yaml"))


def make_shelf(database: Database) -> Shelf:
    """The shipped content with what the database publishes, read again when it does."""
    return Shelf(content_folder(), database, lambda library: KnowledgeBase(library, cache=VECTORS))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_dialogue(
    script: Path, database: Database, knowledge: KnowledgeBase, settings: Settings
) -> None:
    """Each step of the script should find the desk as the script says."""
    dialogue = yaml.safe_load(script.read_text(encoding="utf-8"))
    settings = settings.model_copy(update={"desk_channels": dialogue.get("desks", {})})
    if "checked" in dialogue:
        knowledge = change_desk(knowledge, dialogue["checked"], reply=Release.CHECKED)
    shelf = make_shelf(database) if dialogue.get("publishes") else None
    player = open_player(database, knowledge, dialogue["at"], settings, shelf)
    player.reports = bool(dialogue.get("reports"))
    for number, step in enumerate(dialogue["steps"], start=1):
        try:
            player.play(step)
        except AssertionError as wrong:
            raise AssertionError(f"{script.name}, step {number}: {wrong}") from wrong
