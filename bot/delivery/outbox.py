"""Posts kept in the transaction that decided them, until the service has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from bot.conversation.address import Conversation, Target
from bot.conversation.message import Home, Message, New, Post, Update
from bot.conversation.port import Sent
from bot.conversation.wire import Files, Unreadable, decode, encode
from bot.database.engine import Transaction
from bot.database.schema import Instant, Serial, insert_once, metadata, one_of
from bot.delivery.files import drop_files, get_file, put_files

OUTSIDE = "outside"
"""The decision behind every notice from outside: whoever wrote it named it for good."""


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
    sa.Column(
        "behind",
        sa.Boolean,
        nullable=False,
        server_default=sa.false(),
        doc="an earlier post of the conversation is open: need not be looked at before it closes",
    ),
    sa.Column("since", Instant, doc="from when another life of this database may have sent it"),
    sa.Column("instead", sa.Text, doc="the post that takes its place if the service refuses it"),
    sa.Column("lost", sa.Text, doc="the post that tells of it if nothing took its place"),
    one_of("state", State),
    one_of("kind", Kind),
)
# Conditions of partial indexes. They are text, with states as literals, here and in queries: no
# planner would use such an index for a state that it hears as a parameter.
OPEN = "state IN ('waiting', 'leased', 'doubt')"
READY = "state IN ('waiting', 'doubt') AND NOT behind"
LEASED = "state = 'leased'"
PERISHABLE = "state = 'waiting' AND not_after IS NOT NULL"


def holds(condition: str, posts: str = "outbox") -> sa.TextClause:
    """One of the conditions above, said of the outbox or of an alias of it."""
    return sa.text(re.sub("state|behind|not_after", rf"{posts}.\g<0>", condition))


def _index(name: str, where: str, *columns: sa.ColumnElement[Any]) -> sa.Index:
    return sa.Index(name, *columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


_index("ix_outbox_open", OPEN, outbox.c.conversation, outbox.c.id)
_index(
    "ix_outbox_ready",
    READY,
    outbox.c.service,
    outbox.c.tenant,
    outbox.c.priority.desc(),
    outbox.c.not_before,
    outbox.c.id,
)
_index("ix_outbox_leased", LEASED, outbox.c.leased_until)
_index("ix_outbox_perishable", PERISHABLE, outbox.c.not_after)
_index("ix_outbox_settled", "state IN ('failed', 'cancelled')", outbox.c.state, outbox.c.id)
sa.Index("ix_outbox_of", outbox.c.of)
sa.Index("ix_outbox_sent_message", outbox.c.sent_message)

replays = sa.Table(
    "replays",
    metadata,
    sa.Column("key", sa.String(300), primary_key=True, doc="of a decision, without repetitions"),
    sa.Column("since", Instant, nullable=False, doc="when the backup was made"),
    sa.Column("until", Instant, doc="null: for good"),
)
"""Decisions that this database may make a second time, because it was restored from a backup."""


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
    conversation: str
    tenant: str
    earlier: Sent | None
    """For an update: where the post that it rewords stands."""
    since: datetime
    """When it can have been sent at the earliest."""
    replayed: bool
    """Whether another life of this database may have sent it, in other words."""
    late: bool
    """Whether its time had passed when it was claimed."""
    awaited: bool = False
    """For an update: whether the post that it rewords is still on its way, by another one."""


def put_posts(tx: Transaction, posts: Sequence[Post], key: str, now: datetime) -> tuple[str, ...]:
    """Keep posts for sending; the keys of those that were new.

    A post without a key of its own is `<key>:<its number>`. One whose key exists is left alone.
    """
    since = find_replay(tx, key, now) if posts else None
    kept = []
    for number, post in enumerate(posts):
        own, place = post.key or f"{key}:{number}", f"{key}:{number}"
        if _put_post(tx, post, own, make_delivery_id(place), now, since):
            kept.append(own)
    return tuple(kept)


def make_delivery_id(place: str) -> str:
    """The id by which a service finds a post again, made from the decision and its number in it.

    Keys of posts may hold what a restored database would number otherwise, or make up anew; the
    decision and its order are the same whenever it is made again.
    """
    return sha256(place.encode()).hexdigest()[:32]


def get_decision(key: str) -> str:
    """A decision's key without what tells its repetitions apart."""
    return key.partition("#")[0]


def find_replay(tx: Transaction, key: str, now: datetime) -> datetime | None:
    """From when a decision's posts may have been sent in another life of this database, if so."""
    found = tx.execute(_REPLAY, {"of": get_decision(key)}).one_or_none()
    if found is None or (found.until is not None and found.until < now):
        return None
    since: datetime = found.since
    return since


# Made once, like all that every post asks for: to build a statement takes longer than to run it.
_REPLAY = sa.select(replays).where(replays.c.key == sa.bindparam("of"))


def _put_post(
    tx: Transaction,
    post: Post,
    key: str,
    delivery_id: str,
    now: datetime,
    since: datetime | None,
) -> bool:
    body, contents = encode(post.message)
    others, more = _encode_others(post)
    doubtful = since is not None and isinstance(post, New)
    row = insert_once(
        tx,
        outbox,
        {
            "key": key,
            "delivery_id": delivery_id,
            "body": body,
            "priority": int(post.priority),
            "state": (State.DOUBT if doubtful else State.WAITING).value,
            "attempts": 0,
            "not_before": now,
            "decided_at": now,
            "since": since,
            **others,
            **_whereto(tx, post),
        },
        unique="key",
    )
    if row is None:
        return False
    put_files(tx, f"outbox:{row}", contents | more)
    if isinstance(post, Update):
        _supersede(tx, post.of, int(row), now)
    return True


def _encode_others(post: Post) -> tuple[dict[str, str], Files]:
    """What goes out if the service refuses a post, and the files in it."""
    others: dict[str, str] = {}
    contents: Files = {}
    for name in ("instead", "lost"):
        other = getattr(post, name, None)
        if other is not None:
            others[name], files = encode(other)
            contents |= files
    return others, contents


def _whereto(tx: Transaction, post: Post) -> dict[str, Any]:
    match post:
        case New():
            return {
                **_address(post.target),
                "kind": Kind.NEW.value,
                "not_after": post.not_after,
            }
        case Home():
            return {**_address(post.target), "kind": Kind.HOME.value}
        case Update():
            earlier = _find_standing(tx, post.of)
            assert earlier is not None
            same = {name: earlier._mapping[name] for name in _WHERE}
            return {**same, "kind": Kind.UPDATE.value, "of": post.of}


_WHERE = ("service", "tenant", "conversation", "target")
"""Where a post goes, and what reworded it goes there too."""


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
    cancel(tx, older, "superseded", now)


def withdraw(tx: Transaction, keys: Iterable[str], now: datetime) -> None:
    """Cancel posts that still wait and have become pointless."""
    named = [name for key in keys for name in (key, make_instead_key(key), make_lost_key(key))]
    waiting = sa.and_(outbox.c.key.in_(named), outbox.c.state == State.WAITING.value)
    cancel(tx, waiting, "withdrawn", now)


def cancel(tx: Transaction, which: sa.ColumnElement[bool], reason: str, now: datetime) -> None:
    cancelled = (
        sa.update(outbox)
        .where(which)
        .values(state=State.CANCELLED.value, reason=reason, closed_at=now)
        .returning(outbox.c.id, outbox.c.conversation)
    )
    for row in tx.execute(cancelled).all():
        drop_files(tx, f"outbox:{row.id}")
        release_next(tx, row.conversation)


def find_sent(tx: Transaction, key: str) -> Sent | None:
    """Where the post with a key stands, or what took its place; None if it has not been sent."""
    row = _find_standing(tx, key)
    if row is None or row.sent_message is None:
        return None
    return Sent(Conversation(row.service, row.tenant, row.sent_conversation), row.sent_message)


def is_underway(tx: Transaction, key: str) -> bool:
    """Whether a post was refused, and what takes its place has still to be sent."""
    row = _find_standing(tx, key)
    return row is not None and row.key != key and row.state in _OPEN_STATES


_OPEN_STATES = (State.WAITING, State.LEASED, State.DOUBT)


def _find_standing(tx: Transaction, key: str) -> Any:
    """The row of the post with a key, or of what took its place; None if there is none."""
    row = tx.execute(_STANDING, {"key": key}).one_or_none()
    if row is not None and row.state == State.FAILED and row.has_instead:
        return _find_standing(tx, make_instead_key(key))
    return row


_STANDING = sa.select(
    *outbox.c["key", "state", *_WHERE, "sent_conversation", "sent_message"],
    outbox.c.instead.is_not(None).label("has_instead"),
).where(outbox.c.key == sa.bindparam("key"))


def make_instead_key(key: str) -> str:
    """The key of what takes a post's place."""
    return f"{key}:instead"


def make_lost_key(key: str) -> str:
    """The key of what tells that a post was lost."""
    return f"{key}:lost"


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


def mark_sent(tx: Transaction, post: Leased, sent: Sent | None, now: datetime) -> bool:
    """The service has it; `sent` is None for a Home, which has no place.

    Whether the conversation's next post is free now.
    """
    freed = _close(
        tx,
        post,
        state=State.SENT.value,
        closed_at=now,
        sent_conversation=sent.conversation.id if sent else None,
        sent_message=sent.message if sent else None,
    )
    drop_files(tx, f"outbox:{post.id}")
    return freed


def mark_failed(tx: Transaction, post: Leased, reason: str, now: datetime) -> None:
    """The service will not have it: kept, with the reason; what was to go instead goes."""
    _close(tx, post, state=State.FAILED.value, reason=reason, closed_at=now)
    failed = sa.and_(outbox.c.id == post.id, outbox.c.state == State.FAILED.value)
    row = tx.execute(sa.select(outbox).where(failed)).one_or_none()
    if row is not None:
        _put_other(tx, row, now)


def _put_other(tx: Transaction, row: sa.Row[Any], now: datetime) -> None:
    """What takes the place of a refused post, else what tells of it: once, by its key."""
    instead, lost = (_decode_other(tx, text) for text in (row.instead, row.lost))
    if instead is not None:
        key, other = make_instead_key(row.key), replace(instead, lost=lost)
    elif lost is not None:
        key, other = make_lost_key(row.key), lost
    else:
        return
    # A restored database that gives the post up anew may have sent this before as well.
    id = make_delivery_id(f"{row.delivery_id}:other")
    _put_post(tx, other, key, id, now, row.since)


def _decode_other(tx: Transaction, text: str | None) -> New | None:
    """None as well for what a newer version wrote: the failure itself stays to be seen."""
    try:
        return decode(text, lambda digest: get_file(tx, digest)) if text else None
    except Unreadable:
        return None


def put_failed(tx: Transaction, row: int, reason: str, now: datetime) -> None:
    """Set a post aside that nobody can send, whoever has it."""
    failed = sa.update(outbox).where(outbox.c.id == row)
    values = {"state": State.FAILED.value, "reason": reason, "closed_at": now, "lease": None}
    conversation = tx.scalar(failed.values(values).returning(outbox.c.conversation))
    release_next(tx, str(conversation))


def mark_late(tx: Transaction, post: Leased, now: datetime) -> None:
    """It never arrived, and its time has passed."""
    _close(tx, post, state=State.CANCELLED.value, reason="too late", closed_at=now)
    drop_files(tx, f"outbox:{post.id}")


def mark_waiting(tx: Transaction, post: Leased, reason: str, until: datetime) -> None:
    """Nothing was posted: try again from `until`."""
    state = State.DOUBT if post.doubtful else State.WAITING
    _close(tx, post, state=state.value, reason=reason, not_before=until)


def mark_in_doubt(tx: Transaction, post: Leased, reason: str, until: datetime | None) -> None:
    """It may have been posted: look it up from `until`, or leave it to a person (None)."""
    _close(tx, post, state=State.DOUBT.value, reason=reason, not_before=until)


def _close(tx: Transaction, post: Leased, **values: object) -> bool:
    """Record what became of a leased post, unless another sender has taken it over.

    Whether that sets the conversation's next post free.
    """
    new = {f"new_{name}": value for name, value in values.items()}
    closed = tx.scalar(_make_closing(tuple(values)), {"row": post.id, "by": post.lease, **new})
    if closed is None or _blocks(values):
        return False
    return release_next(tx, post.conversation)


@cache
def _make_closing(columns: tuple[str, ...]) -> sa.Executable:
    mine = sa.and_(outbox.c.id == sa.bindparam("row"), outbox.c.lease == sa.bindparam("by"))
    new = {name: sa.bindparam(f"new_{name}", type_=outbox.c[name].type) for name in columns}
    return sa.update(outbox).where(mine).values(lease=None, **new).returning(outbox.c.id)


def _blocks(values: Mapping[str, object]) -> bool:
    """Whether a post in this state keeps its conversation waiting."""
    if values["state"] == State.DOUBT.value:
        # What waits for a person's decision must not silence the conversation.
        return values["not_before"] is not None
    return values["state"] == State.WAITING.value


def release_next(tx: Transaction, conversation: str) -> bool:
    """Let the next post of a conversation be looked at, now that nothing stands before it.

    Whether there is one.

    It is written even where it was not marked as standing behind: a sender that is about to mark
    it holds the row, and then we wait and have the last word; or it sees, having waited for us,
    that nothing stands before it.
    """
    return tx.scalar(_RELEASE, {"in_": conversation}) is not None


def blocking(posts: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether an open post keeps later ones of its conversation waiting."""
    return sa.or_(posts.c.state != State.DOUBT.value, posts.c.not_before.is_not(None))


_next = (
    sa.select(sa.func.min(outbox.c.id))
    .where(outbox.c.conversation == sa.bindparam("in_"), holds(OPEN), blocking(outbox))
    .scalar_subquery()
)
_RELEASE = sa.update(outbox).where(outbox.c.id == _next).values(behind=False).returning(outbox.c.id)
