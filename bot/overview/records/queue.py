"""The queue: inquiries with what was asked, as the tables of inquiries and questions have them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from bot.conversation.address import Account
from bot.database.engine import Transaction
from bot.desk.records import inquiries, questions
from bot.inquiry.model import Sight, Stage
from bot.inquiry.records.cases import OPEN, cases, seen
from bot.overview.model import HOME_PARTS, Listed, Listing, Order, Part

Sorting = Callable[[sa.FromClause], tuple[sa.ColumnElement[Any], ...]]
"""What cases, or some of them, are sorted by."""


def count_parts(tx: Transaction, sight: Sight, who: Account, today: date) -> Mapping[Part, int]:
    """How much waits in all, and in each part that a Home shows."""
    parts = (Part.OPEN, *HOME_PARTS)
    counts = [sa.func.count().filter(_is_in(part, who, today)).label(part.value) for part in parts]
    row = tx.execute(sa.select(*counts).where(_is_in(Part.OPEN, who, today), seen(sight))).one()
    return {part: row._mapping[part.value] for part in parts}


def list_first(
    tx: Transaction, sight: Sight, part: Part, who: Account, today: date, limit: int
) -> tuple[Listed, ...]:
    """The first of a part, what is due first before."""
    return _list(tx, sa.and_(_is_in(part, who, today), seen(sight)), _by_due_day, limit)


def count_part(tx: Transaction, sight: Sight, part: Part, who: Account, today: date) -> int:
    """How many inquiries there are in a part."""
    those = sa.and_(_is_in(part, who, today), seen(sight))
    return tx.execute(sa.select(sa.func.count()).select_from(cases).where(those)).scalar_one()


def list_page(
    tx: Transaction, sight: Sight, listing: Listing, today: date, limit: int
) -> tuple[Listed, ...]:
    """The inquiries on the page of a list."""
    those = sa.and_(_is_in(listing.part, listing.who, today), seen(sight))
    return _list(tx, those, _SORTINGS[listing.order], limit, listing.page * limit)


def _is_in(part: Part, who: Account, today: date) -> sa.ColumnElement[bool]:
    is_open = sa.text(OPEN)
    match part:
        case Part.OPEN:
            return sa.and_(is_open)
        case Part.OVERDUE:
            return sa.and_(is_open, cases.c.due_on < today)
        case Part.DUE_TODAY:
            return sa.and_(is_open, cases.c.due_on == today)
        case Part.MINE:
            return sa.and_(is_open, _is_held_by(who))
        case Part.UNASSIGNED:
            return sa.and_(is_open, cases.c.holder_account.is_(None))
        case Part.TAKEN:
            return sa.and_(is_open, cases.c.holder_account.is_not(None))
        case Part.ANSWERED:
            return cases.c.stage == Stage.ANSWERED.value
        case Part.CLOSED:
            return cases.c.stage.in_((Stage.CLOSED.value, Stage.LAPSED.value))
        case Part.ALL:
            return sa.true()


def _is_held_by(who: Account) -> sa.ColumnElement[bool]:
    return sa.and_(
        cases.c.holder_service == who.service,
        cases.c.holder_tenant == who.tenant,
        cases.c.holder_account == who.id,
    )


def _by_due_day(table: sa.FromClause) -> tuple[sa.ColumnElement[Any], ...]:
    return sa.nulls_last(table.c.due_on), table.c.id


def _by_age(table: sa.FromClause) -> tuple[sa.ColumnElement[Any], ...]:
    # Cases are numbered in the order in which they were referred.
    return (table.c.id,)


def _by_number(table: sa.FromClause) -> tuple[sa.ColumnElement[Any], ...]:
    return (table.c.number.desc(),)


_SORTINGS = {Order.DUE: _by_due_day, Order.AGE: _by_age, Order.NUMBER: _by_number}


def _list(
    tx: Transaction, which: sa.ColumnElement[bool], by: Sorting, limit: int, offset: int = 0
) -> tuple[Listed, ...]:
    """What was asked is joined to the few that are shown: joined to all, all of it is read."""
    some = sa.select(cases).where(which).order_by(*by(cases)).limit(limit).offset(offset)
    shown = some.subquery()
    asked = (
        sa.select(shown, questions.c.text, questions.c.ministry, inquiries.c.escalated_at)
        .join(questions, questions.c.token == shown.c.question)
        .join(inquiries, inquiries.c.question_id == questions.c.id)
        .order_by(*by(shown))
    )
    return tuple(map(make_listed, tx.execute(asked)))


def make_listed(row: sa.Row[Any]) -> Listed:
    """From a case's row, with what was asked, by whose staff, and when it was referred."""
    held = row.holder_account is not None
    return Listed(
        number=row.number,
        desk=row.desk,
        stage=Stage(row.stage),
        text=row.text,
        # Who does not want to be named is not read out of the database at all from here on.
        ministry=None if row.nameless else row.ministry,
        received_at=row.escalated_at,
        due_on=row.due_on,
        holder=Account(row.holder_service, row.holder_tenant, row.holder_account) if held else None,
        office=row.office,
        nameless=row.nameless,
    )
