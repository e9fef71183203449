"""What the audit log keeps of a deed, and how its rows hold each other in place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from bot.conversation.address import Account

State = Mapping[str, Any] | None
"""What something is like before or after a deed: never what somebody wrote."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, and as what, as far as the roster knows."""

    account: Account
    ministry: str | None = None
    title: str | None = None
    """Of the position in which it is done."""
    role: str | None = None
    """What that position may do at the desk."""
    appointment: str | None = None
    """How they hold it."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did, or was refused."""

    at: datetime
    who: Actor
    what: str
    """A fixed verb: what of, a dot, what was done: inquiry.taken_over."""
    subject: str
    """What it was done to: its kind, a colon, its number, token or id: inquiry:2026-00001."""
    before: str | None = None
    """The state, as `write_canonical` writes it."""
    after: str | None = None
    refusal: str | None = None
    """The name of the rule that said no; None: it was done."""

    @property
    def outcome(self) -> str:
        return "refused" if self.refusal else "done"


@dataclass(frozen=True, slots=True)
class Entry:
    """A deed as the log holds it: nothing of it ever changes."""

    id: int
    deed: Deed


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of the chain: whoever keeps one elsewhere can tell whether all up to it is whole."""

    position: int
    hash: str


START = Mark(0, "0" * 64)
"""What the first row of all follows."""


@dataclass(frozen=True, slots=True)
class Link:
    """A sealed row: its place in the chain, the hash that it follows, and its own."""

    position: int
    previous: str
    hash: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Chain:
    """Where the chain ends, and where what is left of it begins."""

    head: Mark
    checkpoint: Mark = START
    """The last row that was pruned."""
    pruned: int = 0
    """How many rows were pruned in all."""
    pruned_until: datetime | None = None
    """When the youngest of them was written."""


class Flaw(StrEnum):
    """What is wrong with the chain."""

    CHANGED = "changed"
    MISSING = "missing"
    MISPLACED = "misplaced"
    BEYOND = "beyond"
    HEAD = "head"
    CHECKPOINT = "checkpoint"
    KEPT = "kept"
    TOO_OLD = "too_old"


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that is not as it was sealed, or a place where one is missing."""

    flaw: Flaw
    position: int
    row: int | None = None
    """The row that stands there."""
    other: int | None = None
    """The last of several missing positions; or the position that a misplaced row follows."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What the log is found to be."""

    chain: Chain
    sealed: int
    unsealed: int
    """Rows that are in no chain yet."""
    faults: tuple[Fault, ...]


# ---------------------------------------------------------------- writing


def write_canonical(value: object) -> str:
    """JSON that is the same for the same value: keys in order, no spaces, ISO 8601 for times."""
    return json.dumps(
        value,
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
        default=_make_plain,
    )


def _make_plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    raise TypeError(f"no canonical form: {type(value).__name__}")


def make_fingerprint(text: str) -> str:
    """What a text can be known by without being kept."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


Values = dict[str, str | int | None]
"""A row as plain values, by name."""


def list_values(entry: Entry) -> Values:
    """All that a row is sealed with."""
    deed, who = entry.deed, entry.deed.who
    return {
        "id": entry.id,
        "at": deed.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "service": who.account.service,
        "tenant": who.account.tenant,
        "account": who.account.id,
        "ministry": who.ministry,
        "title": who.title,
        "role": who.role,
        "appointment": who.appointment,
        "what": deed.what,
        "subject": deed.subject,
        "before": deed.before,
        "after": deed.after,
        "refusal": deed.refusal,
    }


def list_exported(entry: Entry, link: Link | None) -> Values:
    """All of a row: whoever has it can compute its hash again."""
    place: Values = {
        "chain_position": link.position if link else None,
        "previous": link.previous if link else None,
        "hash": link.hash if link else None,
    }
    return {**list_values(entry), "outcome": entry.deed.outcome, **place}


# ---------------------------------------------------------------- sealing and proving


def compute_hash(previous: str, entry: Entry) -> str:
    """What seals a row behind the one that has the hash before."""
    return make_fingerprint(f"{previous}\n{write_canonical(list_values(entry))}")


def seal_entries(head: Mark, entries: Iterable[Entry]) -> Iterator[Link]:
    """The rows as the chain's next links."""
    for entry in entries:
        head = Mark(head.position + 1, compute_hash(previous := head.hash, entry))
        yield Link(head.position, previous, head.hash, entry)


def find_faults(links: Callable[[], Iterable[Link]], chain: Chain) -> tuple[Fault, ...]:
    """Every row that is not as it was sealed, and every gap; rows come in order of position.

    They are gone through a second time only if some row is out of its place, to find that place.
    """
    faults: list[Fault] = []
    strays: dict[int, str] = {}
    position, hashes = chain.checkpoint.position, frozenset({chain.checkpoint.hash})
    for link in links():
        own = _list_hashes(link)
        faults += _examine_place(link, position, hashes, is_changed=len(own) > 1)
        if faults and faults[-1] == Fault(Flaw.MISPLACED, link.position, link.entry.id):
            strays[link.position] = link.previous
        position, hashes = max(link.position, position), own
    faults += _examine_head(chain.head, position, hashes)
    return _place(faults, strays, links, chain.checkpoint) if strays else tuple(faults)


def _list_hashes(link: Link) -> frozenset[str]:
    """The hash that a row tells, and the one that it has: the same, where nobody changed it."""
    return frozenset({link.hash, compute_hash(link.previous, link.entry)})


def _examine_place(
    link: Link, position: int, hashes: frozenset[str], *, is_changed: bool
) -> Iterator[Fault]:
    """Whether a row is as it was sealed, and stands behind the one that was there before it."""
    if link.position > position + 1:
        yield Fault(Flaw.MISSING, position + 1, other=link.position - 1)
    is_next = link.position == position + 1
    if is_changed:
        yield Fault(Flaw.CHANGED, link.position, link.entry.id)
    elif link.position <= position or (is_next and link.previous not in hashes):
        yield Fault(Flaw.MISPLACED, link.position, link.entry.id)


def _examine_head(head: Mark, position: int, hashes: frozenset[str]) -> Iterator[Fault]:
    """Whether the chain ends where its own head says."""
    if position < head.position:
        yield Fault(Flaw.MISSING, position + 1, other=head.position)
    elif position > head.position:
        yield Fault(Flaw.BEYOND, head.position + 1, other=position)
    elif head.hash not in hashes:
        yield Fault(Flaw.HEAD, head.position)


def _place(
    faults: Iterable[Fault],
    strays: Mapping[int, str],
    links: Callable[[], Iterable[Link]],
    checkpoint: Mark,
) -> tuple[Fault, ...]:
    """Say of each misplaced row which position it follows, if that row is still there."""
    sought = set(strays.values())
    places = {checkpoint.hash: checkpoint.position}
    places |= {link.hash: link.position for link in links() if link.hash in sought}
    return tuple(
        replace(fault, other=places.get(strays[fault.position]))
        if fault.flaw is Flaw.MISPLACED
        else fault
        for fault in faults
    )
