"""Which events the desk's view answers: what reads much is looked up outside the transaction."""

from __future__ import annotations

from bot.context import Act, Context, Hears
from bot.conversation.address import Account
from bot.conversation.event import Opened, Pressed
from bot.conversation.message import Control
from bot.overview.flows import home
from bot.overview.messages import terms
from bot.overview.model import View


def on_home(event: Opened, context: Context) -> Act:
    view = _look(event.who, context)
    return lambda tx: home.open_home(tx, event.who, view, context)


def on_take_over(event: Pressed, context: Context) -> Act | None:
    number = _token(event, terms.TAKE_OVER)
    if number is None:
        return None
    view = _look(event.who, context)
    return lambda tx: home.take_over(tx, event.who, number, view, context)


def on_open(event: Pressed, context: Context) -> Act | None:
    number = _token(event, terms.OPEN)
    if number is None:
        return None
    return lambda tx: home.open_inquiry(tx, event.who, number, context)


def _look(who: Account, context: Context) -> View | None:
    with context.read() as tx:
        seen = home.look(tx, who, context)
    return home.group(seen, context) if seen else None


def _token(event: Pressed, action: str) -> str | None:
    control = Control.parse(event.control)
    return control.token if control and control.action == action else None


LISTENERS = (
    Hears(Opened, on_home),
    Hears(Pressed, on_take_over),
    Hears(Pressed, on_open),
)
