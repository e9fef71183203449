"""The chain by itself: the same value is sealed alike, and no single change goes unseen."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.audit.model import (
    START,
    Actor,
    Chain,
    Deed,
    Entry,
    Fault,
    Link,
    Mark,
    find_faults,
    list_exported,
    make_fingerprint,
    seal_entries,
    write_canonical,
)
from bot.calendar import TOKYO
from bot.conversation.address import Account

TEXTS = st.text(max_size=8)
MAYBE = st.none() | TEXTS
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
ACTORS = st.builds(Actor, st.builds(Account, TEXTS, TEXTS, TEXTS), MAYBE, MAYBE, MAYBE, MAYBE)
DEEDS = st.builds(
    Deed,
    at=st.datetimes(timezones=st.just(UTC)),
    who=ACTORS,
    what=TEXTS,
    subject=TEXTS,
    before=MAYBE,
    after=MAYBE,
    refusal=MAYBE,
)
AT = datetime(2026, 10, 6, 3, 0, tzinfo=UTC)


def seal(deeds: list[Deed]) -> list[Link]:
    entries = [Entry(number, deed) for number, deed in enumerate(deeds, start=101)]
    return list(seal_entries(START, entries))


def made(number: int) -> list[Link]:
    who = Actor(Account("local", "local", "desk1"), "内閣官房")
    return seal([Deed(AT, who, "inquiry.taken_over", f"inquiry:{n}") for n in range(number)])


def whole(links: list[Link]) -> Chain:
    """The chain as its own head tells it."""
    return Chain(Mark(links[-1].position, links[-1].hash) if links else START)


def faults(links: list[Link], chain: Chain) -> list[Fault]:
    found = find_faults(lambda: sorted(links, key=lambda link: link.position), chain)
    return list(found)


def named(links: list[Link], chain: Chain) -> list[tuple[str, int, int | None]]:
    return [(fault.flaw.value, fault.position, fault.other) for fault in faults(links, chain)]


@given(PLAIN)
def test_canonical_json_is_json_and_stays_as_it_is(value: Any) -> None:
    """What is written should be read as the same value, and written again in the same way."""
    written = write_canonical(value)

    assert json.loads(written) == value
    assert write_canonical(json.loads(written)) == written


@given(st.dictionaries(TEXTS, PLAIN, max_size=4))
def test_the_order_of_keys_means_nothing(value: dict[str, Any]) -> None:
    """The same state should be written alike, however it was put together."""
    assert write_canonical(dict(reversed(value.items()))) == write_canonical(value)


def test_what_has_no_canonical_form_is_refused() -> None:
    """A number that JSON does not know, or an object, should not be sealed as something else."""
    for value in (float("nan"), object()):
        with pytest.raises((TypeError, ValueError)):
            write_canonical(value)


@given(st.lists(DEEDS, max_size=5))
def test_a_chain_that_nobody_touched_has_no_fault(deeds: list[Deed]) -> None:
    """Whatever is written, what was sealed should be found as it was sealed."""
    links = seal(deeds)

    assert faults(links, whole(links)) == []


@given(st.lists(DEEDS, min_size=1, max_size=5), st.data())
def test_any_change_of_any_row_is_found_and_named(deeds: list[Deed], data: st.DataObject) -> None:
    """Another value in any column should be found, and that row alone be named."""
    links = seal(deeds)
    victim = data.draw(st.sampled_from(links))
    name = data.draw(st.sampled_from([field.name for field in fields(Deed)]))
    other = getattr(data.draw(DEEDS), name)
    assume(other != getattr(victim.entry.deed, name))
    changed = replace(victim.entry.deed, **{name: other})
    forged = replace(victim, entry=replace(victim.entry, deed=changed))
    after = [forged if link is victim else link for link in links]

    assert named(after, whole(links)) == [("changed", victim.position, None)]
    assert faults(after, whole(links))[0].row == victim.entry.id


@pytest.mark.parametrize("column", ["hash", "previous"])
def test_a_forged_hash_is_found_and_named(column: str) -> None:
    """A hash that is not the row's, or not of the row before, should name that row alone."""
    links = made(5)
    after = [*links[:2], replace(links[2], **{column: "f" * 64}), *links[3:]]

    assert named(after, whole(links)) == [("changed", 3, None)]


def test_a_row_sealed_anew_breaks_what_follows() -> None:
    """Who changes a row and its hash as well should be found at the row that follows it."""
    links = made(5)
    changed = replace(links[2].entry, deed=replace(links[2].entry.deed, subject="inquiry:9"))
    (forged,) = seal_entries(Mark(2, links[1].hash), [changed])

    assert named([*links[:2], forged, *links[3:]], whole(links)) == [("misplaced", 4, None)]


@pytest.mark.parametrize("gone", [1, 3, 5])
def test_a_removed_row_is_found_and_named(gone: int) -> None:
    """Where a row is gone, its position should be named, be it the first or the last."""
    links = made(5)
    after = [link for link in links if link.position != gone]

    assert named(after, whole(links)) == [("missing", gone, gone)]


def test_removed_rows_are_found_though_the_rest_is_numbered_anew() -> None:
    """Closing the gap should not hide what is gone: what follows it follows a row that is not."""
    links = made(5)
    closed = [replace(link, position=link.position - 2) for link in links[3:]]

    assert named([links[0], *closed], whole(links)) == [
        ("misplaced", 2, None),
        ("missing", 4, 5),
    ]


def test_rows_that_changed_places_are_found_and_named() -> None:
    """Each row that is not where it was sealed should be named with the position it follows."""
    links = made(6)
    after = list(links)
    after[1], after[4] = replace(links[4], position=2), replace(links[1], position=5)

    assert named(after, whole(links)) == [
        ("misplaced", 2, 4),
        ("misplaced", 3, 5),
        ("misplaced", 5, 1),
        ("misplaced", 6, 2),
    ]


def test_an_inserted_row_is_found_and_named() -> None:
    """What was put between two rows should be found, sealed well or badly."""
    links = made(4)
    (stranger,) = seal_entries(Mark(2, links[1].hash), [replace(links[0].entry, id=999)])
    moved = [replace(link, position=link.position + 1) for link in links[2:]]

    assert named([*links[:2], stranger, *moved], whole(links)) == [
        ("misplaced", 4, 2),
        ("beyond", 5, 5),
    ]
    twice = sorted([*links, replace(stranger, position=3)], key=lambda link: link.position)
    assert ("misplaced", 3, 2) in named(twice, whole(links))


def test_a_cut_tail_is_found_by_the_chain_s_own_head() -> None:
    """Rows that are gone from the end should be named as long as the head still tells of them."""
    links = made(5)

    assert named(links[:3], whole(links)) == [("missing", 4, 5)]
    assert named(links, whole(links[:3])) == [("beyond", 4, 5)]
    assert named(links, Chain(Mark(5, "f" * 64))) == [("head", 5, None)]


def test_what_follows_a_checkpoint_is_proven_by_it() -> None:
    """Without its pruned beginning a chain should be whole, and with a forged one be broken."""
    links = made(5)
    checkpoint = Mark(2, links[1].hash)

    assert faults(links[2:], replace(whole(links), checkpoint=checkpoint)) == []
    forged = replace(whole(links), checkpoint=Mark(2, "f" * 64))
    assert named(links[2:], forged) == [("misplaced", 3, None)]


def test_an_exported_row_can_be_proven_without_us() -> None:
    """Whoever holds an export should be able to compute each hash from it, as the page says."""
    first, second = made(2)
    row = list_exported(second.entry, second)
    sealed = {name: value for name, value in row.items() if name not in NOT_SEALED}
    text = json.dumps(sealed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    assert row["hash"] == make_fingerprint(f"{first.hash}\n{text}")
    assert row["previous"] == first.hash


NOT_SEALED = {"outcome", "chain_position", "previous", "hash"}


@given(st.lists(DEEDS, min_size=2, max_size=6), st.data())
def test_no_single_mutation_of_the_chain_goes_unseen(
    deeds: list[Deed], data: st.DataObject
) -> None:
    """A row dropped, doubled, moved or cut off at the end should be found, whatever the rows."""
    links = seal(deeds)
    victim = data.draw(st.integers(0, len(links) - 1))
    how = data.draw(st.sampled_from(("drop", "close", "double", "swap", "cut")))
    after = list(links)
    if how == "drop":
        del after[victim]
    elif how == "close":
        after = after[:victim] + [replace(x, position=x.position - 1) for x in after[victim + 1 :]]
    elif how == "double":
        after.append(replace(links[victim], position=len(links) + 1))
    elif how == "swap":
        other = (victim + 1) % len(links)
        a, b = links[victim], links[other]
        after[victim], after[other] = (
            replace(b, position=a.position),
            replace(a, position=b.position),
        )
    else:
        after = after[:victim]

    assert faults(after, whole(links)) != []


def test_times_are_sealed_in_one_zone() -> None:
    """The same instant should be sealed alike, whatever zone the database speaks."""
    deed = made(1)[0].entry.deed
    (utc,), (tokyo,) = seal([deed]), seal([replace(deed, at=deed.at.astimezone(TOKYO))])

    assert tokyo.hash == utc.hash
