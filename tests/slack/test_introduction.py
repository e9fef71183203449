"""Whose account it is: looked up once at Slack, known from the first word, or asked in vain."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from bot.audit.records import audit
from bot.conversation.address import Account
from bot.database.engine import Database
from bot.database.schema import metadata
from bot.roster import flows as roster
from bot.roster.model import Appointment, Holding, Position, Role
from bot.roster.records import lookups
from tests.playing import AT, NOBODY
from tests.slack.fake.fake import FakeSlack
from tests.slack.fake.rules import Fault
from tests.slack.fake.workspace import Channel, Message, Person
from tests.slack.stage import Stage, make_service

ADDRESS = "yamada@env.example.go.jp"
OFFICER = Position("内閣官房", "内閣人事局 主査", Role.DESK_OFFICER)
NOT_KNOWN = "テレワーク中にラジオ体操をしなければなりませんか"


def hold(stage: Stage, position: Position, email: str = ADDRESS) -> None:
    """Enter somebody by their address alone, as an import does."""
    held = Holding(position, email, "山田", Appointment.REGULAR, date(2026, 4, 1), None)
    with stage.app.database.write() as tx:
        changes, _ = roster.examine(tx, (held,), whole=False)
        roster.enter(tx, changes, NOBODY, AT)


def list_linked(database: Database) -> list[str]:
    with database.read() as tx:
        linked = sa.select(audit).where(audit.c.what == "roster.linked")
        return [f"{row.account}: {row.subject}" for row in tx.execute(linked)]


def make_old(database: Database, by: timedelta) -> None:
    """Have the last look-up be longer ago."""
    with database.lease() as tx:
        (asked,) = tx.scalars(sa.select(lookups.c.asked_at)).all()
        tx.execute(sa.update(lookups).values(asked_at=asked - by))


@pytest.fixture
def yamada(workspace: FakeSlack) -> Person:
    return workspace.add_person("yamada", "山田", email=ADDRESS.upper())


def ask(slack: FakeSlack, who: Person) -> Message:
    """Ask, and wait for the answer."""
    said = slack.direct(who, "フレックスのコアタイムは何時間ですか")
    return slack.wait_for(who, thread=said.ts)


def count_asked(slack: FakeSlack) -> int:
    return int(slack.stats["calls"].get("users.info", 0))


def test_an_officer_is_known_from_the_first_press(
    stage: Stage, database: Database, hana: Person, yamada: Person, desk: Channel
) -> None:
    """Whoever stands on the roster by their address should have their rights at once."""
    slack = stage.slack
    desk.members.add(yamada.id)
    hold(stage, OFFICER)
    slack.direct(hana, NOT_KNOWN)
    slack.press(hana, slack.wait_for(hana), "担当者に照会する")
    inquiry = slack.wait_for(desk, "担当者を待っています")
    slack.press(yamada, inquiry, "引き受ける")
    slack.wait_until(lambda: "対応中（内閣人事局 照会窓口の担当者）" in inquiry.words)
    slack.press(yamada, inquiry, "窓口に戻す")
    slack.wait_until(lambda: "担当者を待っています" in inquiry.words)

    assert count_asked(slack) == 1
    assert list_linked(database) == [f"look-up: account:slack/{slack.team}/{yamada.id}"]


def test_who_is_not_on_the_roster_is_looked_up_once_a_day(
    stage: Stage, database: Database, yamada: Person, capfd: pytest.CaptureFixture[str]
) -> None:
    """A look-up in vain should be remembered for a day, or until the roster changes, no address."""
    slack, asked = stage.slack, []
    for age in (timedelta(0), timedelta(hours=23), timedelta(hours=2)):
        if asked:
            make_old(database, age)
        ask(slack, yamada)
        asked.append(count_asked(slack))
    kept = list_texts(database)
    hold(stage, Position("環境省", "総括審議官", Role.DEPUTY_CIO))
    ask(slack, yamada)

    assert [*asked, count_asked(slack)] == [1, 1, 2, 3]
    assert len(list_linked(database)) == 1
    assert ADDRESS not in kept.lower()
    assert ADDRESS not in "".join(capfd.readouterr()).lower()


def list_texts(database: Database) -> str:
    """Everything that is stored, anywhere."""
    with database.read() as tx:
        return "".join(str(tx.execute(sa.select(table)).all()) for table in metadata.sorted_tables)


def test_a_slack_that_does_not_answer_costs_nobody_their_answer(
    stage: Stage, database: Database, yamada: Person
) -> None:
    """The question should be answered all the same, and the look-up be made up for later."""
    slack = stage.slack
    hold(stage, OFFICER)
    slack.fail_next(Fault.FAIL_BEFORE, "users.info")
    for _ in range(2):
        assert "2時間以上4時間以下" in ask(slack, yamada).words
    assert (count_asked(slack), list_linked(database)) == (1, [])
    make_old(database, timedelta(minutes=10))
    ask(slack, yamada)

    assert count_asked(slack) == 2
    assert len(list_linked(database)) == 1


@pytest.mark.parametrize("how", ["confirmed", "unconfirmed", "stranger", "deleted", "unread"])
def test_an_address_that_is_not_surely_theirs_is_not_taken(
    how: str, workspace: FakeSlack, yamada: Person
) -> None:
    """Rights should not hang on an address that somebody outside, or nobody, has confirmed."""
    yamada.confirmed, yamada.deleted = how != "unconfirmed", how == "deleted"
    if how == "stranger":
        yamada.team = "T0OTHER"
    if how == "unread":
        workspace.revoke("users:read.email")
    profile = make_service(workspace).fetch_person(Account("slack", workspace.team, yamada.id))

    assert profile.name == "山田"
    assert profile.email == (ADDRESS.upper() if how == "confirmed" else None)
