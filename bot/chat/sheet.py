"""Tables as CSV that a spreadsheet opens without running what was typed, and their figures."""

from __future__ import annotations

import csv
import io
import re

from bot.conversation.message import Table

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet would take for a formula."""


def make_csv(table: Table) -> bytes:
    """Head and rows; with the mark at the front by which Excel knows UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in (table.head, *table.rows):
        writer.writerow([_disarm(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _disarm(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell


def find_figures(table: Table) -> tuple[bool, ...]:
    """Of each column, whether it holds figures alone: they are compared, and stand right."""
    return tuple(
        bool(table.rows) and all(_is_figure(row[column]) for row in table.rows)
        for column in range(len(table.head))
    )


def _is_figure(text: str) -> bool:
    return re.fullmatch(r"[-+−]?[\d,.]+\s*[%％]?|[-—–]?", text.strip()) is not None
