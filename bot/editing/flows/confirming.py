"""Use cases of confirmed wordings: offer, look through, judge, withdraw."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from bot.calendar import is_working_day
from bot.context import Context
from bot.conversation.address import Account, Place
from bot.conversation.message import New, Notice, OpenForm, Outcome, Priority
from bot.database.engine import Transaction
from bot.desk import flows as asked
from bot.desk.model import Confirmed
from bot.editing.flows import desk
from bot.editing.flows.keeping import note
from bot.editing.messages import confirming as words
from bot.editing.messages import terms
from bot.editing.model import Judgement, NoSuchArticle, NothingChosen, WordingUnfit, check_remit
from bot.editing.records import wordings
from bot.inquiry.model import MAY_APPROVE
from bot.shelf import records as shelf
from knowledge.article import Article
from knowledge.base import UnknownArticle
from knowledge.text import wording
from knowledge.wordings import HOPELESS, Phrasings, add_wordings


def offer(tx: Transaction, context: Context) -> Outcome[None]:
    """Tell each desk, once a week at most and on a working day, which wordings wait for it."""
    today = context.today()
    if not is_working_day(today):
        return Outcome(None)
    _drop_hopeless(tx, context)
    by_place: defaultdict[Place, list[words.Waiting]] = defaultdict(list)
    for article, waiting in _list_waiting(tx, context).items():
        found = context.knowledge.get_article(article)
        by_place[desk.get_place(found.scope, context)].append((found, waiting))
    return Outcome(None, tuple(_offer(place, found, today) for place, found in by_place.items()))


def _drop_hopeless(tx: Transaction, context: Context) -> None:
    """What could never become a phrasing is nobody's to judge, and looked at no more."""
    phrasings = _read_phrasings(tx, context)
    for one in asked.list_waiting_wordings(tx):
        if phrasings.find_unfitness(one.article, one.text) in HOPELESS:
            asked.mark_judged(tx, one, context)


def _offer(place: Place, waiting: list[words.Waiting], today: date) -> New:
    waiting.sort(key=lambda pair: (-sum(one.count for one in pair[1]), pair[0].id))
    week = today - timedelta(days=today.weekday())
    return New(
        target=place,
        message=words.weekly(waiting, today),
        key=f"wordings:{place.key}:{week}",
        priority=Priority.NOTICE,
    )


def look_through(
    tx: Transaction, presser: Account, article: str, context: Context
) -> Outcome[None]:
    """Offer the form for an article's wordings. Raises NotAtDesk, NoSuchArticle, ScopeNotYours."""
    found = _get_article(tx, presser, article, context)
    waiting = _list_waiting(tx, context, article).get(article, ())
    if not waiting:
        return Outcome(None, reply=Notice(words.NOTHING))
    return Outcome(None, reply=OpenForm(words.judging_form(found, waiting)))


def judge(
    tx: Transaction,
    presser: Account,
    article: str,
    answers: Mapping[str, Any],
    context: Context,
) -> Outcome[None]:
    """Add wordings to an article's phrasings, or drop them: all that was decided, or nothing.

    What somebody else has decided meanwhile stays. Raises WordingUnfit, NothingChosen, and what
    `look_through` raises.
    """
    _get_article(tx, presser, article, context)
    chosen = [
        (one, Judgement(answer))
        for one in asked.list_waiting_wordings(tx, article)
        if (answer := answers.get(f"{terms.WORDING}{one.id}")) in tuple(Judgement)
    ]
    if not chosen:
        raise NothingChosen
    phrasings = _read_phrasings(tx, context)
    for one, judgement in chosen:
        if judgement is Judgement.ADDED:
            _add(tx, phrasings, one, context)
        asked.mark_judged(tx, one, context)
        _decide(tx, presser, article, one.text, judgement, context)
    added = sum(judgement is Judgement.ADDED for _, judgement in chosen)
    return Outcome(None, reply=Notice(words.judged(added, len(chosen) - added)))


def _add(tx: Transaction, phrasings: Phrasings, one: Confirmed, context: Context) -> None:
    why = phrasings.find_unfitness(one.article, one.text)
    if why is not None:
        raise WordingUnfit(one.text, why)
    phrasings.add(one.article, one.text)
    shelf.add_wording(tx, one.article, one.text, context.now())


def ask_withdrawal(
    tx: Transaction, presser: Account, article: str, context: Context
) -> Outcome[None]:
    """Offer the form to take wordings back. Raises what `look_through` raises."""
    found = _get_article(tx, presser, article, context)
    if not found.confirmed:
        return Outcome(None, reply=Notice(words.withdrawn(0)))
    return Outcome(None, reply=OpenForm(words.withdrawal_form(found)))


def withdraw(
    tx: Transaction, presser: Account, article: str, texts: tuple[str, ...], context: Context
) -> Outcome[None]:
    """Take wordings of an article back. Raises what `look_through` raises."""
    _get_article(tx, presser, article, context)
    held = set(shelf.list_wordings(tx).get(article, ()))
    gone = [text for text in texts if text in held]
    for text in gone:
        shelf.add_wording(tx, article, text, context.now(), withdrawn=True)
        _decide(tx, presser, article, text, Judgement.WITHDRAWN, context)
    return Outcome(None, reply=Notice(words.withdrawn(len(gone))))


def find_chosen(article: str, chosen: object, context: Context) -> tuple[str, ...]:
    """The wordings of an article that were ticked in the form of a withdrawal."""
    names = chosen if isinstance(chosen, tuple) else ()
    return tuple(t for t in list_confirmed(article, context) if words.name_wording(t) in names)


def list_confirmed(article: str, context: Context) -> tuple[str, ...]:
    """What was added to an article's own phrasings."""
    try:
        return context.knowledge.get_article(article).confirmed
    except UnknownArticle:
        return ()


def count_waiting(tx: Transaction, article: str, context: Context) -> int:
    return len(_list_waiting(tx, context, article).get(article, ()))


def _decide(
    tx: Transaction,
    presser: Account,
    article: str,
    text: str,
    judgement: Judgement,
    context: Context,
) -> None:
    wordings.add_decision(tx, article, text, judgement, presser, context.now())
    note(tx, presser, f"wording_{judgement}", article, context)


def _get_article(tx: Transaction, presser: Account, article: str, context: Context) -> Article:
    _, remit = desk.check_editor(tx, presser, context, MAY_APPROVE)
    try:
        found = context.knowledge.get_article(article)
    except UnknownArticle as gone:
        raise NoSuchArticle from gone
    check_remit(remit, found.scope)
    return found


def _read_phrasings(tx: Transaction, context: Context) -> Phrasings:
    """Every phrasing as it is published now: the base of this process may be a second behind."""
    return Phrasings(add_wordings(context.knowledge.library, shelf.list_wordings(tx)))


def _list_waiting(
    tx: Transaction, context: Context, article: str | None = None
) -> dict[str, list[Confirmed]]:
    """Wordings that could become phrasings, by article; others wait in vain."""
    phrasings = _read_phrasings(tx, context)
    found: defaultdict[str, list[Confirmed]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    for one in asked.list_waiting_wordings(tx, article):
        key = one.article, wording(one.text)
        if key not in seen and phrasings.find_unfitness(one.article, one.text) is None:
            found[one.article].append(one)
        seen.add(key)
    return found
