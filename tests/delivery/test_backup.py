"""A restored backup: nothing that was done after it is done again, and nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.context import Context, Hears
from bot.conversation.event import Said
from bot.conversation.message import Button, Buttons, Control, New, Outcome
from bot.database.engine import Database
from bot.delivery import inbox, outbox
from bot.delivery.notices import parse_notices, put_notices
from bot.messages import plain
from tests.commanding import Done, run
from tests.delivery.test_notices import TENANTS, line
from tests.delivery.test_outbox import drain, make_due, new, put, state_of, words
from tests.playing import AT, Bot, Room, place, said


def command(database: Database, tmp_path: Path, *arguments: str) -> Done:
    """A command of the administrator's; nobody else holds the database open meanwhile."""
    database.engine.dispose()
    url = database.engine.url.render_as_string(hide_password=False)
    return run(*arguments, folder=tmp_path, MADOGUCHI_DATABASE_URL=url)


def backup(database: Database, tmp_path: Path) -> str:
    file = str(tmp_path / "copy")
    done = command(database, tmp_path, "backup", file)
    assert done.returncode == 0, done.stderr
    return file


def restore(database: Database, tmp_path: Path, file: str) -> None:
    done = command(database, tmp_path, "restore", "--replace", file)
    assert done.returncode == 0, done.stderr
    make_due(database)


def said_in(room: Room) -> list[str]:
    return [entry.message.gist for entry in room.lines]


def settle(database: Database, bot: Bot) -> None:
    bot.settle()
    make_due(database)
    bot.settle()


def answer(event: Said, _context: Context) -> Any:
    """An answer whose button is new each time, as its state lies in the database."""

    def act(_tx: object) -> Outcome[None]:
        button = Button(Control("desk.resolve", f"{id(object())}"), "解決")
        card = words(f"答え：{event.text}")
        card = type(card)(card.gist, (*card.elements, Buttons((button,))))
        return Outcome(None, (New(target=event.place, message=card, key=str(button.control)),))

    return act


@pytest.fixture
def bot(database: Database, clock: Any, settings: Any) -> Bot:
    listeners: Sequence[Hears] = (Hears(Said, answer),)
    return Bot(database, None, clock, settings, listeners)  # type: ignore[arg-type]


def test_what_was_sent_after_the_backup_is_not_sent_again(
    database: Database, tmp_path: Path
) -> None:
    """Posts that waited in the backup should be looked up, and those that never left be sent."""
    put(database, *(new(f"{number}", f"c{number}") for number in range(5)))
    copy = backup(database, tmp_path)
    room = Room()
    drain(database, room)
    lost = room.lines.pop()
    restore(database, tmp_path, copy)
    drain(database, room)

    assert sorted(said_in(room)) == ["0", "1", "2", "3", "4"]
    assert room.lines[-1].message.gist == lost.message.gist


def test_an_event_that_was_open_is_answered_once(
    database: Database, bot: Bot, tmp_path: Path
) -> None:
    """An answer that left after the backup should be found, and take the words of the new one."""
    bot.router.accept(said("a", "問", "e1", "c"))
    copy = backup(database, tmp_path)
    bot.settle()
    (before,) = bot.room.messages_in("c")
    restore(database, tmp_path, copy)
    settle(database, bot)

    (after,) = bot.room.messages_in("c")
    assert after.gist == before.gist
    assert after != before
    with database.read() as tx:
        assert inbox.count_states(tx)["waiting"] == 0


def test_another_event_in_the_same_row_is_answered(
    database: Database, bot: Bot, tmp_path: Path
) -> None:
    """Rows that the lost life had numbered so should not keep new events from being answered."""
    copy = backup(database, tmp_path)
    bot.router.accept(said("a", "前", "e1", "c"))
    bot.settle()
    restore(database, tmp_path, copy)
    bot.router.accept(said("b", "後", "e2", "c"))
    settle(database, bot)

    assert said_in(bot.room) == ["答え：前", "答え：後"]


def test_notices_handed_in_again_are_sent_once(database: Database, tmp_path: Path) -> None:
    """A notice from outside that came after the backup, and comes again, should be looked up."""
    copy = backup(database, tmp_path)
    notices, _faults = parse_notices([line()], TENANTS)
    room = Room()
    for _life in range(2):
        with database.lease() as tx:
            put_notices(tx, notices, plain, database.now(tx))
        drain(database, room)
        restore(database, tmp_path, copy)

    assert said_in(room) == ["報"]


def test_what_is_too_late_by_now_is_not_sent(database: Database, tmp_path: Path) -> None:
    """A post of an old backup should not be sent after its time, when it is not found."""
    put(database, new("期限", not_after=AT + timedelta(days=1)))
    copy = backup(database, tmp_path)
    restore(database, tmp_path, copy)
    room = Room()
    drain(database, room)

    assert room.lines == []
    assert state_of(database, "event:1:0").reason == "too late"


def test_nothing_is_overwritten_unasked(database: Database, tmp_path: Path) -> None:
    """A backup should overwrite no file, and a restore no database, unless told to."""
    copy = backup(database, tmp_path)
    again = command(database, tmp_path, "backup", copy)
    over = command(database, tmp_path, "restore", copy)

    assert (again.returncode, over.returncode) == (2, 1)
    assert "--replace" in over.stderr


def test_a_database_in_use_is_not_replaced(database: Database, tmp_path: Path) -> None:
    """While another process is connected a restore should refuse, and change nothing."""
    put(database, new("一"))
    copy = backup(database, tmp_path)
    url = database.engine.url.render_as_string(hide_password=False)
    with database.read() as tx:
        tx.execute(sa.text("SELECT 1 FROM outbox"))
        done = run("restore", "--replace", copy, folder=tmp_path, MADOGUCHI_DATABASE_URL=url)

    assert done.returncode == 1
    assert "stop every" in done.stderr
    with database.read() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(outbox.outbox)) == 1


def test_what_is_no_backup_is_refused(database: Database, tmp_path: Path) -> None:
    """Another file should be refused in words, and the database stay as it is."""
    put(database, new("一", place("c").conversation.id))
    other = tmp_path / "other"
    other.write_bytes(b"not a database at all" * 100)
    done = command(database, tmp_path, "restore", "--replace", str(other))

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert state_of(database, "event:1:0").state == "waiting"
