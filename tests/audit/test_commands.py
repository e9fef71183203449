"""What an administrator decides at the command line stands in the log, by the system's name."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.database.engine import Database
from bot.delivery import inbox, outbox
from tests.audit.test_written import list_rows, states
from tests.commanding import Done, run
from tests.playing import AT, said
from tests.roster.test_personnel import ITO, SATO, SATO_LEAVES, write


def command(database: Database, tmp_path: Path, *arguments: str) -> Done:
    database.engine.dispose()
    url = database.engine.url.render_as_string(hide_password=False)
    return run(*arguments, folder=tmp_path, MADOGUCHI_DATABASE_URL=url, LOGNAME="somebody-else")


def log(database: Database) -> list[tuple[str, str, Any, Any]]:
    return [(row.what, row.subject, *states(row)) for row in list_rows(database)]


def test_changes_of_the_roster_are_written_down(database: Database, tmp_path: Path) -> None:
    """Who entered, ended and linked whom should stand in the log, without an address."""
    command(database, tmp_path, "roster", "import", write(tmp_path, SATO))
    command(database, tmp_path, "roster", "import", write(tmp_path, SATO_LEAVES, ITO))
    command(database, tmp_path, "roster", "import", "--whole", write(tmp_path, SATO_LEAVES))
    for _ in range(2):
        command(database, tmp_path, "roster", "link", "SATO@env.example", "slack/T1/U1")
    command(database, tmp_path, "roster", "link", "nobody@env.example", "slack/T1/U2")

    where = "position:環境省/総括審議官/deputy_cio"
    sato = {"person": 1, "name": "佐藤", "how": "regular", "since": "2025-07-01", "until": None}
    left = {**sato, "until": "2026-06-30"}
    kept = log(database)
    other = kept[2][3]["person"]
    ito = {**sato, "person": other, "name": "=伊藤", "since": "2026-07-01"}
    assert other != 1
    assert kept == [
        ("roster.added", where, None, sato),
        ("roster.changed", where, sato, left),
        ("roster.added", where, None, ito),
        ("roster.removed", where, ito, None),
        ("roster.linked", "account:slack/T1/U1", None, {"person": 1}),
    ]
    row = list_rows(database)[0]
    assert (row.service, row.tenant) == ("cli", platform.node())
    assert row.account not in ("", "somebody-else")
    assert "env.example" not in str(list_rows(database))


def test_what_changes_nothing_is_not_written_down(database: Database, tmp_path: Path) -> None:
    """A dry run, a faulty file, an unknown key and a list should leave the log empty."""
    command(database, tmp_path, "roster", "import", "--dry-run", write(tmp_path, SATO))
    command(database, tmp_path, "roster", "import", write(tmp_path, SATO, ITO))
    command(database, tmp_path, "outbox", "cancel", "nothing")
    command(database, tmp_path, "inbox", "retry", "7")
    command(database, tmp_path, "outbox", "list")

    assert log(database) == []


def test_what_is_decided_about_posts_is_written_down(database: Database, tmp_path: Path) -> None:
    """Each post that was settled should stand in the log with its state before and after."""
    file = tmp_path / "notices.jsonl"
    lines = ({"key": key, "service": "local", "conversation": "c", "text": "秘"} for key in "abc")
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    for _ in range(2):
        command(database, tmp_path, "outbox", "add", str(file))
    with database.lease() as tx:
        doubtful = sa.update(outbox.outbox).where(outbox.outbox.c.key != "outside:c")
        tx.execute(doubtful.values(state="doubt", not_before=None))
    command(database, tmp_path, "outbox", "retry", "--sure-not-sent", "outside:a")
    command(database, tmp_path, "outbox", "mark-sent", "outside:b")
    command(database, tmp_path, "outbox", "cancel", "outside:c")
    (added, retried, marked, cancelled) = log(database)

    assert (added[:2], added[3]["added"], added[3]["known"]) == (("outbox.added", "outbox:"), 3, 0)
    assert [row[:2] for row in (retried, marked, cancelled)] == [
        ("outbox.retried", "post:outside:a"),
        ("outbox.marked_sent", "post:outside:b"),
        ("outbox.cancelled", "post:outside:c"),
    ]
    assert [(row[2]["state"], row[3]["state"]) for row in (retried, marked, cancelled)] == [
        ("doubt", "waiting"),
        ("doubt", "sent"),
        ("waiting", "cancelled"),
    ]


def test_a_retried_event_is_written_down(database: Database, tmp_path: Path) -> None:
    """Who had a failed event handled again should stand in the log."""
    with database.lease() as tx:
        inbox.add_event(tx, said("a", "質問", "e1", "@a"), AT)
        tx.execute(sa.update(inbox.inbox).values(state="failed", failure="x"))
    command(database, tmp_path, "inbox", "retry", "--all")

    assert log(database) == [("inbox.retried", "event:1", None, None)]


def test_a_restored_backup_tells_that_it_is_one(database: Database, tmp_path: Path) -> None:
    """Who put which file in the database's place should be the next row of the log it holds."""
    command(database, tmp_path, "roster", "import", write(tmp_path, SATO))
    command(database, tmp_path, "backup", str(tmp_path / "copy"))
    command(database, tmp_path, "roster", "import", write(tmp_path, SATO_LEAVES))
    done = command(database, tmp_path, "restore", "--replace", str(tmp_path / "copy"))

    assert done.returncode == 0, done.stderr
    assert [row[:2] for row in log(database)] == [
        ("roster.added", "position:環境省/総括審議官/deputy_cio"),
        ("database.restored", "file:copy"),
    ]
    assert command(database, tmp_path, "audit", "verify").returncode == 0
