"""Commands for an administrator: inquiries with their answers, as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from bot.audit.flows import note
from bot.audit.operator import find_operator
from bot.cells import iterate_csv
from bot.clock import real_clock
from bot.config import Settings, read_settings
from bot.database.engine import Database
from bot.database.versions import check_schema
from bot.inquiry.model import Sight
from bot.log import configure_log
from bot.overview import sheet
from bot.overview.flows.export import Row, iterate_rows
from bot.shelf.records import list_articles
from knowledge.desk import Ladder
from knowledge.library import content_folder, read_library

inquiry_cli = typer.Typer(help="Inquiries and their answers.", no_args_is_help=True)


@inquiry_cli.command("export")
def export_inquiries(
    file: Annotated[Path, typer.Argument(help="New file: .xlsx, or .csv.")],
) -> None:
    """Write all inquiries to a file; that they were handed over is written in the audit log."""
    if file.suffix not in _FORMATS:
        raise typer.BadParameter(f"{file} ends neither in .xlsx nor in .csv")
    if file.exists():
        raise typer.BadParameter(f"{file} exists: an export overwrites nothing")
    settings = read_settings()
    configure_log(settings.log_format, "warning")
    with closing(Database.at(settings.database_url)) as database:
        check_schema(database)
        with database.lease() as tx:
            now = database.now(tx)
            note(tx, find_operator(), "inquiry.exported", f"file:{file.name}", now)
        count = _export(file, database, settings)
    typer.echo(f"exported: {file}, {count:,} inquiries")


def _export(file: Path, database: Database, settings: Settings) -> int:
    with database.read() as tx:
        published = {f"published/{id}": text for id, text in list_articles(tx).items()}
        library = read_library(content_folder(), published)
        titles = {article.id: article.title for article in library.articles}
        desks = Ladder(library.desks, frozenset(settings.desk_channels))
        rows = _Counted(iterate_rows(tx, Sight(None), titles, real_clock().today(), desks))
        _write(file, _FORMATS[file.suffix](rows))
    return rows.count


class _Counted:
    """Rows that are counted as they pass."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            yield row


def _write(file: Path, chunks: Iterable[bytes]) -> None:
    """Write a file that is there once it is whole."""
    part = file.with_name(f"{file.name}.part")
    try:
        part.touch(0o600)  # it tells what people asked
        with part.open("wb") as out:
            out.writelines(chunks)
        part.replace(file)
    except OSError as error:
        raise typer.BadParameter(f"cannot write {file}: {error}") from error


def _as_csv(rows: Iterable[Row]) -> Iterator[bytes]:
    return iterate_csv(sheet.write_rows(rows))


def _as_workbook(rows: Iterable[Row]) -> Iterator[bytes]:
    yield sheet.make_book(rows, real_clock().now())


_FORMATS = {".csv": _as_csv, ".xlsx": _as_workbook}
