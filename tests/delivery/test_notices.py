"""Notices from outside: all or none of them, and each once."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from bot.conversation.address import Account, Conversation, Place
from bot.conversation.message import Priority
from bot.database.engine import Database
from bot.delivery import outbox
from bot.delivery.notices import parse_notices, put_notices, tell_planner
from bot.messages import plain
from tests.delivery.test_outbox import drain, texts
from tests.playing import AT, Room

TENANTS = {"local": "local", "slack": ""}


def line(**more: Any) -> str:
    return json.dumps({"key": "k", "service": "local", "conversation": "c", "text": "報", **more})


def test_a_line_becomes_a_notice() -> None:
    """Whom it goes to, in what thread and how urgently should be as the line says."""
    lines = [
        line(),
        line(key="k2", conversation="@a", priority="broadcast"),
        line(key="k3", thread="12", tenant="other", priority="answer"),
        "",
    ]
    notices, faults = parse_notices(lines, TENANTS)

    assert faults == []
    assert [notice.target for notice in notices] == [
        Place(Conversation("local", "local", "c")),
        Account("local", "local", "a"),
        Place(Conversation("local", "other", "c"), "12"),
    ]
    expected = [Priority.NOTICE, Priority.BROADCAST, Priority.ANSWER]
    assert [notice.priority for notice in notices] == expected


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("{", "not JSON"),
        ("[]", "not an object"),
        ('{"key": "k"}', "text is missing"),
        (line(extra="x"), "'extra' is not a key"),
        (line(text="  "), "text must be a text that says something"),
        (line(key=7), "key must be a text"),
        (line(text="あ" * 3001), "3,001 characters"),
        (line(key="k" * 201), "201 characters"),
        (line(service="fax"), "service 'fax'"),
        (line(service="slack"), "tenant is missing"),
        (line(conversation="a b"), "conversation 'a b' is no id"),
        (line(priority="now"), "priority 'now'"),
        (line(conversation="@a", thread="1"), "without one"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(bad: str, told: str) -> None:
    """A line that means nothing should be told with its number and the reason."""
    _notices, faults = parse_notices([line(), bad], TENANTS)

    assert len([fault for fault in faults if told in fault]) == 1
    assert all(fault.startswith("line 2: ") for fault in faults)


def test_a_known_key_is_ignored(database: Database) -> None:
    """The same file twice should be sent once, and a notice should be sent as it was written."""
    notices, _faults = parse_notices([line(key=f"k{number}") for number in range(3)], TENANTS)
    with database.lease() as tx:
        assert put_notices(tx, notices[:2], plain, AT) == 2
        assert put_notices(tx, [*notices, notices[0]], plain, AT) == 1
        tell_planner(tx)
    room = Room()
    drain(database, room)

    assert texts(room) == ["報", "報", "報"]


def test_a_key_from_outside_is_nobody_elses(database: Database) -> None:
    """A notice should not take the key of what the bot itself has to say."""
    notices, _faults = parse_notices([line(key="event:1:0")], TENANTS)
    with database.lease() as tx:
        put_notices(tx, notices, plain, AT)

    with database.read() as tx:
        assert tx.scalars(sa.select(outbox.outbox.c.key)).all() == ["outside:event:1:0"]
