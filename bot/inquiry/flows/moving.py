"""Use cases of an inquiry that goes from desk to desk: on, up and down the ladder."""

from __future__ import annotations

from collections.abc import Mapping

from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.event import Answer
from bot.conversation.message import Notice, OpenForm, Outcome, Post, Update
from bot.database.engine import Transaction
from bot.desk import flows as desk
from bot.inquiry.flows import case
from bot.inquiry.messages import moving as words
from bot.inquiry.messages import terms
from bot.inquiry.model import (
    Inquiry,
    NoSuchDesk,
    Stage,
    Step,
    TakenByOther,
    check_stage,
    name_move,
)
from bot.inquiry.records import cases
from knowledge.desk import Desk


def choose_desk(tx: Transaction, presser: Account, number: str, context: Context) -> Outcome[None]:
    """Offer the desks that an inquiry may go to, the next rung first.

    Raises NotAtDesk, InquiryGone, NotYourDesk, TakenByOther, StageOver, NoSuchDesk.
    """
    inquiry = _get_movable(tx, presser, number, context)
    others = case.list_other_desks(inquiry, context)
    if not others:
        raise NoSuchDesk
    form = words.move_form(inquiry, others, _find_above(tx, inquiry, context))
    return Outcome(None, reply=OpenForm(form))


def hand_on(
    tx: Transaction,
    presser: Account,
    number: str,
    answers: Mapping[str, Answer],
    context: Context,
) -> Outcome[Desk]:
    """Give an inquiry to another desk, which has its own days to answer it.

    Raises what `choose_desk` raises.
    """
    before = _get_movable(tx, presser, number, context)
    receiver = _pick(before, str(answers[terms.DESK]), context)
    giver = case.get_desk(before, context)
    step = name_move(giver, receiver, _find_above(tx, before, context), context.desks)
    # What waits for its answer goes where that is given.
    group = (before, *cases.list_followers(tx, number))
    posts = [post for one in group for post in _move(tx, presser, one, receiver, step, context)]
    pointless = [key for one in group for key in _list_pointless(one)]
    return Outcome(receiver, tuple(posts), Notice(words.handed_on(receiver)), tuple(pointless))


def _move(
    tx: Transaction,
    presser: Account,
    before: Inquiry,
    receiver: Desk,
    step: Step,
    context: Context,
) -> tuple[Post, ...]:
    giver = case.get_desk(before, context)
    cases.put_desk(tx, before.number, receiver.id, case.find_due_day(receiver, context))
    if before.stage is Stage.MERGED:
        cases.put_stage(tx, before.number, Stage.MERGED, None, None)
    after = case.get_inquiry(tx, before.number)
    case.keep_step(
        tx,
        before.number,
        step,
        presser,
        context,
        giver=giver,
        desk=receiver.id,
        before=case.describe(before),
        after=case.describe(after),
    )
    moved = words.moved(after, receiver)
    return (
        Update(of=case.make_key(before), message=moved),
        *case.redraw_copies(tx, after, context, moved),
        case.tell_desk(after, case.show(tx, after, context), context, key=case.make_key(after)),
        *_tell_asker(tx, after, receiver, context),
    )


def _get_movable(tx: Transaction, presser: Account, number: str, context: Context) -> Inquiry:
    """Anybody of its desk may give an inquiry away, unless a colleague has taken it over."""
    _, inquiry = case.check_at_desk(tx, presser, number, context)
    check_stage(inquiry, Stage.WAITING, Stage.TAKEN)
    if inquiry.holder is not None and inquiry.holder != presser:
        raise TakenByOther(inquiry.office or "")
    return inquiry


def _pick(inquiry: Inquiry, id: str, context: Context) -> Desk:
    for other in case.list_other_desks(inquiry, context):
        if other.id == id:
            return other
    raise NoSuchDesk


def _find_above(tx: Transaction, inquiry: Inquiry, context: Context) -> Desk | None:
    """The next rung: it may depend on whose rule the bot had found."""
    found = desk.list_kept(case.get_question(tx, inquiry), context)
    owners = {article.owner for article in found}
    return context.desks.find_above(case.get_desk(inquiry, context), owners)


def _tell_asker(
    tx: Transaction, inquiry: Inquiry, receiver: Desk, context: Context
) -> tuple[Post, ...]:
    """Who answers now, and by when: as news, and on the card that had told of the desk before."""
    assert inquiry.due_on is not None
    question = case.get_question(tx, inquiry)
    promise = case.make_promise(receiver, inquiry.due_on, context)
    news = words.told(inquiry, promise)
    told = case.tell_asker(inquiry, question, news, case.make_told_key(inquiry), context)
    if inquiry.nameless:  # others may see the card: it has never told of the inquiry
        return (told,)
    return (desk.redraw_expected(tx, question, promise, context), told)


def _list_pointless(before: Inquiry) -> tuple[str, ...]:
    """Keys of what may still wait to be sent, and speaks of the desk that had it before."""
    return (*case.list_late_keys(before), case.make_told_key(before))
