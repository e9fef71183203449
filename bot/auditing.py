"""Commands for an auditor: prove that nobody has changed the audit log, and hand it over."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.audit import flows
from bot.audit.model import Fault, Flaw, Proof, Values
from bot.audit.operator import find_operator
from bot.cells import iterate_csv
from bot.config import read_settings
from bot.database.engine import Database
from bot.database.versions import check_schema
from bot.log import configure_log

audit_cli = typer.Typer(help="Who did what: prove the log, hand it over.", no_args_is_help=True)

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day in Tokyo.")]


@audit_cli.command("verify")
def verify(
    head: Annotated[
        str | None, typer.Option(help="A hash that was printed earlier, and kept elsewhere.")
    ] = None,
    at: Annotated[int | None, typer.Option(min=0, help="The position printed with it.")] = None,
) -> None:
    """Go through the whole log; name every row that is not as it was sealed, and end with 1.

    Whoever can write to the database can also cut rows off the end and write a new one: that is
    found by a head that was kept elsewhere, and given here.
    """
    if at is not None and head is None:
        raise typer.BadParameter("a position needs its hash: --head", param_hint="--at")
    with closing(_open()) as database, database.read() as tx:
        proof = flows.prove(tx)
        kept = flows.compare_kept(tx, head, at) if head else ()
    typer.echo(_summed(proof))
    faults = (*proof.faults, *kept)
    if faults:
        typer.echo("\n".join(map(_told, faults)), err=True)
        typer.echo(f"{len(faults)} faults", err=True)
        raise typer.Exit(1)


@audit_cli.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="New file: .csv, or .jsonl for lines of JSON.")],
    since: Day = None,
    until: Day = None,
) -> None:
    """Write the log to a file; that it was handed over is written in the log."""
    if file.suffix not in _FORMATS:
        raise typer.BadParameter(f"{file} ends neither in .csv nor in .jsonl")
    if file.exists():
        raise typer.BadParameter(f"{file} exists: an export overwrites nothing")
    days = (since.date() if since else None, until.date() if until else None)
    with closing(_open()) as database:
        with database.lease() as tx:
            after = {"since": days[0], "until": days[1]}
            now = database.now(tx)
            flows.note(tx, find_operator(), "audit.exported", f"file:{file.name}", now, after=after)
        with database.read() as tx:
            _write(file, flows.export(tx, *days))
    typer.echo(f"exported: {file}, {file.stat().st_size:,} bytes")


# ---------------------------------------------------------------- file, database and screen


def _write(file: Path, rows: Iterable[Values]) -> None:
    """Write rows to a file that is there once it is whole."""
    part = file.with_name(f"{file.name}.part")
    try:
        part.touch(0o600)  # it tells who did what
        with part.open("wb") as out:
            out.writelines(_FORMATS[file.suffix](rows))
        part.replace(file)
    except OSError as error:
        raise typer.BadParameter(f"cannot write {file}: {error}") from error


def _as_csv(rows: Iterable[Values]) -> Iterator[bytes]:
    return iterate_csv(_list_cells(rows))


def _list_cells(rows: Iterable[Values]) -> Iterator[list[str]]:
    for number, row in enumerate(rows):
        if number == 0:
            yield list(row)
        yield ["" if value is None else str(value) for value in row.values()]


def _as_lines(rows: Iterable[Values]) -> Iterator[bytes]:
    return (f"{json.dumps(row, ensure_ascii=False)}\n".encode() for row in rows)


_FORMATS = {".csv": _as_csv, ".jsonl": _as_lines}


def _open() -> Database:
    settings = read_settings()
    configure_log(settings.log_format, "warning")
    database = Database.at(settings.database_url)
    check_schema(database)
    return database


def _summed(proof: Proof) -> str:
    """What there is, and the head that is worth keeping elsewhere."""
    chain = proof.chain
    lines = [f"sealed: {proof.sealed}", f"not yet sealed: {proof.unsealed}"]
    if chain.pruned:
        lines.append(f"pruned: {chain.pruned}, up to position {chain.checkpoint.position}")
    return "\n".join([*lines, f"head: --head {chain.head.hash} --at {chain.head.position}"])


def _told(fault: Fault) -> str:
    where, row = f"position {fault.position}", f"row {fault.row}"
    match fault:
        case Fault(Flaw.CHANGED):
            return f"{where}: {row} is not as it was sealed"
        case Fault(Flaw.MISSING, first, other=last):
            return f"{_span(first, last)}: missing"
        case Fault(Flaw.MISPLACED, other=None):
            return f"{where}: {row} does not belong here: what it follows is not in the log"
        case Fault(Flaw.MISPLACED):
            return f"{where}: {row} does not belong here: it follows position {fault.other}"
        case Fault(Flaw.BEYOND, first, other=last):
            return f"{_span(first, last)}: beyond the end of the chain"
        case Fault(Flaw.HEAD):
            return f"{where}: not the hash that the chain ends with"
        case Fault(Flaw.CHECKPOINT):
            return f"{where}: no row tells that all up to here was pruned"
        case Fault(Flaw.KEPT, 0):
            return "the head that was kept is not in the log"
        case Fault(Flaw.TOO_OLD):
            return f"{where}: pruned since: compare with a later head"
        case _:
            return f"{where}: not the head that was kept"


def _span(first: int, last: int | None) -> str:
    return f"position {first}" if last == first else f"positions {first} to {last}"
