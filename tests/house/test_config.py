"""Settings: read once, all faults at once, each with its key."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.config import BadSettings, read_settings


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    """A variable should override the file's value for the same key."""
    file = tmp_path / "desk.yaml"
    file.write_text("workers: 3\nsenders: 5\n", encoding="utf-8")
    settings = read_settings({"MADOGUCHI_CONFIG": str(file), "MADOGUCHI_WORKERS": "7"})

    assert (settings.workers, settings.senders) == (7, 5)


def test_all_faults_come_at_once_with_their_keys(tmp_path: Path) -> None:
    """An operator should see every wrong key in one go, with a hint for a misspelt one."""
    file = tmp_path / "desk.yaml"
    file.write_text("workers: many\nlog_fromat: json\n", encoding="utf-8")
    with pytest.raises(BadSettings) as found:
        read_settings(
            {
                "MADOGUCHI_CONFIG": str(file),
                "MADOGUCHI_SENDERS": "99",
                "MADOGUCHI_DATABSE_URL": "x",
            }
        )

    faults = "\n".join(found.value.faults)
    assert "workers: " in faults
    assert "senders: " in faults
    assert "log_fromat: no such setting; did you mean log_format?" in faults
    assert "databse_url: no such setting; did you mean database_url?" in faults


@pytest.mark.parametrize("content", ["- a\n- b\n", "a: [", "\x00"])
def test_a_broken_file_is_named(content: str, tmp_path: Path) -> None:
    """A file that is no settings file should be named with what is wrong in it."""
    file = tmp_path / "desk.yaml"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(BadSettings, match=r"desk\.yaml"):
        read_settings({"MADOGUCHI_CONFIG": str(file)})


def test_a_missing_file_is_named() -> None:
    """A path that leads nowhere should be told with its key."""
    with pytest.raises(BadSettings, match="MADOGUCHI_CONFIG: cannot read /nowhere"):
        read_settings({"MADOGUCHI_CONFIG": "/nowhere/desk.yaml"})


def test_settings_are_frozen() -> None:
    """Nobody should change a setting once the bot runs."""
    settings = read_settings({})

    with pytest.raises(ValidationError):
        settings.workers = 9  # type: ignore[misc]


SLACK = {"MADOGUCHI_SLACK_BOT_TOKEN": "xoxb-1", "MADOGUCHI_SLACK_SIGNING_SECRET": "s"}


def test_a_bot_in_slack_needs_to_know_whose_people_may_talk_to_it() -> None:
    """Without teams anybody's workspace could ask: it is told before the start."""
    with pytest.raises(BadSettings, match="slack_team_ids is missing"):
        read_settings(SLACK)


def test_a_bot_in_slack_needs_a_way_in() -> None:
    """A token without a signing secret or an app token could talk but never hear."""
    with pytest.raises(BadSettings, match="slack_signing_secret"):
        read_settings({"MADOGUCHI_SLACK_BOT_TOKEN": "xoxb-1", "MADOGUCHI_SLACK_TEAM_IDS": "T1"})


def test_a_token_never_leaves_in_clear() -> None:
    """Plain http is for a double on this machine only."""
    teams = {"MADOGUCHI_SLACK_TEAM_IDS": "T1"}
    with pytest.raises(BadSettings, match="https"):
        read_settings({**SLACK, **teams, "MADOGUCHI_SLACK_API_URL": "http://example.org/api/"})


def test_teams_are_listed_with_commas() -> None:
    """Several workspaces may share a bot; the first of them is home."""
    settings = read_settings({**SLACK, "MADOGUCHI_SLACK_TEAM_IDS": "T1, E2"})
    assert settings.slack_team_ids == ("T1", "E2")


def test_desks_are_listed_with_their_conversations() -> None:
    """What a file says as a mapping should fit on one line of the environment."""
    settings = read_settings({"MADOGUCHI_DESK_CHANNELS": "kankyosho-jinji=C1, jinjiin=C2"})

    assert settings.desk_channels == {"kankyosho-jinji": "C1", "jinjiin": "C2"}


@pytest.mark.parametrize("told", ["kankyosho-jinji", "=C1", "jinjiin="])
def test_a_desk_without_a_conversation_is_a_fault(told: str) -> None:
    """Half a pair should be told with its key."""
    with pytest.raises(BadSettings, match=r"desk_channels: .*write desk=channel"):
        read_settings({"MADOGUCHI_DESK_CHANNELS": told})


@pytest.mark.parametrize("told", ["jinjiin=desk", "jinjiin=C1,kankyosho-jinji=C1"])
def test_two_desks_do_not_share_a_conversation(told: str) -> None:
    """Who works at one desk should not read what comes to another."""
    with pytest.raises(BadSettings, match="two desks cannot share a conversation"):
        read_settings({"MADOGUCHI_DESK_CHANNELS": told})


def test_a_secret_in_a_file_is_refused_and_not_shown(tmp_path: Path) -> None:
    """Secrets come from the environment alone, and no fault repeats one."""
    file = tmp_path / "desk.yaml"
    file.write_text("slack_bot_token: xoxb-secret\n", encoding="utf-8")
    with pytest.raises(BadSettings, match="environment alone") as found:
        read_settings({"MADOGUCHI_CONFIG": str(file)})
    assert "xoxb-secret" not in str(found.value)


def test_settings_do_not_print_their_secrets() -> None:
    """Settings that reach a log by mistake should show no token."""
    settings = read_settings({**SLACK, "MADOGUCHI_SLACK_TEAM_IDS": "T1"})
    assert "xoxb-1" not in repr(settings)
