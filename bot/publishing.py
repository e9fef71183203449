"""Commands for an editor: an article begun, published, and written back as YAML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.audit.flows import note as keep
from bot.audit.model import make_fingerprint
from bot.audit.operator import find_operator
from bot.clock import real_clock
from bot.config import read_settings
from bot.database.engine import Database, Transaction
from bot.database.versions import check_schema, migrate
from bot.log import configure_log
from bot.shelf.records import (
    add_amendment,
    add_article,
    add_review,
    list_articles,
    list_wordings,
)
from knowledge.article import Amendment, Article, Kind
from knowledge.library import content_folder, parse_article, read_library, split_articles
from knowledge.scaffold import render_scaffold
from knowledge.watching import list_grounds
from knowledge.writing import write_articles, write_wordings

article_cli = typer.Typer(help="Begin and publish articles.", no_args_is_help=True)
source_cli = typer.Typer(help="What became of the sources.", no_args_is_help=True)
export_cli = typer.Typer(help="Write back what was published in chat.", no_args_is_help=True)

WORDINGS = "wordings.yaml"
NEW = "published.yaml"
"""Where articles stand whose ids no shipped file has."""


@article_cli.command("new")
def new(
    article_id: Annotated[str, typer.Argument(help="Id: small letters, digits and hyphens.")],
    file: Annotated[Path, typer.Option(help="File to append to; made if absent.")],
    kind: Annotated[Kind, typer.Option(help="A rule, or a best practice.")] = Kind.RULE,
) -> None:
    """Begin an article: append every field to a YAML file, with what belongs into it."""
    today = real_clock().today()
    scaffold = render_scaffold(article_id, kind, today.replace(year=today.year + 1, day=1))
    with file.open("a", encoding="utf-8") as end:
        end.write(scaffold)
    typer.echo(f"{article_id} stands at the end of {file}: fill it in, then run `madoguchi check`")


@article_cli.command("put")
def put(
    file: Annotated[Path, typer.Argument(help="YAML with one article or a list.", exists=True)],
) -> None:
    """Publish articles in the database, or new wordings of them; all or nothing."""
    texts = split_articles(file)
    with closing(_open()) as database:
        read_library(content_folder(), {**_list_published(database), **texts})
        with database.write() as tx:
            now, before = database.now(tx), list_articles(tx)
            for article_id, text in texts.items():
                add_article(tx, article_id, text, now)
                own = parse_article(text).review_by
                add_review(tx, article_id, own, own, now)
                _note_article(tx, article_id, before.get(article_id), text, now)
    typer.echo(f"published: {', '.join(texts)}")


@export_cli.command("articles")
def export_articles(
    folder: Annotated[Path, typer.Argument(help="Where the files go; made if absent.")],
    force: Annotated[bool, typer.Option(help="Write over files that are there.")] = False,
) -> None:
    """Write the articles that were published in the database as YAML, for review.

    What takes the place of a shipped article goes to a file named like that one's; the rest to
    `published.yaml`. Wordings that askers confirmed stand in `wordings.yaml`, by the articles'
    ids, for an editor to choose from. The same articles give the same files, byte for byte.
    """
    with closing(_open()) as database, database.read() as tx:
        published, wordings = list_articles(tx), list_wordings(tx)
    library = read_library(content_folder(), published)
    files = _sort_out(article for article in library.articles if article.id in published)
    names = (*files, *([WORDINGS] if wordings else []))
    there = [name for name in names if (folder / name).exists()]
    if there and not force:
        raise typer.BadParameter(f"{folder} has {', '.join(there)}: --force writes over them")
    folder.mkdir(parents=True, exist_ok=True)
    for name, articles in files.items():
        (folder / name).write_text(write_articles(articles), encoding="utf-8")
        typer.echo(f"{folder / name}: {', '.join(article.id for article in articles)}")
    if wordings:
        (folder / WORDINGS).write_text(write_wordings(wordings), encoding="utf-8")
        typer.echo(f"{folder / WORDINGS}: confirmed wordings of {', '.join(wordings)}")
    if not files and not wordings:
        typer.echo("nothing was published in this database")


@source_cli.command("amended")
def mark_amended(
    source: Annotated[str, typer.Argument(help="A source's title or a part of it, or an article.")],
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="When it was amended.")],
    note: Annotated[str, typer.Option(help="What its owners should know.")] = "",
) -> None:
    """Register that a source was amended: every article on it goes to its owner."""
    found = list_grounds(read_library(content_folder(), _read_published()), source)
    if len(found) != 1:
        hint = "one of " + ", ".join(found[:10]) if found else "no article stands on it"
        raise typer.BadParameter(f"{source!r}: {hint}", param_hint="SOURCE")
    with closing(_open()) as database, database.write() as tx:
        amendment = Amendment(found[0], on.date(), note)
        now = database.now(tx)
        add_amendment(tx, amendment, now)
        what = {"on": amendment.on, "source": make_fingerprint(amendment.source)}
        keep(tx, find_operator(), "source.amended", "source:amended", now, after=what)
    typer.echo(f"amended on {amendment.on}: {amendment.source}")


def _read_published() -> Mapping[str, str]:
    with closing(_open()) as database:
        return _list_published(database)


def _sort_out(published: Iterable[Article]) -> Mapping[str, list[Article]]:
    """Articles by the file that they belong to, files and articles in the order of their names."""
    homes = {
        id: path.name
        for path in sorted((content_folder() / "articles").glob("*.yaml"))
        for id in split_articles(path)
    }
    files: dict[str, list[Article]] = {}
    for article in sorted(published, key=lambda article: article.id):
        files.setdefault(homes.get(article.id, NEW), []).append(article)
    return dict(sorted(files.items()))


def _note_article(
    tx: Transaction, article_id: str, before: str | None, text: str, now: datetime
) -> None:
    keep(
        tx,
        find_operator(),
        "article.published",
        f"article:{article_id}",
        now,
        before=None if before is None else {"fingerprint": make_fingerprint(before)},
        after={"fingerprint": make_fingerprint(text)},
    )


def _list_published(database: Database) -> Mapping[str, str]:
    with database.read() as tx:
        return list_articles(tx)


def _open() -> Database:
    """The database at this version's schema; only SQLite is migrated without being asked."""
    settings = read_settings()
    configure_log(settings.log_format, "warning")
    database = Database.at(settings.database_url)
    if database.dialect == "sqlite":
        migrate(database)
    check_schema(database)
    return database
