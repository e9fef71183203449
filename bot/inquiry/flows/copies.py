"""A card that stands in several places: each is kept current as long as its reader may read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from secrets import token_urlsafe

from bot.conversation.address import Account
from bot.conversation.message import Message, New, Update
from bot.database.engine import Transaction
from bot.inquiry.records import copies


def make_copy(tx: Transaction, of: str, message: Message, reader: Account) -> New:
    """A card once more, directly to somebody, who may press there what is offered.

    `of`: what the card is about, the same wherever it stands.
    """
    key = f"{of}:copy:{token_urlsafe(8)}"
    copies.put_copy(tx, of, reader, key)
    return New(target=reader, message=message, key=key)


def redraw(
    tx: Transaction,
    of: str,
    show: Callable[[Account], Message | None],
    last: Message | None = None,
) -> Iterator[Update]:
    """All copies as they stand now; `show` says what each one's reader may read.

    Who may not read on gets the `last` word, if there is one, and nothing after it.
    """
    for key, reader in copies.list_copies(tx, of):
        shown = show(reader)
        if shown is None:
            copies.drop_copy(tx, of, reader)
        told = shown or last
        if told is not None:
            yield Update(of=key, message=told)
