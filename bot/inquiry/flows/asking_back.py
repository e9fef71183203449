"""Use cases of a question back: ask the asker, take it back, answer."""

from __future__ import annotations

from collections.abc import Mapping
from secrets import token_urlsafe

from bot.context import Context
from bot.conversation.address import Account, Place
from bot.conversation.event import Answer
from bot.conversation.message import New, Notice, OpenForm, Outcome, Update
from bot.database.engine import Transaction
from bot.desk import flows as desk
from bot.desk.messages import ask_form
from bot.desk.model import check_question
from bot.inquiry.flows import case
from bot.inquiry.messages import asking_back as words
from bot.inquiry.messages import terms
from bot.inquiry.model import (
    Inquiry,
    Query,
    QueryOver,
    Stage,
    Step,
    check_stage,
)
from bot.inquiry.records import cases, queries

# ---------------------------------------------------------------- the desk


def compose_query(
    tx: Transaction, presser: Account, number: str, context: Context
) -> Outcome[None]:
    """Offer the form for a question back. Raises what `compose` raises."""
    _, inquiry = case.check_held(tx, presser, number, context)
    return Outcome(None, reply=OpenForm(words.query_form(inquiry)))


def ask_back(
    tx: Transaction,
    presser: Account,
    number: str,
    answers: Mapping[str, Answer],
    context: Context,
) -> Outcome[Query]:
    """Ask the asker, in their thread; until they answer, the clock stands still.

    Raises what `compose` raises.
    """
    _, inquiry = case.check_held(tx, presser, number, context)
    question = case.get_question(tx, inquiry)
    place = case.get_asker_place(inquiry, question)
    query = Query(
        token=token_urlsafe(16),
        number=number,
        text=str(answers[terms.TEXT]),
        office=case.get_desk(inquiry, context).name,
        asked_at=context.now(),
        in_thread=place.thread is not None,
    )
    queries.add_query(tx, query, question.asker, place)
    cases.put_stage(tx, number, Stage.ASKED_BACK, presser, inquiry.office)
    cases.put_pause(tx, number, None)
    card = words.query_card(query, question)
    told = case.tell_asker(inquiry, question, card, query.card, context)
    went_on = case.went_on(tx, inquiry, Step.ASKED_BACK, presser, context, about=query.token)
    pointless = case.list_late_keys(inquiry)
    return Outcome(query, (told, *went_on.posts), Notice(words.ASKED), pointless)


def drop_query(tx: Transaction, presser: Account, number: str, context: Context) -> Outcome[None]:
    """Take a question back again: the desk goes on without. Raises what `compose` raises."""
    _, inquiry = case.check_held(tx, presser, number, context, (Stage.ASKED_BACK,))
    dropped = drop_open(tx, inquiry, context)
    cases.put_stage(tx, number, Stage.TAKEN, presser, inquiry.office)
    case.put_pause(tx, inquiry, context)
    about = dropped.value
    went_on = case.went_on(tx, inquiry, Step.QUERY_DROPPED, presser, context, about=about)
    return Outcome(None, (*dropped.posts, *went_on.posts), withdrawn=dropped.withdrawn)


def drop_open(tx: Transaction, inquiry: Inquiry, context: Context) -> Outcome[str | None]:
    """What becomes of a question back that nobody needs answered any more, if there is one.

    Its token.
    """
    query = queries.find_open_query(tx, inquiry.number)
    if query is None:
        return Outcome(None)
    queries.put_dropped(tx, query.token, context.now())
    shown = _redrawn(tx, query.token, inquiry)
    return Outcome(query.token, (shown,), withdrawn=(query.reminder, query.missed))


# ---------------------------------------------------------------- the asker


def find_addressed(
    tx: Transaction, asker: Account, place: Place
) -> tuple[tuple[Query, ...], tuple[Query, ...]]:
    """What somebody's words in a place answer for sure, and what they may be meant to answer.

    In the thread of a question they answer what is asked there. A direct conversation without
    threads holds everything at once: there, words may be an answer until something else was asked.
    """
    found = queries.list_addressed(tx, asker, place.conversation)
    here = tuple(query for query, where in found if where == place and place.thread is not None)
    loose = [query for query, where in found if where.thread is None]
    perhaps = tuple(
        query for query in loose if not desk.has_asked_since(tx, asker, place, query.asked_at)
    )
    return (here, ()) if len(here) == 1 else ((), here + perhaps)


def ask_which(
    tx: Transaction, asker: Account, place: Place, text: str, context: Context
) -> Outcome[None]:
    """Ask whether words are an answer to what was asked back, or a new question."""
    _, perhaps = find_addressed(tx, asker, place)
    either = [words.perhaps_answer(query, text) for query in perhaps[: terms.MOST]]
    form = ask_form(text, context.settings.question_limit)
    messages = (*either, words.perhaps_question(form))
    return Outcome(None, tuple(New(target=place, message=message) for message in messages))


def compose_answer(tx: Transaction, presser: Account, token: str) -> Outcome[None]:
    """Offer the asker the form for what they were asked.

    Raises InquiryGone, NotTheAsker, QueryOver.
    """
    query, _ = _asked(tx, presser, token)
    return Outcome(None, reply=OpenForm(words.answer_form(query, "")))


def answer(
    tx: Transaction, presser: Account, token: str, text: str, context: Context
) -> Outcome[None]:
    """The asker says what they were asked; the desk goes on, and its clock.

    Raises what `compose_answer` raises, QuestionEmpty and QuestionTooLong.
    """
    query, inquiry = _asked(tx, presser, token)
    said = check_question(text, context.settings.question_limit)
    queries.put_answer(tx, token, said, context.now())
    cases.put_stage(tx, inquiry.number, Stage.TAKEN, inquiry.holder, inquiry.office)
    due_on = case.put_pause(tx, inquiry, context)
    told = case.tell_desk(
        inquiry, words.answered(inquiry, query, said), context, key=f"{query.card}:answered"
    )
    went_on = case.went_on(tx, inquiry, Step.ANSWERED_BACK, presser, context, about=token)
    posts = (_redrawn(tx, token, inquiry), told, *went_on.posts)
    return Outcome(
        None, posts, Notice(words.thanks(inquiry, due_on)), (query.reminder, query.missed)
    )


def _asked(tx: Transaction, presser: Account, token: str) -> tuple[Query, Inquiry]:
    query = case.get_query(tx, token)
    inquiry = case.get_inquiry(tx, query.number)
    desk.check_asker(case.get_question(tx, inquiry), presser)
    if not query.is_open:
        raise QueryOver
    check_stage(inquiry, Stage.ASKED_BACK, Stage.LAPSED)
    return query, inquiry


def _redrawn(tx: Transaction, token: str, inquiry: Inquiry) -> Update:
    """The asker's card of a question back, as it stands now."""
    query = case.get_query(tx, token)
    card = words.query_card(query, case.get_question(tx, inquiry))
    return Update(of=query.card, message=card)
