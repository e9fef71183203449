"""Who can be played in the terminal, which rooms there are, and who sees which."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from bot.conversation.address import Account, Conversation

SERVICE = "terminal"
TENANT = "local"
"""One terminal, and one organisation behind it."""


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody whom the user of the terminal can be."""

    id: str
    name: str
    about: str
    """What they do here, in a sentence."""
    ministry: str | None = None

    @property
    def account(self) -> Account:
        return Account(SERVICE, TENANT, self.id)

    @property
    def direct(self) -> str:
        """The id of this persona's direct conversation with the bot."""
        return f"@{self.id}"


@dataclass(frozen=True, slots=True)
class Room:
    """A conversation of several."""

    id: str
    name: str
    about: str
    members: frozenset[str] | None = None
    """Ids of the personas who see it; None: all."""

    def admits(self, persona: Persona) -> bool:
        return self.members is None or persona.id in self.members


class Named(Protocol):
    """What can be looked for by its name or id."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)


class People:
    """All personas and rooms; the first persona is who a new visitor is."""

    def __init__(self, personas: Iterable[Persona], rooms: Iterable[Room]) -> None:
        self.personas = tuple(personas)
        self.rooms = tuple(rooms)
        self._personas = {persona.id: persona for persona in self.personas}
        self._rooms = {room.id: room for room in self.rooms}
        if not self.personas:
            raise ValueError("the terminal needs at least one persona")

    def find_persona(self, id: str) -> Persona | None:
        return self._personas.get(id)

    def find_room(self, id: str) -> Room | None:
        return self._rooms.get(id)

    def list_rooms(self, persona: Persona) -> tuple[Room, ...]:
        """The rooms that a persona sees besides the direct conversation."""
        return tuple(room for room in self.rooms if room.admits(persona))


def search(named: Sequence[N], text: str) -> tuple[N, ...]:
    """Whom or what a text means: the one of that name, id or number, else all that contain it."""
    wanted = fold(text)
    exact = [one for one in named if wanted in (fold(one.name), fold(one.id))]
    if exact:
        return tuple(exact[:1])
    if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) <= len(named):
        return (named[int(wanted) - 1],)
    return tuple(one for one in named if wanted in fold(one.name))


def fold(text: str) -> str:
    """A text as it is compared: full-width letters, case and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def conversation(id: str) -> Conversation:
    """A conversation of the terminal as the rest of the bot knows it."""
    return Conversation(SERVICE, TENANT, id)
