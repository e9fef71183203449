"""Who somebody is on a day: positions held, accounts linked, what is entered and refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.conversation.address import Account
from bot.database.engine import Conflict, Database
from bot.roster import flows, records
from bot.roster.model import (
    Appointment,
    Capacity,
    Change,
    Holding,
    Person,
    Position,
    Role,
    find_clashes,
)
from tests.playing import AT, NOBODY, account
from tests.postgresql import Server

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
APRIL = date(2026, 4, 1)
JULY = date(2026, 7, 1)
CIO = Position("環境省", "大臣官房政策立案総括審議官", Role.DEPUTY_CIO)
DESK = Position("内閣官房", "内閣人事局 窓口担当", Role.DESK_OFFICER)
APPROVER = Position("内閣官房", "内閣人事局 承認者", Role.APPROVER)
SLACK = Account("slack", "T1", "U1")


def held(
    position: Position,
    who: str,
    since: date = APRIL,
    until: date | None = None,
    how: Appointment = Appointment.REGULAR,
) -> Holding:
    return Holding(position, f"{who}@go.example", who, how, since, until)


def enter(database: Database, *holdings: Holding, whole: bool = False) -> tuple[Change, ...]:
    with database.write() as tx:
        changes, clashes = flows.examine(tx, holdings, whole=whole)
        assert clashes == ()
        flows.enter(tx, changes, NOBODY, AT)
    return changes


def link(database: Database, who: str, account: Account = SLACK) -> bool:
    with database.write() as tx:
        return flows.link_account(tx, account, f"{who.upper()}@go.example", NOBODY, AT)


def find(database: Database, day: date | None, account: Account = SLACK) -> Person:
    with database.read() as tx:
        found = flows.find_person(tx, account, day)
    assert found is not None
    return found


# ---------------------------------------------------------------- who holds what


def test_a_position_gives_its_role_while_it_is_held(database: Database) -> None:
    """A role should begin with the first day and end after the last, and the person remain."""
    enter(database, held(CIO, "sato", APRIL, JULY - DAY))
    assert link(database, "sato")

    before, first, last, after = (
        find(database, day).roles for day in (APRIL - DAY, APRIL, JULY - DAY, JULY)
    )
    assert (before, after) == (frozenset(), frozenset())
    assert first == last == {Role.DEPUTY_CIO}
    assert find(database, JULY).ministry == "環境省"


def test_a_handover_takes_place_on_its_day(database: Database) -> None:
    """Who leaves should hold the position to the last day, who follows from the next."""
    enter(database, held(CIO, "sato"))
    enter(database, held(CIO, "sato", until=JULY - DAY), held(CIO, "ito", JULY))

    with database.read() as tx:
        june, july = (flows.list_holdings(tx, day) for day in (JULY - DAY, JULY))
        history = flows.list_holdings(tx)
    assert [holding.name for holding in june] == ["sato"]
    assert [holding.name for holding in july] == ["ito"]
    assert len(history) == 2


def test_several_positions_are_held_at_once(database: Database) -> None:
    """Each position should be a capacity of its own, the chief one first: it gives the ministry."""
    enter(
        database,
        held(APPROVER, "sato", date(2025, 4, 1), how=Appointment.DELEGATE),
        held(DESK, "sato", date(2025, 7, 1), how=Appointment.CONCURRENT),
        held(CIO, "sato"),
    )
    link(database, "sato")
    person = find(database, APRIL)

    assert person.ministry == "環境省"
    assert person.roles == {Role.DEPUTY_CIO, Role.DESK_OFFICER, Role.APPROVER}
    assert person.capacities == (
        Capacity(CIO, Appointment.REGULAR),
        Capacity(DESK, Appointment.CONCURRENT),
        Capacity(APPROVER, Appointment.DELEGATE),
    )


def test_what_somebody_was_enrolled_with_stays(database: Database) -> None:
    """A persona's own roles should count with a day and without, beside positions held."""
    with database.write() as tx:
        flows.enrol(tx, account("a"), "a", "環境省", frozenset({Role.ADMINISTRATOR}))

    for day in (None, APRIL):
        person = find(database, day, account("a"))
        assert person.ministry == "環境省"
        assert person.roles == {Role.ADMINISTRATOR}
        assert person.capacities == ()


# ---------------------------------------------------------------- what is entered


def test_entering_twice_changes_nothing(database: Database) -> None:
    """A file that was entered should hold no change the second time."""
    rows = (held(CIO, "sato"), held(DESK, "ito", until=JULY))

    assert enter(database, *rows) == tuple(Change(None, row) for row in rows)
    assert enter(database, *rows) == ()


def test_a_row_that_differs_is_changed_and_others_stay(database: Database) -> None:
    """An end, a name and an appointment should be noted; what is not named should stay."""
    before = held(CIO, "sato")
    enter(database, before, held(DESK, "ito"))
    after = replace(before, name="佐藤", until=JULY, how=Appointment.CONCURRENT)

    assert enter(database, after) == (Change(before, after),)
    with database.read() as tx:
        assert set(flows.list_holdings(tx)) == {after, held(DESK, "ito")}


def test_a_whole_roster_removes_what_it_does_not_hold(database: Database) -> None:
    """A wrong first day should be correctable: the old row goes where the file is all there is."""
    wrong, right = held(CIO, "sato", date(2026, 4, 10)), held(CIO, "sato")
    enter(database, wrong)

    assert enter(database, right, whole=True) == (Change(None, right), Change(wrong, None))
    with database.read() as tx:
        assert flows.list_holdings(tx) == (right,)


def test_a_clash_with_the_roster_is_found(database: Database) -> None:
    """A second holder of a position for one should be told, also where the first is not entered."""
    enter(database, held(CIO, "sato"))
    with database.read() as tx:
        _, clashes = flows.examine(tx, [held(CIO, "ito", JULY)], whole=False)
        _, alone = flows.examine(tx, [held(CIO, "ito", JULY)], whole=True)

    assert [(clash.one.name, clash.other.name) for clash in clashes] == [("sato", "ito")]
    assert alone == ()


@pytest.mark.parametrize(
    ("one", "other", "clashing"),
    [
        (held(CIO, "a", APRIL, JULY), held(CIO, "b", JULY), True),
        (held(CIO, "a", APRIL, JULY), held(CIO, "b", JULY + DAY), False),
        (held(CIO, "a"), held(CIO, "b", how=Appointment.CONCURRENT), True),
        (held(CIO, "a"), held(CIO, "b", how=Appointment.ACTING), False),
        (held(CIO, "a"), held(CIO, "b", how=Appointment.DELEGATE), False),
        (held(DESK, "a"), held(DESK, "b"), False),
        (held(DESK, "a"), held(DESK, "a", JULY), True),
        (held(DESK, "a"), held(APPROVER, "a"), False),
        (held(CIO, "a"), held(replace(CIO, ministry="総務省"), "b"), False),
    ],
)
def test_which_holdings_clash(one: Holding, other: Holding, clashing: bool) -> None:
    """One holder at a time where there is one, nobody twice, and those who act beside them."""
    assert bool(list(find_clashes([one, other]))) == clashing
    assert bool(list(find_clashes([other, one]))) == clashing


@pytest.mark.postgresql
def test_of_two_rosters_at_once_one_is_entered(server: Server) -> None:
    """Rival holders that two administrators enter unknown to each other should not both stay."""
    database = Database.at(server.create(template="template"))
    sato, ito = held(CIO, "sato"), held(CIO, "ito", JULY)

    def enter_beside_another() -> None:
        with database.write() as slow:
            changes, clashes = flows.examine(slow, [sato], whole=False)
            assert clashes == ()
            enter(database, ito)
            flows.enter(slow, changes, NOBODY, AT)

    with pytest.raises(Conflict):
        enter_beside_another()
    with database.read() as tx:
        assert flows.list_holdings(tx) == (ito,)
    database.close()


# ---------------------------------------------------------------- accounts


def test_an_account_is_linked_by_its_address(database: Database) -> None:
    """An account should be tied to whom the roster knows by that address, and to nobody else."""
    enter(database, held(CIO, "sato"))

    assert link(database, "sato")
    assert link(database, "sato")
    assert not link(database, "stranger", Account("slack", "T1", "U2"))
    assert find(database, APRIL).name == "sato"


def test_ones_own_word_gives_way_to_the_roster(database: Database) -> None:
    """Who had named their ministry themselves should be whom the roster knows once linked."""
    enter(database, held(CIO, "sato"))
    with database.write() as tx:
        official = frozenset({Role.OFFICIAL})
        records.add_person(tx, SLACK, "", "総務省", official, declared=True)

    assert link(database, "sato")
    person = find(database, APRIL)
    assert (person.name, person.ministry, person.declared) == ("sato", "環境省", False)
    assert person.roles == {Role.DEPUTY_CIO}


def test_an_account_stays_with_whom_the_roster_gave_it(database: Database) -> None:
    """Another's address should not move an account that is somebody's on the roster."""
    enter(database, held(CIO, "sato"), held(DESK, "ito"))
    link(database, "sato")

    assert not link(database, "ito")
    assert find(database, APRIL).name == "sato"


# ---------------------------------------------------------------- looked up at a chat service


def test_of_several_who_would_look_somebody_up_one_does(database: Database) -> None:
    """A claim should be one's alone until the service has had its time to answer."""
    with database.lease() as tx:
        claims = [flows.claim_look_up(tx, SLACK, AT + n * MINUTE) for n in (0, 0, 9, 10, 11)]

    assert claims == [True, False, False, True, False]


def test_who_was_not_found_is_looked_up_again_after_a_day_or_an_import(database: Database) -> None:
    """A look-up in vain should be remembered, but not longer than what it was in vain for."""
    with database.write() as tx:
        assert flows.claim_look_up(tx, SLACK, AT)
        assert not flows.meet(tx, SLACK, "nobody@go.example", AT)
        due = [flows.is_look_up_due(tx, SLACK, AT + DAY - n * MINUTE) for n in (1, 0)]
    enter(database, held(CIO, "sato"))
    with database.read() as tx:
        again = flows.is_look_up_due(tx, SLACK, AT)

    assert (due, again) == ([False, True], True)


def test_ones_own_word_does_not_make_one_known(database: Database) -> None:
    """Whoever chose their ministry themselves should still be looked up, and be known by then."""
    enter(database, held(CIO, "sato"))
    with database.write() as tx:
        records.add_person(tx, SLACK, "", "財務省", frozenset(), declared=True)
        before = flows.is_known(tx, SLACK)
        flows.claim_look_up(tx, SLACK, AT)
        met = flows.meet(tx, SLACK, "Sato@go.example", AT)
        after = flows.is_known(tx, SLACK)

    assert (before, met, after) == (False, True, True)
    assert find(database, date(2026, 10, 6)).ministry == "環境省"
