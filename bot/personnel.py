"""Commands for an administrator: who holds which position, from a file and back."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot.audit.operator import find_operator
from bot.clock import real_clock
from bot.config import read_settings
from bot.conversation.address import Account
from bot.database.engine import Conflict, Database
from bot.database.versions import check_schema
from bot.log import configure_log
from bot.roster import flows
from bot.roster.model import Change, Clash, Holding
from bot.roster.sheet import Line, make_sheet, parse_sheet
from knowledge.library import content_folder, read_offices
from knowledge.ministry import Ministry, find_ministry, list_similar_ministries

roster_cli = typer.Typer(help="Who holds which position.", no_args_is_help=True)


@roster_cli.command("import")
def import_roster(
    file: Annotated[Path, typer.Argument(help="CSV, UTF-8 or CP932; - reads standard input.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would change, and change nothing.")
    ] = False,
    whole: Annotated[
        bool, typer.Option("--whole", help="Remove what the file does not hold: to correct it.")
    ] = False,
) -> None:
    """Enter who holds what, all or nothing; what the file does not name stays as it is."""
    lines, faults = parse_sheet(_read(file), _offices())
    try:
        changes, clashes = _enter(lines, whole=whole, dry_run=dry_run or bool(faults))
    except Conflict:
        _refuse(["somebody else changed the roster at the same time: run this again"])
    faults += _tell_clashes(clashes, lines)
    if faults:
        _refuse(faults)
    _show_changes(changes, dry_run)


def _enter(
    lines: Iterable[Line], *, whole: bool, dry_run: bool
) -> tuple[tuple[Change, ...], tuple[Clash, ...]]:
    """Enter what clashes with nothing, unless it is only to be looked at."""
    entered = [line.holding for line in lines]
    with closing(_open()) as database, database.read() if dry_run else database.write() as tx:
        changes, clashes = flows.examine(tx, entered, whole=whole)
        if not (clashes or dry_run):
            flows.enter(tx, changes, find_operator(), database.now(tx))
    return changes, clashes


def _refuse(faults: list[str]) -> NoReturn:
    typer.echo("\n".join([*faults, f"{len(faults)} faults; nothing was changed"]), err=True)
    raise typer.Exit(1)


@roster_cli.command("export")
def export_roster(
    file: Annotated[Path, typer.Argument(help="File to write; - is standard output.")],
) -> None:
    """Write all that the roster holds, past and to come, as CSV that can be imported again."""
    with closing(_open()) as database, database.read() as tx:
        data = make_sheet(flows.list_holdings(tx))
    if str(file) == "-":
        typer.echo(data, nl=False)
        return
    try:
        file.write_bytes(data)
    except OSError as error:
        raise typer.BadParameter(f"cannot write {file}: {error}") from error


@roster_cli.command("list")
def list_roster(
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="On this day; default: today.")
    ] = None,
    ministry: Annotated[str | None, typer.Option(help="By any name; default: all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show who holds what on a day."""
    day = on.date() if on else real_clock().today()
    name = _official_name(ministry) if ministry else None
    with closing(_open()) as database, database.read() as tx:
        held = flows.list_holdings(tx, day, name)
    if as_json:
        rows = [asdict(holding) for holding in held]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=date.isoformat))
        return
    typer.echo("\n".join(map(_told, held)) or "none")


@roster_cli.command("link")
def link_account(
    email: Annotated[str, typer.Argument(help="Address of somebody on the roster.")],
    account: Annotated[str, typer.Argument(help="SERVICE/TENANT/ID, such as slack/T012/U345.")],
) -> None:
    """Tie a chat account to somebody on the roster; an administrator knows that it is theirs."""
    parts = account.split("/")
    if len(parts) != 3 or not all(parts):
        raise typer.BadParameter(f"{account!r} is not SERVICE/TENANT/ID", param_hint="ACCOUNT")
    with closing(_open()) as database, database.write() as tx:
        now = database.now(tx)
        linked = flows.link_account(tx, Account(*parts), email, find_operator(), now)
    if not linked:
        _refuse([f"nobody on the roster has {email}, or the account is somebody else's"])
    typer.echo(f"{account} belongs to {email.lower()}")


# ---------------------------------------------------------------- file, database and screen


def _read(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"cannot read {file}: {error}") from error


def _offices() -> tuple[Ministry, ...]:
    return read_offices(content_folder())


def _official_name(written: str) -> str:
    offices = _offices()
    found = find_ministry(written, offices)
    if found is None:
        near = ", ".join(office.name for office in list_similar_ministries(written, offices))
        hint = f"; did you mean {near}?" if near else ""
        raise typer.BadParameter(
            f"no ministry is called {written!r}{hint}", param_hint="--ministry"
        )
    return found.name


def _open() -> Database:
    settings = read_settings()
    configure_log(settings.log_format, "warning")
    database = Database.at(settings.database_url)
    check_schema(database)
    return database


def _tell_clashes(clashes: Iterable[Clash], lines: Iterable[Line]) -> list[str]:
    """Each with the later of its two lines; what is not in the file stands in the roster."""
    numbers = {line.holding.key: line.number for line in lines}
    told = []
    for clash in clashes:
        places = [(numbers.get(one.key, 0), one) for one in (clash.one, clash.other)]
        (first, other), (number, _) = sorted(places, key=lambda place: place[0])
        where = f"line {first}" if first else "the roster"
        told.append(f"line {number}: overlaps with {where}: {_told(other)}")
    return told


def _show_changes(changes: Iterable[Change], dry_run: bool) -> None:
    """The changes like a diff, and how many there are of each kind."""
    counts = {"added": 0, "changed": 0, "removed": 0}
    for change in changes:
        for sign, holding in (("-", change.before), ("+", change.after)):
            if holding is not None:
                typer.echo(f"{sign} {_told(holding)}")
        counts[change.kind] += 1
    told = ", ".join(f"{kind}: {number}" for kind, number in counts.items())
    typer.echo(f"{told}{' (dry run: nothing was changed)' if dry_run else ''}")


def _told(holding: Holding) -> str:
    position, until = holding.position, holding.until or ""
    return (
        f"{position.ministry}  {position.title}  {position.role.value}  {holding.name}"
        f" <{holding.email}>  {holding.how.value}  {holding.since}..{until}"
    )
