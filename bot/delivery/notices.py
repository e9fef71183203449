"""Notices from outside: lines of JSON that become posts, all of them or none."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.conversation.address import Account, Conversation, Place, Target
from bot.conversation.message import Message, Priority
from bot.conversation.wire import encode
from bot.database.engine import Transaction
from bot.delivery.outbox import OUTSIDE, Kind, State, find_replay, make_delivery_id, outbox

TEXT_LIMIT = 3000
"""Characters of a notice: what one paragraph of the narrowest service holds."""
KEY_LIMIT = 200
BATCH = 500
"""Rows of one statement."""

_NEEDED = ("key", "service", "conversation", "text")
_KNOWN = (*_NEEDED, "tenant", "thread", "priority")
_PRIORITIES = {priority.name.lower(): priority for priority in Priority}


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody outside wants to be posted once."""

    key: str
    target: Target
    text: str
    priority: Priority


def parse_notices(
    lines: Iterable[str], tenants: Mapping[str, str]
) -> tuple[list[Notice], list[str]]:
    """The notices in some lines, and what is wrong with which line.

    `tenants` are the services that there are, with the tenant that is meant where none is named.
    """
    notices, faults = [], []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        found = _parse(line, tenants)
        if isinstance(found, Notice):
            notices.append(found)
        else:
            faults += [f"line {number}: {fault}" for fault in found]
    return notices, faults


def _parse(line: str, tenants: Mapping[str, str]) -> Notice | list[str]:
    try:
        given = json.loads(line)
    except ValueError as error:
        return [f"not JSON: {error}"]
    if not isinstance(given, dict):
        return ["not an object with the keys " + ", ".join(_NEEDED)]
    faults = list(_list_faults(given, tenants))
    if faults:
        return faults
    where = given["conversation"]
    tenant = given.get("tenant") or tenants[given["service"]]
    target: Target = (
        Account(given["service"], tenant, where.removeprefix("@"))
        if where.startswith("@")
        else Place(Conversation(given["service"], tenant, where), given.get("thread"))
    )
    priority = _PRIORITIES[given.get("priority", "notice")]
    return Notice(f"{OUTSIDE}:{given['key']}", target, given["text"], priority)


def _list_faults(given: Mapping[str, Any], tenants: Mapping[str, str]) -> Iterator[str]:
    wrong = [*_list_wrong_keys(given)]
    yield from wrong
    if not wrong:
        yield from _list_wrong_values(given, tenants)


def _list_wrong_keys(given: Mapping[str, Any]) -> Iterator[str]:
    for name in _NEEDED:
        if name not in given:
            yield f"{name} is missing"
    for name, value in given.items():
        if name not in _KNOWN:
            yield f"{name!r} is not a key: {', '.join(_KNOWN)} are"
        elif not isinstance(value, str) or not value.strip():
            yield f"{name} must be a text that says something"


def _list_wrong_values(given: Mapping[str, str], tenants: Mapping[str, str]) -> Iterator[str]:
    for name, limit in (("key", KEY_LIMIT), ("text", TEXT_LIMIT)):
        if len(given[name]) > limit:
            yield f"{name} has {len(given[name]):,} characters, {limit:,} at most"
    for name in ("conversation", "tenant", "thread"):
        if name in given and not re.fullmatch(r"@?[^\s/]{1,100}", given[name]):
            yield f"{name} {given[name][:40]!r} is no id"
    service = given["service"]
    if service not in tenants:
        yield f"service {service!r} is none of {', '.join(tenants)}"
    elif "tenant" not in given and not tenants[service]:
        yield f"tenant is missing, and the settings name none for {service}"
    if given.get("priority", "notice") not in _PRIORITIES:
        yield f"priority {given['priority']!r} is none of {', '.join(_PRIORITIES)}"
    if "thread" in given and given["conversation"].startswith("@"):
        yield "thread: a person is addressed without one"


def put_notices(
    tx: Transaction, notices: Sequence[Notice], word: Callable[[str], Message], now: datetime
) -> int:
    """Keep notices for sending; how many of them were new. `word` makes a message of a text."""
    since = find_replay(tx, OUTSIDE, now)
    insert: Any = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    kept = insert(outbox).on_conflict_do_nothing(index_elements=[outbox.c.key])
    new = 0
    for first in range(0, len(notices), BATCH):
        batch = notices[first : first + BATCH]
        rows = [_row(notice, word(notice.text), since, now) for notice in batch]
        new += len(tx.scalars(kept.returning(outbox.c.id), rows).all())
    return new


def _row(notice: Notice, message: Message, since: datetime | None, now: datetime) -> dict[str, Any]:
    target = notice.target
    tenant = target.tenant if isinstance(target, Account) else target.conversation.tenant
    return {
        "key": notice.key,
        "delivery_id": make_delivery_id(notice.key),
        "kind": Kind.NEW.value,
        "service": target.service,
        "tenant": tenant,
        "conversation": target.key,
        "target": encode(target)[0],
        "body": encode(message)[0],
        "priority": int(notice.priority),
        "state": (State.WAITING if since is None else State.DOUBT).value,
        "attempts": 0,
        "not_before": now,
        "decided_at": now,
        "since": since,
    }


def tell_planner(tx: Transaction) -> None:
    """Have the database count the outbox anew: after many rows at once it plans for none."""
    tx.execute(sa.text("ANALYZE outbox"))
