"""Posts kept in the transaction that decided them, until the service has them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from bot.conversation.address import Conversation, Target
from bot.conversation.message import Home, Message, New, Post, Update
from bot.conversation.port import Sent
from bot.conversation.wire import decode, encode
from bot.database.engine import Transaction
from bot.database.schema import Instant, Serial, insert_once, metadata, one_of
from bot.delivery.files import drop_files, get_file, put_files

LEASE = timedelta(seconds=60)
"""Longer than any call to a chat service may take, retries and time-outs included."""


class State(StrEnum):
    WAITING = "waiting"
    LEASED = "leased"
    DOUBT = "doubt"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Kind(StrEnum):
    NEW = "new"
    UPDATE = "update"
    HOME = "home"


outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("key", sa.String(300), nullable=False, unique=True),
    sa.Column("delivery_id", sa.String(32), nullable=False, unique=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("service", sa.String(20), nullable=False),
    sa.Column("tenant", sa.String(100), nullable=False),
    sa.Column("conversation", sa.String(300), nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("of", sa.String(300), doc="for an update: the key of the post that it rewords"),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("not_before", Instant, doc="null in doubt: waits for a person's decision"),
    sa.Column("not_after", Instant),
    sa.Column("lease", sa.String(32)),
    sa.Column("leased_until", Instant),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("decided_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),
    sa.Column("sent_conversation", sa.String(100)),
    sa.Column("sent_message", sa.String(100)),
    sa.Column("reason", sa.Text),
    one_of("state", State),
    one_of("kind", Kind),
)
_OPEN = "state IN ('waiting', 'leased', 'doubt')"
sa.Index(
    "ix_outbox_open",
    outbox.c.conversation,
    outbox.c.id,
    sqlite_where=sa.text(_OPEN),
    postgresql_where=sa.text(_OPEN),
)
sa.Index("ix_outbox_of", outbox.c.of)

pace = sa.Table(
    "pace",
    metadata,
    sa.Column("scope", sa.String(300), primary_key=True, doc="a conversation, or service/tenant"),
    sa.Column("not_before", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Leased:
    """A post that this sender alone may send until its lease ends."""

    id: int
    lease: str
    key: str
    delivery_id: str
    kind: Kind
    service: str
    target: Target
    message: Message
    doubtful: bool
    """Whether an earlier attempt may have arrived."""
    attempts: int
    decided_at: datetime
    conversation: str
    tenant: str
    earlier: Sent | None
    """For an update: where the post that it rewords stands."""


def put_posts(tx: Transaction, posts: Sequence[Post], key: str, now: datetime) -> tuple[str, ...]:
    """Keep posts for sending; the keys of those that were new.

    A post without a key of its own is `<key>:<its number>`. One whose key exists is left alone.
    """
    kept = []
    for number, post in enumerate(posts):
        own = post.key or f"{key}:{number}"
        if _put_post(tx, post, own, now):
            kept.append(own)
    return tuple(kept)


def _put_post(tx: Transaction, post: Post, key: str, now: datetime) -> bool:
    body, contents = encode(post.message)
    row = insert_once(
        tx,
        outbox,
        {
            "key": key,
            "delivery_id": uuid4().hex,
            "body": body,
            "priority": int(post.priority),
            "state": State.WAITING.value,
            "attempts": 0,
            "not_before": now,
            "decided_at": now,
            **_whereto(tx, post),
        },
    )
    if row is None:
        return False
    put_files(tx, f"outbox:{row}", contents)
    if isinstance(post, Update):
        _supersede(tx, post.of, int(row), now)
    return True


def _whereto(tx: Transaction, post: Post) -> dict[str, Any]:
    match post:
        case New():
            return {**_address(post.target), "kind": Kind.NEW.value, "not_after": post.not_after}
        case Home():
            return {**_address(post.target), "kind": Kind.HOME.value}
        case Update():
            same = (outbox.c.service, outbox.c.tenant, outbox.c.conversation, outbox.c.target)
            earlier = tx.execute(sa.select(*same).where(outbox.c.key == post.of)).one()
            return {**earlier._mapping, "kind": Kind.UPDATE.value, "of": post.of}


def _address(target: Target) -> dict[str, Any]:
    tenant = target.tenant if not hasattr(target, "conversation") else target.conversation.tenant
    return {
        "service": target.service,
        "tenant": tenant,
        "conversation": target.key,
        "target": encode(target)[0],
    }


def _supersede(tx: Transaction, of: str, by: int, now: datetime) -> None:
    """The latest wording wins: earlier ones that still wait need not be sent."""
    older = sa.and_(outbox.c.of == of, outbox.c.id < by, outbox.c.state == State.WAITING.value)
    _cancel(tx, older, "superseded", now)


def withdraw(tx: Transaction, keys: Iterable[str], now: datetime) -> None:
    """Cancel posts that still wait and have become pointless."""
    waiting = sa.and_(outbox.c.key.in_(tuple(keys)), outbox.c.state == State.WAITING.value)
    _cancel(tx, waiting, "withdrawn", now)


def _cancel(tx: Transaction, which: sa.ColumnElement[bool], reason: str, now: datetime) -> None:
    cancelled = (
        sa.update(outbox)
        .where(which)
        .values(state=State.CANCELLED.value, reason=reason, closed_at=now)
        .returning(outbox.c.id)
    )
    for row in tx.scalars(cancelled).all():
        drop_files(tx, f"outbox:{row}")


def claim_post(tx: Transaction, services: Iterable[str], now: datetime) -> Leased | None:
    """Lease the next due post of the services at hand, or None.

    Most urgent first; within a conversation strictly in the order of decisions.
    """
    _return_expired(tx, now)
    late = sa.and_(outbox.c.state == State.WAITING.value, outbox.c.not_after < now)
    _cancel(tx, late, "too late", now)
    found = tx.execute(_due(tuple(services), now)).one_or_none()
    return _lease(tx, found, now) if found else None


def _due(services: tuple[str, ...], now: datetime) -> sa.Select[Any]:
    earlier = outbox.alias("earlier")
    blocked = sa.exists().where(
        earlier.c.conversation == outbox.c.conversation,
        earlier.c.id < outbox.c.id,
        earlier.c.state.in_((State.WAITING.value, State.LEASED.value, State.DOUBT.value)),
        # What waits for a person's decision must not silence the conversation.
        sa.or_(earlier.c.state != State.DOUBT.value, earlier.c.not_before.is_not(None)),
    )
    whole_tenant = outbox.c.service + "/" + outbox.c.tenant
    limited = sa.exists().where(
        pace.c.scope.in_((outbox.c.conversation, whole_tenant)), pace.c.not_before > now
    )
    return (
        sa.select(outbox)
        .where(
            outbox.c.state.in_((State.WAITING.value, State.DOUBT.value)),
            outbox.c.not_before <= now,
            outbox.c.service.in_(services),
            ~blocked,
            ~limited,
        )
        .order_by(outbox.c.priority.desc(), outbox.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _lease(tx: Transaction, row: sa.Row[Any], now: datetime) -> Leased:
    lease = uuid4().hex
    tx.execute(
        sa.update(outbox)
        .where(outbox.c.id == row.id)
        .values(
            state=State.LEASED.value,
            lease=lease,
            leased_until=now + LEASE,
            attempts=outbox.c.attempts + 1,
        )
    )

    def load(digest: str) -> bytes:
        return get_file(tx, digest)

    return Leased(
        id=row.id,
        lease=lease,
        key=row.key,
        delivery_id=row.delivery_id,
        kind=Kind(row.kind),
        service=row.service,
        target=decode(row.target, load),
        message=decode(row.body, load),
        doubtful=row.state == State.DOUBT.value,
        attempts=row.attempts + 1,
        decided_at=row.decided_at,
        conversation=row.conversation,
        tenant=row.tenant,
        earlier=find_sent(tx, row.of) if row.of else None,
    )


def find_sent(tx: Transaction, key: str) -> Sent | None:
    """Where the post with a key stands, or None if it has not been sent."""
    row = tx.execute(sa.select(outbox).where(outbox.c.key == key)).one_or_none()
    if row is None or row.sent_message is None:
        return None
    return Sent(Conversation(row.service, row.tenant, row.sent_conversation), row.sent_message)


def _return_expired(tx: Transaction, now: datetime) -> None:
    """A dead sender's new post is in doubt; its update or Home is simply sent again."""
    expired = sa.and_(outbox.c.state == State.LEASED.value, outbox.c.leased_until < now)
    doubt = sa.case((outbox.c.kind == Kind.NEW.value, State.DOUBT.value), else_=State.WAITING.value)
    tx.execute(sa.update(outbox).where(expired).values(state=doubt, lease=None, not_before=now))


def find_message(tx: Transaction, sent: Sent) -> Message | None:
    """What stands at a place now, by our own record; files are not kept once sent."""
    here = sa.and_(
        outbox.c.service == sent.conversation.service,
        outbox.c.tenant == sent.conversation.tenant,
        outbox.c.sent_conversation == sent.conversation.id,
        outbox.c.sent_message == sent.message,
    )
    last = sa.select(outbox.c.body).where(here).order_by(outbox.c.id.desc()).limit(1)
    body = tx.scalar(last)
    return decode(body, lambda _digest: b"") if body else None


def mark_sent(tx: Transaction, post: Leased, sent: Sent | None, now: datetime) -> None:
    """The service has it; `sent` is None for a Home, which has no place."""
    _close(
        tx,
        post,
        state=State.SENT.value,
        closed_at=now,
        sent_conversation=sent.conversation.id if sent else None,
        sent_message=sent.message if sent else None,
    )
    drop_files(tx, f"outbox:{post.id}")


def mark_failed(tx: Transaction, post: Leased, reason: str, now: datetime) -> None:
    """The service will not have it: kept, with the reason, for an administrator."""
    _close(tx, post, state=State.FAILED.value, reason=reason, closed_at=now)


def mark_waiting(tx: Transaction, post: Leased, reason: str, until: datetime) -> None:
    """Nothing was posted: try again from `until`."""
    state = State.DOUBT if post.doubtful else State.WAITING
    _close(tx, post, state=state.value, reason=reason, not_before=until)


def mark_in_doubt(tx: Transaction, post: Leased, reason: str, until: datetime | None) -> None:
    """It may have been posted: look it up from `until`, or leave it to a person (None)."""
    _close(tx, post, state=State.DOUBT.value, reason=reason, not_before=until)


def put_limit(tx: Transaction, scope: str, until: datetime) -> None:
    """Nobody posts to a conversation, or a service/tenant, before `until`; all replicas obey."""
    if insert_once(tx, pace, {"scope": scope, "not_before": until}) is None:
        longer = sa.and_(pace.c.scope == scope, pace.c.not_before < until)
        tx.execute(sa.update(pace).where(longer).values(not_before=until))


def _close(tx: Transaction, post: Leased, **values: object) -> None:
    """Record what became of a leased post, unless another sender has taken it over."""
    mine = sa.and_(
        outbox.c.id == post.id,
        outbox.c.lease == post.lease,
        outbox.c.state == State.LEASED.value,
    )
    tx.execute(sa.update(outbox).where(mine).values(lease=None, **values))
