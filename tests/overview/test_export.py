"""Inquiries as files: all that one may see, nothing that runs, to whoever asked and nobody else."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot.audit.records import audit
from bot.clock import Clock
from bot.config import Settings
from bot.conversation.message import File, FileContent, Notice
from bot.database.engine import Database
from bot.desk.records import questions
from bot.inquiry.records.cases import cases
from bot.overview.messages.export import HEAD
from bot.roster.model import Role
from bot.workbook import MOST_CHARACTERS, Sheet, make_workbook
from knowledge.base import KnowledgeBase
from tests.commanding import Done, run
from tests.inquiry.ladder import open_ladder, refer
from tests.overview.crowd import add_inquiries
from tests.overview.workbooks import read_workbook
from tests.playing import Bot, buttons

AT = datetime(2026, 10, 6, 3, 0, tzinfo=UTC)
NOT_AT_DESK = Notice("この操作は、名簿に窓口担当として登録されている方だけができます。")
DANGEROUS = '=HYPERLINK("https://evil.example","安全")'


@pytest.fixture
def bot(database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings) -> Bot:
    bot = Bot(database, knowledge, clock, settings)
    bot.enrol("asker", "環境省")
    bot.enrol("officer", "内閣官房", Role.DESK_OFFICER)
    return bot


def get_files(bot: Bot, who: str = "officer") -> dict[str, FileContent]:
    """The files that somebody was last sent, by their endings."""
    message = bot.room.messages_in(f"@{who}")[-1]
    files = [element.content for element in message.elements if isinstance(element, File)]
    return {content.name.partition(".")[2]: content for content in files}


def read_csv(content: FileContent) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.data.decode("utf-8-sig"), newline="")))


def test_all_that_one_may_see_comes_in_both_formats(bot: Bot) -> None:
    """Every inquiry should be a row of both files, the latest first, with its answer."""
    add_inquiries(bot.database, 30, bot.context.now())
    refer(bot)
    bot.press("officer", "inquiry.take_over:2026-00031")
    form = bot.press("officer", "inquiry.compose:2026-00031").form  # type: ignore[union-attr]
    bot.submit("officer", form, text="任意です。", basis="窓口の整理", standing="official")
    bot.say("officer", "一覧を出力")
    files = get_files(bot)

    head, first, *rows = read_csv(files["csv"])
    assert head == list(HEAD)
    assert first[:2] == ["2026-00031", "2026-10-06"]
    assert first[-6:] == [
        "正式回答",
        "任意です。",
        "窓口の整理",
        "内閣人事局 照会窓口",
        "2026-10-06",
        "0",
    ]
    assert [row[0] for row in rows] == [f"2026-{number:05d}" for number in range(30, 0, -1)]
    (sheet,) = read_workbook(files["xlsx"].data).values()
    assert [row["A"] for row in sheet[1:]] == ["2026-00031", *[row[0] for row in rows]]
    assert [row["D"] for row in sheet[1:]] == [first[3], *[row[3] for row in rows]]


def test_what_somebody_typed_never_runs(bot: Bot) -> None:
    """A question that looks like a formula should be text in both files."""
    add_inquiries(bot.database, 1, bot.context.now())
    with bot.database.write() as tx:
        tx.execute(sa.update(questions).values(text=DANGEROUS))
    bot.say("officer", "一覧を出力")
    files = get_files(bot)

    assert read_csv(files["csv"])[1][3] == f"'{DANGEROUS}"
    (sheet,) = read_workbook(files["xlsx"].data).values()
    assert sheet[1]["D"] == DANGEROUS


def test_it_is_for_the_desk_alone_and_written_down(bot: Bot) -> None:
    """Whoever has no office should get no file; whoever gets one should stand in the audit log."""
    add_inquiries(bot.database, 3, bot.context.now())

    assert bot.press("asker", "overview.export:") == NOT_AT_DESK
    assert "名簿に窓口担当として" in str(bot.say("asker", "一覧を出力"))
    bot.say("officer", "照会一覧")
    bot.press("officer", buttons(bot.room.messages_in("@officer")[-1])["一覧を出力"])
    assert set(get_files(bot)) == {"csv", "xlsx"}
    with bot.database.read() as tx:
        rows = tx.execute(sa.select(audit).where(audit.c.what == "inquiry.exported")).all()
    assert [(row.account, row.after) for row in rows] == [
        ("officer", '{"of":["内閣官房"],"rows":3}')
    ]


def test_another_desks_inquiries_are_not_in_it(
    database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings
) -> None:
    """Each officer's file should hold what came to their own desk."""
    bot = open_ladder(database, knowledge, clock, settings)
    refer(bot)
    refer(bot, "other")
    numbers = {}
    for who in ("own", "common", "admin"):
        bot.say(who, "一覧を出力")
        numbers[who] = [row[0] for row in read_csv(get_files(bot, who)["csv"])[1:]]

    assert numbers["own"] == ["2026-00001"]
    assert numbers["common"] == ["2026-00002"]
    assert numbers["admin"] == ["2026-00002", "2026-00001"]


def test_who_is_not_to_be_named_is_named_nowhere(bot: Bot) -> None:
    """Home, list and files should not tell whose staff asked a nameless inquiry."""
    add_inquiries(bot.database, 1, bot.context.now())
    with bot.database.write() as tx:
        tx.execute(sa.update(cases).values(nameless=True))
        ministry = tx.scalar(sa.select(questions.c.ministry))
    bot.open("officer")
    bot.say("officer", "照会一覧")
    bot.say("officer", "一覧を出力")
    files = get_files(bot)

    shown = str([line.message for line in bot.room.lines])
    assert "所属を出さない照会" in shown
    assert ministry not in shown
    assert read_csv(files["csv"])[1][2] == "所属を出さない照会"
    assert ministry not in str(read_workbook(files["xlsx"].data))


def test_an_administrator_exports_all_by_a_command(bot: Bot, tmp_path: Path) -> None:
    """Every desk's inquiries should be in the file, which is new and its owner's alone."""
    add_inquiries(bot.database, 3, bot.context.now())
    url = bot.context.settings.database_url

    def export(name: str) -> Done:
        file = str(tmp_path / name)
        return run("inquiry", "export", file, folder=tmp_path, MADOGUCHI_DATABASE_URL=url)

    done = export("all.csv")
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 inquiries" in done.stdout
    data = (tmp_path / "all.csv").read_bytes()
    rows = read_csv(FileContent("all.csv", "text/csv", data))
    assert [row[0] for row in rows[1:]] == ["2026-00003", "2026-00002", "2026-00001"]
    assert (tmp_path / "all.csv").stat().st_mode & 0o077 == 0
    assert export("all.xlsx").returncode == 0
    assert len(read_workbook((tmp_path / "all.xlsx").read_bytes())["照会"]) == 4
    for name, fault in (("all.csv", "overwrites nothing"), ("all.pdf", "neither in")):
        refused = export(name)
        assert (refused.returncode, fault in refused.stderr) == (2, True)
    with bot.database.read() as tx:
        subjects = tx.scalars(sa.select(audit.c.subject).order_by(audit.c.id)).all()
    assert subjects == ["file:all.csv", "file:all.xlsx"]


CELLS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), max_size=40)


@given(st.lists(st.tuples(CELLS, st.integers(-(10**9), 10**9)), max_size=4))
def test_a_workbook_holds_what_was_put_into_it(rows: list[tuple[str, int]]) -> None:
    """Any text should come back as it was, whatever it begins with, and numbers as numbers."""
    written = read_workbook(make_workbook((Sheet("表", ("甲", "乙"), rows),), AT))

    assert written["表"][0] == {"A": "甲", "B": "乙"}
    cells = [(row.get("A", ""), int(float(row["B"]))) for row in written["表"][1:]]
    assert cells == rows


def test_a_workbook_is_bound_to_what_excel_takes() -> None:
    """A cell should end where Excel's does, and a sheet without rows be a sheet."""
    long = make_workbook((Sheet("長", ("甲",), [("あ" * 40_000,)]), Sheet("空", ("乙",), ())), AT)
    written = read_workbook(long)

    assert len(written["長"][1]["A"]) == MOST_CHARACTERS
    assert written["空"] == [{"A": "乙"}]


def test_the_same_is_written_the_same() -> None:
    """The same rows at the same time should be the same bytes, and days be days."""

    def make() -> bytes:
        return make_workbook((Sheet("表", ("甲",), [(date(2026, 10, 6),), (None,), (1.5,)]),), AT)

    assert make() == make()
    assert read_workbook(make())["表"][1]["A"] == "46301"  # days since 1899-12-30
