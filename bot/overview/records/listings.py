"""Lists that were opened, and where in them their readers are."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bot.conversation.address import Account
from bot.database.engine import Transaction
from bot.database.schema import Instant, Serial, insert_once, metadata, one_of
from bot.overview.model import Listing, Order, Part

listings = sa.Table(
    "listings",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("token", sa.String(32), nullable=False, unique=True),
    sa.Column("service", sa.String(20), nullable=False),
    sa.Column("tenant", sa.String(100), nullable=False),
    sa.Column("account", sa.String(200), nullable=False),
    sa.Column("part", sa.String(20), nullable=False),
    sa.Column("order", sa.String(20), nullable=False),
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    one_of("part", Part),
)


def put_listing(tx: Transaction, listing: Listing, now: datetime) -> bool:
    """Note where in a list its reader is; whether the list is a new one."""
    who, state = listing.who, _state(listing)
    row = {"token": listing.token, "service": who.service, "tenant": who.tenant, "account": who.id}
    if insert_once(tx, listings, {**row, **state, "opened_at": now}) is not None:
        return True
    tx.execute(sa.update(listings).where(listings.c.token == listing.token).values(state))
    return False


def _state(listing: Listing) -> dict[str, str | int]:
    return {"part": listing.part.value, "order": listing.order.value, "page": listing.page}


def find_listing(tx: Transaction, token: str) -> Listing | None:
    row = tx.execute(sa.select(listings).where(listings.c.token == token)).one_or_none()
    if row is None:
        return None
    who = Account(row.service, row.tenant, row.account)
    return Listing(row.token, who, Part(row.part), Order(row.order), row.page)
