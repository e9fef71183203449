"""The desks as YAML holds them, checked one by one and against each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.desk import Desk, Release, Signature, Staff
from knowledge.document import read_sections
from knowledge.fault import ContentFile
from knowledge.ministry import Ministry
from knowledge.ministry_form import check_offices
from knowledge.section import Line, Section

ALL = "all"
"""Serves everybody: what makes a desk the common one."""
MOST_DAYS = 60
"""Working days that a desk may give itself; as many as a deployment may give all of them."""

DESK_KEYS = (
    "id", "name", "ministry", "serves", "up", "owns", "staff", "head", "days", "days_off",
    "hours", "reply", "signs",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Form:
    """A desk together with where it stands."""

    desk: Desk
    section: Section


def read_desks(file: ContentFile, offices: Sequence[Ministry]) -> tuple[Desk, ...]:
    """Reads and checks all desks; there is always exactly one that serves everybody."""
    sections = read_sections(file, known=DESK_KEYS, place="窓口")
    forms = [_read_desk(section, offices) for section in sections]
    for key, read in _DISTINCT.items():
        _check_distinct(forms, key, read)
    _check_staff(forms)
    _check_ladder(forms)
    _check_common(file, forms)
    return tuple(form.desk for form in forms)


def _read_desk(section: Section, offices: Sequence[Ministry]) -> _Form:
    ministry = section.text("ministry")
    if ministry:
        check_offices(section, [Line(ministry, section.line_of("ministry"))], offices)
    own = next((office.days_off for office in offices if office.name == ministry), frozenset())
    desk = Desk(
        id=section.identifier("id", example="kankyosho-jinji"),
        name=section.text("name"),
        ministry=ministry,
        serves=_read_serves(section, ministry, offices),
        up=section.optional_text("up"),
        owns=frozenset(line.text for line in section.optional_texts("owns")),
        staff=_read_staff(section),
        head=section.optional_text("head"),
        days=section.optional_number("days", 1, MOST_DAYS),
        days_off=section.optional_days("days_off") | own,
        hours=section.optional_text("hours"),
        reply=Release(section.optional_word("reply", [r.value for r in Release])),
        signs=Signature(section.optional_word("signs", [s.value for s in Signature])),
    )
    return _Form(desk, section)


def _read_serves(
    section: Section, ministry: str, offices: Sequence[Ministry]
) -> frozenset[str] | None:
    """Whom it serves at first hand: its own ministry's staff, unless it says otherwise."""
    if "serves" not in section:
        return frozenset({ministry})
    lines = section.text_or_texts("serves")
    if [line.text for line in lines] == [ALL]:
        return None
    check_offices(section, lines, offices)
    return frozenset(line.text for line in lines)


def _read_staff(section: Section) -> frozenset[Staff]:
    if "staff" not in section:
        return frozenset(Staff)
    lines = section.text_or_texts("staff")
    known = [role.value for role in Staff]
    for line in lines:
        if line.text not in known:
            told = f"staff の「{line.text}」は使えません。{' か '.join(known)} にしてください。"
            section.note(told, line=line.number)
    if not lines:
        section.note(
            "staff が空です。だれが受け持つかを書くか、行ごと消してください。", key="staff"
        )
    return frozenset(Staff(line.text) for line in lines if line.text in known)


# --- what shows only when the desks are seen together ---

_DISTINCT: dict[str, Callable[[Desk], str]] = {
    "id": lambda desk: desk.id,
    "name": lambda desk: desk.name,
}


def _check_distinct(forms: Sequence[_Form], key: str, read: Callable[[Desk], str]) -> None:
    first: dict[str, _Form] = {}
    for form in forms:
        other = first.setdefault(read(form.desk), form)
        if other is not form and read(form.desk):
            line = other.section.line_of(key)
            form.section.note(
                f"{key} の「{read(form.desk)}」は{line}行目の窓口のものです。"
                "別のものにしてください。",
                key=key,
            )


def _check_staff(forms: Sequence[_Form]) -> None:
    """Who works at one of two desks must not read what came to the other."""
    first: dict[tuple[str, Staff], _Form] = {}
    for form in forms:
        clashes = [
            other
            for role in sorted(form.desk.staff)
            if (other := first.setdefault((form.desk.ministry, role), form)) is not form
        ]
        if clashes:
            form.section.note(
                f"{clashes[0].section.line}行目の窓口と、府省も受け持つ役割も同じです。"
                "staff で分けてください。",
                key="staff",
            )


def _check_ladder(forms: Sequence[_Form]) -> None:
    above = {form.desk.id: form.desk.up for form in forms}
    for form in forms:
        up = form.desk.up
        if up is not None and up not in above:
            known = "、".join(above)
            form.section.note(
                f"up の「{up}」という窓口はありません。id は {known} です。", key="up"
            )
        elif _leads_back(form.desk.id, above):
            form.section.note(
                "up をたどると、この窓口に戻ります。どこかで止めてください。", key="up"
            )


def _leads_back(start: str, above: dict[str, str | None]) -> bool:
    seen, id = {start}, above.get(start)
    while id is not None and id not in seen:
        seen.add(id)
        id = above.get(id)
    return id == start


def _check_common(file: ContentFile, forms: Sequence[_Form]) -> None:
    common = [form for form in forms if form.desk.is_common]
    if forms and not common:
        file.note(1, f"serves: {ALL} の窓口がありません。だれの照会でも受ける窓口が1つ要ります。")
    for form in common[1:]:
        form.section.note(
            f"serves: {ALL} の窓口は1つだけです（1つ目は{common[0].section.line}行目）。",
            key="serves",
        )
