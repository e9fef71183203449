"""Reads a workbook back by the format's own rules, with nothing of what wrote it."""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree as ET

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read_workbook(data: bytes) -> dict[str, list[dict[str, str]]]:
    """Every sheet by its name, each row as its cells' texts by column: A, B, C."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        book = ET.fromstring(archive.read("xl/workbook.xml"))
        names = [sheet.attrib["name"] for sheet in book.iter(f"{_MAIN}sheet")]
        shared = _read_shared(archive)
        sheets = {}
        for number, name in enumerate(names, start=1):
            page = ET.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
            # A formula would be an element of its own, beside its value.
            assert list(page.iter(f"{_MAIN}f")) == []
            sheets[name] = [_read_row(row, shared) for row in page.iter(f"{_MAIN}row")]
    return sheets


def _read_shared(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    table = ET.fromstring(archive.read("xl/sharedStrings.xml"))
    return ["".join(t.text or "" for t in si.iter(f"{_MAIN}t")) for si in table]


def _read_row(row: ET.Element, shared: list[str]) -> dict[str, str]:
    return {_column(cell): _read_cell(cell, shared) for cell in row if len(cell)}


def _column(cell: ET.Element) -> str:
    found = re.match("[A-Z]+", cell.attrib["r"])
    assert found is not None
    return found[0]


def _read_cell(cell: ET.Element, shared: list[str]) -> str:
    value = cell.find(f"{_MAIN}v")
    text = (value.text or "") if value is not None else ""
    return shared[int(text)] if cell.attrib.get("t") == "s" else text
