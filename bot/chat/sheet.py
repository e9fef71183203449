"""Tables as CSV that a spreadsheet opens without running what was typed, and their figures."""

from __future__ import annotations

import re

from bot import cells
from bot.conversation.message import Table


def make_csv(table: Table) -> bytes:
    """Head and rows."""
    return cells.make_csv((table.head, *table.rows))


def find_figures(table: Table) -> tuple[bool, ...]:
    """Of each column, whether it holds figures alone: they are compared, and stand right."""
    return tuple(
        bool(table.rows) and all(_is_figure(row[column]) for row in table.rows)
        for column in range(len(table.head))
    )


def _is_figure(text: str) -> bool:
    return re.fullmatch(r"[-+−]?[\d,.]+\s*[%％]?|[-—–]?", text.strip()) is not None
