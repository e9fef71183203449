"""Commands for an administrator: what waits, what failed, and what is to become of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import messages
from bot.audit import flows as audit
from bot.audit.model import make_fingerprint
from bot.audit.operator import find_operator
from bot.calendar import TOKYO
from bot.config import Settings, read_settings
from bot.database.engine import Database, Transaction
from bot.database.versions import check_schema
from bot.delivery import inbox, ledger
from bot.delivery.ledger import CannotSettle
from bot.delivery.notices import parse_notices, put_notices, tell_planner
from bot.delivery.outbox import State
from bot.log import configure_log

inbox_cli = typer.Typer(help="Events taken in: see and retry what failed.", no_args_is_help=True)
outbox_cli = typer.Typer(help="Posts to send: see, settle and add them.", no_args_is_help=True)

MANY = 1000
"""New posts after which the database is told to plan anew."""

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Limit = Annotated[int, typer.Option(min=1, help="How many to show.")]
Keys = Annotated[list[str], typer.Argument(help="Keys as `outbox list` shows them.")]


@inbox_cli.command("list")
def list_inbox(
    state: Annotated[
        list[inbox.State] | None, typer.Option(help="Only these; default: all but done.")
    ] = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """Show events, never what was said."""
    states = state or [one for one in inbox.State if one != inbox.State.DONE]
    with _reading() as tx:
        found = inbox.list_events(tx, states, limit)
    _show([asdict(entry) for entry in found], as_json)


@inbox_cli.command("retry")
def retry_inbox(
    ids: Annotated[list[int] | None, typer.Argument(help="Rows that failed.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="All that failed.")] = False,
) -> None:
    """Have failed events handled again."""
    if bool(ids) == all_:
        raise typer.BadParameter("name rows, or --all")
    unknown = []
    with _writing() as (tx, now):
        rows = inbox.list_failed(tx) if all_ else tuple(ids or ())
        for row in rows:
            if inbox.retry_event(tx, row):
                audit.note(tx, find_operator(), "inbox.retried", f"event:{row}", now)
            else:
                unknown.append(row)
    typer.echo(f"retried: {len(rows) - len(unknown)}")
    _tell(f"{row}: no such event has failed" for row in unknown)


@outbox_cli.command("list")
def list_outbox(
    state: Annotated[
        list[State] | None, typer.Option(help="Only these; default: open and failed.")
    ] = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """Show posts, never what they say; an undecided one waits for a person's decision."""
    states = state or [State.WAITING, State.LEASED, State.DOUBT, State.FAILED]
    with _reading() as tx:
        found = ledger.list_posts(tx, states, limit)
    rows = [asdict(entry) for entry in found]
    if not as_json:
        for row in rows:
            row["state"] = "undecided" if row.pop("undecided") else row["state"]
    _show(rows, as_json)


@outbox_cli.command("pending")
def pending() -> None:
    """Print how many posts are neither sent nor failed nor cancelled."""
    with _reading() as tx:
        typer.echo(ledger.count_pending(tx))


@outbox_cli.command("retry")
def retry_outbox(
    keys: Keys,
    sure_not_sent: Annotated[
        bool, typer.Option("--sure-not-sent", help="Also undecided ones: none has arrived.")
    ] = False,
) -> None:
    """Have posts sent that failed, or of which you are sure that they did not arrive."""
    _settle(
        "retried",
        "outbox.retried",
        keys,
        lambda tx, key, now: ledger.retry_post(tx, key, now, sure_not_sent=sure_not_sent),
    )


@outbox_cli.command("mark-sent")
def mark_sent(keys: Keys) -> None:
    """Settle undecided posts that you have seen in their conversation."""
    _settle("marked as sent", "outbox.marked_sent", keys, ledger.mark_arrived)


@outbox_cli.command("cancel")
def cancel(keys: Keys) -> None:
    """Have posts never sent that wait, failed, or are undecided."""
    _settle("cancelled", "outbox.cancelled", keys, ledger.cancel_post)


@outbox_cli.command("add")
def add(
    file: Annotated[Path, typer.Argument(help="Lines of JSON; - reads standard input.")],
) -> None:
    """Add notices, all or nothing; those whose key is known are left alone.

    A line is {"key", "service", "conversation", "text"}, and may hold "tenant", "thread" and
    "priority" (broadcast, notice, answer). The conversation @ID is the person with that id.
    """
    lines = _read_lines(file)
    settings = read_settings()
    notices, faults = parse_notices(lines, _tenants(settings))
    if faults:
        _tell([*faults, f"{len(faults)} faults; nothing was added"])
    with _writing(settings) as (tx, now):
        new = put_notices(tx, notices, messages.plain, now)
        if new:
            keys = make_fingerprint("\n".join(sorted(notice.key for notice in notices)))
            after = {"added": new, "known": len(notices) - new, "fingerprint": keys}
            audit.note(tx, find_operator(), "outbox.added", "outbox:", now, after=after)
    if new >= MANY:
        with _writing(settings) as (tx, _now):
            tell_planner(tx)
    typer.echo(f"added: {new}, known: {len(notices) - new}")


def _read_lines(file: Path) -> list[str]:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise typer.BadParameter(f"cannot read {file}: {error}") from error
    return text.split("\n")  # other line ends may stand within a text


def _tenants(settings: Settings) -> dict[str, str]:
    """The services that a notice may go to, with the tenant that is meant where none is named."""
    return {"local": "local", "slack": next(iter(settings.slack_team_ids), "")}


# ---------------------------------------------------------------- database and screen


def _open(settings: Settings | None = None) -> Database:
    settings = settings or read_settings()
    configure_log(settings.log_format, "warning")
    database = Database.at(settings.database_url)
    check_schema(database)
    return database


@contextmanager
def _reading() -> Iterator[Transaction]:
    with closing(_open()) as database, database.read() as tx:
        yield tx


@contextmanager
def _writing(settings: Settings | None = None) -> Iterator[tuple[Transaction, datetime]]:
    with closing(_open(settings)) as database, database.lease() as tx:
        yield tx, database.now(tx)


def _settle(
    done: str,
    what: str,
    keys: Iterable[str],
    settle: Callable[[Transaction, str, datetime], None],
) -> None:
    """Do what was asked for each post; tell of those for which it makes no sense.

    `done` says so to whoever asked, `what` to the audit log.
    """
    number, faults = 0, []
    with _writing() as (tx, now):
        for key in keys:
            try:
                before = _describe(tx, key)
                settle(tx, key, now)
                number += 1
                who, after = find_operator(), _describe(tx, key)
                audit.note(tx, who, what, f"post:{key}", now, before=before, after=after)
            except CannotSettle as cannot:
                faults.append(f"{key}: {cannot}")
    typer.echo(f"{done}: {number}")
    _tell(faults)


def _describe(tx: Transaction, key: str) -> dict[str, Any] | None:
    """What became of a post so far, for the audit log."""
    found = ledger.find_post(tx, key)
    if found is None:
        return None
    return {"state": found.state, "undecided": found.undecided, "reason": found.reason}


def _tell(faults: Iterable[str]) -> None:
    """Print what is wrong, if anything is, and end with 1."""
    told = list(faults)
    if told:
        typer.echo("\n".join(told), err=True)
        raise typer.Exit(1)


def _show(rows: list[dict[str, Any]], as_json: bool) -> None:
    """Rows as JSON with instants in UTC, or as a table with Tokyo's time."""
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=datetime.isoformat))
        return
    if not rows:
        typer.echo("none")
        return
    cells = [list(rows[0]), *([_cell(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        typer.echo(line.rstrip())


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M:%S")
    return "-" if value is None else str(value)
