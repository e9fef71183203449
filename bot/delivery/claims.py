"""Whose turn it is: the next post that may leave, in order, at the pace, to one sender alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from bot.conversation.message import Priority
from bot.conversation.port import NO_PACE, Pace
from bot.conversation.wire import Unreadable, decode
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.delivery.files import get_file
from bot.delivery.outbox import (
    LEASED,
    OPEN,
    PERISHABLE,
    READY,
    Kind,
    Leased,
    State,
    blocking,
    holds,
)
from bot.delivery.pace import Limits, keeps_pace, pace, put_turn, take_turn

LEASE = timedelta(seconds=60)
"""How long a sender may take for one post: twice as long as any call to a chat service, so that
what leaves in its first half has arrived or failed before another sender looks it up."""
LOOKS = (1, 20, 100)
"""How many posts a claim looks at, while those that it has looked at must wait.

Whatever must wait is marked so, and not looked at again before its time: this many is what one
claim may cost, not how far it sees.
"""

NEVER = datetime.max.replace(tzinfo=UTC)
"""When a post is due that waits for a person's decision."""

posts = outbox.outbox


@dataclass(frozen=True, slots=True)
class Terms:
    """What a service says that matters to whoever claims."""

    pace: Pace = NO_PACE
    history_lag: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant with posts that wait, and what holds for it now."""

    service: str
    id: str
    limits: Limits
    pace: Pace

    @property
    def scope(self) -> str:
        return f"{self.service}/{self.id}"

    @property
    def named(self) -> dict[str, str]:
        """As statements ask for it."""
        return {"service": self.service, "tenant": self.id}

    def until(self, priority: int) -> datetime | None:
        return self.limits.until(keeps_pace(self.pace, priority))

    def least(self, now: datetime) -> int:
        """The least priority that may go now; above all of them where nothing may."""
        may = [one for one in Priority if (self.until(one) or now) <= now]
        return min(may, default=max(Priority) + 1)


def claim_post(
    tx: Transaction, services: Mapping[str, Terms], now: datetime, lease: timedelta = LEASE
) -> Leased | None:
    """Lease the next due post of the services at hand, or None.

    Most urgent first, then whichever has waited longest; within a conversation strictly in the
    order of decisions. One whose time has passed is leased all the same, and says that it is late.
    """
    tenants = list(_list_tenants(tx, services))
    for urgent in (True, False) if len(tenants) > 1 else (False,):
        for tenant in tenants:
            # Where there are several, an answer in one goes before a broadcast in another.
            least = max(Priority.ANSWER if urgent else min(Priority), tenant.least(now))
            leased = _claim_of(tx, tenant, least, now, lease) if least <= max(Priority) else None
            if leased is not None:
                return leased
    return None


def find_next_due(tx: Transaction, services: Mapping[str, Terms], now: datetime) -> datetime | None:
    """When there may be something to claim, so far as can be told now; None if nothing waits."""
    dues = []
    for tenant in _list_tenants(tx, services):
        for priority in Priority:
            first = tx.scalar(_FIRST, {**tenant.named, "priority": int(priority)})
            if first is not None:
                dues.append(max(first, tenant.until(priority) or first))
    return min(dues, default=None)


def _list_tenants(tx: Transaction, services: Mapping[str, Terms]) -> Iterator[Tenant]:
    """The few tenants among the many posts: each is sought after the one before."""
    for service, terms in services.items():
        tenant, last = "", None
        while tenant != last:
            found = tx.execute(_NEXT_TENANT, {"service": service, "after": tenant}).one_or_none()
            if found is None:
                break
            tenant, last = found.tenant, found.last
            limits = Limits(found.not_before, found.paced_until)
            yield Tenant(service, tenant, limits, terms.pace)


_others = posts.alias("others")
_last_tenant = (
    sa.select(_others.c.tenant)
    .where(holds(READY, "others"), _others.c.service == sa.bindparam("service"))
    .order_by(_others.c.tenant.desc())
    .limit(1)
    .scalar_subquery()
)
_NEXT_TENANT = (
    sa.select(posts.c.tenant, pace.c.not_before, pace.c.paced_until, _last_tenant.label("last"))
    .outerjoin(pace, pace.c.scope == posts.c.service + "/" + posts.c.tenant)
    .where(
        holds(READY),
        posts.c.service == sa.bindparam("service"),
        posts.c.tenant > sa.bindparam("after"),
    )
    .order_by(posts.c.tenant)
    .limit(1)
)


# Statements are made once: to build one takes longer than to run it.
_READY = sa.and_(
    holds(READY),
    posts.c.service == sa.bindparam("service"),
    posts.c.tenant == sa.bindparam("tenant"),
)
_FIRST = (
    sa.select(posts.c.not_before)
    .where(_READY, posts.c.priority == sa.bindparam("priority"), posts.c.not_before.is_not(None))
    .order_by(posts.c.not_before)
    .limit(1)
)
# Not a bare column: SQLite would walk the index by time alone, and then sort what it found.
_begins = sa.func.coalesce(posts.c.not_before, NEVER)
_DUE = (
    sa.select(posts.c.id)
    .where(_READY, posts.c.priority >= sa.bindparam("least"), _begins <= sa.bindparam("now"))
    .order_by(posts.c.priority.desc(), posts.c.not_before, posts.c.id)
    .limit(sa.bindparam("many"))
    .with_for_update(skip_locked=True)
)


def _claim_of(
    tx: Transaction, tenant: Tenant, least: int, now: datetime, lease: timedelta
) -> Leased | None:
    due = {**tenant.named, "least": int(least), "now": now}
    for many in LOOKS:
        locked = tx.scalars(_DUE, {**due, "many": many}).all()
        if not locked:
            return None
        first = _find_first(tx, locked, tenant.pace, now)
        if first is not None:
            return _lease(tx, first, tenant, now, lease)
    return None


def _find_first(tx: Transaction, locked: Sequence[int], rule: Pace, now: datetime) -> Any:
    """The first of some locked posts that may go; those before it are marked as having to wait.

    A statement of its own: what closed while the rows were being locked is seen as closed.
    """
    behind: dict[int, int] = {}
    later: dict[int, datetime] = {}
    found = None
    for row in tx.execute(_LOOK, {"ids": locked}):
        limits = Limits(row.refused_until, row.paced_until)
        until = limits.until(keeps_pace(rule, row.priority))
        if row.before is not None:
            behind[row.id] = row.before
        elif until is not None and until > now:
            later[row.id] = until
        else:
            found = row
            break
    waiting = _list_behind(tx, behind)
    if waiting:
        tx.execute(sa.update(posts).where(posts.c.id.in_(waiting)).values(behind=True))
    for id, until in later.items():
        tx.execute(sa.update(posts).where(posts.c.id == id).values(not_before=until))
    return found


def _list_behind(tx: Transaction, behind: Mapping[int, int]) -> list[int]:
    """Which posts may be marked as standing behind the given others.

    One that is being closed at this instant, in a transaction that has not seen the post behind
    it, would never set it free: so the post before is held until the mark is kept, or, where
    somebody else holds it, the post behind is left to be looked at again.
    """
    if not behind:
        return []
    before = sa.select(posts.c.id).where(posts.c.id.in_(set(behind.values())), holds(OPEN))
    held = set(tx.scalars(before.with_for_update(read=True, skip_locked=True)))
    return [id for id, one in behind.items() if one in held]


_earlier = posts.alias("earlier")
_blocked = sa.exists().where(
    _earlier.c.conversation == posts.c.conversation,
    _earlier.c.id < posts.c.id,
    holds(OPEN, "earlier"),
    blocking(_earlier),
)
_before = (
    sa.select(sa.func.max(_earlier.c.id))
    .where(
        _earlier.c.conversation == posts.c.conversation,
        _earlier.c.id < posts.c.id,
        holds(OPEN, "earlier"),
        blocking(_earlier),
    )
    .scalar_subquery()
)
_LOOK = (
    sa.select(
        posts.c.id,
        posts.c.conversation,
        posts.c.state,
        posts.c.priority,
        _before.label("before"),
        pace.c.not_before.label("refused_until"),
        pace.c.paced_until,
    )
    .outerjoin(pace, pace.c.scope == posts.c.conversation)
    .where(posts.c.id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(posts.c.priority.desc(), posts.c.not_before, posts.c.id)
)


def _lease(
    tx: Transaction, row: Any, tenant: Tenant, now: datetime, lease: timedelta
) -> Leased | None:
    # The tenant's row first, the conversation's second: everywhere, so that nobody waits in a ring.
    paced = keeps_pace(tenant.pace, row.priority)
    if not take_turn(tx, tenant.scope, tenant.pace.tenant, tenant.limits, now, paced):
        return None
    put_turn(tx, row.conversation, tenant.pace.conversation, now)
    given = {"row": row.id, "by": uuid4().hex, "until": now + lease}
    return _read(tx, tx.execute(_TAKE, given).one(), row.state == State.DOUBT.value, now)


_TAKE = (
    sa.update(posts)
    .where(posts.c.id == sa.bindparam("row"))
    .values(
        state=State.LEASED.value,
        lease=sa.bindparam("by"),
        leased_until=sa.bindparam("until"),
        attempts=posts.c.attempts + 1,
    )
    .returning(*posts.c)
)


def _read(tx: Transaction, row: sa.Row[Any], doubtful: bool, now: datetime) -> Leased | None:
    def load(digest: str) -> bytes:
        return get_file(tx, digest)

    try:
        target, message = decode(row.target, load), decode(row.body, load)
    except Unreadable as unreadable:
        outbox.put_failed(tx, row.id, f"unreadable: {unreadable}", now)
        return None
    return Leased(
        id=row.id,
        lease=row.lease,
        key=row.key,
        delivery_id=row.delivery_id,
        kind=Kind(row.kind),
        service=row.service,
        target=target,
        message=message,
        doubtful=doubtful,
        attempts=row.attempts,
        conversation=row.conversation,
        tenant=row.tenant,
        earlier=outbox.find_sent(tx, row.of) if row.of else None,
        awaited=row.of is not None and outbox.is_underway(tx, row.of),
        since=row.since or row.decided_at,
        replayed=row.since is not None,
        late=row.not_after is not None and row.not_after < now,
    )


# ---------------------------------------------------------------- what time has settled

_expired = sa.and_(holds(LEASED), posts.c.leased_until < sa.bindparam("now"))
_overdue = sa.and_(holds(PERISHABLE), posts.c.not_after < sa.bindparam("now"))
_ANY = sa.select(
    sa.exists().where(_expired).label("expired"), sa.exists().where(_overdue).label("overdue")
)


def settle_overdue(tx: Transaction, services: Mapping[str, Terms], now: datetime) -> None:
    """Take back what dead senders held, and cancel what would be sent too late."""
    any_ = tx.execute(_ANY, {"now": now}).one()
    if any_.expired:
        for service, terms in services.items():
            _return_expired(tx, service, terms, now)
    if any_.overdue:
        overdue = sa.and_(holds(PERISHABLE), posts.c.not_after < now)
        outbox.cancel(tx, overdue, "too late", now)


def _return_expired(tx: Transaction, service: str, terms: Terms, now: datetime) -> None:
    """A dead sender's new post is in doubt; its update or Home is simply sent again.

    What it sent last may not be seen yet: the look-up waits for the history to show it.
    """
    expired = sa.and_(holds(LEASED), posts.c.leased_until < now, posts.c.service == service)
    new = posts.c.kind == Kind.NEW.value
    doubt = sa.case((new, State.DOUBT.value), else_=State.WAITING.value)
    visible = sa.case((new, now + terms.history_lag), else_=now)
    tx.execute(sa.update(posts).where(expired).values(state=doubt, lease=None, not_before=visible))


def release_heads(tx: Transaction) -> None:
    """Let what stands first in its conversation be looked at again.

    Whoever closes a post does so for the next one; an older version of the bot does not.
    """
    behind = sa.and_(holds(OPEN), posts.c.behind, ~_blocked)
    tx.execute(sa.update(posts).where(behind).values(behind=False))
