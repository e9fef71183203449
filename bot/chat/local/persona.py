"""Who can be played on the local page, which conversations there are, and who sees which."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.conversation.address import Account, Conversation

SERVICE = "local"
TENANT = "local"
"""There is one page and one organisation behind it."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody whom the user of the page can be."""

    id: str
    name: str
    role: str
    """What they do, in words that a reader sees."""
    ministry: str | None
    about: str

    def __post_init__(self) -> None:
        _check_id(self.id)

    @property
    def position(self) -> str:
        """Ministry and role, as far as the name does not say them already."""
        parts = (part for part in (self.ministry, self.role) if part)
        return " ".join(part for part in parts if part not in self.name)

    @property
    def account(self) -> Account:
        return Account(SERVICE, TENANT, self.id)

    @property
    def direct(self) -> str:
        """The id of this persona's direct conversation with the bot."""
        return f"@{self.id}"


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation of several."""

    id: str
    name: str
    about: str
    empty: str = ""
    """What to do while nothing stands there."""
    members: frozenset[str] | None = None
    """Ids of the personas who see it; None: all."""

    def __post_init__(self) -> None:
        _check_id(self.id)

    def admits(self, persona: Persona) -> bool:
        return self.members is None or persona.id in self.members


class People:
    """All personas and channels; the first persona is who a new visitor is."""

    def __init__(self, personas: Iterable[Persona], channels: Iterable[Channel]) -> None:
        self.personas = tuple(personas)
        self.channels = tuple(channels)
        self._personas = {persona.id: persona for persona in self.personas}
        self._channels = {channel.id: channel for channel in self.channels}
        if not self.personas:
            raise ValueError("the local page needs at least one persona")

    def find_persona(self, id: str) -> Persona | None:
        return self._personas.get(id)

    def list_roles(self) -> tuple[str, ...]:
        """Every role once, in the order of the personas."""
        return tuple(dict.fromkeys(persona.role for persona in self.personas))

    def list_in_role(self, role: str) -> tuple[Persona, ...]:
        return tuple(persona for persona in self.personas if persona.role == role)

    def find_in_role(self, role: str, like: Persona | None) -> Persona | None:
        """Who has a role, of the same ministry if there is somebody; else the first of them."""
        able = self.list_in_role(role)
        there = (persona for persona in able if like and persona.ministry == like.ministry)
        return next(there, able[0] if able else None)

    def find_channel(self, id: str) -> Channel | None:
        return self._channels.get(id)

    def list_conversations(self, persona: Persona) -> tuple[str, ...]:
        """The ids of the conversations that a persona sees, the direct one first."""
        seen = (channel.id for channel in self.channels if channel.admits(persona))
        return (persona.direct, *seen)


def conversation(id: str) -> Conversation:
    """A conversation of the page as the rest of the bot knows it."""
    return Conversation(SERVICE, TENANT, id)


def is_direct(id: str) -> bool:
    return id.startswith("@")


def _check_id(id: str) -> None:
    # Ids stand in addresses, and `@` is kept for direct conversations.
    if not _ID.fullmatch(id):
        raise ValueError(f"not an id of letters, digits, - and _: {id!r}")
