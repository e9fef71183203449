"""From neutral messages to lines: what it looks like, and that nothing written drives it."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.gallery import list_samples
from bot.chat.terminal.lines import Line, plain
from bot.chat.terminal.render import (
    Paper,
    list_choices,
    render_columns,
    render_message,
    render_text,
)
from bot.chat.terminal.screen import PlainScreen
from bot.chat.terminal.table import draw_table
from bot.conversation.message import Fold, Link, Message, Note, Paragraph, Table, Tone
from tests.terminal.stage import cells, find_controls, message_of

UNHURRIED = settings(deadline=None)
"""A busy machine is no fault of the text."""
CELL = st.text("あ漢字カｱ1,.a%", max_size=12)


def shown(message: Message, width: int | None = 60) -> str:
    return text_of(render_message(message, Paper(width, press=True, folds=1, files=1)))


def text_of(lines: tuple[Line, ...]) -> str:
    return "\n".join(map(plain, lines))


@UNHURRIED
@given(st.text(min_size=1, max_size=40), st.sampled_from([None, 20, 40, 80]))
def test_no_control_reaches_the_terminal(text: str, width: int | None) -> None:
    """A text in every place of a message brings no control character but newline to the screen."""
    sink = io.StringIO()
    screen = PlainScreen(io.StringIO(), sink, width)
    paper = Paper(width, press=True, folds=1, files=1)
    screen.show(render_message(message_of(text), paper))

    assert find_controls(sink.getvalue()) == []
    assert find_controls(render_text(message_of(text))) == []


@pytest.mark.parametrize("width", [24, 40, 80])
def test_samples_fit(width: int) -> None:
    """Every element keeps within the width; an address alone is left to the terminal."""
    for message in list_samples():
        lines = shown(message, width).splitlines()
        assert [line for line in lines if cells(line) > width and "https://" not in line] == []


@UNHURRIED
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=4))
def test_columns_are_aligned(rows: list[tuple[str, str, str]]) -> None:
    """Every line of a table is as wide as its rule, and every column begins below its head."""
    table = Table(("府省", "数", "備考"), tuple(rows), "表")
    caption, head, rule, *body = (plain(line) for line in draw_table(table, None))
    widths = [len(column) for column in rule.split("  ")]

    assert caption == "表"
    assert all(cells(line) == sum(widths) + 4 for line in (head, *body))
    assert all(
        width >= cells(cell) for row in rows for cell, width in zip(row, widths, strict=True)
    )


@UNHURRIED
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=4), st.integers(24, 40))
def test_a_wide_table_still_fits(rows: list[tuple[str, str]], width: int) -> None:
    """Columns are made narrower, or the table is told row by row: nothing sticks out."""
    head = ("とても長い見出しの列です", "もうひとつの長い見出し")
    lines = draw_table(Table(head, tuple(rows), "表"), width)

    assert all(cells(plain(line)) <= width for line in lines)


def test_a_table_without_room_is_told_row_by_row() -> None:
    """Where columns would be too narrow, each row lists its cells by label."""
    table = Table(("年度", "府省数", "割合", "備考"), (("2014年度", "4", "18.2%", "試行"),), "表")

    assert "府省数: 4" in text_of(draw_table(table, 24))


def test_figures_stand_right() -> None:
    """A column of numbers is aligned at its right edge."""
    table = Table(("年度", "府省数"), (("2014", "4"), ("2016", "14")), "表")
    lines = text_of(draw_table(table, None)).splitlines()

    assert lines[-2].endswith("     4")
    assert lines[-1].endswith("    14")


def test_a_note_says_its_tone_in_words() -> None:
    """A caution is told from running text without any colour."""
    assert shown(Message("", (Note(("期限です。",), Tone.CAUTION),))) == "【ご注意】期限です。"


def test_a_link_shows_its_address() -> None:
    """The address stands whole on a line of its own, below the words."""
    address = "https://www.example.go.jp/" + "a" * 60
    message = Message("", (Paragraph.of("出典は", Link("手引き", address), "です。"),))

    assert shown(message, 40).splitlines() == ["出典は手引きです。", f"→ {address}"]


def test_a_fold_is_closed_until_opened() -> None:
    """A fold shows its summary and the command that opens it; a script gets it whole."""
    message = Message("", (Fold("くわしい内容", ("中身です。",)),))

    assert shown(message) == "+ くわしい内容（/open 1 で表示）"
    assert "中身です。" in render_text(message)


def test_choices_are_numbered_as_they_are_listed() -> None:
    """The numbers on the drawing are those of list_choices, over all buttons and forms."""
    for message in list_samples():
        drawn = shown(message)
        assert all(f"[{n}] " in drawn for n, _ in enumerate(list_choices(message), start=1))


@pytest.mark.parametrize("width", [20, 40, 80, 120])
def test_names_stand_in_columns(width: int) -> None:
    """All names are there, in as many columns as the width holds."""
    names = [f"第{number}省の職員" for number in range(47)]
    lines = text_of(render_columns(names, width)).splitlines()

    assert all(cells(line) <= width for line in lines)
    assert all(name in "\n".join(lines) for name in names)
    assert len(lines) <= -(-47 // max(1, width // 22))
