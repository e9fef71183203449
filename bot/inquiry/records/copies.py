"""Where else a card stands: what somebody was shown at their own wish."""

from __future__ import annotations

import sqlalchemy as sa

from bot.conversation.address import Account
from bot.database.engine import Transaction
from bot.database.schema import Serial, metadata

card_copies = sa.Table(
    "card_copies",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("of", sa.String(300), nullable=False, doc="the key of the card's first post"),
    sa.Column("key", sa.String(300), nullable=False, unique=True, doc="the key of this one"),
    sa.Column("service", sa.String(20), nullable=False),
    sa.Column("tenant", sa.String(100), nullable=False),
    sa.Column("account", sa.String(200), nullable=False),
    sa.UniqueConstraint("of", "service", "tenant", "account"),
)


def put_copy(tx: Transaction, of: str, who: Account, key: str) -> None:
    """Note where somebody has a card now; an earlier copy of theirs is no longer kept current."""
    drop_copy(tx, of, who)
    row = {"of": of, "key": key, "service": who.service, "tenant": who.tenant, "account": who.id}
    tx.execute(card_copies.insert(), row)


def drop_copy(tx: Transaction, of: str, who: Account) -> None:
    """Forget somebody's copy: it stays as it is."""
    theirs = sa.and_(
        card_copies.c.of == of,
        card_copies.c.service == who.service,
        card_copies.c.tenant == who.tenant,
        card_copies.c.account == who.id,
    )
    tx.execute(sa.delete(card_copies).where(theirs))


def list_copies(tx: Transaction, of: str) -> tuple[tuple[str, Account], ...]:
    """The keys of a card's copies, and whose they are."""
    rows = sa.select(card_copies).where(card_copies.c.of == of).order_by(card_copies.c.id)
    return tuple(
        (row.key, Account(row.service, row.tenant, row.account)) for row in tx.execute(rows)
    )
