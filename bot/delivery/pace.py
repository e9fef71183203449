"""How fast each conversation and tenant may be posted to; kept in the database for all replicas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.conversation.message import Priority
from bot.conversation.port import Pace
from bot.database.engine import Transaction
from bot.database.schema import Instant, insert_once, metadata

MARGIN = 1.03
"""How much longer than the service's own an interval is.

It runs from claim to claim, and the service counts arrivals: a request that travels a little
faster than the one before would come too early, and one refusal costs more than 3 % of a second.
"""
CATCH_UP = 0.1
"""The part of an interval by which a tenant's late claim does not delay the next one.

Without it every late wake-up would be lost for good. A conversation's interval has none: services
count those exactly.
"""
FORGOTTEN = timedelta(hours=1)
"""A limit that ended this long ago says nothing any more."""

pace = sa.Table(
    "pace",
    metadata,
    sa.Column("scope", sa.String(300), primary_key=True, doc="a conversation, or service/tenant"),
    sa.Column("not_before", Instant, nullable=False, doc="until then the service refuses all"),
    sa.Column("paced_until", Instant, doc="when the next post keeps the pace"),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds for a scope now."""

    refused_until: datetime | None = None
    paced_until: datetime | None = None

    def until(self, paced: bool) -> datetime | None:
        """When a post may go, or None for at once; `paced` says whether it keeps the pace."""
        ends = [self.refused_until, self.paced_until if paced else None]
        return max((end for end in ends if end is not None), default=None)


def keeps_pace(rule: Pace, priority: int) -> bool:
    """Whether a post of this priority waits for the pace, or for Retry-After alone."""
    return rule.strict or priority < Priority.ANSWER


def put_limit(tx: Transaction, scope: str, until: datetime) -> None:
    """Nobody posts to a conversation, or a service/tenant, before `until`; all replicas obey."""
    if insert_once(tx, pace, {"scope": scope, "not_before": until}) is None:
        longer = sa.and_(pace.c.scope == scope, pace.c.not_before < until)
        tx.execute(sa.update(pace).where(longer).values(not_before=until))


def take_turn(
    tx: Transaction, scope: str, interval: timedelta, known: Limits, now: datetime, paced: bool
) -> bool:
    """Take a tenant's turn, and say when the next one is. False: another sender was quicker.

    What does not keep the pace counts all the same: what does gives way to it.
    """
    if not interval:
        return True
    step, due = MARGIN * interval, known.paced_until or now
    if not paced:
        return _put_turn(tx, scope, max(due, now + step), now)
    next_ = max(due, now - CATCH_UP * interval) + step
    return _put_turn(tx, scope, next_, now, {"known": known.paced_until})


def put_turn(tx: Transaction, scope: str, interval: timedelta, now: datetime) -> None:
    """Say when a conversation's next post may go. Whoever claimed its first one is alone there."""
    if interval:
        _put_turn(tx, scope, now + MARGIN * interval, now)


def _put_turn(
    tx: Transaction,
    scope: str,
    next_: datetime,
    now: datetime,
    only: Mapping[str, datetime | None] | None = None,
) -> bool:
    """Whether it was put; with `only`, not unless the turn is still as it was known."""
    given = {"scope": scope, "not_before": now, "paced_until": next_, **(only or {})}
    return tx.scalar(_make_turn(tx.dialect.name, bool(only)), given) is not None


@cache
def _make_turn(dialect: str, as_known: bool) -> sa.Executable:
    """Made once: to build a statement takes longer than to run it."""
    first: Any = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(pace)
    known = sa.bindparam("known", type_=Instant)
    free = pace.c.paced_until.is_not_distinct_from(known) if as_known else sa.true()
    taken = first.on_conflict_do_update(
        index_elements=[pace.c.scope],
        set_={"paced_until": first.excluded.paced_until},
        where=free,
    )
    return taken.returning(pace.c.scope)  # type: ignore[no-any-return]


def drop_old_limits(tx: Transaction, now: datetime) -> None:
    """Forget what has ended long ago, but nothing that a claim holds at this moment."""
    before = now - FORGOTTEN
    ended = sa.and_(
        pace.c.not_before < before,
        sa.or_(pace.c.paced_until.is_(None), pace.c.paced_until < before),
    )
    old = sa.select(pace.c.scope).where(ended).limit(1000).with_for_update(skip_locked=True)
    tx.execute(sa.delete(pace).where(pace.c.scope.in_(old)))
