"""Use cases of what the desk keeps of an inquiry: note something, tell the whole history."""

from __future__ import annotations

from collections.abc import Mapping
from secrets import token_urlsafe

from bot.audit.flows import CLOCK
from bot.calendar import TOKYO
from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.event import Answer
from bot.conversation.message import New, Notice, OpenForm, Outcome
from bot.database.engine import Transaction
from bot.inquiry.flows import case
from bot.inquiry.messages import recalling as words
from bot.inquiry.messages import terms
from bot.inquiry.model import (
    BY_ASKER,
    By,
    Episode,
    Inquiry,
    Memo,
    Query,
    Step,
    Taken,
)
from bot.inquiry.records import cases, memos, queries, replies, reply_drafts
from bot.roster import flows as roster
from knowledge.desk import Desk

# ---------------------------------------------------------------- notes


def compose_memo(tx: Transaction, presser: Account, number: str, context: Context) -> Outcome[None]:
    """Offer the form for a note. Raises NotAtDesk, InquiryGone, NotYourDesk."""
    _, inquiry = case.check_at_desk(tx, presser, number, context)
    return Outcome(None, reply=OpenForm(words.memo_form(inquiry)))


def keep_memo(
    tx: Transaction,
    presser: Account,
    number: str,
    answers: Mapping[str, Answer],
    context: Context,
) -> Outcome[Memo]:
    """Keep a note on the card, where the desk alone reads. Raises what `compose_memo` raises."""
    _, inquiry = case.check_at_desk(tx, presser, number, context)
    memo = Memo(
        token=token_urlsafe(16),
        number=number,
        text=str(answers[terms.TEXT]),
        by=case.name_actor(tx, presser, Step.NOTED, inquiry, context),
        at=context.now(),
    )
    memos.add_memo(tx, memo, presser)
    went_on = case.went_on(tx, inquiry, Step.NOTED, presser, context, about=memo.token)
    return Outcome(memo, went_on.posts, Notice(words.NOTED))


# ---------------------------------------------------------------- the history


def recount(tx: Transaction, presser: Account, number: str, context: Context) -> Outcome[None]:
    """Tell somebody of the desk all that happened, directly. Raises what `compose_memo` raises."""
    _, inquiry = case.check_at_desk(tx, presser, number, context)
    question = case.get_question(tx, inquiry)
    message = words.history(inquiry, question, _list_episodes(tx, inquiry, context))
    return Outcome(None, (New(target=presser, message=message),), Notice(words.TOLD))


def _list_episodes(tx: Transaction, inquiry: Inquiry, context: Context) -> tuple[Episode, ...]:
    """Every step, and what the clock did between them."""
    asked = {query.token: query for query in queries.list_queries(tx, inquiry.number)}
    drafts = reply_drafts.list_drafts(tx, inquiry.number)
    texts = {
        **{draft.token: draft.composed.text for draft in drafts},
        **{_name_return(draft.token): draft.reason for draft in drafts},
        **{memo.token: memo.text for memo in memos.list_memos(tx, inquiry.number)},
        **{reply.token: reply.text for reply in replies.list_replies(tx, inquiry.number)},
    }
    steps, had = [], context.desks.common
    for taken in cases.list_steps(tx, inquiry.number):
        steps.append(_tell_step(tx, taken, had, texts, asked, context))
        had = context.desks.get(taken.desk) if taken.desk else had
    reminders = [
        Episode(query.reminded_at, By.CLOCK, None, text=query.text)
        for query in asked.values()
        if query.reminded_at is not None
    ]
    return tuple(sorted((*steps, *reminders), key=lambda episode: episode.at))


def _tell_step(
    tx: Transaction,
    taken: Taken,
    had: Desk,
    texts: Mapping[str, str],
    asked: Mapping[str, Query],
    context: Context,
) -> Episode:
    about = taken.about or ""
    query = asked.get(about)
    by = _find_side(taken)
    return Episode(
        at=taken.at,
        by=by,
        step=taken.step,
        position=_find_position(tx, taken, had) if by is By.DESK else "",
        text=_find_text(taken.step, query) if query else texts.get(_name_text(taken), ""),
        about=_name_about(taken, context),
        wait=query.wait if query and taken.step is Step.ANSWERED_BACK else None,
    )


def _name_text(taken: Taken) -> str:
    """What was written at a step: of a drafted reply there are its words, and why it came back."""
    about = taken.about or ""
    return _name_return(about) if taken.step is Step.RETURNED else about


def _name_return(token: str) -> str:
    return f"{token}:returned"


def _find_side(taken: Taken) -> By:
    if taken.who == CLOCK.account:
        return By.CLOCK
    return By.ASKER if taken.step in BY_ASKER else By.DESK


def _find_position(tx: Transaction, taken: Taken, own: Desk) -> str:
    """What whoever took a step held on that day."""
    person = roster.find_person(tx, taken.who, taken.at.astimezone(TOKYO).date())
    return case.name_person(person, taken.step, own)


def _find_text(step: Step, query: Query) -> str:
    return query.answer or "" if step is Step.ANSWERED_BACK else query.text


def _name_about(taken: Taken, context: Context) -> str:
    """The desk that has it from then on, or the inquiry whose answer it waits for."""
    if taken.step in (Step.MERGED, Step.UNMERGED):
        return taken.about or ""
    return context.desks.get(taken.desk).name if taken.desk else ""
