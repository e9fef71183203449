"""Use cases of the audit log: write down, seal, prune, prove."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import takewhile

from bot.audit import records
from bot.audit.model import (
    START,
    Actor,
    Chain,
    Deed,
    Fault,
    Flaw,
    Link,
    Mark,
    Proof,
    State,
    Values,
    find_faults,
    list_exported,
    seal_entries,
    write_canonical,
)
from bot.calendar import TOKYO
from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.message import Outcome
from bot.database.engine import Transaction

BATCH = 1000
"""Rows that are sealed at once: their transaction is short, and the next one comes in seconds."""
PRUNED = "audit.pruned"
PRUNE_AT_ONCE = 10_000
CLOCK = Actor(Account("bot", "", "clock"))
"""Who does what nobody pressed for."""


class BrokenChain(Exception):
    """What is to be pruned is not whole: it is kept, as it may be evidence."""


def note(
    tx: Transaction,
    who: Actor,
    what: str,
    on: str,
    at: datetime,
    *,
    before: State = None,
    after: State = None,
) -> None:
    """Write down what somebody did, in the transaction that does it.

    The states hold what was decided, never what somebody wrote.
    """
    records.add_deed(tx, Deed(at, who, what, on, _written(before), _written(after)))


def note_read(tx: Transaction, who: Actor, what: str, on: str, of: str, at: datetime) -> None:
    """Write down that somebody was shown what another ministry, `of`, has not published."""
    note(tx, who, what, on, at, before={"of": of})


def note_reads(tx: Transaction, who: Actor, what: str, of: Mapping[str, str], at: datetime) -> None:
    """Write down all that somebody was shown at once: subjects, each with whose it is."""
    states = ((subject, _written({"of": ministry})) for subject, ministry in of.items())
    records.add_deeds(tx, [Deed(at, who, what, subject, state) for subject, state in states])


def note_refusal(
    tx: Transaction, who: Actor, what: str, on: str, refusal: str, at: datetime
) -> None:
    """Write down that a rule said no; what the attempt did is rolled back."""
    records.add_deed(tx, Deed(at, who, what, on, refusal=refusal))


def _written(state: State) -> str | None:
    return None if state is None else write_canonical(state)


# ---------------------------------------------------------------- by the clock


def seal(tx: Transaction, _context: Context) -> Outcome[int]:
    """Chain what was written since the last time; how many rows.

    Ids are given before the commit, so that a row may appear after others with higher ones: it
    comes later in the chain, and nobody who writes waits for anybody.
    """
    chain = records.claim_chain(tx)
    if chain is None:
        return Outcome(0)
    links = tuple(seal_entries(chain.head, records.list_unsealed(tx, BATCH)))
    if links:
        records.put_links(tx, links)
        head = Mark(links[-1].position, links[-1].hash)
        records.put_chain(tx, replace(chain, head=head))
    return Outcome(len(links))


def prune(tx: Transaction, context: Context) -> Outcome[int]:
    """Delete rows that are older than the settings want, from the first on; how many.

    What follows them stays provable by the checkpoint, which the chain itself tells of. Raises
    BrokenChain rather than delete what somebody has changed.
    """
    days = context.settings.audit_days
    chain = records.claim_chain(tx) if days is not None else None
    if days is None or chain is None:
        return Outcome(0)
    # By whole days: the row that tells of a pruning must not lead to one of its own.
    oldest = _begin(context.today() - timedelta(days=days))
    links = tuple(_take_older(tx, oldest))
    if links:
        _prune(tx, chain, links, context.now())
    return Outcome(len(links))


def _take_older(tx: Transaction, moment: datetime) -> Iterator[Link]:
    links = tuple(records.iterate_links(tx, PRUNE_AT_ONCE))
    return takewhile(lambda link: link.entry.deed.at < moment, links)


def _prune(tx: Transaction, chain: Chain, links: tuple[Link, ...], at: datetime) -> None:
    last = Mark(links[-1].position, links[-1].hash)
    if find_faults(lambda: links, replace(chain, head=last)):
        raise BrokenChain("`madoguchi audit verify` tells where; nothing is pruned until then")
    pruned = replace(
        chain,
        checkpoint=last,
        pruned=chain.pruned + len(links),
        pruned_until=max(link.entry.deed.at for link in links),
    )
    records.delete_until(tx, last.position)
    records.put_chain(tx, pruned)
    note(tx, CLOCK, PRUNED, "audit:chain", at, before=_state(chain), after=_state(pruned))


def _state(chain: Chain) -> State:
    """What the log itself tells of its checkpoint."""
    return {**_plain(chain.checkpoint), "rows": chain.pruned, "until": chain.pruned_until}


def _plain(mark: Mark) -> dict[str, str | int]:
    return {"position": mark.position, "hash": mark.hash}


# ---------------------------------------------------------------- proof and export


def prove(tx: Transaction) -> Proof:
    """Go through the whole log, and name what is not as it was sealed."""
    chain = records.get_chain(tx)
    faults = find_faults(partial(records.iterate_links, tx), chain)
    told = records.find_last_after(tx, PRUNED)
    if chain.checkpoint != START and told != write_canonical(_state(chain)):
        faults += (Fault(Flaw.CHECKPOINT, chain.checkpoint.position),)
    return Proof(chain, *records.count_entries(tx), faults)


def compare_kept(tx: Transaction, kept: str, position: int | None) -> tuple[Fault, ...]:
    """Whether the log still holds a head that was kept elsewhere: what was cut off is not there."""
    checkpoint = records.get_chain(tx).checkpoint
    if position is None:
        position = (
            checkpoint.position if kept == checkpoint.hash else records.find_position(tx, kept)
        )
        return () if position is not None else (Fault(Flaw.KEPT, 0),)
    if position < checkpoint.position:
        return (Fault(Flaw.TOO_OLD, position),)
    at_checkpoint = position == checkpoint.position
    found = checkpoint.hash if at_checkpoint else records.find_hash(tx, position)
    return () if found == kept else (Fault(Flaw.KEPT, position),)


def export(tx: Transaction, since: date | None, until: date | None) -> Iterator[Values]:
    """All rows of some days in Tokyo, both included; the oldest first."""
    first = _begin(since) if since else None
    end = _begin(until + timedelta(days=1)) if until else None
    return (list_exported(*row) for row in records.iterate_entries(tx, first, end))


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, TOKYO)
