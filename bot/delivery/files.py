"""Bytes that waiting events and posts refer to: kept once, until nothing refers to them."""

from __future__ import annotations

import sqlalchemy as sa

from bot.conversation.wire import Files
from bot.database.engine import Transaction
from bot.database.schema import insert_once, metadata

files = sa.Table(
    "files",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
)
file_uses = sa.Table(
    "file_uses",
    metadata,
    sa.Column("owner", sa.String(100), primary_key=True),
    sa.Column("digest", sa.ForeignKey("files.digest"), primary_key=True, index=True),
)


def put_files(tx: Transaction, owner: str, contents: Files) -> None:
    """Keep contents for an owner, such as `outbox:12`, until `drop_files`."""
    for digest, content in contents.items():
        insert_once(tx, files, {"digest": digest, "data": content.data})
        tx.execute(file_uses.insert().values(owner=owner, digest=digest))


def get_file(tx: Transaction, digest: str) -> bytes:
    """The bytes with a digest. Raises sqlalchemy's NoResultFound if they were dropped."""
    found = tx.execute(sa.select(files.c.data).where(files.c.digest == digest))
    return bytes(found.scalar_one())


def drop_files(tx: Transaction, owner: str) -> None:
    """Forget what an owner needed, and the bytes that nobody needs any more."""
    for digest in tx.scalars(_DROP_USES, {"of": owner}).all():
        used = sa.exists().where(file_uses.c.digest == digest)
        tx.execute(sa.delete(files).where(files.c.digest == digest, ~used))


# Made once: nearly every event and post asks for it, and hardly one has files.
_DROP_USES = (
    sa.delete(file_uses)
    .where(file_uses.c.owner == sa.bindparam("of"))
    .returning(file_uses.c.digest)
)
