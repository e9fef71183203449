"""Use cases of the list of inquiries: open it, turn its pages, arrange it, open one of them."""

from __future__ import annotations

from dataclasses import replace

from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.message import New, OpenForm, Outcome, Update
from bot.database.engine import Transaction
from bot.inquiry.flows import viewing
from bot.inquiry.model import NotAtDesk
from bot.overview.messages import listing as words
from bot.overview.model import PAGE_SIZE, Listing, ListingGone, Page, bound_page
from bot.overview.records import listings, queue


def get_listing(tx: Transaction, who: Account, token: str) -> Listing:
    """A list that somebody opened. Raises ListingGone."""
    found = listings.find_listing(tx, token)
    if found is None or found.who != who:
        raise ListingGone
    return found


def look(tx: Transaction, listing: Listing, context: Context) -> Page:
    """What stands on the page of a list: read where nothing is written. Raises NotAtDesk."""
    _, sight = viewing.find_viewer(tx, listing.who, context)
    if sight is None:
        raise NotAtDesk
    today = context.today()
    count = queue.count_part(tx, sight, listing.part, listing.who, today)
    there = replace(listing, page=bound_page(listing.page, count))
    return Page(there, sight, count, queue.list_page(tx, sight, there, today, PAGE_SIZE))


def show(tx: Transaction, page: Page, context: Context) -> Outcome[None]:
    """Show a page of a list, in one's own conversation. Raises NotAtDesk."""
    who = page.listing.who
    person, sight = viewing.find_viewer(tx, who, context)
    if person is None or sight != page.sight:
        raise NotAtDesk
    shown = [(entry.number, entry.desk) for entry in page.entries]
    viewing.note_shown(tx, who, person, shown, context)
    message = words.page(page, context.today(), context.desks)
    if listings.put_listing(tx, page.listing, context.now()):
        return Outcome(None, (New(target=who, message=message, key=page.listing.key),))
    return Outcome(None, (Update(of=page.listing.key, message=message),))


def choose(tx: Transaction, presser: Account, token: str) -> Outcome[None]:
    """Offer the form by which a list is arranged. Raises ListingGone."""
    return Outcome(None, reply=OpenForm(words.arrange_form(get_listing(tx, presser, token))))


def pick(page: Page) -> Outcome[None]:
    """Offer the inquiries on a page, one of which is to be opened."""
    return Outcome(None, reply=OpenForm(words.pick_form(page)))
