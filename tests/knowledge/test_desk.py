"""The desks as content, every fault with its line, and the ladder that they make."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from knowledge.desk import Ladder, Release, Signature, Staff
from knowledge.library import content_folder, read_library
from tests.knowledge.content import Content

SHIPPED = read_library(content_folder())
ALL = Ladder(SHIPPED.desks, frozenset(desk.id for desk in SHIPPED.desks))
ONE = Ladder(SHIPPED.desks, frozenset())


def test_a_desk_is_read_field_by_field(content: Content) -> None:
    """What is not written should be what the guide says; its ministry's days off are its."""
    content.spoil(
        "reading: かんきょう", "days_off: [2026-06-01], reading: かんきょう", name="ministries.yaml"
    )
    content.spoil("days: 2}", "days: 2, days_off: [2026-06-02], signs: name}", name="desks.yaml")
    cabinet, owner, kankyo = content.read().desks

    assert (cabinet.is_common, cabinet.up, cabinet.staff) == (True, "owner", {Staff.DESK_OFFICER})
    assert (owner.serves, owner.owns) == (frozenset(), {"人事院"})
    assert (kankyo.serves, kankyo.staff) == ({"環境省"}, set(Staff))
    assert (kankyo.days, kankyo.reply, kankyo.signs) == (2, Release.DIRECT, Signature.NAME)
    assert kankyo.days_off == {date(2026, 6, 1), date(2026, 6, 2)}


FAULTS = {
    "unknown key": ("days: 2", "dayz: 2", 12, "もしかして days"),
    "id in kanji": ("id: kankyo", "id: 環境", 12, "使えません"),
    "id twice": ("id: kankyo", "id: owner", 12, "7行目の窓口"),
    "name twice": ("環境省 人事担当", "人事院", 12, "8行目の窓口"),
    "no name": ("  name: 人事院\n", "", 7, "name がありません"),
    "unknown ministry": ("ministry: 環境省", "ministry: 環境庁", 12, "もしかして 環境省"),
    "serves nobody known": ("serves: []", "serves: [文科]", 10, "という府省はありません"),
    "two for everybody": ("serves: []", "serves: all", 10, "1つだけ"),
    "none for everybody": ("serves: all", "serves: [総務省]", 1, "だれの照会でも"),
    "nobody above": ("up: cabinet", "up: cabinett", 12, "という窓口はありません"),
    "staff of no such role": ("[desk_officer]", "[head]", 6, "desk_officer か personnel_officer"),
    "no staff": ("[desk_officer]", "[]", 6, "staff が空です"),
    "same staff twice": ("ministry: デジタル庁", "ministry: 総務省", 7, "1行目の窓口と"),
    "days that are none": ("days: 2", "days: 0", 12, "1から60まで"),
    "days in words": ("days: 2", "days: 二日", 12, "1から60まで"),
    "day off that is none": ("days: 2", "days_off: [2026-02-30]", 12, "02-30"),
    "reply of no such kind": ("days: 2", "reply: slow", 12, "direct か checked"),
}


@pytest.mark.parametrize(("before", "after", "line", "told"), FAULTS.values(), ids=FAULTS)
def test_faults_are_told_with_their_line(
    content: Content, before: str, after: str, line: int, told: str
) -> None:
    """Every fault of a desk should be named where it stands."""
    content.spoil(before, after, name="desks.yaml")

    mine = [fault for fault in content.faults() if told in fault.message]
    assert [("desks.yaml", line)] == [(fault.file, fault.line) for fault in mine]


def test_a_ladder_that_leads_in_a_circle_is_told(content: Content) -> None:
    """Every desk of the circle should be named, and what only leads into it should not."""
    content.spoil("owns: [人事院]", "up: cabinet", name="desks.yaml")

    told = [(fault.line, "この窓口に戻ります" in fault.message) for fault in content.faults()]
    assert told == [(5, True), (11, True)]


def test_one_desk_is_enough() -> None:
    """Where no other desk has a conversation, everybody should begin and end at the common one."""
    assert ONE.open == (ONE.common,)
    assert {ONE.find_first(office.name) for office in SHIPPED.ministries} == {ONE.common}
    assert ONE.find_first(None) == ONE.common
    assert ONE.find_above(ONE.common, ["人事院"]) is None


def test_every_ministry_begins_at_its_own_desk_and_climbs_to_the_owner_of_the_rule() -> None:
    """The shipped ladder should have the design's three rungs for everybody."""
    for office in (*SHIPPED.ministries, *SHIPPED.other_offices):
        own = ALL.find_first(office.name)
        assert own.ministry == office.name
        assert ALL.find_above(own) == ALL.common
        assert ALL.is_above(ALL.common, own)
    owner = ALL.get("jinjiin")
    assert ALL.find_above(ALL.common) == owner
    assert ALL.find_above(owner) is None
    assert not ALL.is_above(ALL.common, owner)


def test_a_desk_without_a_conversation_is_climbed_past() -> None:
    """What cannot be reached should be no rung."""
    middle = replace(ALL.get("kankyosho-jinji"), id="middle", up="naikaku-jinjikyoku")
    low = replace(ALL.get("kankyosho-jinji"), id="low", up="middle")
    ladder = Ladder((*SHIPPED.desks, middle, low), frozenset({"low"}))

    assert ladder.find_above(low) == ladder.common
    assert ladder.find_first("財務省") == ladder.common


def test_the_owner_of_the_rule_comes_before_the_next_desk() -> None:
    """From the common desk an inquiry should climb to who owns the rule that it is about."""
    soumu = replace(ALL.get("somusho-jinji"), id="soumu", owns=frozenset({"総務省"}))
    ladder = Ladder((*SHIPPED.desks, soumu), ALL.reachable | {"soumu"})

    assert ladder.find_above(ladder.common, ["財務省", "総務省"]) == soumu
    assert ladder.find_above(ladder.common, ["財務省"]) == ladder.get("jinjiin")
    assert ladder.find_above(ladder.common, ["内閣人事局"]) == ladder.get("jinjiin")
    assert ladder.find_above(ladder.get("kankyosho-jinji"), ["総務省"]) == ladder.common


def test_what_names_no_desk_is_the_common_desks() -> None:
    """Inquiries from before there were desks, or of a desk that is gone, should not be lost."""
    assert ALL.get(None) == ALL.get("gone") == ALL.common
    assert ONE.get("kankyosho-jinji") == ONE.common
