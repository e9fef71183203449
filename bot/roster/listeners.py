"""Which events the roster answers, and how they become arguments."""

from __future__ import annotations

from bot.context import Act, Context, Hears
from bot.conversation.event import Pressed, Submitted
from bot.conversation.message import Control
from bot.roster import flows, messages


def on_choose(event: Pressed, context: Context) -> Act | None:
    if not _is(event.control, messages.CHOOSE):
        return None
    return lambda tx: flows.choose_ministry(tx, context)


def on_declare(event: Submitted, context: Context) -> Act | None:
    if not _is(event.control, messages.DECLARE):
        return None
    ministry = str(event.answers.get(messages.MINISTRY, ""))
    return lambda tx: flows.declare_ministry(tx, event.who, ministry, context)


def _is(control: str, action: str) -> bool:
    parsed = Control.parse(control)
    return parsed is not None and parsed.action == action


LISTENERS = (Hears(Pressed, on_choose), Hears(Submitted, on_declare))
