"""How much waits in the database, and for how long: what all replicas share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.database.engine import Database, DatabaseError
from bot.delivery import inbox, ledger
from bot.metrics import Depth


def read_depths(database: Database) -> tuple[Depth, ...]:
    """The figures of the database now; where it is away, that alone."""
    try:
        with database.read() as tx:
            now = database.now(tx)
            events, posts = inbox.count_states(tx), ledger.count_states(tx)
            undecided = ledger.count_undecided(tx)
            ages = inbox.find_oldest(tx), ledger.find_oldest(tx)
    except DatabaseError:
        return (_up(False),)
    return (
        _up(True),
        ("inbox_events", "Events that are not done", _numbers(events)),
        ("inbox_oldest_seconds", "Age of the oldest open event", _age(ages[0], now)),
        ("outbox_posts", "Posts that are not sent", _numbers(posts)),
        ("outbox_oldest_seconds", "Age of the oldest open post", _age(ages[1], now)),
        ("outbox_undecided", "Posts in doubt that wait for a person", {"": undecided}),
    )


def _up(up: bool) -> Depth:
    return ("database_up", "Whether this process reaches its database", {"": float(up)})


def _numbers(counts: Mapping[str, int]) -> Mapping[str, float]:
    return {state: float(number) for state, number in counts.items()}


def _age(since: datetime | None, now: datetime) -> Mapping[str, float]:
    return {"": 0.0 if since is None else max(0.0, (now - since).total_seconds())}
