"""Who works on articles, what is theirs to decide, and where they read of it."""

from __future__ import annotations

from bot.context import Context
from bot.conversation.address import Account, Place
from bot.database.engine import Transaction
from bot.editing.model import NOTHING, Remit, Scope
from bot.inquiry.model import AT_DESK, NotAtDesk, check_at_desk, works_at
from bot.roster import flows as roster
from bot.roster.model import Person, Position, Role
from knowledge.desk import Desk

EDITORS = frozenset({*AT_DESK, Role.APPROVER})
"""Whose office lets them work on what becomes knowledge."""


def check_editor(
    tx: Transaction,
    presser: Account,
    context: Context,
    allowed: frozenset[Role] = EDITORS,
) -> tuple[Person, Remit]:
    """Who presses, and for whom they may publish. Raises NotAtDesk."""
    person = check_at_desk(roster.find_person(tx, presser, context.today()), allowed)
    remit = get_remit(person, context)
    if remit == NOTHING:
        raise NotAtDesk
    return person, remit


def get_remit(person: Person, context: Context) -> Remit:
    """What somebody's positions let them publish: their ministries' own rules, or everybody's."""
    common = context.desks.common
    edits = [position for position in person.positions if position.role in EDITORS]
    serves_all = works_at(person, common) or any(_is_over_all(one, common) for one in edits)
    return Remit(frozenset(position.ministry for position in edits), serves_all)


def _is_over_all(position: Position, common: Desk) -> bool:
    """The common desk's approvers publish for everybody, and so do administrators."""
    own = position.role is Role.APPROVER and position.ministry == common.ministry
    return own or position.role is Role.ADMINISTRATOR


def get_place(scope: Scope, context: Context) -> Place:
    """Where those read who may publish for a scope."""
    if not scope:
        return Place(context.desk)
    return Place(context.get_conversation(context.desks.find_first(scope[0])))
