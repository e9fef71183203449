"""Use cases of the desk: ask, pick, clarify, resolve, escalate."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from secrets import token_urlsafe
from typing import assert_never

from bot.calendar import fiscal_year
from bot.context import Context
from bot.conversation.address import Account, Place
from bot.conversation.message import (
    Button,
    Element,
    Home,
    Message,
    New,
    OpenForm,
    Outcome,
    Update,
)
from bot.database.engine import Transaction
from bot.desk import messages, records
from bot.desk.model import (
    FOLLOW_UP,
    AlreadyEscalated,
    AlreadyResolved,
    Answered,
    ArticleGone,
    Clarify,
    Confirmed,
    Decision,
    DecisionName,
    How,
    NotKnown,
    NotTheAsker,
    Promise,
    Question,
    QuestionGone,
    Sought,
    State,
    decide,
    reception_number,
)
from bot.roster import flows as roster
from bot.roster.messages import choose_button
from knowledge.article import Article
from knowledge.base import UnknownArticle


def find_previous(
    tx: Transaction, asker: Account, place: Place, context: Context
) -> Question | None:
    """The question that the next one in this place may continue."""
    return records.find_previous(tx, asker, place, context.now() - FOLLOW_UP)


def find_ministry(tx: Transaction, asker: Account, context: Context) -> str | None:
    """Whose own rules somebody is to read, as far as the roster knows."""
    person = roster.find_person(tx, asker, context.today())
    return person.ministry if person else None


def ask(
    tx: Transaction,
    asker: Account,
    place: Place,
    sought: Sought,
    context: Context,
    *,
    ministry: str | None = None,
) -> Outcome[Decision]:
    """Answer a question as of a day, or ask back, or say that it is not known.

    The search was made before the transaction; what depends on the asker is decided here.
    `ministry` is for those who are not on the roster and say where they belong.
    """
    person = roster.find_person(tx, asker, context.today())
    ministry = person.ministry if person else ministry
    as_of = sought.as_of or context.today()
    decision = decide(sought.search, ministry, as_of, _scope_titles(context))
    question = records.add_question(
        tx,
        token=token_urlsafe(16),
        asker=asker,
        ministry=ministry,
        place=place,
        text=sought.text,
        words=sought.words,
        asked_at=context.now(),
        as_of=as_of,
        decision=decision.name,
        articles=tuple(article.id for article in decision.articles),
        others=tuple(article.id for article in decision.others),
    )
    # Somebody unknown is told once how to get their ministry's own rules, beside the answer.
    extra = (choose_button(),) if ministry is None else ()
    card = messages.understood(_card(question, decision, extra), sought)
    post = New(target=place, message=card, key=question.card)
    return Outcome(decision, (post,))


def compose(text: str, context: Context) -> Outcome[None]:
    """Offer a form for a question, with words that somebody found somewhere, or none."""
    limit = context.settings.question_limit
    return Outcome(None, reply=OpenForm(messages.ask_form(text, limit)))


def open_home(
    tx: Transaction, account: Account, context: Context, above: tuple[Element, ...] = ()
) -> Outcome[None]:
    """Show somebody how to ask and what they asked; `above` it what else they are to see."""
    known = roster.find_person(tx, account, context.today()) is not None
    recent = records.list_recent(tx, account, _LISTED)
    card = messages.home(recent, () if known else (choose_button(),), above)
    return Outcome(None, (Home(target=account, message=card),))


_LISTED = 10
"""Lines of a Home: what fits a glance."""


def pick(
    tx: Transaction, presser: Account, token: str, number: int, context: Context
) -> Outcome[Article]:
    """Answer with the candidate that the asker chose; the rest stay at hand.

    Raises QuestionGone, NotTheAsker, AlreadyResolved, AlreadyEscalated, ArticleGone.
    """
    question = get_open_question(tx, presser, token)
    if question.decision is not DecisionName.CLARIFY or number >= len(question.articles):
        raise QuestionGone
    chosen = question.articles[number]
    article = _get_article(chosen, context)
    if article.version_on(question.as_of) is None:
        raise ArticleGone
    rest = tuple(other for other in question.articles if other != chosen)
    records.put_decision(tx, question, DecisionName.ANSWERED, (chosen,), rest)
    records.add_wording(tx, question, chosen, How.PICKED, context.now())
    return Outcome(article, (_redrawn(tx, token, context),))


def clarify(tx: Transaction, presser: Account, token: str, context: Context) -> Outcome[None]:
    """Offer what else could have been meant, and the way back. Raises what `pick` raises."""
    question = get_open_question(tx, presser, token)
    if question.decision is DecisionName.ANSWERED and question.others:
        offered = (*question.others, *question.articles)
        records.put_decision(tx, question, DecisionName.CLARIFY, offered)
    return Outcome(None, (_redrawn(tx, token, context),))


def choose_day(tx: Transaction, presser: Account, token: str) -> Outcome[None]:
    """Ask for the day as of which to answer. Raises what `pick` raises."""
    question = get_open_question(tx, presser, token)
    return Outcome(None, reply=OpenForm(messages.day_form(question)))


def answer_as_of(
    tx: Transaction, presser: Account, token: str, day: date, context: Context
) -> Outcome[None]:
    """Answer the same question as of another day. Raises what `pick` raises."""
    question = get_open_question(tx, presser, token)
    records.put_as_of(tx, question, day)
    return Outcome(None, (_redrawn(tx, token, context),))


def resolve(tx: Transaction, presser: Account, token: str, context: Context) -> Outcome[None]:
    """The asker says that it is settled. Raises what `pick` raises."""
    question = get_open_question(tx, presser, token)
    records.put_state(tx, question, State.RESOLVED)
    if question.decision is DecisionName.ANSWERED:
        records.add_wording(tx, question, question.articles[0], How.RESOLVED, context.now())
    return Outcome(None, (_redrawn(tx, token, context),))


def escalate(tx: Transaction, question: Question, context: Context) -> str:
    """Give a question a reception number."""
    year = fiscal_year(context.today())
    number = reception_number(year, records.count_inquiries(tx, f"{year}-") + 1)
    records.add_inquiry(tx, question, number, context.now())
    records.put_state(tx, question, State.ESCALATED)
    return number


def forget_ministry(tx: Transaction, question: Question, context: Context) -> None:
    """Keep a question as one of no ministry, answered by none of a ministry's own rules.

    Whatever is made of questions from now on, nobody can learn from it where the asker works.
    """
    articles, others = (
        tuple(article.id for article in _kept_articles(ids, context) if not article.scope)
        for ids in (question.articles, question.others)
    )
    decision = question.decision if articles else DecisionName.NOT_KNOWN
    records.put_ministry(tx, question, None)
    records.put_decision(tx, question, decision, articles, others)


def redraw_expected(
    tx: Transaction, question: Question, promise: Promise, context: Context
) -> Update:
    """Say on the card of a question that was referred who answers it now, and by when."""
    shown = _redrawn(tx, question.token, context)
    return replace(shown, message=messages.expected(shown.message, promise))


def list_waiting_wordings(tx: Transaction, article: str | None = None) -> tuple[Confirmed, ...]:
    """Confirmed wordings that nobody has judged yet, for those who may: of an article, or all."""
    return records.list_waiting_wordings(tx, article)


def mark_judged(tx: Transaction, wording: Confirmed, context: Context) -> None:
    """Somebody has decided whether a wording becomes a phrasing."""
    records.mark_judged(tx, wording.article, wording.text, context.now())


def find_question(tx: Transaction, token: str) -> Question | None:
    """A question, for those who answer it."""
    return records.find_question(tx, token)


def list_questions(tx: Transaction, tokens: Collection[str]) -> Mapping[str, Question]:
    """Questions by their tokens."""
    return records.list_questions(tx, tokens)


def has_asked_since(tx: Transaction, asker: Account, place: Place, since: datetime) -> bool:
    """Whether somebody has asked anything in a conversation since an instant."""
    return records.has_asked_since(tx, asker, place.conversation, since)


def check_asker(question: Question, presser: Account) -> None:
    """Raises NotTheAsker for anybody else."""
    if question.asker != presser:
        raise NotTheAsker


def list_kept(question: Question, context: Context) -> tuple[Article, ...]:
    """What was answered or offered by itself, as far as it still stands."""
    return _kept_articles(question.articles, context)


def _scope_titles(context: Context) -> dict[str, str]:
    return {scope.category: scope.title for scope in context.knowledge.library.out_of_scope}


def get_open_question(tx: Transaction, presser: Account, token: str) -> Question:
    """A question about which its asker may still decide.

    Raises QuestionGone, NotTheAsker, AlreadyResolved, AlreadyEscalated.
    """
    question = records.find_question(tx, token)
    if question is None:
        raise QuestionGone
    check_asker(question, presser)
    if question.state is State.RESOLVED:
        raise AlreadyResolved
    if question.inquiry is not None:
        raise AlreadyEscalated(question.inquiry)
    return question


def _redrawn(tx: Transaction, token: str, context: Context) -> Update:
    """The question's card as it stands after a press."""
    question = records.find_question(tx, token)
    assert question is not None
    return Update(of=question.card, message=_card(question, _decision(question, context), ()))


def _decision(question: Question, context: Context) -> Decision:
    """What had been decided, with the articles as they are now."""
    articles = _kept_articles(question.articles, context)
    others = _kept_articles(question.others, context)
    match question.decision, articles:
        case DecisionName.ANSWERED, (article,) if version := article.version_on(question.as_of):
            return Answered(article, version, others=others)
        case DecisionName.ANSWERED, (article,):
            return NotKnown(outside=article)
        case DecisionName.CLARIFY, (_, *_):
            return Clarify(articles)
        case DecisionName.NOT_KNOWN, (article,) if article.version_on(question.as_of):
            return NotKnown(unsettled=article)
        case DecisionName.NOT_KNOWN, (article,):
            return NotKnown(outside=article)
        case _:
            return NotKnown()


def _kept_articles(ids: tuple[str, ...], context: Context) -> tuple[Article, ...]:
    """The articles, without those that were withdrawn meanwhile."""
    found = []
    for article_id in ids:
        try:
            found.append(context.knowledge.get_article(article_id))
        except UnknownArticle:
            continue
    return tuple(found)


def _get_article(article_id: str, context: Context) -> Article:
    try:
        return context.knowledge.get_article(article_id)
    except UnknownArticle as gone:
        raise ArticleGone from gone


def _card(question: Question, decision: Decision, extra: tuple[Button, ...]) -> Message:
    match decision:
        case Answered():
            return messages.answer(question, decision, extra)
        case Clarify():
            return messages.clarify(question, decision, extra)
        case NotKnown():
            return messages.not_known(question, decision, extra)
        case _:
            assert_never(decision)
