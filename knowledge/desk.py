"""The desks that take inquiries, and the ladder that they make."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Staff(StrEnum):
    """Whose holders work at a desk: roles as the roster calls them."""

    DESK_OFFICER = "desk_officer"
    PERSONNEL_OFFICER = "personnel_officer"


class Release(StrEnum):
    """How a reply leaves a desk: at once, or when a second person has looked it through."""

    DIRECT = "direct"
    CHECKED = "checked"


class Signature(StrEnum):
    """In whose name a desk answers: its own, or with the name of the officer."""

    OFFICE = "office"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Desk:
    """One of the desks that take inquiries."""

    id: str
    """What the records and a deployment's settings call it; it stays when the name changes."""
    name: str
    """What an asker reads."""
    ministry: str
    """Where the positions are whose holders work at it."""
    serves: frozenset[str] | None
    """Ministries whose staff it takes inquiries from at first hand; None: everybody."""
    up: str | None = None
    """The desk above it, by id."""
    owns: frozenset[str] = frozenset()
    """Offices whose rules it answers for, as the articles name their owners."""
    staff: frozenset[Staff] = frozenset(Staff)
    head: str | None = None
    """The title of its head's position; None: any head of desk in its ministry."""
    days: int | None = None
    """Working days within which it answers; None: what the deployment says."""
    days_off: frozenset[date] = frozenset()
    """Of its own and of its ministry."""
    hours: str | None = None
    """When it can be reached, in its own words."""
    reply: Release = Release.DIRECT
    signs: Signature = Signature.OFFICE

    @property
    def is_common(self) -> bool:
        return self.serves is None


@dataclass(frozen=True, slots=True)
class Ladder:
    """The desks as a deployment has them: those that nobody reads are passed over."""

    desks: tuple[Desk, ...]
    reachable: frozenset[str]
    """Ids of the desks that have a conversation."""

    @property
    def common(self) -> Desk:
        """The one desk that everybody may turn to; it is there even if nobody reads it yet."""
        return next(desk for desk in self.desks if desk.is_common)

    @property
    def open(self) -> tuple[Desk, ...]:
        """The desks that an inquiry may go to, in the order of the content."""
        return tuple(d for d in self.desks if d.id in self.reachable or d.is_common)

    def get(self, id: str | None) -> Desk:
        """The desk of an id; the common one for None, and for a desk that nobody reads any more."""
        return next((desk for desk in self.open if desk.id == id), self.common)

    def find_first(self, ministry: str | None) -> Desk:
        """Where an inquiry of somebody from a ministry begins: their own desk, else the common."""
        own = (desk for desk in self.open if desk.serves and ministry in desk.serves)
        return next(own, self.common)

    def find_above(self, desk: Desk, owners: Collection[str] = ()) -> Desk | None:
        """The next rung: above the common desk, who owns the rule that it is about, if it knows."""
        if desk.is_common:
            owning = (other for other in self.open if other.owns & set(owners) and other != desk)
            found = next(owning, None)
            if found is not None:
                return found
        return next((above for above in self._climb(desk) if above in self.open), None)

    def is_above(self, one: Desk, other: Desk) -> bool:
        """Whether one desk's ladder leads from another up to it."""
        return one in self._climb(other)

    def _climb(self, desk: Desk) -> Iterator[Desk]:
        """The desks above one, the nearest first; the content check leaves no circle."""
        by_id = {desk.id: desk for desk in self.desks}
        while desk.up is not None:
            desk = by_id[desk.up]
            yield desk
