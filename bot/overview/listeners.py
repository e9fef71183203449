"""Which events the desk's view answers: what reads much is looked up outside the transaction."""

from __future__ import annotations

from dataclasses import replace
from secrets import token_urlsafe

from bot.calendar import fiscal_year
from bot.context import Act, Context, Hears, find_token, on_press
from bot.conversation.address import Account
from bot.conversation.event import Commanded, Opened, Pressed, Said, Submitted
from bot.conversation.message import FieldErrors, Outcome
from bot.overview.flows import export, home, listing
from bot.overview.messages import listing as list_words
from bot.overview.messages import terms
from bot.overview.model import Listing, Order, Part, View, parse_number

# ---------------------------------------------------------------- the Home


def on_home(event: Opened, context: Context) -> Act:
    view = _look(event.who, context)
    return lambda tx: home.open_home(tx, event.who, view, context)


def on_take_over(event: Pressed, context: Context) -> Act | None:
    number = find_token(event, terms.TAKE_OVER)
    if number is None:
        return None
    view = _look(event.who, context)
    return lambda tx: home.take_over(tx, event.who, number, view, context)


def _look(who: Account, context: Context) -> View | None:
    with context.read() as tx:
        seen = home.look(tx, who, context)
    return home.group(seen, context) if seen else None


# ---------------------------------------------------------------- the list


def on_list_words(event: Said | Commanded, context: Context) -> Act | None:
    """What is written for a list is no question, whoever writes it."""
    words, _, rest = event.text.strip().replace("\u3000", " ").partition(" ")
    number = parse_number(rest, fiscal_year(context.today())) if rest.strip() else None
    if words not in terms.LIST_WORDS or (rest.strip() and number is None):
        return None
    if number is not None:
        return lambda tx: home.open_inquiry(tx, event.who, number, context)
    return _show(Listing(token_urlsafe(16), event.who), context)


def on_list(event: Pressed, context: Context) -> Act | None:
    part = find_token(event, terms.LIST)
    if part not in set(Part):
        return None
    return _show(Listing(token_urlsafe(16), event.who, Part(part)), context)


def on_turn(event: Pressed, context: Context) -> Act | None:
    token, _, page = (find_token(event, terms.TURN) or "").rpartition("-")
    if not (token and page.isdecimal()):
        return None
    return _show(replace(_get_listing(event.who, token, context), page=int(page)), context)


def on_choose(event: Pressed, context: Context) -> Act | None:
    token = find_token(event, terms.CHOOSE)
    if token is None:
        return None
    return lambda tx: listing.choose(tx, event.who, token)


def on_arrange(event: Submitted, context: Context) -> Act | None:
    token = find_token(event, terms.ARRANGE)
    if token is None:
        return None
    written = str(event.answers.get(terms.NUMBER) or "").strip()
    if written:
        return _open_by_number(event, written, context)
    part, order = (str(event.answers[name]) for name in (terms.PART, terms.ORDER))
    found = _get_listing(event.who, token, context)
    return _show(replace(found, part=Part(part), order=Order(order), page=0), context)


def _open_by_number(event: Submitted, written: str, context: Context) -> Act:
    number = parse_number(written, fiscal_year(context.today()))
    if number is None:
        wrong = FieldErrors({terms.NUMBER: list_words.NUMBER_UNCLEAR})
        return lambda _tx: Outcome(None, reply=wrong)
    return lambda tx: home.open_inquiry(tx, event.who, number, context)


def on_pick(event: Pressed, context: Context) -> Act | None:
    token = find_token(event, terms.PICK)
    if token is None:
        return None
    found = _get_listing(event.who, token, context)
    with context.read() as tx:
        page = listing.look(tx, found, context)
    return lambda _tx: listing.pick(page)


def on_picked(event: Submitted, context: Context) -> Act | None:
    if find_token(event, terms.PICKED) is None:
        return None
    number = str(event.answers.get(terms.NUMBER) or "")
    return lambda tx: home.open_inquiry(tx, event.who, number, context)


# ---------------------------------------------------------------- the list as a file


def on_export_words(event: Said | Commanded, context: Context) -> Act | None:
    return _export(event.who, context) if event.text.strip() in terms.EXPORT_WORDS else None


def on_export(event: Pressed, context: Context) -> Act | None:
    return None if find_token(event, terms.EXPORT) is None else _export(event.who, context)


def _export(who: Account, context: Context) -> Act:
    with context.read() as tx:
        made = export.prepare(tx, who, context)
    return lambda tx: export.export(tx, who, made, context)


# ---------------------------------------------------------------- what all of them need


def _get_listing(who: Account, token: str, context: Context) -> Listing:
    with context.read() as tx:
        return listing.get_listing(tx, who, token)


def _show(wanted: Listing, context: Context) -> Act:
    with context.read() as tx:
        page = listing.look(tx, wanted, context)
    return lambda tx: listing.show(tx, page, context)


LISTENERS = (
    Hears(Opened, on_home),
    Hears(Pressed, on_take_over),
    on_press(terms.OPEN, home.open_inquiry),
    Hears(Said, on_list_words),
    Hears(Commanded, on_list_words),
    Hears(Said, on_export_words),
    Hears(Commanded, on_export_words),
    Hears(Pressed, on_export),
    Hears(Pressed, on_list),
    Hears(Pressed, on_turn),
    Hears(Pressed, on_choose),
    Hears(Submitted, on_arrange),
    Hears(Pressed, on_pick),
    Hears(Submitted, on_picked),
)
