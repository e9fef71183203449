"""Which events the people behind the answers answer, and how they become arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.context import Act, Context, Hears
from bot.conversation.address import Account
from bot.conversation.event import Pressed, Said, Submitted
from bot.conversation.message import Control, Outcome
from bot.database.engine import Transaction
from bot.inquiry.flows import asking_back, moving, receiving, replying
from bot.inquiry.messages import terms

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


def on_reply(event: Submitted, context: Context) -> Act | None:
    number = _token(event, terms.REPLY)
    if number is None:
        return None
    return lambda tx: replying.reply(tx, event.who, number, event.answers, context)


def on_query(event: Submitted, context: Context) -> Act | None:
    number = _token(event, terms.QUERY)
    if number is None:
        return None
    return lambda tx: asking_back.ask_back(tx, event.who, number, event.answers, context)


def on_compose_answer(event: Pressed, _context: Context) -> Act | None:
    token = _token(event, terms.COMPOSE_ANSWER)
    if token is None:
        return None
    return lambda tx: asking_back.compose_answer(tx, event.who, token)


def on_answer_back(event: Submitted, context: Context) -> Act | None:
    token = _token(event, terms.ANSWER_BACK)
    if token is None:
        return None
    text = str(event.answers.get(terms.TEXT) or "")
    return lambda tx: asking_back.answer(tx, event.who, token, text, context)


def on_said(event: Said, context: Context) -> Act | None:
    """Words of somebody whom a desk has asked something may be the answer, and no question."""
    if not event.text.strip():
        return None
    with context.read() as tx:
        sure, perhaps = asking_back.find_addressed(tx, event.who, event.place)
    if sure:
        token = sure[0].token
        return lambda tx: asking_back.answer(tx, event.who, token, event.text, context)
    if perhaps:
        return lambda tx: asking_back.ask_which(tx, event.who, event.place, event.text, context)
    return None


def _token(event: Pressed | Submitted, action: str) -> str | None:
    control = Control.parse(event.control)
    return control.token if control and control.action == action else None


def on_refer(event: Submitted, context: Context) -> Act | None:
    token = _token(event, terms.REFER)
    if token is None:
        return None
    return lambda tx: receiving.escalate_nameless(tx, event.who, token, event.answers, context)


def on_hand_on(event: Submitted, context: Context) -> Act | None:
    number = _token(event, terms.HAND_ON)
    if number is None:
        return None
    return lambda tx: moving.hand_on(tx, event.who, number, event.answers, context)


LISTENERS = (
    _on_press(receiving.ESCALATE, receiving.escalate),
    _on_press(receiving.NAMELESS, receiving.choose_first),
    Hears(Submitted, on_refer),
    _on_press(terms.TAKE_OVER, receiving.take_over),
    _on_press(terms.HAND_BACK, receiving.hand_back),
    _on_press(terms.MOVE, moving.choose_desk),
    Hears(Submitted, on_hand_on),
    _on_press(terms.ASK_BACK, asking_back.compose_query),
    Hears(Submitted, on_query),
    _on_press(terms.DROP_QUERY, asking_back.drop_query),
    _on_press(terms.LAPSE, asking_back.lapse),
    Hears(Pressed, on_compose_answer),
    Hears(Submitted, on_answer_back),
    Hears(Said, on_said),
    _on_press(terms.COMPOSE, replying.compose),
    Hears(Submitted, on_reply),
    _on_press(terms.SETTLE, replying.settle),
    _on_press(terms.REOPEN, replying.reopen),
)
