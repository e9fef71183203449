"""Use cases of an answer: compose, reply, settle, reopen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from secrets import token_urlsafe

from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.event import Answer
from bot.conversation.message import Notice, OpenForm, Outcome, Post, Update
from bot.database.engine import Transaction
from bot.desk import flows as desk
from bot.inquiry.flows import asking_back, case
from bot.inquiry.messages import receiving as desk_words
from bot.inquiry.messages import replying as words
from bot.inquiry.messages import terms
from bot.inquiry.model import MAY_REPLY, Inquiry, Reply, Stage, Standing, Step, check_stage
from bot.inquiry.records import cases, replies


def compose(tx: Transaction, presser: Account, number: str, context: Context) -> Outcome[None]:
    """Offer the form for an answer.

    Raises NotAtDesk, InquiryGone, NotTaken, TakenByOther, StageOver.
    """
    _, inquiry = case.check_held(tx, presser, number, context, MAY_REPLY)
    followers = cases.list_followers(tx, number)
    return Outcome(None, reply=OpenForm(words.reply_form(inquiry, len(followers))))


def reply(
    tx: Transaction,
    presser: Account,
    number: str,
    answers: Mapping[str, Answer],
    context: Context,
) -> Outcome[Reply]:
    """Answer, in the asker's thread, and all who asked the same, each in theirs.

    Raises what `compose` raises.
    """
    _, inquiry = case.check_held(tx, presser, number, context, MAY_REPLY)
    answer = Reply(
        token=token_urlsafe(16),
        number=number,
        text=str(answers[terms.TEXT]),
        basis=str(answers.get(terms.BASIS) or ""),
        standing=Standing(str(answers[terms.STANDING])),
        office=case.get_desk(inquiry, context).name,
        sent_at=context.now(),
    )
    dropped = asking_back.drop_open(tx, inquiry, context)
    followers = cases.list_followers(tx, number)
    posts = list(dropped.posts)
    for follower in followers:
        own = replace(answer, token=token_urlsafe(16), number=follower.number)
        posts += _send(tx, presser, follower, own, context)
    posts += _send(tx, presser, inquiry, answer, context)
    # A notice that still waits to be sent would chase somebody who has answered.
    pointless = (*case.list_late_keys(inquiry), *dropped.withdrawn)
    return Outcome(answer, tuple(posts), Notice(words.sent(len(followers))), pointless)


def _send(
    tx: Transaction, presser: Account, inquiry: Inquiry, answer: Reply, context: Context
) -> tuple[Post, ...]:
    """Bring an answer to the asker of one inquiry, who reads of no other."""
    replies.add_reply(tx, answer)
    cases.put_stage(tx, inquiry.number, Stage.ANSWERED, presser, answer.office)
    cases.put_main(tx, inquiry.number, None)
    question = case.get_question(tx, inquiry)
    card = words.reply_card(answer, question, Stage.ANSWERED)
    told = case.tell_asker(inquiry, question, card, answer.card, context)
    went_on = case.went_on(
        tx,
        inquiry,
        Step.REPLIED,
        presser,
        context,
        about=answer.token,
        further={"standing": answer.standing},
    )
    return (told, *went_on.posts)


def settle(tx: Transaction, presser: Account, token: str, context: Context) -> Outcome[None]:
    """The asker says that the answer settles it.

    Raises InquiryGone, NotTheAsker, StageOver.
    """
    return _rate(tx, presser, token, Stage.CLOSED, Step.SETTLED, context)


def reopen(tx: Transaction, presser: Account, token: str, context: Context) -> Outcome[None]:
    """The asker says that it is not settled; the desk goes on. Raises what `settle` raises."""
    answer = case.get_reply(tx, token)
    inquiry = case.get_inquiry(tx, answer.number)
    due_on = case.find_due_day(case.get_desk(inquiry, context), context)
    rated = _rate(tx, presser, token, Stage.TAKEN, Step.REOPENED, context, due_on)
    message = desk_words.reopened(inquiry)
    told = case.tell_desk(inquiry, message, context, key=f"{answer.card}:reopened")
    return replace(rated, posts=(*rated.posts, told))


def _rate(
    tx: Transaction,
    presser: Account,
    token: str,
    stage: Stage,
    step: Step,
    context: Context,
    due_on: date | None = None,
) -> Outcome[None]:
    """What the asker says of an answer; with a day, the desk owes another one by then."""
    answer = case.get_reply(tx, token)
    inquiry = case.get_inquiry(tx, answer.number)
    question = case.get_question(tx, inquiry)
    desk.check_asker(question, presser)
    check_stage(inquiry, Stage.ANSWERED)
    cases.put_stage(tx, inquiry.number, stage, inquiry.holder, inquiry.office)
    if due_on is not None:
        cases.put_due_day(tx, inquiry.number, due_on)
    shown = Update(of=answer.card, message=words.reply_card(answer, question, stage))
    went_on = case.went_on(tx, inquiry, step, presser, context)
    return Outcome(None, (shown, *went_on.posts))
