"""The roster's file: what is read, what is refused, and that what is written is read again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.roster.messages import APPOINTMENTS, COLUMNS, ROLES
from bot.roster.model import Appointment, Holding, Position, Role
from bot.roster.sheet import make_sheet, parse_sheet
from knowledge.ministry import Ministry

OFFICES = (
    Ministry("環境省", ("環境",), "かんきょうしょう"),
    Ministry("厚生労働省", ("厚労省",), "こうせいろうどうしょう"),
)
HEAD = "府省等,官職,役割,氏名,メールアドレス,発令区分,開始日,終了日"
GOOD = "環境省,総務課 人事担当,人事担当,山田 太郎,yamada@env.example,本務,2026-04-01,"
YAMADA = Holding(
    Position("環境省", "総務課 人事担当", Role.PERSONNEL_OFFICER),
    "yamada@env.example",
    "山田 太郎",
    Appointment.REGULAR,
    date(2026, 4, 1),
    None,
)


def read(*rows: str, head: str = HEAD) -> tuple[list[Holding], list[str]]:
    lines, faults = parse_sheet("\r\n".join([head, *rows]).encode(), OFFICES)
    return [line.holding for line in lines], faults


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_what_spreadsheets_write_is_read(encoding: str) -> None:
    """A file should be read alike in each encoding that Excel saves CSV in."""
    lines, faults = parse_sheet(f"{HEAD}\r\n{GOOD}\r\n".encode(encoding), OFFICES)

    assert faults == []
    assert [(line.number, line.holding) for line in lines] == [(2, YAMADA)]


def test_columns_may_stand_in_any_order_and_by_other_names() -> None:
    """English keys, other Japanese names, full width and missing optional columns should do."""
    head = "Ｅ－ＭＡＩＬ,name,府省,役職,role,就任日"
    row = "YAMADA@env.example,山田　太郎,環境,総務課 人事担当,personnel_officer,令和8年4月1日"

    assert read(row, head=head) == ([YAMADA], [])


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("環境省", "環鏡省", "no ministry is called '環鏡省'; did you mean 環境省?"),
        ("環境省", "", "府省等 (ministry) is empty"),
        (",人事担当,", ",人事坦当,", "役割 (role) cannot be '人事坦当'; did you mean 人事担当?"),
        (",人事担当,", ",大臣,", "役割 (role) cannot be '大臣'; one of 職員"),
        ("本務", "兼務兼務", "発令区分 (how) cannot be '兼務兼務'; one of 本務"),
        ("2026-04-01", "2026-02-30", "開始日 (since) '2026-02-30' is no day"),
        ("2026-04-01,", "2026-04-01,来春", "終了日 (until) '来春' is no day"),
        ("2026-04-01,", "2026-04-01,2026-03-31", "ends on 2026-03-31, before it begins"),
        ("yamada@env.example", "yamada", "'yamada' is no e-mail address"),
        ("山田 太郎", "", "氏名 (name) is empty"),
        ("山田 太郎", "山田\u202e", "a character that cannot be seen"),
        ("山田 太郎", "山" * 201, "longer than 200 characters"),
        ("2026-04-01,", "2026-04-01,,余り", "9 cells below 8 columns"),
    ],
)
def test_a_bad_row_is_told_with_its_line(before: str, after: str, told: str) -> None:
    """Each fault should name its line and say what is wrong, and the row not be entered."""
    holdings, faults = read(GOOD, GOOD.replace(before, after, 1).replace("総務課", "秘書課"))

    assert holdings == [YAMADA]
    assert len(faults) == 1
    assert faults[0].startswith("line 3: ")
    assert told in faults[0]


def test_every_fault_is_told_in_one_run() -> None:
    """All faults of all rows should come at once, by the lines that the rows begin on."""
    bad = GOOD.replace("環境省", "環鏡省").replace("2026-04-01", "きのう")
    _, faults = read(bad, "", '環境省,"総務課\n人事担当",人事担当,,a@b.example,,2026-04-01', bad)

    assert [fault.split(":")[0] for fault in faults] == [
        "line 2",
        "line 2",
        "line 4",
        "line 6",
        "line 6",
    ]


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (HEAD.replace("役割", "役別"), "no column is called '役別'"),
        (HEAD.replace("終了日", "終了曰"), "no column is called '終了曰'; did you mean 終了日?"),
        (HEAD.replace(",氏名", ""), "the column 氏名 (name) is missing"),
        (HEAD + ",名前", "the column 氏名 (name) stands twice"),
    ],
)
def test_a_column_that_is_missing_or_unknown_is_told(head: str, told: str) -> None:
    """A head that is not understood should be told instead of a fault in every row."""
    holdings, faults = read(GOOD, head=head)

    assert holdings == []
    assert any(told in fault for fault in faults)
    assert all(fault.startswith("line 1: ") for fault in faults)


def test_rows_that_contradict_each_other_are_told() -> None:
    """The same row again, and another name for an address, should name both lines."""
    _, faults = read(GOOD, GOOD, GOOD.replace("山田 太郎", "田中 花子").replace("2026", "2027"))

    assert faults == [
        "line 3: the same person, position and beginning as line 2",
        "line 4: yamada@env.example is '田中 花子' here and '山田 太郎' on line 2",
    ]


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", b"\xff\xfea\x00", b"\x81", b'"open'])
def test_what_is_no_such_file_is_told(data: bytes) -> None:
    """An empty, broken or otherwise encoded file should be told in one line."""
    lines, faults = parse_sheet(data, OFFICES)

    assert lines == ()
    assert faults


def test_a_formula_is_text() -> None:
    """A cell that a spreadsheet would run should be kept as typed, and disarmed when written."""
    (holding,), faults = read(GOOD.replace("山田 太郎", "=1+1"))

    assert faults == []
    assert holding.name == "=1+1"
    assert ",'=1+1," in make_sheet([holding]).decode("utf-8-sig")


def test_an_administrator_finds_every_column_and_word() -> None:
    """The page for administrators should name each column by all its names, and its words."""
    page = (Path(__file__).parents[2] / "deploy" / "README.md").read_text(encoding="utf-8")
    rows = [
        f"| `{key}` {names[0]} | {', '.join(names[1:])}".rstrip() for key, names in COLUMNS.items()
    ]
    words = [*ROLES.values(), *APPOINTMENTS.values()]

    assert [row for row in rows if row not in page] == []
    assert [word for word in words if word not in page] == []


texts = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1)
days = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@st.composite
def drawn(draw: st.DrawFn) -> Holding:
    since, until = sorted((draw(days), draw(days)))
    position = Position(
        draw(st.sampled_from(OFFICES)).name,
        draw(texts.map(lambda text: text[:200])),
        draw(st.sampled_from(Role)),
    )
    return Holding(
        position,
        f"{draw(st.from_regex(r'[a-z0-9]{1,9}', fullmatch=True))}@go.example",
        draw(texts.map(lambda text: text[:200])),
        draw(st.sampled_from(Appointment)),
        since,
        draw(st.sampled_from((until, None))),
    )


@given(drawn())
def test_what_is_written_is_read_again(holding: Holding) -> None:
    """A file that was exported should say the same when it is imported, whatever was typed."""
    lines, faults = parse_sheet(make_sheet([holding]), OFFICES)

    assert faults == []
    assert [line.holding for line in lines] == [holding]


@given(st.binary() | st.text().map(lambda text: f"{HEAD}\n{text}".encode(errors="replace")))
def test_whatever_is_in_a_file_ends_in_faults_at_worst(data: bytes) -> None:
    """No file should end in an error."""
    parse_sheet(data, OFFICES)
