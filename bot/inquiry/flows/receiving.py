"""Use cases of an inquiry that comes to the desk: escalate, take over, hand back, remind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.event import Answer
from bot.conversation.message import Message, Notice, OpenForm, Outcome, Post
from bot.database.engine import Transaction
from bot.desk import flows as desk
from bot.desk.messages import ESCALATE, NAMELESS
from bot.desk.model import Question
from bot.inquiry.flows import case
from bot.inquiry.messages import receiving as words
from bot.inquiry.messages import referring as asker_words
from bot.inquiry.messages import terms
from bot.inquiry.model import (
    LATE_AFTER,
    Inquiry,
    NoSuchDesk,
    Stage,
    Step,
    TakenByOther,
    check_stage,
    count_notices_due,
)
from bot.inquiry.records import cases, queries
from bot.roster import flows as roster
from bot.roster.model import Position, Role
from knowledge.desk import Desk

__all__ = ["ESCALATE", "NAMELESS"]


def escalate(
    tx: Transaction,
    presser: Account,
    token: str,
    context: Context,
    *,
    alike: Sequence[str] = (),
) -> Outcome[str]:
    """Hand a question to the desk's people; the reception number. Raises what `pick` raises.

    `alike`: inquiries that may ask for the same, as they were found outside the transaction.
    """
    question = desk.get_open_question(tx, presser, token)
    first = context.desks.find_first(question.ministry)
    inquiry, told = _receive(tx, question, first, context, alike, nameless=False)
    assert inquiry.due_on is not None
    promise = case.make_promise(first, inquiry.due_on, context)
    return Outcome(inquiry.number, (desk.redraw_expected(tx, question, promise, context), told))


def choose_first(tx: Transaction, presser: Account, token: str, context: Context) -> Outcome[None]:
    """Offer to refer a question without one's name: past one's own ministry's desk, or to it.

    Raises what `pick` raises.
    """
    question = desk.get_open_question(tx, presser, token)
    desks = _list_first(question, context)
    return Outcome(None, reply=OpenForm(asker_words.nameless_form(question, desks)))


def escalate_nameless(
    tx: Transaction,
    presser: Account,
    token: str,
    answers: Mapping[str, Answer],
    context: Context,
    *,
    alike: Sequence[str] = (),
) -> Outcome[str]:
    """Hand a question to a desk that is not to learn whose it is; the reception number.

    The asker is told directly, and the question's card stays as it is: where others see it,
    nothing tells them that it was referred. Raises what `pick` raises, and NoSuchDesk.
    """
    question = desk.get_open_question(tx, presser, token)
    chosen = [one for one in _list_first(question, context) if one.id == answers[terms.DESK]]
    if not chosen:
        raise NoSuchDesk
    desk.forget_ministry(tx, question, context)
    inquiry, told = _receive(tx, question, chosen[0], context, alike, nameless=True)
    assert inquiry.due_on is not None
    promise = case.make_promise(chosen[0], inquiry.due_on, context)
    receipt = asker_words.receipt(inquiry, question, promise)
    key = case.make_told_key(inquiry)
    return Outcome(
        inquiry.number,
        (case.tell_asker(inquiry, question, receipt, key, context), told),
        Notice(asker_words.REFERRED),
    )


def _list_first(question: Question, context: Context) -> tuple[Desk, ...]:
    """Where a nameless inquiry may begin: at the common desk, or at that of one's own ministry."""
    common, own = context.desks.common, context.desks.find_first(question.ministry)
    return (common,) if own == common else (common, own)


def _receive(
    tx: Transaction,
    question: Question,
    first: Desk,
    context: Context,
    alike: Sequence[str],
    *,
    nameless: bool,
) -> tuple[Inquiry, Post]:
    """Begin an inquiry at a desk, and show it there with what may ask for the same."""
    number = desk.escalate(tx, question, context)
    due_on = case.find_due_day(first, context)
    inquiry = cases.add_inquiry(tx, number, question.token, first.id, due_on, nameless=nameless)
    after = case.describe(inquiry)
    case.keep_step(tx, number, Step.ESCALATED, question.asker, context, desk=first.id, after=after)
    if alike:
        cases.put_alike(tx, number, alike)
    card = case.show(tx, case.get_inquiry(tx, number), context)
    return inquiry, case.tell_desk(inquiry, card, context, key=case.make_key(inquiry))


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
    late = cases.list_late(tx, context.today())
    asked = queries.list_all(tx, [inquiry.number for inquiry in late])
    for inquiry in late:
        assert inquiry.due_on is not None
        days_off = case.get_desk(inquiry, context).days_off
        waits = [query.wait for query in asked[inquiry.number]]
        due = count_notices_due(inquiry.due_on, context.today(), days_off, waits)
        if due > inquiry.notices:
            cases.put_notices(tx, inquiry.number, due)
            posts.append(_make_notice(tx, inquiry, due, context))
    return Outcome(None, tuple(posts))


def _make_notice(tx: Transaction, inquiry: Inquiry, number: int, context: Context) -> Post:
    """To the desk; the last one to its head, if somebody is that and can be reached."""
    assert inquiry.due_on is not None
    key = case.make_late_key(inquiry, number)
    if number < len(LATE_AFTER):
        message = words.late(inquiry, inquiry.due_on, number)
        return case.tell_desk(inquiry, message, context, key)
    told = case.tell_desk(inquiry, _word_for_head(tx, inquiry, context), context, key)
    head = _find_head(tx, inquiry, context)
    if head is None:
        return told
    return replace(told, target=head, instead=replace(told, key=None))


def _word_for_head(tx: Transaction, inquiry: Inquiry, context: Context) -> Message:
    question = case.get_question(tx, inquiry)
    own = case.get_desk(inquiry, context)
    is_movable = bool(case.list_other_desks(inquiry, context))
    return words.late_for_head(inquiry, question.text, own.name, is_movable=is_movable)


def _find_head(tx: Transaction, inquiry: Inquiry, context: Context) -> Account | None:
    """The account of the desk's head, where the desk itself reads."""
    own = case.get_desk(inquiry, context)
    position = Position(own.ministry, own.head or "", Role.HEAD_OF_DESK)
    here = context.get_conversation(own)
    return roster.find_holder(tx, position, context.today(), here.service, here.tenant)
