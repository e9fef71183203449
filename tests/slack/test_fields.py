"""A form's fields as Slack's inputs and back: the rules come home with the answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given, settings

from bot.chat.answers import list_quarters
from bot.chat.plain import flatten, tame
from bot.chat.slack.fields import MOST_ID, MOST_LABEL, fits, read_field, render_field, write_rule
from bot.conversation.message import (
    DateField,
    FileField,
    FormField,
    NumberField,
    OneOfField,
    Option,
    Quarter,
    QuarterField,
    SeveralOfField,
    TextField,
)
from tests.left_out import examples
from tests.renderers.material import fields

AB = (Option("a", "甲"), Option("b", "乙"))


def offered(element: dict[str, Any]) -> list[str]:
    groups = element.get("option_groups", [element])
    return [option["value"] for group in groups for option in group["options"]]


def many(count: int) -> tuple[Option, ...]:
    return tuple(Option(f"v{number}", f"選択肢{number}") for number in range(count))


@settings(deadline=None, max_examples=examples(150))
@given(fields("名前"))
def test_a_field_comes_back_with_its_rules(field: FormField) -> None:
    """Name, label, kind, rules and whether an answer is required survive the way to Slack."""
    block = render_field(field).block
    assume(block is not None and fits(flatten(field.label), MOST_LABEL))
    assert block is not None
    read = read_field(block)

    assert type(read) is type(field)
    assert read is not None
    assert (read.name, read.label, read.required) == ("名前", flatten(field.label), field.required)
    assert len(write_rule(field)) <= MOST_ID
    assert rules(read) == rules(field)


def rules(field: FormField) -> object:
    match field:
        case TextField():
            return field.max_length, field.multiline
        case NumberField():
            return field.minimum, field.maximum, field.whole, tame(field.unit or "")
        case DateField():
            return field.earliest, field.latest
        case OneOfField() | SeveralOfField():
            return [option.value for option in field.options]
        case QuarterField():
            return field.earliest, field.latest
        case FileField():
            return None


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        (TextField(name="f", label="名"), "plain_text_input"),
        (NumberField(name="f", label="名", minimum=0, maximum=9), "number_input"),
        (DateField(name="f", label="名"), "datepicker"),
        (OneOfField(name="f", label="名", options=AB), "radio_buttons"),
        (OneOfField(name="f", label="名", options=many(6)), "static_select"),
        (OneOfField(name="f", label="名", options=AB, required=False), "multi_static_select"),
        (SeveralOfField(name="f", label="名", options=AB), "checkboxes"),
        (SeveralOfField(name="f", label="名", options=many(11)), "multi_static_select"),
        (
            QuarterField(name="f", label="名", earliest=Quarter(2017, 1), latest=Quarter(2020, 4)),
            "static_select",
        ),
    ],
)
def test_each_kind_has_its_input(field: FormField, kind: str) -> None:
    """Few options stand open; what may be left out can be taken back."""
    block = render_field(field).block

    assert block is not None
    assert block["element"]["type"] == kind


def test_one_or_none_is_a_list_of_at_most_one() -> None:
    """A choice that may stay open can be taken back, and never becomes two."""
    block = render_field(OneOfField(name="f", label="名", options=AB, required=False)).block

    assert block is not None
    assert block["element"]["max_selected_items"] == 1


def test_many_options_stand_in_groups() -> None:
    """More than a list holds are offered in groups of a hundred."""
    block = render_field(OneOfField(name="f", label="名", options=many(250))).block

    assert block is not None
    groups = block["element"]["option_groups"]
    assert [len(group["options"]) for group in groups] == [100, 100, 50]
    assert groups[1]["label"]["text"] == "101–200"
    assert len(offered(block["element"])) == 250


def test_options_without_room_are_told() -> None:
    """What no dialog holds is counted in words, and the others can be chosen."""
    shown = render_field(OneOfField(name="f", label="名", options=many(5000)))

    assert shown.block is not None
    left_out = 5000 - len(offered(shown.block["element"]))
    assert left_out > 0
    assert shown.notes == (f"「名」の選択肢のうち{left_out}件は、表示できません。",)


def test_a_file_cannot_be_given_here_and_that_is_said() -> None:
    """A field for a file is words in the dialog."""
    shown = render_field(FileField(name="f", label="写し", media_types=("text/csv",), max_bytes=9))

    assert shown.block is None
    assert shown.notes[0].startswith("「写し」は、この画面では回答できません。")


def test_quarters_are_named_by_fiscal_year() -> None:
    """A quarter is chosen by its Japanese fiscal year and months."""
    field = QuarterField(name="f", label="名", earliest=Quarter(2017, 4), latest=Quarter(2018, 1))
    block = render_field(field).block

    assert block is not None
    texts = [option["text"]["text"] for option in block["element"]["options"]]
    assert texts == ["2017年度 第4四半期(1~3月)", "2018年度 第1四半期(4~6月)"]
    assert len(list_quarters(field)) == 2


def test_what_a_field_holds_at_first_is_shown() -> None:
    """An initial value stands in the input, within its limits."""
    number = NumberField(name="f", label="名", minimum=0, maximum=1e6, initial=1e5)
    day = DateField(name="f", label="名", initial=date(2017, 10, 1))
    one = OneOfField(name="f", label="名", options=AB, initial="b")
    several = SeveralOfField(name="f", label="名", options=AB, initial=("a", "b"))
    elements = [
        (render_field(field).block or {})["element"] for field in (number, day, one, several)
    ]

    assert elements[0]["initial_value"] == "100000"
    assert elements[1]["initial_date"] == "2017-10-01"
    assert elements[2]["initial_option"]["value"] == "b"
    assert [option["value"] for option in elements[3]["initial_options"]] == ["a", "b"]


def test_what_slack_escapes_is_read_again() -> None:
    """A label with Slack's own signs comes back as it was written."""
    field = TextField(name="f", label="A&B <必須>")
    block = render_field(field).block

    assert block is not None
    assert block["label"]["text"] == "A&amp;B &lt;必須&gt;"
    assert read_field(block) == replace(field, hint=None)


def test_what_is_no_input_is_no_field() -> None:
    """Words of a dialog are passed over."""
    assert read_field({"type": "rich_text", "elements": []}) is None
