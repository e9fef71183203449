"""What has room in one message: what can be pressed first, then text in its order."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.conversation.message import Element

Part = Mapping[str, Any]
"""A block of Slack, an item of a card."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What an element, or a part of it, becomes."""

    parts: tuple[Part, ...]
    element: Element | None = None
    """What it says, to be written into a file where there is no room for it."""
    name: str | None = None
    """What it lets one do. It stands in the message and nowhere else: no file can be pressed."""


@dataclass(frozen=True, slots=True)
class Room:
    """What one message holds."""

    parts: int
    size: int
    measure: Callable[[Part], int]
    kept: int
    """What is kept free of the size for saying that something had no room."""


@dataclass(frozen=True, slots=True)
class Packed:
    """What stands in a message, before and after the place where text was left out."""

    before: tuple[Part, ...]
    after: tuple[Part, ...] = ()
    rest: tuple[Element, ...] = ()
    """What was left out from there on; the first may stand in the message in part."""
    dropped: tuple[str, ...] = ()
    """What could be done and has no room either."""


def pack(pieces: Sequence[Piece], room: Room) -> Packed:
    """All pieces where there is room, else what can be pressed and as much text as fits."""
    every = tuple(part for piece in pieces for part in piece.parts)
    if len(every) <= room.parts and sum(map(room.measure, every)) <= room.size:
        return Packed(every)
    left = _Left(room.parts - 2, room.size - room.kept, room.measure)
    kept = {id(piece) for piece in pieces if piece.name and left.take(piece.parts)}
    packed = _fill(pieces, kept, left)
    dropped = tuple(piece.name for piece in pieces if piece.name and id(piece) not in kept)
    return Packed(packed.before, packed.after, packed.rest, dropped)


def measure_json(part: Part) -> int:
    """Characters of a part as it is sent."""
    return len(_dump(part)) + 1


def measure_bytes(part: Part) -> int:
    """Bytes of a part as it is sent: a Japanese character has three."""
    return len(_dump(part).encode()) + 1


def _dump(part: Part) -> str:
    return json.dumps(part, ensure_ascii=False, separators=(",", ":"))


@dataclass(slots=True)
class _Left:
    """What is left of a room."""

    parts: int
    size: int
    measure: Callable[[Part], int]

    def take(self, parts: Sequence[Part]) -> bool:
        """Take room for all of them, or none."""
        size = sum(map(self.measure, parts))
        if len(parts) > self.parts or size > self.size:
            return False
        self.parts -= len(parts)
        self.size -= size
        return True


def _fill(pieces: Sequence[Piece], kept: set[int], left: _Left) -> Packed:
    """Text until the first that has no room; after it, only what can be pressed."""
    before: list[Part] = []
    after: list[Part] = []
    rest: list[Element] = []
    for piece in pieces:
        if piece.name:
            (after if rest else before).extend(piece.parts if id(piece) in kept else ())
            continue
        for part in piece.parts:
            if rest or not left.take((part,)):
                rest += [piece.element] if piece.element is not None else []
                break
            before.append(part)
    return Packed(tuple(before), tuple(after), tuple(rest))
