"""Values of the neck as JSON and back, each tagged with its type, so that they can be stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from hashlib import sha256
from typing import Any

from bot.conversation import address, event, message

Files = dict[str, message.FileContent]
"""Contents by the SHA-256 of their bytes; JSON holds only that."""

_TYPES: Mapping[str, type[Any]] = {
    name: value
    for module in (address, message, event)
    for name, value in vars(module).items()
    if isinstance(value, type) and (is_dataclass(value) or issubclass(value, Enum))
}


class Unreadable(Exception):
    """Stored by a version of the bot that knew other words."""


def encode(value: object) -> tuple[str, Files]:
    """A value of the neck as JSON text, and the file contents that it refers to."""
    files: Files = {}
    return json.dumps(_plain(value, files), ensure_ascii=False), files


def decode(text: str, load: Callable[[str], bytes]) -> Any:
    """The value behind JSON text; `load` gives a file's bytes by digest.

    Raises Unreadable for a type or field that this version does not know.
    """
    try:
        return _value(json.loads(text), load)
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(str(error)) from error


def _plain(value: object, files: Files) -> Any:
    match value:
        case message.FileContent():
            digest = sha256(value.data).hexdigest()
            files[digest] = value
            return {"$": "file", "name": value.name, "type": value.media_type, "digest": digest}
        case Enum():
            return {"$": type(value).__name__, "value": value.value}
        case datetime():
            return {"$": "instant", "value": value.isoformat()}
        case date():
            return {"$": "date", "value": value.isoformat()}
        case tuple():
            return [_plain(item, files) for item in value]
        case Mapping():
            return {"$": "map", "value": {key: _plain(item, files) for key, item in value.items()}}
        case None | str() | int() | float():
            return value
    if is_dataclass(value) and type(value).__name__ in _TYPES:
        parts = {f.name: _plain(getattr(value, f.name), files) for f in fields(value)}
        return {"$": type(value).__name__, **parts}
    raise TypeError(f"not a word of the neck: {type(value).__name__}")


def _value(plain: Any, load: Callable[[str], bytes]) -> Any:
    if isinstance(plain, list):
        return tuple(_value(item, load) for item in plain)
    if not isinstance(plain, dict):
        return plain
    match plain["$"]:
        case "file":
            return message.FileContent(plain["name"], plain["type"], load(plain["digest"]))
        case "instant":
            return datetime.fromisoformat(plain["value"])
        case "date":
            return date.fromisoformat(plain["value"])
        case "map":
            return {key: _value(item, load) for key, item in plain["value"].items()}
    kind = _TYPES[plain["$"]]
    if issubclass(kind, Enum):
        return kind(plain["value"])
    return kind(**{name: _value(part, load) for name, part in plain.items() if name != "$"})
