"""Cells of CSV files that a spreadsheet opens without running what was typed in them."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet would take for a formula."""
_MARK = "'"
"""Before such a beginning it makes a spreadsheet show the cell as text."""


def make_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows, with the mark at the front by which Excel knows UTF-8."""
    return b"".join(iterate_csv(rows))


def iterate_csv(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The same bit by bit, for more rows than need be in memory at once."""
    yield codecs.BOM_UTF8
    for row in rows:
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerow([_disarm(cell) for cell in row])
        yield out.getvalue().encode()


def read_cell(cell: str) -> str:
    """What was typed in a cell that `make_csv` wrote; other cells as they are."""
    return cell.removeprefix(_MARK) if _is_dangerous(cell) else cell


def _disarm(cell: str) -> str:
    return f"{_MARK}{cell}" if _is_dangerous(cell) else cell


def _is_dangerous(cell: str) -> bool:
    """Also one that was typed with the mark: another is added, so that reading takes off one."""
    return cell.lstrip(_MARK).startswith(_DANGEROUS)
