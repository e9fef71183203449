"""The administrator's commands of delivery: what they print, and how they end."""

from __future__ import annotations

import json
from pathlib import Path

import sqlalchemy as sa

from bot.database.engine import Database
from bot.delivery import inbox, outbox
from tests.commanding import Done, run
from tests.playing import AT, said


def command(database: Database, tmp_path: Path, *arguments: str) -> Done:
    url = database.engine.url.render_as_string(hide_password=False)
    return run(*arguments, folder=tmp_path, MADOGUCHI_DATABASE_URL=url)


def write(tmp_path: Path, *lines: dict[str, str]) -> str:
    file = tmp_path / "notices.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return str(file)


def notice(key: str, **more: str) -> dict[str, str]:
    return {"key": key, "service": "local", "conversation": "c", "text": "お知らせ", **more}


def test_notices_are_added_once(database: Database, tmp_path: Path) -> None:
    """New notices should be counted, known ones ignored, and pending be a bare number."""
    file = write(tmp_path, notice("a"), notice("b"))
    first = command(database, tmp_path, "outbox", "add", file)
    second = command(database, tmp_path, "outbox", "add", file)

    assert (first.returncode, first.stdout) == (0, "added: 2, known: 0\n")
    assert (second.returncode, second.stdout) == (0, "added: 0, known: 2\n")
    assert command(database, tmp_path, "outbox", "pending").stdout == "2\n"


def test_one_bad_line_adds_nothing(database: Database, tmp_path: Path) -> None:
    """Every bad line should be told, and no notice of the file be kept."""
    file = write(tmp_path, notice("a"), notice("b", service="fax"), notice("c", text=""))
    done = command(database, tmp_path, "outbox", "add", file)

    assert done.returncode == 1
    assert "line 2: service 'fax'" in done.stderr
    assert "line 3: text must be" in done.stderr
    assert command(database, tmp_path, "outbox", "pending").stdout == "0\n"


def test_posts_are_shown_without_their_text(database: Database, tmp_path: Path) -> None:
    """A list should tell key, state and conversation, and nothing of what is said."""
    command(database, tmp_path, "outbox", "add", write(tmp_path, notice("a")))
    table = command(database, tmp_path, "outbox", "list")
    plain = command(database, tmp_path, "outbox", "list", "--state", "waiting", "--json")

    assert "outside:a" in table.stdout
    assert "お知らせ" not in table.stdout + plain.stdout
    assert json.loads(plain.stdout)[0]["conversation"] == "local/local/c"
    assert command(database, tmp_path, "outbox", "list", "--state", "sent").stdout == "none\n"


def test_an_undecided_post_is_settled(database: Database, tmp_path: Path) -> None:
    """What waits for a person should be shown as such, and retried only by who is sure."""
    command(database, tmp_path, "outbox", "add", write(tmp_path, notice("a")))
    with database.lease() as tx:
        tx.execute(sa.update(outbox.outbox).values(state="doubt", not_before=None))
    shown = command(database, tmp_path, "outbox", "list")
    lightly = command(database, tmp_path, "outbox", "retry", "outside:a")
    surely = command(database, tmp_path, "outbox", "retry", "--sure-not-sent", "outside:a")

    assert "undecided" in shown.stdout
    assert lightly.returncode == 1
    assert "--sure-not-sent" in lightly.stderr
    assert (surely.returncode, surely.stdout) == (0, "retried: 1\n")


def test_unknown_keys_are_told(database: Database, tmp_path: Path) -> None:
    """Known keys should be settled, and unknown ones told, with exit code 1."""
    command(database, tmp_path, "outbox", "add", write(tmp_path, notice("a")))
    done = command(database, tmp_path, "outbox", "cancel", "outside:a", "nothing")

    assert (done.returncode, done.stdout) == (1, "cancelled: 1\n")
    assert "nothing: there is no such post" in done.stderr


def test_a_failed_event_is_shown_and_retried(database: Database, tmp_path: Path) -> None:
    """A failed event should be shown without its text, and wait again after a retry."""
    with database.lease() as tx:
        inbox.add_event(tx, said("a", "秘密の質問", "e1", "c"), AT)
        claimed = inbox.claim_event(tx, AT)
        assert claimed is not None
        inbox.mark_failed(tx, claimed, "0badc0de", AT)
    shown = command(database, tmp_path, "inbox", "list", "--state", "failed")
    retried = command(database, tmp_path, "inbox", "retry", "--all")
    again = command(database, tmp_path, "inbox", "retry", str(claimed.id))

    assert "0badc0de" in shown.stdout
    assert "秘密" not in shown.stdout
    assert retried.stdout == "retried: 1\n"
    assert again.returncode == 1
    assert command(database, tmp_path, "inbox", "retry").returncode == 2
