"""People, the ministries they belong to and the roles they hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.refusal import Refusal


class Role(StrEnum):
    """What somebody may do at the desk; an official without a further role may ask."""

    OFFICIAL = "official"
    DESK_OFFICER = "desk_officer"
    APPROVER = "approver"
    DEPUTY_CIO = "deputy_cio"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody known to the roster."""

    id: int
    name: str
    ministry: str | None
    """The official name; None: not known yet."""
    declared: bool
    """The ministry is their own word, which gives no rights."""
    roles: frozenset[Role]


@dataclass(eq=False)
class UnknownMinistry(Refusal):
    """A ministry was named that is not on the list."""

    name: str


@dataclass(eq=False)
class MinistryAlreadyKnown(Refusal):
    """The roster says where somebody belongs; their own word does not change it."""

    ministry: str
