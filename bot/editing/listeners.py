"""Which events lead to articles, and how they become arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.context import Act, Context, Hears
from bot.conversation.address import Account
from bot.conversation.event import Pressed, Submitted
from bot.conversation.message import Control, Outcome
from bot.database.engine import Transaction
from bot.editing.flows import drafting
from bot.editing.messages import terms
from bot.editing.messages.drafting import CAUTION
from bot.editing.model import Draft, NotSound
from knowledge.library import LibraryFaults, content_folder, read_library
from knowledge.writing import write_rule

Flow = Callable[[Transaction, Account, str, Context], Outcome[Any]]
"""A flow that needs to know who pressed, and what the button belongs to."""


def _on_press(action: str, flow: Flow) -> Hears:
    """A button whose token says what it belongs to, and nothing else."""

    def listener(event: Pressed, context: Context) -> Act | None:
        token = _token(event, action)
        if token is None:
            return None
        return lambda tx: flow(tx, event.who, token, context)

    return Hears(Pressed, listener)


def on_propose(event: Submitted, context: Context) -> Act | None:
    number = _token(event, terms.PROPOSE)
    if number is None:
        return None
    return lambda tx: drafting.propose_article(tx, event.who, number, event.answers, context)


def on_approve(event: Pressed, context: Context) -> Act | None:
    """The whole library is checked with the article in it, outside the transaction."""
    token = _token(event, terms.APPROVE)
    if token is None:
        return None
    with context.read() as tx:
        draft, published = drafting.find_draft(tx, token), drafting.list_published(tx)
    text = _write(draft, context) if draft else ""
    if draft is not None:
        _check(published | {draft.article_id: text})
    return lambda tx: drafting.approve(tx, event.who, token, text, context)


def _write(draft: Draft, context: Context) -> str:
    return write_rule(
        draft.article_id,
        title=draft.title,
        questions=draft.questions,
        answer=draft.answer,
        basis=draft.basis,
        issuer=draft.issuer,
        applies_to=draft.applies_to,
        in_force=draft.in_force,
        owner=draft.owner,
        review_by=draft.review_by,
        written_on=context.today(),
        caution=CAUTION,
    )


def _check(published: dict[str, str]) -> None:
    """Raises NotSound with every fault of what would be published."""
    try:
        read_library(content_folder(), {f"published/{id}": text for id, text in published.items()})
    except LibraryFaults as found:
        raise NotSound(tuple(map(str, found.faults))) from found


def _token(event: Pressed | Submitted, action: str) -> str | None:
    control = Control.parse(event.control)
    return control.token if control and control.action == action else None


LISTENERS = (
    _on_press(drafting.DRAFT, drafting.draft),
    Hears(Submitted, on_propose),
    Hears(Pressed, on_approve),
    _on_press(terms.REJECT, drafting.reject),
)
