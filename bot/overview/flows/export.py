"""Use cases of handing inquiries over as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from bot.audit import flows as audit
from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.message import New, Outcome, Priority
from bot.database.engine import Transaction
from bot.inquiry.flows import viewing
from bot.inquiry.model import NotAtDesk, Sight, is_administrators, is_at_some_desk
from bot.overview import sheet
from bot.overview.messages import export as words
from bot.overview.model import MOST_EXPORTED, Export
from bot.overview.records import dossiers
from bot.roster import flows as roster
from knowledge.desk import Ladder

Row = tuple[words.Value, ...]


def prepare(tx: Transaction, who: Account, context: Context) -> Export:
    """Read and write all that somebody may see: slow, so done where nothing is written.

    Raises NotAtDesk.
    """
    _, sight = viewing.find_viewer(tx, who, context)
    if sight is None:
        raise NotAtDesk
    count = dossiers.count_dossiers(tx, sight)
    of = {context.desks.get(id).ministry for id in dossiers.list_desks(tx, sight)}
    titles = {article.id: article.title for article in context.knowledge.library.articles}
    found = iterate_rows(tx, sight, titles, context.today(), context.desks, MOST_EXPORTED)
    rows = tuple(found)
    return Export(
        sight=sight,
        count=count,
        written=len(rows),
        of=tuple(sorted(of)),
        csv=sheet.make_text(rows),
        workbook=sheet.make_book(rows, context.now()),
    )


def iterate_rows(
    tx: Transaction,
    sight: Sight,
    titles: Mapping[str, str],
    today: date,
    desks: Ladder,
    limit: int | None = None,
) -> Iterator[Row]:
    """Inquiries as rows of a file, the latest first; `titles` of the articles that still stand."""
    for dossier in dossiers.iterate_dossiers(tx, sight, limit):
        yield words.row(dossier, titles, today, desks)


def export(tx: Transaction, who: Account, made: Export, context: Context) -> Outcome[None]:
    """Send what was prepared to whoever asked for it, in person. Raises NotAtDesk."""
    person, sight = viewing.find_viewer(tx, who, context)
    if person is None or sight != made.sight:
        raise NotAtDesk
    at = context.now()
    actor = roster.find_actor(tx, who, context.today(), is_administrators, is_at_some_desk)
    written = {"rows": made.written, "of": made.of}
    audit.note(tx, actor, "inquiry.exported", "inquiry:all", at, after=written)
    message = words.message(made, context.today(), sheet.MEDIA_TYPE)
    return Outcome(None, (New(target=who, message=message, priority=Priority.NOTICE),))
