"""Names of ministries where content mentions them, checked against the list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from knowledge.ministry import Ministry, list_similar_ministries
from knowledge.section import Line, Section


def check_offices(section: Section, lines: Iterable[Line], offices: Sequence[Ministry]) -> None:
    """Notes every name that is no ministry's official one."""
    names = {office.name for office in offices}
    for line in lines:
        if line.text not in names:
            note_unknown_office(section, line, offices)


def note_unknown_office(section: Section, line: Line, offices: Sequence[Ministry]) -> None:
    """Notes that there is no such ministry, with the one that may have been meant."""
    near = list_similar_ministries(line.text, offices, limit=1)
    hint = f"もしかして {near[0].name} ですか。" if near else "ministries.yaml を見てください。"
    section.note(f"「{line.text}」という府省はありません。{hint}", line=line.number)
