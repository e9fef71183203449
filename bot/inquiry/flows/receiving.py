"""Use cases of an inquiry that comes to the desk: escalate, take over, hand back, remind."""

from __future__ import annotations

from dataclasses import replace

from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.message import Outcome, Post
from bot.database.engine import Transaction
from bot.desk import flows as desk
from bot.desk.messages import ESCALATE
from bot.inquiry.flows import case
from bot.inquiry.messages import receiving as words
from bot.inquiry.model import (
    Inquiry,
    Stage,
    Step,
    TakenByOther,
    check_stage,
    count_notices_due,
)
from bot.inquiry.records import cases

__all__ = ["ESCALATE"]


def escalate(tx: Transaction, presser: Account, token: str, context: Context) -> Outcome[str]:
    """Hand a question to the desk's people; the reception number. Raises what `pick` raises."""
    question = desk.get_open_question(tx, presser, token)
    first = context.desks.find_first(question.ministry)
    due_on = case.find_due_day(first, context)
    handed = desk.escalate(tx, question, first.name, due_on, context)
    inquiry = cases.add_inquiry(tx, handed.value, token, first.id, due_on)
    case.keep_step(
        tx,
        inquiry.number,
        Step.ESCALATED,
        presser,
        context,
        desk=first.id,
        after=case.describe(inquiry),
    )
    card = case.show(tx, inquiry, context)
    told = case.tell_desk(inquiry, card, context, key=case.make_key(inquiry))
    return replace(handed, posts=(*handed.posts, told))


def take_over(tx: Transaction, presser: Account, number: str, context: Context) -> Outcome[None]:
    """Take an inquiry over. Raises NotAtDesk, InquiryGone, TakenByOther, StageOver."""
    _, inquiry = case.check_at_desk(tx, presser, number, context)
    if inquiry.holder is not None and inquiry.holder != presser:
        raise TakenByOther(inquiry.office or "")
    check_stage(inquiry, Stage.WAITING)
    office = case.get_desk(inquiry, context).name
    cases.put_stage(tx, number, Stage.TAKEN, presser, office)
    return case.went_on(tx, inquiry, Step.TAKEN_OVER, presser, context)


def hand_back(tx: Transaction, presser: Account, number: str, context: Context) -> Outcome[None]:
    """Give an inquiry back to the desk. Raises what `compose` raises."""
    _, inquiry = case.check_held(tx, presser, number, context)
    cases.put_stage(tx, number, Stage.WAITING, None, None)
    return case.went_on(tx, inquiry, Step.HANDED_BACK, presser, context)


def remind(tx: Transaction, context: Context) -> Outcome[None]:
    """Tell the desk of what is late, on working days: once, again, then the head of the desk.

    Run as often as one likes: each notice is told once, and a run that was missed is made up for
    with the last notice that is due, not with all of them.
    """
    posts = []
    for inquiry in cases.list_late(tx, context.today()):
        assert inquiry.due_on is not None
        days_off = case.get_desk(inquiry, context).days_off
        due = count_notices_due(inquiry.due_on, context.today(), days_off)
        if due > inquiry.notices:
            cases.put_notices(tx, inquiry.number, due)
            posts.append(_notice(inquiry, due, context))
    return Outcome(None, tuple(posts))


def _notice(inquiry: Inquiry, number: int, context: Context) -> Post:
    assert inquiry.due_on is not None
    message = words.late(inquiry, inquiry.due_on, number)
    return case.tell_desk(inquiry, message, context, key=case.make_late_key(inquiry, number))
