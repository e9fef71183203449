"""Which events the desk answers, and how they become arguments."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from bot.context import Act, Context, Hears, find_token, on_press
from bot.conversation.event import Commanded, Pressed, Said, Submitted
from bot.conversation.message import Notice
from bot.desk import flows, messages
from bot.desk.model import check_question, seek

REFER = "refer"
"""The command that brings somebody's words here, to be looked through before they are asked."""


def on_command(event: Commanded, context: Context) -> Act:
    """A command with words behind it is a question; without, or from a message, a form opens."""
    if event.command == REFER or not event.text:
        return lambda _tx: flows.compose(event.text, context)
    return on_question(event, context)


def on_compose(event: Pressed, context: Context) -> Act | None:
    if find_token(event, messages.COMPOSE) is None:
        return None
    return lambda _tx: flows.compose("", context)


def on_asked(event: Submitted, context: Context) -> Act | None:
    """A question by form is answered in the direct conversation, and the form says so."""
    if find_token(event, messages.ASK) is None:
        return None
    ask = _prepare(event, str(event.answers.get(messages.QUESTION) or ""), context)
    return lambda tx: replace(ask(tx), reply=Notice(messages.ASKED))


def on_question(event: Said | Commanded, context: Context) -> Act:
    """Anything said to the bot is a question."""
    return _prepare(event, event.text, context)


def _prepare(event: Said | Commanded | Submitted, words: str, context: Context) -> Act:
    """Check and search here, outside the transaction."""
    text = check_question(words, context.settings.question_limit)
    with context.read() as tx:
        previous = flows.find_previous(tx, event.who, event.place, context)
        ministry = flows.find_ministry(tx, event.who, context)
    sought = seek(context.knowledge, text, previous, ministry)
    return lambda tx: flows.ask(tx, event.who, event.place, sought, context)


def on_choose_day(event: Pressed, context: Context) -> Act | None:
    token = find_token(event, messages.CHOOSE_DAY)
    if token is None:
        return None
    return lambda tx: flows.choose_day(tx, event.who, token)


def on_day(event: Submitted, context: Context) -> Act | None:
    token, day = find_token(event, messages.ANSWER_AS_OF), event.answers.get(messages.DAY)
    if token is None or not isinstance(day, date):
        return None
    return lambda tx: flows.answer_as_of(tx, event.who, token, day, context)


def on_pick(event: Pressed, context: Context) -> Act | None:
    """A candidate's button carries the question's token and the candidate's number."""
    found = re.fullmatch(r"(.+)-(\d)", find_token(event, messages.PICK) or "")
    if found is None:
        return None
    question, number = found[1], int(found[2])
    return lambda tx: flows.pick(tx, event.who, question, number, context)


LISTENERS = (
    on_press(messages.RESOLVE, flows.resolve),
    on_press(messages.OTHERS, flows.clarify),
    Hears(Pressed, on_pick),
    Hears(Pressed, on_choose_day),
    Hears(Pressed, on_compose),
    Hears(Submitted, on_day),
    Hears(Submitted, on_asked),
    Hears(Said, on_question),
    Hears(Commanded, on_command),
)
