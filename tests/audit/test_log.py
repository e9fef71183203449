"""The log in a real database: sealed by whoever is first, proven by command, pruned provably."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import capabilities
from bot.audit import flows, records
from bot.audit.depths import read_depths
from bot.audit.model import Actor, Chain
from bot.clock import Clock, fixed_clock
from bot.clockwork import Clockwork
from bot.config import Settings
from bot.context import Context, Job
from bot.database.engine import Database
from tests.commanding import Done, run
from tests.conftest import NOON
from tests.playing import account

DESK = Actor(account("desk1"), "内閣官房", "=HYPERLINK(1)", "desk_officer", "regular")
DAY = timedelta(days=1)


def write(database: Database, *subjects: str, at: datetime = NOON) -> None:
    with database.write() as tx:
        for subject in subjects:
            flows.note(tx, DESK, "inquiry.taken_over", subject, at, after={"stage": "taken"})


def context(database: Database, clock: Clock, **settings: int) -> Context:
    return Context(Settings(**settings), clock, None, database.read)  # type: ignore[arg-type]


def tick(database: Database, name: str, now: datetime = NOON, **settings: int) -> int:
    """Run a job of the clock's once; how many posts it led to, which is none."""
    (job,) = (job for job in capabilities.JOBS if job.name == name)
    here = context(database, fixed_clock(now), **settings)
    return Clockwork(database, here, capabilities.JOBS, lambda: None).run(job)


def seal(database: Database) -> Chain:
    tick(database, "audit.seal")
    with database.read() as tx:
        return records.get_chain(tx)


def command(database: Database, tmp_path: Path, *arguments: str) -> Done:
    database.engine.dispose()
    url = database.engine.url.render_as_string(hide_password=False)
    return run("audit", *arguments, folder=tmp_path, MADOGUCHI_DATABASE_URL=url)


def tamper(database: Database, *statements: str) -> None:
    with database.lease() as tx:
        for statement in statements:
            tx.execute(sa.text(statement))


def test_what_is_sealed_is_proven(database: Database, tmp_path: Path) -> None:
    """A log that nobody touched should be whole, with the rows told that are not sealed yet."""
    write(database, "a", "b")
    head = seal(database).head
    write(database, "c")
    done = command(database, tmp_path, "verify", "--head", head.hash, "--at", "2")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"sealed: 2\nnot yet sealed: 1\nhead: --head {head.hash} --at 2\n"


SWAP = (
    "UPDATE audit SET position = 99 WHERE position = 2",
    "UPDATE audit SET position = 2 WHERE position = 4",
    "UPDATE audit SET position = 4 WHERE position = 99",
)
INSERT = """
    INSERT INTO audit (at, service, tenant, account, what, subject, position, previous, hash)
    SELECT at, service, tenant, account, what, 'forged', 6, hash, hash FROM audit
    WHERE position = 5
"""


@pytest.mark.parametrize(
    ("statements", "told"),
    [
        (
            ("UPDATE audit SET subject = 'z' WHERE position = 3",),
            ["position 3: row 3 is not as it was sealed"],
        ),
        (
            ("UPDATE audit SET ministry = NULL, title = '' WHERE position = 5",),
            ["position 5: row 5 is not as it was sealed"],
        ),
        (("DELETE FROM audit WHERE position = 2",), ["position 2: missing"]),
        (("DELETE FROM audit WHERE position > 3",), ["positions 4 to 5: missing"]),
        (
            SWAP,
            [
                "position 2: row 4 does not belong here: it follows position 3",
                "position 3: row 3 does not belong here: it follows position 4",
                "position 4: row 2 does not belong here: it follows position 1",
                "position 5: row 5 does not belong here: it follows position 2",
            ],
        ),
        (
            (INSERT,),
            [
                "position 6: row 6 is not as it was sealed",
                "position 6: beyond the end of the chain",
            ],
        ),
        (("DELETE FROM audit_chain",), ["positions 1 to 5: beyond the end of the chain"]),
    ],
)
def test_what_somebody_did_to_the_log_is_named(
    statements: tuple[str, ...], told: list[str], database: Database, tmp_path: Path
) -> None:
    """A changed, removed, reordered or inserted row should be named by its position and id."""
    write(database, *"abcde")
    seal(database)
    tamper(database, *statements)
    done = command(database, tmp_path, "verify")

    assert done.returncode == 1
    assert done.stderr.splitlines() == [*told, f"{len(told)} faults"]


def test_a_cut_tail_is_found_by_a_head_that_was_kept(database: Database, tmp_path: Path) -> None:
    """Whoever cuts rows off, and mends the chain's own head, should not deceive a kept one."""
    write(database, *"abc")
    kept = seal(database).head
    tamper(
        database,
        "DELETE FROM audit WHERE position = 3",
        "UPDATE audit_chain SET position = 2, hash = (SELECT hash FROM audit WHERE position = 2)",
    )
    alone = command(database, tmp_path, "verify")
    cut = command(database, tmp_path, "verify", "--head", kept.hash)
    write(database, "d")
    seal(database)
    covered = command(database, tmp_path, "verify", "--head", kept.hash, "--at", "3")

    assert alone.returncode == 0
    assert (cut.returncode, covered.returncode) == (1, 1)
    assert cut.stderr == "the head that was kept is not in the log\n1 faults\n"
    assert covered.stderr == "position 3: not the head that was kept\n1 faults\n"


def test_a_row_that_commits_late_comes_later_in_the_chain(database: Database) -> None:
    """A row with a lower id that was not there yet should be sealed when it is."""
    write(database, *"abc")
    tamper(database, "UPDATE audit SET id = 50 WHERE subject = 'b'")
    seal(database)
    write(database, "late")
    with database.lease() as tx:
        tx.execute(sa.update(records.audit).where(records.audit.c.subject == "late").values(id=2))
    seal(database)

    with database.read() as tx:
        assert [link.entry.id for link in records.iterate_links(tx)] == [1, 3, 50, 2]
        assert flows.prove(tx).faults == ()


def test_replicas_that_write_and_seal_at_once_leave_one_chain(
    database_url: str, database: Database
) -> None:
    """Whoever writes should wait for no sealing, and every row be sealed once."""
    replicas = [Database.at(database_url) for _ in range(3)]
    broke: list[Exception] = []
    written = threading.Event()

    def note_many(number: int) -> None:
        try:
            for n in range(10):
                write(replicas[number], f"{number}-{n}")
        except Exception as error:
            broke.append(error)

    def seal_on(number: int) -> None:
        try:
            while not written.is_set():
                tick(replicas[number], "audit.seal")
        except Exception as error:
            broke.append(error)

    writers = [threading.Thread(target=note_many, args=(n % 3,)) for n in range(6)]
    sealers = [threading.Thread(target=seal_on, args=(n,)) for n in range(3)]
    for thread in (*writers, *sealers):
        thread.start()
    for thread in writers:
        thread.join()
    written.set()
    for thread in sealers:
        thread.join()
    seal(database)
    for replica in replicas:
        replica.close()

    with database.read() as tx:
        proof = flows.prove(tx)
    assert broke == []
    assert (proof.sealed, proof.unsealed, proof.faults) == (60, 0, ())


@pytest.mark.postgresql
def test_who_finds_the_chain_taken_leaves_it(server: object, tmp_path: Path) -> None:
    """A second replica should not wait for the first, nor seal what it has in hand."""
    url = server.create(template="template")  # type: ignore[attr-defined]
    database = Database.at(url)
    write(database, "a")
    with database.lease() as first:
        assert records.claim_chain(first) is not None
        with database.lease() as second:
            assert records.claim_chain(second) is None
            assert flows.seal(second, None).value == 0  # type: ignore[arg-type]
    database.close()


# ---------------------------------------------------------------- retention


@pytest.fixture
def old(database: Database) -> Database:
    """A log with two rows that are a year old, and two of today; all of them sealed."""
    write(database, "a", "b", at=NOON - 365 * DAY)
    write(database, "c", "d")
    seal(database)
    return database


def test_without_a_setting_nothing_is_pruned(old: Database) -> None:
    """The log should be kept for ever unless an operator says otherwise."""
    tick(old, "audit.prune")

    with old.read() as tx:
        assert records.count_entries(tx) == (4, 0)


def test_what_is_left_after_pruning_is_proven(old: Database, tmp_path: Path) -> None:
    """Old rows should go, the log say so, and all that is left be proven by the checkpoint."""
    with old.read() as tx:
        second = records.find_hash(tx, 2)
    tick(old, "audit.prune", audit_days=30)
    tick(old, "audit.prune", audit_days=30)
    head = seal(old).head
    done = command(old, tmp_path, "verify", "--head", str(second), "--at", "2")
    older = command(old, tmp_path, "verify", "--head", "f" * 64, "--at", "1")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "sealed: 3",
        "not yet sealed: 0",
        "pruned: 2, up to position 2",
        f"head: --head {head.hash} --at 5",
    ]
    assert older.stderr.startswith("position 1: pruned since")
    with old.read() as tx:
        *_, last = records.iterate_links(tx)
    assert last.entry.deed.what == "audit.pruned"
    assert json.loads(last.entry.deed.after or "")["rows"] == 2


def test_a_pruning_that_no_row_tells_of_is_found(old: Database, tmp_path: Path) -> None:
    """Whoever deletes from the front, and moves the checkpoint, should be found."""
    tick(old, "audit.prune", audit_days=30)
    seal(old)
    tamper(
        old,
        "UPDATE audit_chain SET pruned_position = 3,"
        " pruned_hash = (SELECT hash FROM audit WHERE position = 3)",
        "DELETE FROM audit WHERE position = 3",
    )
    done = command(old, tmp_path, "verify")

    assert done.returncode == 1
    assert done.stderr.startswith("position 3: no row tells that all up to here was pruned")


def test_what_somebody_changed_is_not_pruned(old: Database) -> None:
    """Evidence should be kept, however old it is, and the job say so loudly."""
    tamper(old, "UPDATE audit SET account = 'nobody' WHERE position = 1")

    with pytest.raises(flows.BrokenChain, match="audit verify"):
        tick(old, "audit.prune", audit_days=30)
    with old.read() as tx:
        assert records.count_entries(tx) == (4, 0)


def test_a_pruning_does_not_lead_to_one_of_its_own_every_time(old: Database) -> None:
    """Rows that tell of pruning should be pruned by the day, not each by the next."""
    for days in (0, 1, 31, 31, 31, 32):
        tick(old, "audit.prune", NOON + days * DAY, audit_days=30)
        seal(old)

    with old.read() as tx:
        after = [link.entry.deed.what for link in records.iterate_links(tx)]
    assert after == ["audit.pruned"]


# ---------------------------------------------------------------- export


def test_an_export_is_safe_to_open_and_complete(old: Database, tmp_path: Path) -> None:
    """A spreadsheet should run nothing of it; a program should find every row and its hash."""
    sheet, lines = tmp_path / "log.csv", tmp_path / "log.jsonl"
    first = command(old, tmp_path, "export", str(sheet))
    command(old, tmp_path, "export", "--since", "2026-10-06", "--until", "2026-10-06", str(lines))
    rows = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]

    assert first.returncode == 0
    assert sheet.read_bytes().startswith(b"\xef\xbb\xbfid,at,service")
    assert ",'=HYPERLINK(1)," in sheet.read_text(encoding="utf-8-sig")
    assert sheet.stat().st_mode & 0o777 == 0o600
    assert [(row["subject"], row["chain_position"], row["outcome"]) for row in rows] == [
        ("c", 3, "done"),
        ("d", 4, "done"),
    ]
    assert command(old, tmp_path, "export", str(sheet)).returncode == 2
    assert command(old, tmp_path, "export", str(tmp_path / "log.txt")).returncode == 2


def test_that_the_log_was_exported_stands_in_it(old: Database, tmp_path: Path) -> None:
    """Who took the log away should be known by the name that the system has for them."""
    command(old, tmp_path, "export", str(tmp_path / "log.csv"))
    with old.read() as tx:
        (entry,) = records.list_unsealed(tx, 9)

    assert (entry.deed.what, entry.deed.subject) == ("audit.exported", "file:log.csv")
    assert entry.deed.who.account.service == "cli"
    assert entry.deed.who.account.id


def test_what_is_not_sealed_can_be_monitored(old: Database) -> None:
    """An operator should see rows that wait to be sealed; a database that is away tells nothing."""
    write(old, "e")
    (depth,) = read_depths(old)

    assert (depth[0], depth[2]) == ("audit_unsealed", {"": 1.0})
    assert read_depths(Database.at("postgresql://nobody@127.0.0.1:1/none")) == ()


def test_sealing_and_pruning_are_on_the_clock() -> None:
    """The jobs should be among those that every replica runs, and claim what they do."""
    found = {job.name: job for job in capabilities.JOBS}

    assert isinstance(found["audit.seal"], Job)
    assert found["audit.seal"].claims
    assert found["audit.prune"].claims
