"""Answers to a form: what every kind of field takes, and what is said where it does not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.answers import list_quarters, parse_answers, write_quarter
from bot.chat.gallery import list_samples
from bot.conversation.message import (
    DateField,
    FieldErrors,
    FileContent,
    FileField,
    Form,
    FormField,
    NumberField,
    OneOfField,
    Option,
    Quarter,
    QuarterField,
    SeveralOfField,
    TextField,
)

AB = (Option("a", "甲"), Option("b", "乙"))
NUMBER = NumberField(name="f", label="人数", minimum=0, maximum=100, unit="人")
SHARE = NumberField(name="f", label="割合", minimum=-1, maximum=1, whole=False)
TEXT = TextField(name="f", label="備考", max_length=5)
LONG_TEXT = TextField(name="f", label="備考", multiline=True, max_length=5)
DAY = DateField(name="f", label="日", earliest=date(2017, 4, 1), latest=date(2018, 3, 31))
ONE = OneOfField(name="f", label="どれか", options=AB)
SEVERAL = SeveralOfField(name="f", label="どれも", options=AB)
QUARTER = QuarterField(name="f", label="時期", earliest=Quarter(2017, 3), latest=Quarter(2018, 2))
FILE = FileField(name="f", label="写し", media_types=("text/csv", "application/pdf"), max_bytes=9)


def optional(field: FormField) -> FormField:
    values = {name: getattr(field, name) for name in field.__dataclass_fields__}
    return type(field)(**{**values, "required": False})


def answer(field: FormField, *raw: str | FileContent) -> Any:
    """What a form of one field makes of what was entered: its answer, or the fault's words."""
    parsed = parse_answers((field,), {field.name: raw})
    return parsed.errors["f"] if isinstance(parsed, FieldErrors) else parsed["f"]


@pytest.mark.parametrize(
    ("field", "raw", "expected"),
    [
        (TEXT, ["  五文字だよ "], "五文字だよ"),
        (LONG_TEXT, ["一\r\n二"], "一\n二"),
        (NUMBER, ["42"], 42),
        (NUMBER, ["１００"], 100),
        (NUMBER, ["1,00"], 100),
        (NUMBER, ["5.0"], 5),
        (SHARE, ["-0.25"], -0.25),
        (SHARE, ["−１"], -1.0),
        (DAY, ["2017-10-01"], date(2017, 10, 1)),
        (DAY, ["２０１７年１０月１日"], date(2017, 10, 1)),
        (DAY, ["2017/4/1"], date(2017, 4, 1)),
        (ONE, ["b"], "b"),
        (SEVERAL, ["b", "a", "b"], ("a", "b")),
        (QUARTER, ["2017Q4"], Quarter(2017, 4)),
        (QUARTER, ["2018年度 第2四半期"], Quarter(2018, 2)),
        (NUMBER, ["１００人"], 100),
        (FILE, [FileContent("x.csv", "", b"1")], FileContent("x.csv", "text/csv", b"1")),
        (FILE, [FileContent("x.csv", "text/csv; charset=utf-8", b"1")],
         FileContent("x.csv", "text/csv", b"1")),
        (FILE, [FileContent("x.csv", "application/vnd.ms-excel", b"1")],
         FileContent("x.csv", "text/csv", b"1")),
        (optional(TEXT), [" "], None),
        (optional(NUMBER), [], None),
        (optional(DAY), [""], None),
        (optional(ONE), [""], None),
        (optional(SEVERAL), [], ()),
        (optional(QUARTER), [""], None),
        (optional(FILE), [FileContent("", "application/octet-stream", b"")], None),
    ],
)  # fmt: skip
def test_an_answer_is_taken(field: FormField, raw: list[Any], expected: object) -> None:
    """Every kind of field takes what people enter for it, and an open end where it may."""
    assert answer(field, *raw) == expected


@pytest.mark.parametrize(
    ("field", "raw", "words"),
    [
        (TEXT, [], "入力してください"),
        (TEXT, ["六文字ですよ"], "5文字以内で入力してください(いま6文字です)"),
        (TEXT, ["一\n二"], "改行を入れずに"),
        (NUMBER, ["多数"], "数字で"),
        (NUMBER, ["1e2"], "数字で"),
        (NUMBER, ["nan"], "数字で"),
        (NUMBER, ["1.5"], "整数で"),
        (NUMBER, ["101"], "0から100までの数字で入力してください(単位: 人)"),
        (SHARE, ["-2"], "-1から1まで"),
        (DAY, ["10月1日"], "2017年10月1日"),
        (DAY, ["2017-02-30"], "2017年10月1日"),
        (DAY, ["2017-03-31"], "2017年4月1日以降"),
        (DAY, ["2018-04-01"], "2018年3月31日以前"),
        (ONE, [], "選択してください"),
        (ONE, ["c"], "選択肢から"),
        (SEVERAL, [], "選択してください"),
        (SEVERAL, ["a", "c"], "選択肢から"),
        (QUARTER, [], "選択してください"),
        (QUARTER, ["2017Q2"], "2017年度第3四半期から2018年度第2四半期まで"),
        (QUARTER, ["2018Q3"], "2017年度第3四半期から2018年度第2四半期まで"),
        (QUARTER, ["2017Q5"], "2018年度第2四半期"),
        (QUARTER, ["春"], "2018年度第2四半期"),
        (FILE, ["x.csv"], "ファイルを選択してください"),
        (FILE, [FileContent("x.csv", "text/csv", b"")], "空です"),
        (FILE, [FileContent("x.csv", "text/csv", b"1234567890")], "9バイト以下"),
        (FILE, [FileContent("x.exe", "application/x-msdownload", b"1")], "CSV・PDF"),
    ],
)
def test_a_wrong_answer_is_told_in_words(field: FormField, raw: list[Any], words: str) -> None:
    """What cannot be taken is answered with what would be right."""
    assert words in answer(field, *raw)


@given(st.integers(-(10**6), 10**6))
def test_a_number_counts_within_its_range_alone(number: int) -> None:
    """A number is taken as it is from the minimum to the maximum, and told of beyond them."""
    taken = answer(NUMBER, str(number))

    assert taken == number if 0 <= number <= 100 else "0から100まで" in taken


@settings(deadline=None)  # the first example pays for what is imported late
@given(st.dictionaries(st.integers(0, 8), st.lists(st.text(max_size=20), max_size=3)))
def test_any_post_gives_answers_or_words(entered: dict[int, list[str]]) -> None:
    """No post, however it was made, does anything but fill the form or name its faults."""
    form = next(e for e in list_samples()[3].elements if isinstance(e, Form))
    raw = {form.fields[n].name: values for n, values in entered.items()}

    parsed = parse_answers(form.fields, raw)

    names = {field.name for field in form.fields}
    if isinstance(parsed, FieldErrors):
        assert names.issuperset(parsed.errors)
        assert all(parsed.errors.values())
    else:
        assert set(parsed) == names


def test_every_quarter_offered_is_taken() -> None:
    """A list of quarters begins and ends with the field's own, and each is an answer."""
    quarters = list_quarters(QUARTER)

    assert [quarters[0], quarters[-1]] == [Quarter(2017, 3), Quarter(2018, 2)]
    assert len(quarters) == 4
    assert [answer(QUARTER, write_quarter(quarter)) for quarter in quarters] == list(quarters)
