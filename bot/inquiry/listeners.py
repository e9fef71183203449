"""Which events the people behind the answers answer, and how they become arguments."""

from __future__ import annotations

import re

from bot.context import Act, Context, Hears, find_token, on_press, on_submit
from bot.conversation.event import Pressed, Said, Submitted
from bot.inquiry.flows import (
    asking_back,
    checking,
    lapsing,
    merging,
    moving,
    recalling,
    receiving,
    replying,
)
from bot.inquiry.messages import terms


def on_escalate(event: Pressed, context: Context) -> Act | None:
    """What may ask for the same is looked for here, outside the transaction."""
    token = find_token(event, receiving.ESCALATE)
    if token is None:
        return None
    alike = _find_alike(token, None, context)
    return lambda tx: receiving.escalate(tx, event.who, token, context, alike=alike)


def on_find_alike(event: Pressed, context: Context) -> Act | None:
    number = find_token(event, terms.FIND_ALIKE)
    if number is None:
        return None
    with context.read() as tx:
        token = merging.find_token(tx, number)
    alike = _find_alike(token, None, context)
    return lambda tx: merging.propose(tx, event.who, number, alike, context)


def _find_alike(token: str, desk: str | None, context: Context) -> tuple[str, ...]:
    """At the desk that an inquiry is at, or will come to: the one that is named, if any is."""
    with context.read() as tx:
        text, beside = merging.list_beside(tx, token, desk, context)
    places = context.knowledge.list_alike(text, [other for _, other in beside], terms.MOST)
    return tuple(beside[place][0] for place in places)


def on_merge(event: Pressed, context: Context) -> Act | None:
    """The button carries the numbers of both."""
    found = re.fullmatch(r"(\d+-\d+)-(\d+-\d+)", find_token(event, terms.MERGE) or "")
    if found is None:
        return None
    one, other = found[1], found[2]
    return lambda tx: merging.merge(tx, event.who, one, other, context)


def on_compose(event: Pressed, context: Context) -> Act | None:
    """Articles that may stand behind the answer are searched for here."""
    number = find_token(event, terms.COMPOSE)
    if number is None:
        return None
    with context.read() as tx:
        words = replying.find_words(tx, number)
    matches = context.knowledge.search(words).matches[: terms.MOST] if words else ()
    found = [match.article.id for match in matches]
    return lambda tx: replying.compose(tx, event.who, number, found, context)


def on_compose_answer(event: Pressed, _context: Context) -> Act | None:
    token = find_token(event, terms.COMPOSE_ANSWER)
    if token is None:
        return None
    return lambda tx: asking_back.compose_answer(tx, event.who, token)


def on_answer_back(event: Submitted, context: Context) -> Act | None:
    token = find_token(event, terms.ANSWER_BACK)
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


def on_refer(event: Submitted, context: Context) -> Act | None:
    token = find_token(event, terms.REFER)
    if token is None:
        return None
    answers = event.answers
    alike = _find_alike(token, str(answers.get(terms.DESK)), context)
    return lambda tx: receiving.escalate_nameless(
        tx, event.who, token, answers, context, alike=alike
    )


LISTENERS = (
    Hears(Pressed, on_escalate),
    on_press(receiving.NAMELESS, receiving.choose_first),
    Hears(Submitted, on_refer),
    on_press(terms.TAKE_OVER, receiving.take_over),
    on_press(terms.HAND_BACK, receiving.hand_back),
    on_press(terms.MOVE, moving.choose_desk),
    on_submit(terms.HAND_ON, moving.hand_on),
    on_press(terms.ASK_BACK, asking_back.compose_query),
    on_submit(terms.QUERY, asking_back.ask_back),
    on_press(terms.DROP_QUERY, asking_back.drop_query),
    on_press(terms.LAPSE, lapsing.lapse),
    Hears(Pressed, on_compose_answer),
    Hears(Submitted, on_answer_back),
    Hears(Said, on_said),
    Hears(Pressed, on_find_alike),
    Hears(Pressed, on_merge),
    on_press(terms.UNMERGE, merging.unmerge),
    on_press(terms.COMPOSE_MEMO, recalling.compose_memo),
    on_submit(terms.KEEP_MEMO, recalling.keep_memo),
    on_press(terms.RECOUNT, recalling.recount),
    Hears(Pressed, on_compose),
    on_press(terms.ISSUE, checking.issue),
    on_press(terms.COMPOSE_RETURN, checking.compose_return),
    on_submit(terms.RETURN, checking.return_draft),
    on_press(terms.WITHDRAW, checking.withdraw),
    on_submit(terms.REPLY, replying.reply),
    on_press(terms.SETTLE, replying.settle),
    on_press(terms.REOPEN, replying.reopen),
)
