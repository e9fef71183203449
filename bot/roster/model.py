"""People, the ministries they belong to and the roles they hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations

from bot.refusal import Refusal


class Role(StrEnum):
    """What somebody may do at the desk; an official without a further role may ask."""

    OFFICIAL = "official"
    DESK_OFFICER = "desk_officer"
    APPROVER = "approver"
    DEPUTY_CIO = "deputy_cio"
    ADMINISTRATOR = "administrator"
    PERSONNEL_OFFICER = "personnel_officer"
    HEAD_OF_DESK = "head_of_desk"


HELD_BY_ONE = frozenset({Role.HEAD_OF_DESK, Role.DEPUTY_CIO})
"""Roles whose positions have one holder at a time."""


class Appointment(StrEnum):
    """How somebody holds a position, the one they chiefly hold first."""

    REGULAR = "regular"
    CONCURRENT = "concurrent"
    ACTING = "acting"
    DELEGATE = "delegate"


_HOLDERS = frozenset({Appointment.REGULAR, Appointment.CONCURRENT})
"""Who holds a position itself; others act beside the holder, or until there is one."""


@dataclass(frozen=True, slots=True)
class Position:
    """A position in a ministry, with what its holder may do at the desk.

    The government's word is a post (官職); in this house a post is what the bot says.
    """

    ministry: str
    title: str
    role: Role


@dataclass(frozen=True, slots=True)
class Holding:
    """Who holds a position from when to when."""

    position: Position
    email: str
    """Who it is: small letters, the same in every row."""
    name: str
    how: Appointment
    since: date
    until: date | None
    """The last day; None: no end is known."""

    @property
    def key(self) -> tuple[Position, str, date]:
        """What makes it the same holding, whatever else is told of it."""
        return self.position, self.email, self.since

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)

    def overlaps(self, other: Holding) -> bool:
        return self.covers(other.since) or other.covers(self.since)


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one holding: it is new, other than before, or removed."""

    before: Holding | None
    after: Holding | None

    @property
    def kind(self) -> str:
        if self.before is None:
            return "added"
        return "changed" if self.after is not None else "removed"


@dataclass(frozen=True, slots=True)
class Clash:
    """Two holdings of one position that cannot both be right."""

    one: Holding
    other: Holding


def compare(
    known: Iterable[Holding], entered: Iterable[Holding], *, whole: bool
) -> tuple[Change, ...]:
    """What entering holdings changes; what they do not name goes only if they are all there is."""
    before = {holding.key: holding for holding in known}
    after = {holding.key: holding for holding in entered}
    changes = [
        Change(before.get(key), holding)
        for key, holding in after.items()
        if before.get(key) != holding
    ]
    if whole:
        changes += [Change(holding, None) for key, holding in before.items() if key not in after]
    return tuple(changes)


def find_clashes(holdings: Iterable[Holding]) -> Iterator[Clash]:
    """Holders who follow each other too early, and people who hold a position twice."""
    held = defaultdict(list)
    for holding in holdings:
        held[holding.position].append(holding)
    for of_one in held.values():
        for one, other in combinations(sorted(of_one, key=lambda holding: holding.since), 2):
            if one.overlaps(other) and _exclude_each_other(one, other):
                yield Clash(one, other)


def _exclude_each_other(one: Holding, other: Holding) -> bool:
    both_hold = {one.how, other.how} <= _HOLDERS
    return one.email == other.email or (both_hold and one.position.role in HELD_BY_ONE)


@dataclass(frozen=True, slots=True)
class Capacity:
    """In what somebody acts: one of the positions that they hold on a day."""

    position: Position
    how: Appointment | None
    """None: they were enrolled with it, and no position is known."""


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
    capacities: tuple[Capacity, ...] = ()
    """The positions held on the day that was asked about, the chief one first."""
    enrolled: tuple[Position, ...] = ()
    """What they were enrolled as besides; these positions have no title."""

    @property
    def positions(self) -> tuple[Position, ...]:
        """In what they may act on that day: a role is of its ministry, and of no other."""
        return (*(capacity.position for capacity in self.capacities), *self.enrolled)

    def choose_capacity(self, *fits: Callable[[Position], bool]) -> Capacity | None:
        """In what they act, of all that they hold: the chief one of those that fit.

        Of several ways to fit the first counts that any of them meets; where none does, all of
        them are as good. None for whoever holds nothing.
        """
        held = (*self.capacities, *(Capacity(position, None) for position in self.enrolled))
        fitting = (one for fit in fits for one in held if fit(one.position))
        return next(fitting, next(iter(held), None))


@dataclass(eq=False)
class UnknownMinistry(Refusal):
    """A ministry was named that is not on the list."""

    name: str


@dataclass(eq=False)
class MinistryAlreadyKnown(Refusal):
    """The roster says where somebody belongs; their own word does not change it."""

    ministry: str
