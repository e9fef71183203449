"""The roster as a CSV file: read with every fault and its line, and written."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from bot.calendar import parse_day
from bot.cells import make_csv, read_cell
from bot.roster.messages import APPOINTMENTS, COLUMNS, ROLES
from bot.roster.model import Appointment, Holding, Position, Role
from knowledge.ministry import Ministry, list_similar_ministries

OPTIONAL = frozenset({"how", "until"})
_LIMITS = {"title": 200, "name": 200, "email": 254}
"""Characters that the database has room for."""
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Line:
    """A holding, and where in the file it stands."""

    number: int
    holding: Holding


def parse_sheet(data: bytes, offices: Sequence[Ministry]) -> tuple[tuple[Line, ...], list[str]]:
    """The holdings of a file, and all its faults: with one of them, none is to be entered."""
    text = _decode(data)
    if text is None:
        return (), ["the file is neither UTF-8 nor CP932 (Shift_JIS): save it as CSV UTF-8"]
    try:
        (_, head), *rows = _read_rows(text)
    except ValueError:
        return (), ["the file is empty"]
    except csv.Error as error:
        return (), [f"the file cannot be read as CSV: {error}"]
    columns, faults = _read_head(head)
    if faults:
        return (), faults
    lines = []
    for number, cells in rows:
        row = _Row(dict(zip(columns, cells, strict=False)), offices)
        holding = row.read()
        if len(cells) > len(columns):
            row.faults.append(f"{len(cells)} cells below {len(columns)} columns")
        faults += [f"line {number}: {fault}" for fault in row.faults]
        if holding is not None and not row.faults:
            lines.append(Line(number, holding))
    faults += _find_contradictions(lines)
    return tuple(lines), faults


def make_sheet(holdings: Iterable[Holding]) -> bytes:
    """A file that `parse_sheet` reads and a spreadsheet opens."""
    head = [names[0] for names in COLUMNS.values()]
    return make_csv([head, *map(_write_row, holdings)])


def _write_row(holding: Holding) -> list[str]:
    position = holding.position
    return [
        position.ministry,
        position.title,
        ROLES[position.role],
        holding.name,
        holding.email,
        APPOINTMENTS[holding.how],
        holding.since.isoformat(),
        holding.until.isoformat() if holding.until else "",
    ]


def _decode(data: bytes) -> str | None:
    """Text of a spreadsheet: CP932 is what Excel writes by "CSV" on a Japanese Windows."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text  # UTF-16 reads as CP932 with zeros
    return None


def _read_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold anything, each with the line that it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    before = 0
    for cells in reader:
        number, before = before + 1, reader.line_num
        tidied = [" ".join(read_cell(cell).split()) for cell in cells]
        while tidied and not tidied[-1]:
            tidied.pop()  # spreadsheets pad short rows
        if tidied:
            yield number, tidied


def _read_head(head: list[str]) -> tuple[list[str], list[str]]:
    """What each column holds, and what is wrong with the head."""
    known = {_plain(name): key for key, names in COLUMNS.items() for name in (key, *names)}
    columns = [known.get(_plain(cell), "") for cell in head]
    faults = [
        f"line 1: no column is called {cell!r}{_hint(cell, _written_columns())}"
        for cell, column in zip(head, columns, strict=True)
        if not column
    ]
    for column, names in COLUMNS.items():
        if columns.count(column) > 1:
            faults.append(f"line 1: the column {names[0]} ({column}) stands twice")
        if column not in columns and column not in OPTIONAL:
            faults.append(f"line 1: the column {names[0]} ({column}) is missing")
    return columns, faults


def _written_columns() -> list[str]:
    return [name for key, names in COLUMNS.items() for name in (*names, key)]


class _Row:
    """Reads the cells of one row, and notes what is wrong with them."""

    def __init__(self, cells: Mapping[str, str], offices: Sequence[Ministry]) -> None:
        self._cells = cells
        self._offices = offices
        self.faults: list[str] = []

    def read(self) -> Holding | None:
        ministry, role = self._ministry(), self._word("role", Role, ROLES)
        title, name, email = self._text("title"), self._text("name"), self._email()
        how = self._word("how", Appointment, APPOINTMENTS, Appointment.REGULAR)
        since, until = self._day("since"), self._day("until")
        if since and until and until < since:
            self.faults.append(f"it ends on {until}, before it begins on {since}")
        if not (role and how and since):
            return None
        return Holding(Position(ministry, title, role), email, name, how, since, until)

    def _text(self, column: str) -> str:
        """A required text; a formula is text like any other."""
        text = self._cells.get(column, "")
        if not text:
            self.faults.append(f"{_name(column)} is empty")
        elif not text.isprintable():
            self.faults.append(f"{_name(column)} holds a character that cannot be seen")
        elif len(text) > _LIMITS.get(column, len(text)):
            self.faults.append(f"{_name(column)} is longer than {_LIMITS[column]} characters")
        return text

    def _email(self) -> str:
        email = unicodedata.normalize("NFKC", self._text("email")).lower()
        if email and not _ADDRESS.fullmatch(email):
            self.faults.append(f"{email!r} is no e-mail address")
        return email

    def _ministry(self) -> str:
        written = self._text("ministry")
        for office in self._offices:
            if _plain(written) in map(_plain, (office.name, *office.short_names)):
                return office.name
        if written:
            near = [office.name for office in list_similar_ministries(written, self._offices)]
            hint = f"; did you mean {', '.join(near)}?" if near else ""
            self.faults.append(f"no ministry is called {written!r}{hint}")
        return written

    def _word(
        self,
        column: str,
        kind: type[_Word],
        words: Mapping[_Word, str],
        default: _Word | None = None,
    ) -> _Word | None:
        if default is not None and not self._cells.get(column):
            return default
        written = self._text(column)
        for value in kind:
            if _plain(written) in (_plain(value), _plain(words[value])):
                return value
        if written:
            known = [*words.values(), *kind]
            among = "" if _hint(written, known) else f"; one of {', '.join(words.values())}"
            hint = _hint(written, known) or among
            self.faults.append(f"{_name(column)} cannot be {written!r}{hint}")
        return None

    def _day(self, column: str) -> date | None:
        if column in OPTIONAL and not self._cells.get(column):
            return None
        written = self._text(column)
        day = parse_day(written)
        if written and day is None:
            self.faults.append(f"{_name(column)} {written!r} is no day such as 2026-04-01")
        return day


def _find_contradictions(lines: Iterable[Line]) -> Iterator[str]:
    """Rows that stand twice, and people with two names."""
    seen: dict[object, int] = {}
    names: dict[str, Line] = {}
    for line in lines:
        first = seen.setdefault(line.holding.key, line.number)
        if first != line.number:
            yield f"line {line.number}: the same person, position and beginning as line {first}"
        named = names.setdefault(line.holding.email, line)
        if named.holding.name != line.holding.name:
            yield (
                f"line {line.number}: {line.holding.email} is {line.holding.name!r} here"
                f" and {named.holding.name!r} on line {named.number}"
            )


def _name(column: str) -> str:
    return f"{COLUMNS[column][0]} ({column})"


def _plain(text: str) -> str:
    """Without what people do not mean: width, case, spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _hint(written: str, known: Collection[str]) -> str:
    near = get_close_matches(written, known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""
