"""Which events lead to articles, and how they become arguments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from bot.context import Act, Context, Hears, find_token, on_press, on_submit
from bot.conversation.address import Account
from bot.conversation.event import Pressed, Submitted
from bot.conversation.message import Outcome
from bot.database.engine import Transaction
from bot.editing.flows import checking, confirming, deciding, drafting, history, watching
from bot.editing.messages import terms
from bot.editing.model import Body

Check = Callable[[Transaction, Account, str, Body, Context], str]
"""Whether somebody may propose an article for what a form belongs to; the article's id."""


def _on_propose(action: str, check: Check) -> Hears:
    """A form with an article: who proposes it hears at once what would keep it from being sound."""

    def listener(event: Submitted, context: Context) -> Act | None:
        token = find_token(event, action)
        if token is None:
            return None
        body = drafting.parse_body(event.answers)
        with context.read() as tx:
            article = check(tx, event.who, token, body, context)
            published = checking.read_published(tx, context)
        checking.prepare(article, body, published, context)

        def act(tx: Transaction) -> Outcome[Any]:
            check(tx, event.who, token, body, context)
            return drafting.propose_article(tx, event.who, article, body, context)

        return act

    return Hears(Submitted, listener)


def on_approve(event: Pressed, context: Context) -> Act | None:
    """The whole library is checked with the article in it, outside the transaction."""
    token = find_token(event, terms.APPROVE)
    if token is None:
        return None
    with context.read() as tx:
        draft = deciding.get_open_draft(tx, event.who, token, context)
        published = checking.read_published(tx, context)
    prepared = checking.prepare(draft.article, draft.body, published, context)
    return lambda tx: deciding.approve(tx, event.who, token, prepared, context)


def on_return(event: Submitted, context: Context) -> Act | None:
    token = find_token(event, terms.GIVE_REASON)
    if token is None:
        return None
    reason = str(event.answers[terms.REASON])
    return lambda tx: deciding.return_draft(tx, event.who, token, reason, context)


def on_history(event: Pressed, context: Context) -> Act | None:
    article = find_token(event, terms.HISTORY)
    if article is None:
        return None
    return lambda tx: history.show_history(tx, event.who, article, event.place, context)


def on_withdraw(event: Submitted, context: Context) -> Act | None:
    article = find_token(event, terms.WITHDRAW)
    if article is None:
        return None
    texts = confirming.find_chosen(article, event.answers.get(terms.WORDING), context)
    return lambda tx: confirming.withdraw(tx, event.who, article, texts, context)


def on_reviewed(event: Submitted, context: Context) -> Act | None:
    article = find_token(event, terms.REVIEWED)
    review_by = event.answers.get(terms.REVIEW_BY)
    if article is None or not isinstance(review_by, date):
        return None
    return lambda tx: watching.confirm(tx, event.who, article, review_by, context)


LISTENERS = (
    on_press(drafting.DRAFT, drafting.draft),
    on_press(terms.REVISE, drafting.revise),
    _on_propose(terms.PROPOSE, drafting.check_first),
    _on_propose(terms.PROPOSE_AGAIN, drafting.check_again),
    Hears(Pressed, on_approve),
    on_press(terms.RETURN, deciding.ask_reason),
    Hears(Submitted, on_return),
    on_press(terms.REJECT, deciding.reject),
    Hears(Pressed, on_history),
    on_press(terms.CONFIRM, confirming.look_through),
    on_submit(terms.JUDGE, confirming.judge),
    on_press(terms.UNDO, confirming.ask_withdrawal),
    Hears(Submitted, on_withdraw),
    on_press(terms.REVIEW, watching.review),
    Hears(Submitted, on_reviewed),
)
