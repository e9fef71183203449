"""Tables as CSV that a spreadsheet opens without running what somebody has typed."""

from __future__ import annotations

import csv
import io

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
