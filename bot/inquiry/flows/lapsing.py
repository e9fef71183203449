"""Use cases of an asker who does not say what was asked back: remind, let it lapse."""

from __future__ import annotations

from dataclasses import replace

from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.message import Outcome, Post
from bot.database.engine import Transaction
from bot.inquiry.flows import case, merging
from bot.inquiry.messages import asking_back as words
from bot.inquiry.model import (
    Inquiry,
    Query,
    Stage,
    Step,
    StillTime,
    is_missed,
    is_to_be_asked_again,
)
from bot.inquiry.records import cases, queries


def remind_askers(tx: Transaction, context: Context) -> Outcome[None]:
    """Ask askers once more, and tell desks where that brought nothing either; on working days."""
    posts: list[Post] = []
    for query in queries.list_awaited(tx):
        inquiry = case.get_inquiry(tx, query.number)
        days_off = case.get_desk(inquiry, context).days_off
        if is_to_be_asked_again(query, context.today(), days_off):
            posts += _ask_again(tx, query, inquiry, context)
        elif is_missed(query, context.today(), days_off):
            posts += _tell_missed(tx, query, inquiry, context)
    return Outcome(None, tuple(posts))


def _ask_again(
    tx: Transaction, query: Query, inquiry: Inquiry, context: Context
) -> tuple[Post, ...]:
    queries.put_reminded(tx, query.token, context.now())
    question = case.get_question(tx, inquiry)
    message = words.reminder(query)
    return (case.tell_asker(inquiry, question, message, query.reminder, context),)


def _tell_missed(
    tx: Transaction, query: Query, inquiry: Inquiry, context: Context
) -> tuple[Post, ...]:
    """The desk's card has the button to close from now on, wherever it stands."""
    queries.put_missed(tx, query.token, context.now())
    told = case.tell_desk(inquiry, words.missed(inquiry), context, key=query.missed)
    drawn = case.redraw(tx, inquiry, context)
    return told, *(replace(card, key=f"{query.missed}:{card.of}") for card in drawn)


def lapse(tx: Transaction, presser: Account, number: str, context: Context) -> Outcome[None]:
    """Close an inquiry whose asker never said what the desk asked; they may still.

    Raises what `compose` raises, and StillTime.
    """
    _, inquiry = case.check_held(tx, presser, number, context, (Stage.ASKED_BACK,))
    query = queries.find_open_query(tx, number)
    assert query is not None
    if query.missed_at is None:
        raise StillTime
    cases.put_stage(tx, number, Stage.LAPSED, presser, inquiry.office)
    question = case.get_question(tx, inquiry)
    message = words.lapsed(query, question)
    told = case.tell_asker(inquiry, question, message, f"{query.card}:lapsed", context)
    released = merging.release(tx, presser, inquiry, context)
    went_on = case.went_on(tx, inquiry, Step.LAPSED, presser, context, about=query.token)
    return Outcome(None, (told, *released, *went_on.posts))
