"""From what was entered on the page to neutral events, and what is said where that fails."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.gallery import list_samples
from bot.chat.local import hear, messages
from bot.chat.local.hear import Act, Fault
from bot.chat.local.persona import conversation
from bot.conversation.address import Place
from bot.conversation.message import (
    Control,
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
from tests.chat.stage import MEGUMI, NOON

ACT = Act(MEGUMI.account, "@megumi", "n" * 24, NOON)
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
    form = Form(Control("test.form", ""), "題", "送る", (field,))
    parsed = hear.parse_answers(form, {hear.FIELD + field.name: raw})
    return parsed.errors["f"] if isinstance(parsed, FieldErrors) else parsed["f"]


# ---------------------------------------------------------------- text


@given(st.text(st.characters(), max_size=200))
def test_any_text_survives_or_is_refused_in_words(raw: str) -> None:
    """Whatever is typed is kept with all its letters, or the person is told why not."""
    letters = [c for c in raw if c.isalnum()]
    try:
        text = hear.parse_text(raw)
    except Fault as fault:
        text, words = "", str(fault)

    assert text or words == messages.TEXT_EMPTY
    assert [c for c in text if c.isalnum()] == letters
    assert not text or hear.parse_text(text) == text
    assert text.encode() is not None


def test_text_of_many_pages_is_refused() -> None:
    """A hundred thousand characters are taken, one more is too long."""
    assert len(hear.parse_text("あ" * hear.MAX_TEXT)) == hear.MAX_TEXT
    with pytest.raises(hear.TooLong, match="長すぎます"):
        hear.parse_text("あ" * (hear.MAX_TEXT + 1))


def test_line_breaks_are_one_character() -> None:
    """A browser's line breaks and those of a paste become the same."""
    assert hear.parse_text(" 一\r\n二\r三\n四\x00 ") == "一\n二\n三\n四"


def test_the_same_words_twice_are_one_event() -> None:
    """A double submit has one id; words that were changed after a failure have another."""
    first = hear.hear_said(ACT, "質問", "1", "1")

    assert hear.hear_said(ACT, "質問", "1", "1").id == first.id
    assert hear.hear_said(ACT, "別の質問", "2", "2").id != first.id


@pytest.mark.parametrize(
    ("where", "message", "root", "thread"),
    [
        ("@megumi", "7", "7", None),
        ("@megumi", "7", "3", "3"),
        ("telework", "7", "7", "7"),
        ("telework", "7", "3", "3"),
    ],
)
def test_where_an_answer_belongs(where: str, message: str, root: str, thread: str | None) -> None:
    """At the top of a direct conversation, but in the thread where one was spoken in."""
    place = hear.get_place(where, message, root)

    assert place == Place(conversation(where), thread)


# ---------------------------------------------------------------- answers


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
        (DAY, ["2017-03-31"], "2017年4月1日(土)以降"),
        (DAY, ["2018-04-01"], "2018年3月31日(土)以前"),
        (ONE, [], "選択してください"),
        (ONE, ["c"], "選択肢から"),
        (SEVERAL, [], "選択してください"),
        (SEVERAL, ["a", "c"], "選択肢から"),
        (QUARTER, [], "選択してください"),
        (QUARTER, ["2017Q2"], "選択肢から"),
        (QUARTER, ["2018Q3"], "選択肢から"),
        (QUARTER, ["2017Q5"], "選択肢から"),
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
    raw = {hear.FIELD + form.fields[n].name: values for n, values in entered.items()}

    parsed = hear.parse_answers(form, raw)

    names = {field.name for field in form.fields}
    if isinstance(parsed, FieldErrors):
        assert names.issuperset(parsed.errors)
        assert all(parsed.errors.values())
    else:
        assert set(parsed) == names


def test_only_what_stands_in_a_message_can_be_used() -> None:
    """Buttons and forms are found by the controls of the message that they stand in."""
    _, _, card, form = list_samples()

    assert hear.list_controls(card) == {"sample.solved:1", "sample.ask_desk:1", "sample.withdraw:1"}
    assert hear.list_controls(form) == frozenset()
    assert hear.find_form(form, "sample.answer:1") is form.elements[0]
    assert hear.find_form(form, "sample.answer:2") is None
