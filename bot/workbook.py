"""Workbooks for Excel: every cell is text, a number or a day, and never a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_CHARACTERS = 32_767
"""Of one cell: Excel has no room for more, and calls a file with more damaged."""
MOST_WIDTH = 60
_NARROWEST = 10

Value = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, its heads and its rows, which are read once."""

    name: str
    """At most 31 characters, without [ ] : * ? / and the backslash."""
    head: tuple[str, ...]
    rows: Iterable[Sequence[Value]]


def make_workbook(sheets: Iterable[Sheet], made_at: datetime) -> bytes:
    """All sheets as one file; the same sheets at the same time are the same bytes."""
    out = io.BytesIO()
    # In memory: what people asked is not to lie about in temporary files.
    with Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": made_at.replace(tzinfo=None)})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, bold, wrapped, day)
    return out.getvalue()


def _write_sheet(page: Worksheet, sheet: Sheet, bold: Format, wrapped: Format, day: Format) -> None:
    widths = [max(_NARROWEST, 2 * len(head) + 2) for head in sheet.head]
    for column, head in enumerate(sheet.head):
        page.write_string(0, column, head, bold)
    count = 0
    for count, row in enumerate(sheet.rows, start=1):
        for column, value in enumerate(row):
            _write(page, count, column, value, wrapped, day)
            if isinstance(value, str):
                widths[column] = max(widths[column], min(2 * len(value) + 2, MOST_WIDTH))
    for column, width in enumerate(widths):
        page.set_column(column, column, width)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, count, len(sheet.head) - 1)


def _write(
    page: Worksheet, row: int, column: int, value: Value, wrapped: Format, day: Format
) -> None:
    """By its kind, and text always as text, whatever it begins with."""
    match value:
        case None:
            return
        case str():
            page.write_string(row, column, value[:MOST_CHARACTERS], wrapped)
        case date():
            page.write_datetime(row, column, value, day)
        case _:
            page.write_number(row, column, value, wrapped)
