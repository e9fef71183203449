"""What the app asks of Slack, and what the bot says at its start of an install that lacks it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.chat.slack.hear import REFER
from bot.chat.slack.install import SCOPES, Unfit, check_install
from bot.conversation.port import Away
from bot.desk import listeners as desk
from tests.slack.fake.fake import FakeSlack
from tests.slack.stage import make_service

MANIFEST = Path(__file__).parents[2] / "deploy" / "slack-manifest.yaml"


@pytest.fixture
def workspace() -> Iterator[FakeSlack]:
    with FakeSlack(scopes=tuple(SCOPES)) as slack:
        yield slack


@pytest.fixture
def manifest() -> Any:
    return yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))


def test_a_sound_install_is_accepted(workspace: FakeSlack) -> None:
    """A token with the manifest's scopes, of a workspace on the list, should pass."""
    check_install(make_service(workspace), (workspace.team,))


@pytest.mark.parametrize("scope", SCOPES)
def test_a_missing_scope_is_named_with_its_reason(scope: str, workspace: FakeSlack) -> None:
    """An operator should read which scope to add, and what it is for."""
    workspace.revoke(scope)
    with pytest.raises(Unfit, match=re.escape(f"scope {scope} is missing ({SCOPES[scope]}")):
        check_install(make_service(workspace), (workspace.team,))


def test_a_dead_token_is_named(workspace: FakeSlack) -> None:
    """A token that Slack does not know should be told by the name of its setting."""
    workspace.bot_token = "xoxb-dead"
    with pytest.raises(Unfit, match="MADOGUCHI_SLACK_BOT_TOKEN: Slack says invalid_auth"):
        check_install(make_service(workspace), (workspace.team,))


def test_a_workspace_off_the_list_is_named(workspace: FakeSlack) -> None:
    """A token of another workspace would answer nobody: the two ids should be told apart."""
    with pytest.raises(Unfit, match=f"MADOGUCHI_SLACK_TEAM_IDS: .*{workspace.team}"):
        check_install(make_service(workspace), ("T0OTHER",))


def test_a_slack_that_is_away_is_no_fault(workspace: FakeSlack) -> None:
    """An outage should be told from a wrong install: it ends by itself."""
    workspace.configure(down="503")
    with pytest.raises(Away):
        check_install(make_service(workspace), (workspace.team,))


# ---------------------------------------------------------------- the manifest


def test_the_manifest_asks_for_what_the_bot_needs_and_nothing_else(manifest: Any) -> None:
    """Least privilege: the list that an administrator grants is the one that the code states."""
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == set(SCOPES)


def test_each_scope_stands_with_its_reason() -> None:
    """Whoever grants a scope should read in the manifest what it is for."""
    text = MANIFEST.read_text(encoding="utf-8")
    assert [scope for scope, why in SCOPES.items() if f"- {scope}  # {why}\n" not in text] == []


def test_the_manifest_sends_what_the_bot_hears(manifest: Any) -> None:
    """Events, the command and the shortcut should be those that `hear` knows."""
    settings, features = manifest["settings"], manifest["features"]
    events = settings["event_subscriptions"]["bot_events"]
    assert set(events) == {"app_mention", "message.im", "app_home_opened"}
    assert [one["callback_id"] for one in features["shortcuts"]] == [REFER] == [desk.REFER]
    assert [one["command"] for one in features["slash_commands"]] == ["/madoguchi"]


def test_the_manifest_keeps_slacks_limits(manifest: Any) -> None:
    """Slack refuses a manifest whose texts are too long, with little help."""
    shown = manifest["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    for shortcut in manifest["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
