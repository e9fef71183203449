"""Forms in the terminal: asked field by field, checked, gone back in, cancelled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from bot.chat.gallery import list_samples
from bot.chat.terminal.form import Filling
from bot.chat.terminal.render import list_choices
from bot.chat.terminal.screen import Cancelled
from bot.conversation.event import Answer
from bot.conversation.message import (
    DateField,
    FileContent,
    FileField,
    Form,
    NumberField,
    OneOfField,
    Option,
    Quarter,
    TextField,
)
from tests.terminal.stage import Scripted, cells, find_controls, form_of, full_form

NAME = TextField(name="name", label="部署", max_length=10)
STAFF = NumberField(name="staff", label="職員数", minimum=0, maximum=500, unit="人", initial=7)
NOTE = TextField(name="note", label="備考", multiline=True, required=False, initial="前回の備考")
PLACE = OneOfField(name="place", label="場所", options=(Option("a", "自宅"), Option("b", "庁舎")))


def fill(
    form: Form, *typed: str, errors: Mapping[str, str] | None = None, **present: Answer
) -> tuple[Mapping[str, Answer], Scripted]:
    screen = Scripted(list(typed))
    return Filling(screen, form, dict(present)).fill(errors or {}), screen


def test_a_form_of_every_field_is_filled(tmp_path: Path) -> None:
    """The gallery's form, answered by keyboard, gives typed values."""
    (form,) = (c for m in list_samples() for c in list_choices(m) if isinstance(c, Form))
    rules = tmp_path / "規程.txt"
    rules.write_text("規程", encoding="utf-8")
    answers, _ = fill(
        form,
        *("1", "1 2", "", "１２０", "2018Q2", "2017年4月1日", "人事課", "一行目", "二行目", ""),
        *(f"'{rules}'", ""),
    )

    assert answers == {
        "running": "yes",
        "places": ("home", "satellite"),
        "reason": None,
        "staff": 120,
        "start": Quarter(2018, 2),
        "decided": date(2017, 4, 1),
        "contact": "人事課",
        "remarks": "一行目\n二行目",
        "rules": FileContent("規程.txt", "text/plain", "規程".encode()),
    }


def test_a_wrong_answer_is_asked_again() -> None:
    """The fault is told, and only this field is asked again."""
    answers, screen = fill(form_of(STAFF), "多数", "501", "20")

    assert answers == {"staff": 20}
    assert "数字で入力してください" in screen.text
    assert "0から500まで" in screen.text
    assert len(screen.asked) == 3


def test_enter_keeps_what_is_there() -> None:
    """Where something stands already, Enter takes it; a stroke empties what may stay empty."""
    assert fill(form_of(STAFF), "")[0] == {"staff": 7}
    assert fill(form_of(NOTE), "")[0] == {"note": "前回の備考"}
    assert fill(form_of(NOTE), "-", "")[0] == {"note": None}


def test_one_can_go_back() -> None:
    """/back asks the field before again, from the last look too."""
    answers, _ = fill(form_of(NAME, PLACE), "人事", "/back", "総務", "2", "/back", "自宅", "")

    assert answers == {"name": "総務", "place": "a"}


@pytest.mark.parametrize("way", ["<Esc>", "/cancel", "／ｃａｎｃｅｌ"])
def test_one_can_cancel_anywhere(way: str) -> None:
    """Esc or /cancel ends it, in a field or at the last look."""
    for typed in ([way], ["人事", way], ["人事", "1", way]):
        with pytest.raises(Cancelled):
            fill(form_of(NAME, PLACE), *typed)


def test_the_answers_are_shown_before_they_are_sent() -> None:
    """A form of several fields ends with all answers in words, and waits for Enter."""
    _, screen = fill(form_of(NAME, PLACE, STAFF), "人事課", "2", "", "")

    assert "部署    人事課" in screen.text
    assert "場所    庁舎" in screen.text
    assert "職員数  7人" in screen.text
    assert screen.asked[-1] == "送る> "


def test_only_what_the_bot_found_wrong_is_asked_again() -> None:
    """What came back with an error is asked with its reason; the other answers stay."""
    errors = {"place": "庁舎は選べません。"}
    answers, screen = fill(
        form_of(NAME, PLACE), "自宅", "", errors=errors, name="人事課", place="b"
    )

    assert answers == {"name": "人事課", "place": "a"}
    assert "庁舎は選べません。" in screen.text
    assert "いまの内容: 庁舎" in screen.text


@pytest.mark.parametrize("typed", ["/no/such/file.csv", ".", "\x00"])
def test_a_file_that_is_not_there_is_said(typed: str) -> None:
    """A path that leads to no file is told, and asked again; an optional one may stay empty."""
    field = FileField(
        name="f", label="写し", media_types=("text/csv",), max_bytes=9, required=False
    )
    answers, screen = fill(form_of(field), typed, "")

    assert answers == {"f": None}
    assert "ファイルが見つからないか、読めません" in screen.text


def test_a_date_says_its_limits() -> None:
    """What a field takes is said before anything is typed."""
    field = DateField(name="d", label="日", earliest=date(2017, 4, 1), required=False)
    _, screen = fill(form_of(field), "")

    assert "2017年4月1日以降" in screen.text
    assert "任意" in screen.text


def test_a_form_cannot_drive_the_terminal() -> None:
    """A form's own texts, and what was typed before, are shown harmlessly and within the width."""
    evil = "\x1b]0;owned\x07\x9b2J\u202e赤"
    screen = Scripted(["", "", "", "2017-10-01", "1", "1", "2017Q1", "/cancel"], width=40)
    with pytest.raises(Cancelled):
        Filling(screen, full_form(evil), {"t": evil}).fill({})

    assert find_controls(screen.text) == []
    assert all(cells(line) <= 40 for line in screen.shown)
