"""Inquiries as files: CSV for every tool, and a workbook for Excel; neither runs what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from bot.cells import make_csv
from bot.overview.messages import export as words
from bot.workbook import MEDIA_TYPE, Sheet, Value, make_workbook

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
