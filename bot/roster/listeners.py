"""Which events the roster answers, and how they become arguments."""

from __future__ import annotations

from bot.context import Act, Context, Hears, find_token
from bot.conversation.event import Pressed, Submitted
from bot.roster import flows, messages


def on_choose(event: Pressed, context: Context) -> Act | None:
    if find_token(event, messages.CHOOSE) is None:
        return None
    return lambda tx: flows.choose_ministry(tx, context)


def on_declare(event: Submitted, context: Context) -> Act | None:
    if find_token(event, messages.DECLARE) is None:
        return None
    ministry = str(event.answers.get(messages.MINISTRY, ""))
    return lambda tx: flows.declare_ministry(tx, event.who, ministry, context)


LISTENERS = (Hears(Pressed, on_choose), Hears(Submitted, on_declare))
