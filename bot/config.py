"""Settings: read once from one YAML file and the environment, checked together, frozen."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self

import platformdirs
import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

PREFIX = "MADOGUCHI_"
_NOT_SETTINGS = frozenset(
    # The settings file, and what the tests are told by the environment.
    PREFIX + name
    for name in ("CONFIG", "CI", "SHOTS", "UPDATE_SNAPSHOTS", "CHROMIUM")
)


class Settings(BaseModel):
    """What an operator may choose. Every key is also `MADOGUCHI_<KEY>` in the environment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: str = Field(default_factory=lambda: f"sqlite:///{data_folder() / 'desk.db'}")
    """sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/NAME."""
    workers: int = Field(default=4, ge=1, le=64)
    """Threads that handle events."""
    senders: int = Field(default=8, ge=1, le=64)
    """Threads that send posts."""
    lease_seconds: float = Field(default=60, ge=1, le=600)
    """How long one event or post may take before another takes over: more than twice as long as
    any call to a chat service, or what is merely slow is taken for dead."""
    question_limit: int = Field(default=2000, ge=100, le=10_000)
    """Characters of a question: one desk page; longer texts are refused with a reason."""
    desk_service: str = "local"
    """Chat service of the desk's conversation."""
    desk_tenant: str = "local"
    desk_channel: str = "desk"
    """Id of the conversation that the common desk reads."""
    desk_channels: Mapping[str, str] = Field(default_factory=dict)
    """Further desks of `desks.yaml` by id, each with the id of its conversation."""
    desk_days: int = Field(default=3, ge=1, le=60)
    """Working days within which a desk answers an inquiry that says nothing else itself."""
    audit_days: int | None = Field(default=None, ge=30, le=36_500)
    """Days that the audit log is kept, a month at least; None: for ever."""
    slack_bot_token: SecretStr | None = None
    """Bot token (xoxb-…); with it the bot lives in Slack."""
    slack_signing_secret: SecretStr | None = None
    """What Slack signs its requests with; needed where there is no app token."""
    slack_app_token: SecretStr | None = None
    """App-level token (xapp-…): Socket Mode, so that no address need be open to the internet."""
    slack_team_ids: tuple[str, ...] = ()
    """Workspaces (T…) or organisations (E…) whose people may talk to the bot; the first is home."""
    slack_api_url: str = Field(default="https://slack.com/api/", pattern=r"^https?://")
    """Another Web API, for tests; plain http is taken on loopback only."""
    slack_posts_per_second: float | None = Field(default=None, gt=0, le=1000)
    """What the workspace may take in all; None: answers go at once, all else 5 a second."""
    log_format: str = Field(default="console", pattern="^(console|json)$")
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.lease_seconds)

    @field_validator("slack_bot_token", "slack_signing_secret", "slack_app_token", mode="before")
    @classmethod
    def _drop_blank(cls, value: Any) -> Any:
        """A variable that is set to nothing says nothing."""
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("slack_team_ids", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        """The environment has one line for what a file holds as a list."""
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("desk_channels", mode="before")
    @classmethod
    def _pair(cls, value: Any) -> Any:
        """In the environment: desk=channel, with commas between them."""
        if not isinstance(value, str):
            return value
        pairs = [part.partition("=") for part in value.split(",") if part.strip()]
        if not all(desk.strip() and channel.strip() for desk, _, channel in pairs):
            raise ValueError("write desk=channel, with commas between them")
        return {desk.strip(): channel.strip() for desk, _, channel in pairs}

    @model_validator(mode="after")
    def _check_desks(self) -> Self:
        """Who reads along in another desk's conversation reads what is not theirs."""
        channels = [*self.desk_channels.values(), self.desk_channel]
        twice = sorted({channel for channel in channels if channels.count(channel) > 1})
        if twice:
            told = f"desk_channels: two desks cannot share a conversation: {', '.join(twice)}"
            raise ValueError(told)
        return self

    @model_validator(mode="after")
    def _check_slack(self) -> Self:
        """A bot that would start in Slack half equipped is told at once what it lacks."""
        if self.slack_bot_token is None:
            return self
        if not self.slack_team_ids:
            raise ValueError("slack_team_ids is missing: whose people may talk to the bot?")
        if self.slack_signing_secret is None and self.slack_app_token is None:
            raise ValueError("slack_signing_secret (HTTP) or slack_app_token (socket) is missing")
        if not re.match(
            r"https://|http://(127\.0\.0\.1|localhost|\[::1\])[:/]", self.slack_api_url
        ):
            raise ValueError("slack_api_url: a token goes over https, or stays on loopback")
        return self


_SECRETS = frozenset(
    key for key, field in Settings.model_fields.items() if field.annotation == SecretStr | None
)


class BadSettings(Exception):
    """Every fault of the settings, each with its key."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def data_folder() -> Path:
    """The user's data folder for this application."""
    return Path(platformdirs.user_data_dir("madoguchi"))


def cache_folder() -> Path:
    """Where what can be computed again is kept, such as the vectors of the articles' texts."""
    return Path(platformdirs.user_cache_dir("madoguchi"))


def read_settings(environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Settings from the file that MADOGUCHI_CONFIG names, then the environment, then overrides.

    Raises BadSettings with all faults at once.
    """
    given = os.environ if environment is None else environment
    values, faults = _from_file(given.get(f"{PREFIX}CONFIG"))
    named, unknown = _from_environment(given)
    faults += unknown
    try:
        settings = Settings(**{**values, **named, **overrides})
    except ValidationError as error:
        faults += [_worded(detail["loc"], detail["msg"]) for detail in error.errors()]
    if faults:
        raise BadSettings(tuple(faults))
    return settings


def _from_file(path: str | None) -> tuple[dict[str, Any], list[str]]:
    if path is None:
        return {}, []
    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        return {}, [f"{PREFIX}CONFIG: cannot read {path}: {error}"]
    if not isinstance(content, dict):
        return {}, [f"{PREFIX}CONFIG: {path} must hold `key: value` lines"]
    values = {str(key): value for key, value in content.items()}
    # A file is copied, backed up and shown to colleagues.
    secrets = [f"{key}: a secret comes from the environment alone" for key in _SECRETS & {*values}]
    return values, sorted(secrets)


def _from_environment(given: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    values, faults = {}, []
    for name in sorted(given):
        key = name.removeprefix(PREFIX).lower()
        if not name.startswith(PREFIX) or name in _NOT_SETTINGS:
            continue
        if key in Settings.model_fields:
            values[key] = given[name]
        else:
            faults.append(_worded((key,), "Extra inputs are not permitted"))
    return values, faults


def _worded(where: tuple[int | str, ...], what: str) -> str:
    if not where:
        return what.removeprefix("Value error, ")
    key = str(where[0])
    if key in Settings.model_fields:
        return f"{key}: {what}"
    near = get_close_matches(key, Settings.model_fields, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{key}: no such setting{hint}"
