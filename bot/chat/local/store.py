"""The local page's own transcript, as a chat service would keep it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.conversation import wire
from bot.conversation.message import FileContent, Message
from bot.database.engine import Transaction
from bot.database.schema import Instant, Serial, metadata

messages = sa.Table(
    "local_messages",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("conversation", sa.String(80), nullable=False),
    sa.Column("thread", Serial, sa.ForeignKey("local_messages.id")),
    sa.Column("author", sa.String(80)),
    sa.Column("text", sa.Text),
    sa.Column("body", sa.Text),
    sa.Column("delivery_id", sa.String(200), nullable=False, unique=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    # Null until the bot has taken what a person wrote: what is shown was also heard.
    sa.Column("revision", sa.BigInteger, unique=True),
    sa.CheckConstraint("(text IS NULL) <> (body IS NULL)", name="text_or_body"),
    sa.Index(None, "conversation", "thread"),
)
homes = sa.Table(
    "local_homes",
    metadata,
    sa.Column("account", sa.String(80), primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False, unique=True),
)
files = sa.Table(
    "local_files",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("media_type", sa.String(200), nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
)
reads = sa.Table(
    "local_reads",
    metadata,
    sa.Column("account", sa.String(80), primary_key=True),
    sa.Column("conversation", sa.String(80), primary_key=True),
    sa.Column("up_to", sa.BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the transcript: what a person wrote, or what the bot said."""

    id: int
    conversation: str
    thread: int | None
    """The message that the thread hangs under; threads are one level deep."""
    author: str | None
    """The account's id; None: the bot."""
    text: str | None
    message: Message | None
    """None for a person's text, and for what another version of the bot has written."""
    created_at: datetime
    updated_at: datetime

    @property
    def root(self) -> int:
        """The message that an answer in this entry's thread hangs under."""
        return self.thread or self.id


@dataclass(frozen=True, slots=True)
class Change:
    """Which entry became visible or was changed last at a revision."""

    revision: int
    conversation: str
    entry: int


def parse_id(text: str) -> int | None:
    """The number behind a message's id as the rest of the bot writes it, or None."""
    # Eighteen digits fit into every database's key.
    return int(text) if re.fullmatch("[0-9]{1,18}", text) else None


# ---------------------------------------------------------------- messages


def add_text(
    tx: Transaction,
    conversation: str,
    thread: int | None,
    author: str,
    text: str,
    delivery_id: str,
    now: datetime,
) -> int:
    """Keep what a person wrote, not shown yet; the same delivery id gives the first one's id."""
    return _add(tx, conversation, thread, delivery_id, now, author=author, text=text)


def add_message(
    tx: Transaction,
    conversation: str,
    thread: int | None,
    message: Message,
    delivery_id: str,
    now: datetime,
) -> int:
    """Keep and show what the bot says; the same delivery id gives the first one's id."""
    body = _put_body(tx, message)
    revision = get_revision(tx) + 1
    return _add(tx, conversation, thread, delivery_id, now, body=body, revision=revision)


def show_text(tx: Transaction, id: int) -> None:
    """Show what a person wrote; a second time changes nothing."""
    hidden = (messages.c.id == id) & messages.c.revision.is_(None)
    tx.execute(sa.update(messages).where(hidden).values(revision=get_revision(tx) + 1))


def put_message(tx: Transaction, id: int, message: Message, now: datetime) -> None:
    """Give a message of the bot a new wording."""
    changed = {"body": _put_body(tx, message), "updated_at": now}
    revision = get_revision(tx) + 1
    tx.execute(sa.update(messages).where(messages.c.id == id).values(**changed, revision=revision))


def find_entry(tx: Transaction, id: int) -> Entry | None:
    """What stands under this id, shown or not yet: an answer may be quicker than the page."""
    found = _entries(tx, tx.execute(sa.select(messages).where(messages.c.id == id)))
    return found[0] if found else None


def find_delivery(tx: Transaction, delivery_id: str) -> tuple[int, str] | None:
    """The id and conversation of the message with this delivery id, or None."""
    query = sa.select(messages.c.id, messages.c.conversation)
    row = tx.execute(query.where(messages.c.delivery_id == delivery_id)).one_or_none()
    return (row.id, row.conversation) if row else None


def list_roots(
    tx: Transaction,
    conversation: str,
    limit: int,
    before: int | None = None,
    after: int | None = None,
) -> tuple[Entry, ...]:
    """The newest entries at the top of a conversation, or the first after one; oldest first."""
    where = [messages.c.conversation == conversation, messages.c.thread.is_(None)]
    if after is not None:
        return _list(tx, *where, messages.c.id > after, oldest=limit)
    if before is not None:
        where.append(messages.c.id < before)
    return _list(tx, *where, newest=limit)


def list_replies(tx: Transaction, roots: Sequence[int]) -> Mapping[int, tuple[Entry, ...]]:
    """The entries of the threads under these messages, by message, oldest first."""
    replies: dict[int, tuple[Entry, ...]] = {}
    for entry in _list(tx, messages.c.thread.in_(roots)):
        replies[entry.root] = (*replies.get(entry.root, ()), entry)
    return replies


# ---------------------------------------------------------------- revisions


def get_revision(tx: Transaction) -> int:
    """The number of the last change; every change has a higher one than all before it."""
    last = sa.select(
        sa.select(sa.func.max(messages.c.revision)).scalar_subquery(),
        sa.select(sa.func.max(homes.c.revision)).scalar_subquery(),
    )
    return max(revision or 0 for revision in tx.execute(last).one())


def list_changes(
    tx: Transaction, after: int, conversations: Sequence[str], limit: int = 200
) -> tuple[Change, ...]:
    """What changed after a revision in some conversations, in the order of the changes."""
    query = (
        sa.select(messages.c.revision, messages.c.conversation, messages.c.id)
        .where(messages.c.revision > after, messages.c.conversation.in_(conversations))
        .order_by(messages.c.revision)
        .limit(limit)
    )
    return tuple(Change(*row) for row in tx.execute(query))


# ---------------------------------------------------------------- unread marks


def mark_read(tx: Transaction, account: str, conversation: str, up_to: int) -> None:
    """The account has seen a conversation up to this message; a mark never goes back."""
    mine = (reads.c.account == account) & (reads.c.conversation == conversation)
    seen = tx.scalar(sa.select(reads.c.up_to).where(mine))
    if seen is None:
        values = {"account": account, "conversation": conversation, "up_to": up_to}
        tx.execute(sa.insert(reads).values(values))
    elif seen < up_to:
        tx.execute(sa.update(reads).where(mine).values(up_to=up_to))


def count_unread(tx: Transaction, account: str, conversations: Sequence[str]) -> Mapping[str, int]:
    """How many messages of others the account has not seen, for conversations that have any."""
    seen = (
        sa.select(reads.c.up_to)
        .where(reads.c.account == account, reads.c.conversation == messages.c.conversation)
        .scalar_subquery()
    )
    query = (
        sa.select(messages.c.conversation, sa.func.count().label("unread"))
        .where(
            messages.c.conversation.in_(conversations),
            messages.c.revision.is_not(None),
            messages.c.author.is_distinct_from(account),
            messages.c.id > sa.func.coalesce(seen, 0),
        )
        .group_by(messages.c.conversation)
    )
    return {row.conversation: row.unread for row in tx.execute(query)}


def list_last(tx: Transaction, conversations: Sequence[str]) -> Mapping[str, int]:
    """The id of the newest message that is shown, for conversations that have any."""
    query = (
        sa.select(messages.c.conversation, sa.func.max(messages.c.id).label("last"))
        .where(messages.c.conversation.in_(conversations), messages.c.revision.is_not(None))
        .group_by(messages.c.conversation)
    )
    return {row.conversation: row.last for row in tx.execute(query)}


# ---------------------------------------------------------------- homes


def put_home(tx: Transaction, account: str, message: Message, now: datetime) -> None:
    """What stands on somebody's Home from now on."""
    values = {"body": _put_body(tx, message), "updated_at": now, "revision": get_revision(tx) + 1}
    done = tx.execute(sa.update(homes).where(homes.c.account == account).values(values))
    if done.rowcount == 0:
        tx.execute(sa.insert(homes).values(account=account, **values))


def find_home(tx: Transaction, account: str) -> Message | None:
    """What stands on somebody's Home, or None while nothing does or nothing readable."""
    body = tx.scalar(sa.select(homes.c.body).where(homes.c.account == account))
    return _get_message(tx, body) if body else None


def find_home_revision(tx: Transaction, account: str) -> int | None:
    return tx.scalar(sa.select(homes.c.revision).where(homes.c.account == account))


# ---------------------------------------------------------------- files


def find_file(
    tx: Transaction, digest: str, account: str, conversations: Sequence[str]
) -> FileContent | None:
    """The file behind a digest, if a message that the account sees holds it."""
    in_message = messages.c.conversation.in_(conversations) & messages.c.body.contains(digest)
    in_home = (homes.c.account == account) & homes.c.body.contains(digest)
    seen = sa.exists().where(in_message) | sa.exists().where(in_home)
    query = sa.select(files.c.name, files.c.media_type, files.c.data)
    row = tx.execute(query.where(files.c.digest == digest, seen)).one_or_none()
    return FileContent(row.name, row.media_type, row.data) if row else None


def _put_body(tx: Transaction, message: Message) -> str:
    body, contents = wire.encode(message)
    _add_files(tx, contents)
    return body


def _add_files(tx: Transaction, contents: wire.Files) -> None:
    if not contents:
        return
    known = set(tx.scalars(sa.select(files.c.digest).where(files.c.digest.in_(contents))))
    for digest, file in contents.items():
        if digest not in known:
            values = {"name": file.name, "media_type": file.media_type, "data": file.data}
            tx.execute(sa.insert(files).values(digest=digest, **values))


# ---------------------------------------------------------------- rows to values


def _add(
    tx: Transaction,
    conversation: str,
    thread: int | None,
    delivery_id: str,
    now: datetime,
    **values: Any,
) -> int:
    known = find_delivery(tx, delivery_id)
    if known:
        return known[0]
    values |= {"conversation": conversation, "thread": thread, "delivery_id": delivery_id}
    values |= {"created_at": now, "updated_at": now}
    added = tx.execute(sa.insert(messages).values(values).returning(messages.c.id))
    return int(added.scalar_one())


def _list(
    tx: Transaction,
    *where: sa.ColumnElement[bool],
    newest: int | None = None,
    oldest: int | None = None,
) -> tuple[Entry, ...]:
    query = sa.select(messages).where(messages.c.revision.is_not(None), *where)
    if newest is None:
        return _entries(tx, tx.execute(query.order_by(messages.c.id).limit(oldest)))
    rows = tx.execute(query.order_by(messages.c.id.desc()).limit(newest)).all()
    return _entries(tx, reversed(rows))


def _entries(tx: Transaction, rows: Iterable[Any]) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            id=row.id,
            conversation=row.conversation,
            thread=row.thread,
            author=row.author,
            text=row.text,
            message=_get_message(tx, row.body) if row.body else None,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    )


def _get_message(tx: Transaction, body: str) -> Message | None:
    def load(digest: str) -> bytes:
        query = sa.select(files.c.data).where(files.c.digest == digest)
        return bytes(tx.execute(query).scalar_one())

    try:
        message: Message = wire.decode(body, load)
    except wire.Unreadable:
        # A newer bot wrote it, and this one runs on the same database: the page says so.
        return None
    return message
