"""What is typed: lines as commands, numbers and words; answers by the form's own rules."""

from __future__ import annotations

from datetime import date

import pytest

from bot.chat.answers import Fault
from bot.chat.terminal.hear import (
    MAX_TEXT,
    Command,
    Number,
    Typed,
    Words,
    parse_answer,
    parse_line,
)
from bot.conversation.event import Answer
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

OPTIONS = (Option("a", "自宅"), Option("b", "サテライト オフィス"), Option("c", "自宅以外"))
TEXT = TextField(name="x", label="名", max_length=5)
LONG = TextField(name="x", label="名", multiline=True)
NUMBER = NumberField(name="x", label="数", minimum=0, maximum=5000, unit="人")
RATE = NumberField(name="x", label="率", minimum=-1, maximum=1, whole=False)
DAY = DateField(name="x", label="日", earliest=date(2017, 4, 1), latest=date(2018, 3, 31))
ONE = OneOfField(name="x", label="場所", options=OPTIONS)
SEVERAL = SeveralOfField(name="x", label="場所", options=OPTIONS)
QUARTER = QuarterField(name="x", label="期", earliest=Quarter(2017, 1), latest=Quarter(2020, 4))
OPEN = TextField(name="x", label="名", required=False)
OPEN_SEVERAL = SeveralOfField(name="x", label="場所", options=OPTIONS, required=False)
FILE = FileField(name="x", label="写し", media_types=("text/csv",), max_bytes=10)


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("コアタイムは\n", Words("コアタイムは")),
        ("１２", Number(12)),
        ("／ｗｈｏ　財務省", Command("who", "財務省")),
        ("/save 1 報告 書.csv", Command("save", "1 報告 書.csv")),
        ("/", Command("", "")),
        ("一行目\n/二行目", Words("一行目\n/二行目")),
        ("3\n4", Words("3\n4")),
        ("20250401", Words("20250401")),
        ("   \n", None),
        ("", None),
        ("赤\x1b[31m", Words("赤[31m")),
    ],
)
def test_a_line_is_understood(line: str, typed: Typed) -> None:
    """Full-width strokes and digits count, and what is no command or number is said."""
    assert parse_line(line) == typed


def test_more_than_a_message_holds_is_refused() -> None:
    """What nobody types is refused in words."""
    with pytest.raises(Fault, match="長すぎます"):
        parse_line("あ" * (MAX_TEXT + 1))


@pytest.mark.parametrize(
    ("field", "typed", "answer"),
    [
        (TEXT, " 人事課 ", "人事課"),
        (LONG, "一\n二", "一\n二"),
        (NUMBER, "１，２００人", 1200),
        (RATE, "−0.5", -0.5),
        (DAY, "2017年10月1日", date(2017, 10, 1)),
        (DAY, "２０１７/１０/１", date(2017, 10, 1)),
        (ONE, "2", "b"),
        (ONE, "サテライト", "b"),
        (ONE, "自宅", "a"),
        (SEVERAL, "3、1", ("a", "c")),
        (SEVERAL, "自宅 3", ("a", "c")),
        (QUARTER, "2018年度第2四半期", Quarter(2018, 2)),
        (QUARTER, "２０１８ｑ２", Quarter(2018, 2)),
        (OPEN, "", None),
        (OPEN_SEVERAL, " ", ()),
    ],
)
def test_an_answer_is_taken(field: FormField, typed: str, answer: Answer) -> None:
    """What people type is taken as the value that it means."""
    assert parse_answer(field, typed) == answer


@pytest.mark.parametrize(
    ("field", "typed", "fault"),
    [
        (TEXT, "", "入力してください"),
        (TEXT, "あいうえおか", "5文字以内"),
        (TEXT, "一\n二", "改行"),
        (NUMBER, "多数", "数字"),
        (NUMBER, "1.5", "整数"),
        (NUMBER, "5001", "5,000まで"),
        (NUMBER, "nan", "数字"),
        (DAY, "来週", "日付"),
        (DAY, "2017-02-30", "日付"),
        (DAY, "2017-03-31", "2017年4月1日以降"),
        (DAY, "2018-04-01", "2018年3月31日以前"),
        (ONE, "4", "1から3まで"),
        (ONE, "", "選択してください"),
        (ONE, "宅", "どれか"),
        (SEVERAL, "1 9", "1から3まで"),
        (SEVERAL, "", "選択してください"),
        (QUARTER, "春", "四半期"),
        (QUARTER, "2018Q5", "四半期"),
        (QUARTER, "2021Q1", "2020年度第4四半期"),
        (FILE, "", "ファイル"),
    ],
)
def test_an_answer_that_breaks_a_rule_is_refused(field: FormField, typed: str, fault: str) -> None:
    """What a field does not take is told in words that say what it takes."""
    with pytest.raises(Fault, match=fault):
        parse_answer(field, typed)
