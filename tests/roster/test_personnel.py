"""The administrator's commands of the roster: what they print, and how they end."""

from __future__ import annotations

import json
from pathlib import Path

from bot.database.engine import Database
from tests.commanding import Done, run

HEAD = "府省等,官職,役割,氏名,メールアドレス,発令区分,開始日,終了日\r\n"
SATO = "環境省,総括審議官,副CIO,佐藤,sato@env.example,本務,2025-07-01,\r\n"
SATO_LEAVES = SATO.replace(",\r\n", ",2026-06-30\r\n")
ITO = "環境省,総括審議官,副CIO,=伊藤,ito@env.example,本務,2026-07-01,\r\n"


def command(database: Database, tmp_path: Path, *arguments: str) -> Done:
    url = database.engine.url.render_as_string(hide_password=False)
    return run("roster", *arguments, folder=tmp_path, MADOGUCHI_DATABASE_URL=url)


def write(tmp_path: Path, *rows: str, encoding: str = "cp932") -> str:
    file = tmp_path / "roster.csv"
    file.write_bytes("".join((HEAD, *rows)).encode(encoding))
    return str(file)


def test_a_roster_is_entered_and_shown(database: Database, tmp_path: Path) -> None:
    """What a file says should be shown as a difference, and be on the roster on its days."""
    entered = command(database, tmp_path, "import", write(tmp_path, SATO_LEAVES, ITO))
    june = command(database, tmp_path, "list", "--on", "2026-06-30")
    other = command(database, tmp_path, "list", "--on", "2026-06-30", "--ministry", "総務省")

    assert entered.returncode == 0
    assert entered.stdout.splitlines()[0] == (
        "+ 環境省  総括審議官  deputy_cio  佐藤 <sato@env.example>  regular  2025-07-01..2026-06-30"
    )
    assert entered.stdout.splitlines()[-1] == "added: 2, changed: 0, removed: 0"
    assert "佐藤" in june.stdout
    assert "伊藤" not in june.stdout
    assert other.stdout == "none\n"


def test_a_ministry_is_shown_by_any_of_its_names(database: Database, tmp_path: Path) -> None:
    """A short name should do, a misspelt one be told, and a program be able to read the list."""
    command(database, tmp_path, "import", write(tmp_path, SATO))
    shown = command(database, tmp_path, "list", "--ministry", "環境", "--json")
    misspelt = command(database, tmp_path, "list", "--ministry", "環鏡省")

    (held,) = json.loads(shown.stdout)
    assert held["position"]["role"] == "deputy_cio"
    assert (held["since"], held["until"]) == ("2025-07-01", None)
    assert misspelt.returncode == 2
    assert "環境省" in misspelt.stderr


def test_a_dry_run_changes_nothing(database: Database, tmp_path: Path) -> None:
    """A dry run should print what an import would, and leave the roster alone."""
    done = command(database, tmp_path, "import", "--dry-run", write(tmp_path, SATO))

    assert done.returncode == 0
    assert done.stdout.startswith("+ 環境省")
    assert done.stdout.endswith("removed: 0 (dry run: nothing was changed)\n")
    assert command(database, tmp_path, "list").stdout == "none\n"


def test_a_change_is_shown_from_and_to(database: Database, tmp_path: Path) -> None:
    """A row that ends should be shown as it was and as it is to be."""
    command(database, tmp_path, "import", write(tmp_path, SATO))
    done = command(database, tmp_path, "import", write(tmp_path, SATO_LEAVES, ITO))

    assert [line[:1] for line in done.stdout.splitlines()[:-1]] == ["-", "+", "+"]
    assert done.stdout.endswith("added: 1, changed: 1, removed: 0\n")


def test_one_bad_row_enters_nothing(database: Database, tmp_path: Path) -> None:
    """Faults of rows and of rows with each other should be told together, and nothing be kept."""
    bad = SATO.replace("環境省", "環鏡省")
    done = command(database, tmp_path, "import", write(tmp_path, SATO, bad, ITO))

    assert done.returncode == 1
    assert done.stdout == ""
    assert "line 3: no ministry is called '環鏡省'; did you mean 環境省?" in done.stderr
    assert "line 4: overlaps with line 2: 環境省  総括審議官  deputy_cio  佐藤" in done.stderr
    assert "2 faults; nothing was changed" in done.stderr
    assert command(database, tmp_path, "list").stdout == "none\n"


def test_an_overlap_with_the_roster_is_told(database: Database, tmp_path: Path) -> None:
    """Who follows somebody without an end should be refused, also in a dry run."""
    command(database, tmp_path, "import", write(tmp_path, SATO))
    for more in ((), ("--dry-run",)):
        done = command(database, tmp_path, "import", *more, write(tmp_path, ITO))

        assert done.returncode == 1
        assert "line 2: overlaps with the roster: 環境省  総括審議官" in done.stderr


def test_what_is_exported_can_be_entered(database: Database, tmp_path: Path) -> None:
    """An export should be safe to open, and change nothing when it is imported again."""
    command(database, tmp_path, "import", write(tmp_path, SATO_LEAVES, ITO))
    file = tmp_path / "out.csv"
    command(database, tmp_path, "export", str(file))
    again = command(database, tmp_path, "import", "--whole", str(file))

    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert ",'=伊藤," in file.read_text(encoding="utf-8-sig")
    assert again.stdout == "added: 0, changed: 0, removed: 0\n"


def test_a_file_that_is_not_there_is_told(database: Database, tmp_path: Path) -> None:
    """A path that cannot be read or written should end in words."""
    absent = str(tmp_path / "no" / "where.csv")

    for verb in ("import", "export"):
        assert command(database, tmp_path, verb, absent).returncode == 2


def test_an_account_is_tied_to_somebody_on_the_roster_and_to_nobody_else(
    database: Database, tmp_path: Path
) -> None:
    """An administrator should be able to say whose an account is; a stranger's is told."""
    command(database, tmp_path, "import", write(tmp_path, SATO))
    linked = command(database, tmp_path, "link", "SATO@env.example", "slack/T1/U1")
    unknown = command(database, tmp_path, "link", "nobody@env.example", "slack/T1/U2")
    wrong = command(database, tmp_path, "link", "sato@env.example", "U1")

    assert linked.stdout == "slack/T1/U1 belongs to sato@env.example\n"
    assert (unknown.returncode, wrong.returncode) == (1, 2)
    assert "nobody@env.example" in unknown.stderr
    assert "SERVICE/TENANT/ID" in wrong.stderr
