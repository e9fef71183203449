"""Cells of CSV files that a spreadsheet opens without running what was typed in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet would take for a formula."""
_MARK = "'"
"""Before such a beginning it makes a spreadsheet show the cell as text."""


def make_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows, with the mark at the front by which Excel knows UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_disarm(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def read_cell(cell: str) -> str:
    """What was typed in a cell that `make_csv` wrote; other cells as they are."""
    return cell.removeprefix(_MARK) if _is_dangerous(cell) else cell


def _disarm(cell: str) -> str:
    return f"{_MARK}{cell}" if _is_dangerous(cell) else cell


def _is_dangerous(cell: str) -> bool:
    """Also one that was typed with the mark: another is added, so that reading takes off one."""
    return cell.lstrip(_MARK).startswith(_DANGEROUS)
