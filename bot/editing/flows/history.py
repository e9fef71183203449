"""Use case of an article's past: show who made it what it is, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from bot.context import Context
from bot.conversation.address import Account, Place
from bot.conversation.message import Button, New, Outcome
from bot.database.engine import Transaction
from bot.editing.flows import checking, confirming, desk
from bot.editing.messages import confirming as confirming_words
from bot.editing.messages import history as words
from bot.editing.model import (
    Draft,
    Event,
    Happened,
    NoSuchArticle,
    Verdict,
    check_remit,
)
from bot.editing.records import drafts, wordings
from bot.roster import flows as roster
from bot.shelf import records as shelf
from knowledge.article import Article

_START = datetime.min.replace(tzinfo=UTC)


def show_history(
    tx: Transaction, presser: Account, article: str, place: Place, context: Context
) -> Outcome[None]:
    """Show an article's versions. Raises NotAtDesk, NoSuchArticle, ScopeNotYours."""
    _, remit = desk.check_editor(tx, presser, context)
    revisions = drafts.list_drafts(tx, article)
    published = checking.read_published(tx, context).find(article)
    if published is None and not revisions:
        raise NoSuchArticle
    scopes = [draft.body.scope for draft in revisions]
    check_remit(remit, *scopes, *([published.scope] if published and published.scope else []))
    title = published.title if published else revisions[-1].body.title
    events = sorted(_list_events(tx, article, revisions), key=lambda event: event.at or _START)
    buttons = _list_buttons(tx, published, context) if published else ()
    shown = words.history(title, events, revisions, buttons)
    return Outcome(None, (New(target=place, message=shown),))


def _list_buttons(tx: Transaction, article: Article, context: Context) -> tuple[Button, ...]:
    waiting = confirming.count_waiting(tx, article.id, context)
    added = len(confirming.list_confirmed(article.id, context))
    return confirming_words.list_buttons(article.id, waiting, added)


def _list_events(tx: Transaction, article: str, revisions: Sequence[Draft]) -> Iterator[Event]:
    for draft in revisions:
        yield from _tell(tx, draft)
    for one in wordings.list_decisions(tx, article):
        who = roster.find_name(tx, one.who)
        yield Event(one.at, Happened(one.judgement), who, reason=one.text)
    approved = {draft.settled.at for draft in revisions if draft.settled}
    for at in shelf.list_publications(tx, article):
        if at not in approved:
            yield Event(at, Happened.PUT, None)


def _tell(tx: Transaction, draft: Draft) -> Iterator[Event]:
    who = roster.find_name(tx, draft.proposer)
    yield Event(draft.proposed_at, Happened.PROPOSED, who, draft.revision)
    settled = draft.settled
    if settled is not None:
        what, who = Happened(draft.verdict), roster.find_name(tx, settled.who)
        yield Event(settled.at, what, who, draft.revision, settled.reason)
    elif draft.verdict is not Verdict.PROPOSED:
        yield Event(None, Happened(draft.verdict), None, draft.revision)
