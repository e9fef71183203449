"""A table in aligned columns, as wide as the terminal allows; narrower, as labelled lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from bot.chat.terminal.lines import Line, Run, Style, indent, measure, measure_line, tame, wrap
from bot.conversation.message import Table

_GAP = 2
_NARROWEST = 8
"""Cells of a column: below four Japanese characters a line nobody reads it with ease."""
_NUMBER = re.compile(r"[-+]?[\d,.]+[%％]?|")


def draw_table(table: Table, width: int | None) -> tuple[Line, ...]:
    """The caption, then the table in columns if they fit, else row by row."""
    caption = wrap((Run(table.caption, Style.STRONG),), width)
    widths = _fit(_natural_widths(table), width)
    body = _draw_rows(table, width) if widths is None else _draw_grid(table, widths)
    return (*caption, *body)


def _natural_widths(table: Table) -> list[int]:
    columns = zip(table.head, *table.rows, strict=True)
    return [max(measure(line) for cell in column for line in _lines(cell)) for column in columns]


def _lines(cell: str) -> list[str]:
    return tame(cell).split("\n")


def _fit(widths: list[int], width: int | None) -> list[int] | None:
    """The widths, the widest made narrower until all fit; None: there is no room for columns."""
    if width is None or not widths:
        return widths
    while sum(widths) + _GAP * (len(widths) - 1) > width:
        widest = max(widths)
        if widest <= _NARROWEST:
            return None
        widths = list(widths)
        widths[widths.index(widest)] -= 1
    return widths


# ---------------------------------------------------------------- columns


def _draw_grid(table: Table, widths: Sequence[int]) -> Iterator[Line]:
    right = [_is_numeric(column) for column in zip(*table.rows, strict=True)] or [False] * len(
        widths
    )
    yield from _draw_row(table.head, widths, right, Style.STRONG)
    yield (Run((" " * _GAP).join("-" * width for width in widths), Style.FAINT),)
    for row in table.rows:
        yield from _draw_row(row, widths, right, Style.PLAIN)


def _is_numeric(column: Sequence[str]) -> bool:
    return all(_NUMBER.fullmatch(cell) for cell in column)


def _draw_row(
    row: Sequence[str], widths: Sequence[int], right: Sequence[bool], style: Style
) -> Iterator[Line]:
    cells = [wrap((Run(cell, style),), width) for cell, width in zip(row, widths, strict=True)]
    for lines in zip_longest(*cells, fillvalue=()):
        padded = zip(lines, widths, right, strict=True)
        yield _joined([_pad(line, width, side) for line, width, side in padded])


def _pad(line: Line, width: int, right: bool) -> Line:
    space = Run(" " * (width - measure_line(line)))
    return (space, *line) if right else (*line, space)


def _joined(cells: Sequence[Line]) -> Line:
    gap = Run(" " * _GAP)
    return tuple(run for cell in cells for run in (*cell, gap))[:-1]


# ---------------------------------------------------------------- row by row


def _draw_rows(table: Table, width: int | None) -> Iterator[Line]:
    inner = None if width is None else width - 2
    for first, *others in table.rows:
        yield from wrap((Run(first, Style.STRONG),), width, Run("- "), "  ")
        for label, cell in zip(table.head[1:], others, strict=True):
            yield from indent(wrap((Run(f"{label}: {cell}"),), inner, rest="  "), "  ")
