"""A workspace with somebody in it, and the bot at home there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.chat.slack.install import SCOPES
from bot.clock import Clock
from bot.config import Settings
from bot.database.engine import Database
from knowledge.base import KnowledgeBase
from tests.slack.fake.fake import FakeSlack
from tests.slack.fake.workspace import Channel, Person
from tests.slack.stage import Stage, open_stage


@pytest.fixture
def workspace() -> Iterator[FakeSlack]:
    """Slack, with a token that may do what the manifest asks for and nothing else."""
    with FakeSlack(scopes=tuple(SCOPES)) as slack:
        yield slack


@pytest.fixture
def hana(workspace: FakeSlack) -> Person:
    return workspace.add_person("hana", "環境 花")


@pytest.fixture
def hall(workspace: FakeSlack, hana: Person) -> Channel:
    return workspace.add_channel("telework", [hana])


@pytest.fixture
def desk(workspace: FakeSlack) -> Channel:
    return workspace.add_channel("desk", [workspace.add_person("officer", "窓口 担当")])


@pytest.fixture
def stage(
    workspace: FakeSlack,
    database: Database,
    knowledge: KnowledgeBase,
    clock: Clock,
    settings: Settings,
    desk: Channel,
    hana: Person,
) -> Iterator[Stage]:
    here = settings.model_copy(update={"desk_channel": desk.id})
    with open_stage(workspace, database, knowledge, clock, here) as stage:
        stage.enrol(hana.id, "環境省")
        yield stage
