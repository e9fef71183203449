"""Prints how soon a queue of 10,000 is shown: `python -m tests.benchmarks.desk [--postgresql]`."""

from __future__ import annotations

import argparse
import resource
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, process_time

from bot.clock import fixed_clock
from bot.config import Settings
from bot.context import Act
from bot.conversation.event import Event, Opened, Pressed, Said
from bot.database.engine import Database
from bot.database.versions import migrate
from bot.log import configure_log
from bot.overview.listeners import on_export, on_home, on_list_words, on_turn
from bot.roster.model import Role
from knowledge.base import KnowledgeBase
from knowledge.library import content_folder, read_library
from tests.overview.counting import counting
from tests.overview.crowd import add_inquiries, add_questions
from tests.playing import AT, Bot, account, buttons, place
from tests.postgresql import find_server_programs, running_server

LIMIT_MS = 200
INQUIRIES = 10_000
QUESTIONS = 10_000
ROUNDS = 300
PARTS = (0.5, 0.99)


@contextmanager
def open_database(folder: Path, postgresql: bool) -> Iterator[Database]:
    """An empty database at today's schema."""
    if not postgresql:
        database = Database.at(f"sqlite:///{folder / 'desk.db'}")
        migrate(database)
        yield database
        database.close()
        return
    programs = find_server_programs()
    assert programs is not None, "PostgreSQL is not installed"
    with running_server(programs, folder) as server:
        database = Database.at(server.create())
        migrate(database)
        yield database
        database.close()


def measure(bot: Bot, name: str, prepare: Callable[[], Act | None], rounds: int = ROUNDS) -> float:
    """Print a line on a view; its 99th percentile in ms of waiting, from the event to the commit.

    A server's work is its own: for PostgreSQL, work is this process's alone.
    """
    works, waits, sent = [], [], 0
    for _ in range(rounds):
        with counting(bot.database) as statements:
            work, wait = process_time(), perf_counter()
            act = prepare()
            assert act is not None
            with bot.database.write() as tx:
                act(tx)
            works.append(1000 * (process_time() - work))
            waits.append(1000 * (perf_counter() - wait))
        sent = len(statements)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    spans = " | ".join(f"{_part(times, part):.0f}" for times in (works, waits) for part in PARTS)
    print(f"| {name} | {spans} | {sent} | {peak:.0f} |", flush=True)
    return _part(waits, PARTS[1])


def _part(times: list[float], part: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * part))]


def run(postgresql: bool) -> bool:
    knowledge = KnowledgeBase(read_library(content_folder()))
    with (
        tempfile.TemporaryDirectory() as folder,
        open_database(Path(folder), postgresql) as database,
    ):
        bot = Bot(database, knowledge, fixed_clock(AT), Settings())
        bot.enrol("officer", "内閣官房", Role.DESK_OFFICER)
        add_inquiries(database, INQUIRIES, AT)
        add_questions(database, QUESTIONS, AT)
        if postgresql:
            with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as tx:
                tx.exec_driver_sql("VACUUM ANALYZE")
        return measure_all(bot)


def measure_all(bot: Bot) -> bool:
    who = {"id": "e", "who": account("officer"), "place": place("@officer"), "at": AT}
    context = bot.context
    print(f"{INQUIRIES:,} open inquiries, {QUESTIONS:,} questions, {bot.database.dialect}")
    print("| view | p50 ms | p99 ms | waited p50 | waited p99 | statements | peak MB |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    said = Said(**who, message="1", text="照会一覧")
    worst = [
        measure(bot, "Home", lambda: on_home(Opened(**who), context)),
        measure(bot, "first page of the list", lambda: on_list_words(said, context)),
    ]
    bot.say("officer", "照会一覧")
    turn = buttons(bot.room.messages_in("@officer")[-1])["次の25件"].control
    last = f"overview.turn:{turn.token[:-2]}-{INQUIRIES // 25 - 1}"
    worst.append(
        measure(
            bot, "last page of the list", lambda: on_turn(Pressed(**who, control=last), context)
        )
    )
    export: Event = Pressed(**who, control="overview.export:")
    measure(bot, "export of all, CSV and XLSX", lambda: on_export(export, context), 3)
    return max(worst) <= LIMIT_MS


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgresql", action="store_true", help="PostgreSQL instead of SQLite")
    configure_log("console", "warning")
    exit(0 if run(parser.parse_args().postgresql) else 1)
