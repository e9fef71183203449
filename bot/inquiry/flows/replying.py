"""Use cases of an answer: compose, reply, settle, reopen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.event import Answer
from bot.conversation.message import OpenForm, Outcome, Update
from bot.database.engine import Transaction
from bot.desk import flows as desk
from bot.inquiry.flows import case, checking, citing, issuing
from bot.inquiry.messages import receiving as desk_words
from bot.inquiry.messages import replying as words
from bot.inquiry.messages import terms
from bot.inquiry.model import (
    MAY_REPLY,
    Composed,
    Stage,
    Standing,
    Step,
    check_stage,
    split_sources,
)
from bot.inquiry.records import cases
from knowledge.desk import Release


def find_words(tx: Transaction, number: str) -> str:
    """What was asked, for whoever searches; empty for an inquiry that is not kept."""
    inquiry = cases.find_inquiry(tx, number)
    question = desk.find_question(tx, inquiry.token) if inquiry else None
    return question.words if question else ""


def compose(
    tx: Transaction, presser: Account, number: str, found: Sequence[str], context: Context
) -> Outcome[None]:
    """Offer the form for an answer, or for another revision of the one that is drafted.

    `found`: ids of articles that a search found, outside the transaction. Raises NotAtDesk,
    InquiryGone, NotYourDesk, NotTaken, TakenByOther, StageOver.
    """
    _, inquiry = case.check_held(tx, presser, number, context, MAY_REPLY)
    last = checking.find_last_wording(tx, number)
    form = words.reply_form(
        inquiry,
        len(cases.list_followers(tx, number)),
        citing.list_offered(case.get_question(tx, inquiry), last, found, context),
        last,
        is_checked=case.get_desk(inquiry, context).reply is Release.CHECKED,
    )
    return Outcome(None, reply=OpenForm(form))


def reply(
    tx: Transaction,
    presser: Account,
    number: str,
    answers: Mapping[str, Answer],
    context: Context,
) -> Outcome[None]:
    """Answer, or bring the answer before a second person where the desk wants that.

    Raises what `compose` raises.
    """
    _, inquiry = case.check_held(tx, presser, number, context, MAY_REPLY)
    composed = _read(answers, context)
    if case.get_desk(inquiry, context).reply is Release.CHECKED:
        return checking.draft_reply(tx, presser, inquiry, composed, context)
    checking.drop_draft(tx, inquiry, context)
    return issuing.issue(tx, presser, inquiry, composed, context)


def _read(answers: Mapping[str, Answer], context: Context) -> Composed:
    chosen = answers.get(terms.ARTICLES)
    typed = split_sources(str(answers.get(terms.SOURCES) or ""))
    return Composed(
        text=str(answers[terms.TEXT]),
        basis=str(answers.get(terms.BASIS) or ""),
        standing=Standing(str(answers[terms.STANDING])),
        sources=citing.cite(chosen if isinstance(chosen, tuple) else (), typed, context),
    )


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
