"""Inquiries and reports as files: CSV, workbooks and charts; none runs what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from bot import chart
from bot.cells import make_csv
from bot.overview.messages import export as words
from bot.overview.messages import reporting as telling
from bot.overview.model import Report
from bot.workbook import MEDIA_TYPE, Sheet, Value, make_workbook

PICTURE = chart.MEDIA_TYPE
__all__ = ["MEDIA_TYPE", "make_book", "make_text", "write_rows"]


def make_text(rows: Iterable[Sequence[Value]]) -> bytes:
    """Rows below the heads of an export, as CSV."""
    return make_csv(write_rows(rows))


def make_book(rows: Iterable[Sequence[Value]], made_at: datetime) -> bytes:
    """The same as a workbook."""
    return make_workbook((Sheet(words.SHEET, words.HEAD, rows),), made_at)


def write_rows(rows: Iterable[Sequence[Value]]) -> Iterator[list[str]]:
    """Heads and rows as text: days as 2026-10-06, and nothing for what is not there."""
    yield list(words.HEAD)
    for row in rows:
        yield ["" if value is None else _write(value) for value in row]


def _write(value: Value) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


# ---------------------------------------------------------------- a report


def make_report_text(report: Report) -> bytes:
    """The weeks of a report as CSV."""
    rows = (telling.row(flow) for flow in report.flows)
    return make_csv([telling.FLOW_HEAD, *(list(map(str, row)) for row in rows)])


def make_report_book(report: Report) -> bytes:
    """All of a report as a workbook."""
    figures, weeks, *lists = telling.SHEETS
    sheets = [
        Sheet(figures, telling.FIGURES_HEAD, telling.list_figures(report)),
        Sheet(weeks, telling.FLOW_HEAD, map(telling.row, report.flows)),
        *(
            Sheet(name, telling.LIST_HEAD, [(line,) for line in lines])
            for name, lines in zip(lists, telling.list_lines(report), strict=True)
        ),
    ]
    return make_workbook(sheets, report.told_at)


def draw_report(report: Report) -> bytes | None:
    """The weeks of a report as a picture; None where this machine has no Japanese letters."""
    bars = zip(telling.SERIES, telling.list_series(report), strict=True)
    labels = tuple(map(telling.label, report.flows))
    series = tuple(chart.Series(name, values) for name, values in bars)
    return chart.draw(chart.Chart(telling.CHART_TITLE, labels, series))
