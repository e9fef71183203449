"""Use cases of the weekly report: count a desk's week, and tell the desk of it, once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.context import Act, Context
from bot.conversation.address import Place
from bot.conversation.message import FileContent, Message, New, Outcome, Post, Priority
from bot.database.engine import Transaction
from bot.inquiry.flows import viewing
from bot.overview import sheet
from bot.overview.flows import caring
from bot.overview.messages import reporting as words
from bot.overview.model import (
    MOST_REPORTED,
    WEEKS,
    Asked,
    History,
    Period,
    Report,
    count_days_to_answer,
    find_period,
    list_periods,
    tally,
)
from bot.overview.records import asked, reports
from knowledge.desk import Desk

TOPICS = 10
"""Articles that are told of as asked for most often."""


@dataclass(frozen=True, slots=True)
class Told:
    """A report that is ready to be told."""

    desk: Desk
    week: str
    message: Message


def prepare_reports(context: Context) -> Act | None:
    """Count and draw what the desks are to be told today; None: nothing is due.

    Run as often as one likes: each desk is told of a week once, on its first working day or, where
    that was missed, on the next.
    """
    told = tuple(
        ready for desk in context.desks.open if (ready := _prepare(desk, context)) is not None
    )
    return (lambda tx: tell(tx, told, context)) if told else None


def tell(tx: Transaction, told: tuple[Told, ...], context: Context) -> Outcome[None]:
    """Tell each desk of its week, unless another process has."""
    posts: list[Post] = [
        New(
            target=Place(context.get_conversation(ready.desk)),
            message=ready.message,
            key=f"report:{ready.week}:{ready.desk.id}",
            priority=Priority.NOTICE,
        )
        for ready in told
        if reports.add_report(tx, ready.desk.id, ready.week, context.now())
    ]
    return Outcome(None, tuple(posts))


def _prepare(desk: Desk, context: Context) -> Told | None:
    period = find_period(context.today(), desk.days_off)
    if period is None:
        return None
    with context.read() as tx:
        if desk.id in reports.list_told(tx, period.week):
            return None
        report, unanswered = count(tx, desk, period, context)
    if not report.has_begun:
        return None
    care = caring.group_questions(report.care, unanswered, context)
    return Told(desk, period.week, draw(replace(report, care=care)))


def count(
    tx: Transaction, desk: Desk, period: Period, context: Context
) -> tuple[Report, tuple[Asked, ...]]:
    """What a desk's report says, but for the unanswered questions, which are to be grouped."""
    sight = viewing.get_sight(desk, context)
    ministries = caring.list_ministries(sight, context)
    periods = list_periods(period, WEEKS, desk.days_off)
    histories = reports.list_histories(tx, sight, periods[0].start)
    now = reports.count_open(tx, sight, context.today())
    steady = now["open"] - sum(history.is_open for history in histories)
    report = Report(
        desk=desk.name,
        told_at=context.now(),
        flows=tuple(tally(histories, steady, one) for one in periods),
        days=_list_days(tx, histories, period, desk),
        open=now["open"],
        unassigned=now["unassigned"],
        overdue=now["overdue"],
        topics=_list_topics(tx, period, ministries, context),
        care=caring.look_after(tx, sight, ministries, period.start, context),
    )
    return report, asked.list_unanswered(tx, period.start, ministries, MOST_REPORTED)


def _list_days(
    tx: Transaction, histories: tuple[History, ...], period: Period, desk: Desk
) -> tuple[int, ...]:
    """Working days that the period's first answers took."""
    waits = viewing.list_waits(tx, [history.number for history in histories])
    found = (
        count_days_to_answer(history, period, desk.days_off, waits[history.number])
        for history in histories
    )
    return tuple(days for days in found if days is not None)


def _list_topics(
    tx: Transaction, period: Period, ministries: frozenset[str] | None, context: Context
) -> tuple[tuple[str, int], ...]:
    """Titles of the articles that answered most often, as far as they still stand."""
    titles = {article.id: article.title for article in context.knowledge.library.articles}
    found = reports.list_topics(tx, period.start, period.end, ministries, TOPICS)
    return tuple((titles[id], count) for id, count in found if id in titles)


def draw(report: Report) -> Message:
    """The report as a message, with its chart and its files."""
    name = f"report_{report.flow.period.week}"
    data = sheet.draw_report(report)
    chart = FileContent(f"{name}.png", sheet.PICTURE, data) if data is not None else None
    workbook = FileContent(f"{name}.xlsx", sheet.MEDIA_TYPE, sheet.make_report_book(report))
    csv = FileContent(f"{name}.csv", "text/csv", sheet.make_report_text(report))
    return words.message(report, chart, workbook, csv)
