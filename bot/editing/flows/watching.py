"""Use cases of what goes stale: tell its owner, and confirm that an article is still right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from hashlib import sha256

from bot.calendar import is_working_day
from bot.context import Context
from bot.conversation.address import Account, Place
from bot.conversation.message import New, Notice, OpenForm, Outcome, Priority
from bot.database.engine import Transaction
from bot.editing.flows import checking, desk
from bot.editing.flows.drafting import REVIEW_AFTER
from bot.editing.flows.keeping import note
from bot.editing.messages import watching as words
from bot.editing.model import NoSuchArticle, ScopeNotYours
from bot.editing.records import notices
from bot.inquiry.model import works_at
from bot.roster.model import Person
from bot.shelf import records as shelf
from knowledge.article import Article
from knowledge.watching import watch_article


def tell_owners(tx: Transaction, context: Context) -> Outcome[None]:
    """Tell each owner on a working day what has gone stale since the last time, in one card.

    Each reason is told once, whoever ticks and however often.
    """
    today = context.today()
    if not is_working_day(today):
        return Outcome(None)
    by_place: defaultdict[Place, list[Article]] = defaultdict(list)
    for article in context.knowledge.library.articles:
        now = context.now()
        if [key for key in _list_keys(article, today) if notices.add_notice(tx, key, now)]:
            by_place[_find_owner(article, context)].append(article)
    return Outcome(None, tuple(_post(place, found, today) for place, found in by_place.items()))


def _list_keys(article: Article, today: date) -> Iterator[str]:
    """What makes a reason the same one."""
    if article.review_by < today:
        yield f"stale:{article.id}:review:{article.review_by}"
    for amendment in article.amended:
        source = sha256(amendment.source.encode()).hexdigest()[:16]
        yield f"stale:{article.id}:{source}:{amendment.on}"


def _find_owner(article: Article, context: Context) -> Place:
    """Where those read who answer for it: its ministry, its owner, else the common desk."""
    if article.scope:
        return desk.get_place(article.scope, context)
    named = (one for one in context.desks.open if article.owner in {one.name, *one.owns})
    owner = next(named, context.desks.common)
    return Place(context.get_conversation(owner))


def _post(place: Place, articles: list[Article], today: date) -> New:
    told = sha256("|".join(article.id for article in articles).encode()).hexdigest()[:16]
    return New(
        target=place,
        message=words.digest(articles, today),
        key=f"stale:{place.key}:{today}:{told}",
        priority=Priority.NOTICE,
    )


def review(tx: Transaction, presser: Account, article: str, context: Context) -> Outcome[None]:
    """Offer the form that confirms an article. Raises NotAtDesk, NoSuchArticle, ScopeNotYours."""
    found = _get_article(tx, presser, article, context)
    today = context.today()
    return Outcome(None, reply=OpenForm(words.review_form(found, today, today + REVIEW_AFTER)))


def confirm(
    tx: Transaction, presser: Account, article: str, review_by: date, context: Context
) -> Outcome[None]:
    """Keep that an article was looked through and is right. Raises what `review` raises."""
    found = _get_article(tx, presser, article, context)
    shelf.add_review(tx, article, found.review_by, review_by, context.now())
    before, after = {"review_by": found.review_by}, {"review_by": review_by}
    note(tx, presser, "reviewed", article, context, before=before, after=after)
    return Outcome(None, reply=Notice(words.REVIEWED))


def _get_article(tx: Transaction, presser: Account, article: str, context: Context) -> Article:
    """An article as it stands, for whoever publishes it or answers for it."""
    person, remit = desk.check_editor(tx, presser, context)
    text = checking.read_published(tx, context).find(article)
    if text is None:
        raise NoSuchArticle
    reviews = shelf.list_reviews(tx).get(article, ())
    found = watch_article(text, shelf.list_amendments(tx), reviews)
    if not remit.covers(found.scope) and not _owns(person, found, context):
        raise ScopeNotYours(found.scope)
    return found


def _owns(person: Person, article: Article, context: Context) -> bool:
    owners = (one for one in context.desks.open if article.owner in {one.name, *one.owns})
    return not article.scope and any(works_at(person, one) for one in owners)
