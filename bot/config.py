"""Settings: read once from one YAML file and the environment, checked together, frozen."""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import platformdirs
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

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
    senders: int = Field(default=2, ge=1, le=16)
    """Threads that send posts."""
    question_limit: int = Field(default=2000, ge=100, le=10_000)
    """Characters of a question: one desk page; longer texts are refused with a reason."""
    desk_service: str = "local"
    """Chat service of the desk's conversation."""
    desk_tenant: str = "local"
    desk_channel: str = "desk"
    """Id of the conversation that the desk reads."""
    log_format: str = Field(default="console", pattern="^(console|json)$")
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")


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
    return {str(key): value for key, value in content.items()}, []


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
    key = str(where[0])
    if key in Settings.model_fields:
        return f"{key}: {what}"
    near = get_close_matches(key, Settings.model_fields, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{key}: no such setting{hint}"
