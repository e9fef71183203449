"""The command line."""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, NoReturn, cast

import typer

from bot import capabilities
from bot import demo as demonstration
from bot.app import App, build
from bot.auditing import audit_cli
from bot.backup import backup_command, restore_command
from bot.casework import inquiry_cli
from bot.chat.gallery import list_samples
from bot.chat.local.page import build_page, run_page
from bot.chat.local.persona import Persona as LocalPersona
from bot.chat.local.service import LocalService
from bot.chat.slack.install import Unfit
from bot.chat.terminal.people import SERVICE, TENANT, People, Persona, Room, search
from bot.chat.terminal.prompt import is_lively, open_screen
from bot.chat.terminal.render import render_text
from bot.chat.terminal.service import TerminalService
from bot.chat.terminal.talk import run_talk
from bot.clock import moved_clock, real_clock
from bot.config import BadSettings, Settings, cache_folder, data_folder, read_settings
from bot.context import Context
from bot.conversation.address import Account, Conversation, Place
from bot.database.engine import Database, DatabaseError
from bot.database.versions import check_schema, find_revision, migrate
from bot.desk import flows as desk
from bot.desk.model import Decision, check_question, seek
from bot.listen import PortInUse
from bot.log import configure_log
from bot.measuring import evaluate_command, search_explain_command
from bot.personnel import roster_cli
from bot.postal import inbox_cli, outbox_cli
from bot.publishing import article_cli, export_cli, source_cli
from bot.refusal import Refusal
from bot.serving import make_serve
from bot.shelf.shelf import Shelf
from knowledge.base import KnowledgeBase, Search
from knowledge.library import LibraryFaults, content_folder, read_library

cli = typer.Typer(
    name="madoguchi",
    help="The inquiry desk for telework rules, as a chat bot.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

cli.add_typer(article_cli, name="article")
cli.add_typer(export_cli, name="export")
cli.add_typer(source_cli, name="source")
cli.add_typer(inbox_cli, name="inbox")
cli.add_typer(inquiry_cli, name="inquiry")
cli.add_typer(audit_cli, name="audit")
cli.command("backup")(backup_command)
cli.command("restore")(restore_command)
cli.add_typer(outbox_cli, name="outbox")
cli.add_typer(roster_cli, name="roster")
cli.command("evaluate")(evaluate_command)
cli.command("search-explain")(search_explain_command)
MISUSE = 2
"""Exit code for a command that cannot be meant; 1 is for faults that were found."""


@cli.command()
def demo(
    port: Annotated[int, typer.Option(help="Port on loopback; 0 takes a free one.")] = 8017,
    open_page: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in a browser.")
    ] = True,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Live on this day.")
    ] = None,
) -> None:
    """Open the desk on a local page, with people to play; on a throw-away database."""
    clock = moved_clock(as_of.date()) if as_of else real_clock()
    with _demo_settings() as settings:
        configure_log(settings.log_format, settings.log_level)
        database = _migrated(settings)
        shelf = _shelf(database)
        library = shelf.current.library
        further = demonstration.list_further(settings, library.desks)
        personas = demonstration.list_personas(library.ministries, further)
        channels = demonstration.list_channels(settings, further)
        with database.write() as tx:
            demonstration.enrol_personas(tx, personas)
        local = LocalService(database, personas, channels, clock.now)
        app = build(settings, clock, shelf, database, {local.name: local})
        guide = demonstration.make_guide(settings)
        page = build_page(local, app.router, gallery=list_samples(), guide=guide)
        app.start()
        try:
            run_page(page, port, ready=lambda url: _ready(url, open_page))
        finally:
            app.stop()


@cli.command()
def talk(
    persona: Annotated[
        str | None, typer.Option("--as", help="Who to be: a name, a part of it, or an id.")
    ] = None,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Live on this day.")
    ] = None,
) -> None:
    """Talk to the desk in this terminal, with people to play; on a throw-away database."""
    clock = moved_clock(as_of.date()) if as_of else real_clock()
    with _demo_settings() as named, _log_beside_screen(named):
        settings = named.model_copy(update=_DESK_IN_TERMINAL)
        database = _migrated(settings)
        shelf = _shelf(database)
        service = TerminalService(_people(settings, shelf.current), clock.now)
        who = _find_persona(service, persona)
        with database.write() as tx:
            # It asks of a persona only what those of the terminal have as well.
            enrolled = cast("tuple[LocalPersona, ...]", service.people.personas)
            demonstration.enrol_personas(tx, enrolled)
        app = build(settings, clock, shelf, database, {service.name: service})
        lively = is_lively()
        if lively:
            app.start()
        try:
            settle = _leave_to_threads if lively else partial(_settle, app)
            run_talk(service, app.router, open_screen(), who, settle)
        finally:
            app.stop()


@cli.command()
def ask(
    text: Annotated[str, typer.Argument(help="The question, in Japanese.")],
    ministry: Annotated[str | None, typer.Option(help="The asker's ministry, by any name.")] = None,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Answer as of this day.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Ask the desk one question, and print what it decides."""
    settings = read_settings()
    configure_log(settings.log_format, "warning")
    question = check_question(text, settings.question_limit)
    database = _migrated(settings)
    knowledge = _shelf(database).current
    context = Context(settings, real_clock(), lambda: knowledge, database.read)
    named = _ministry(ministry, knowledge)
    sought = seek(knowledge, question, None, named)
    if as_of is not None:
        sought = replace(sought, as_of=as_of.date())
    with database.write() as tx:
        outcome = desk.ask(
            tx,
            TERMINAL,
            Place(Conversation("terminal", "local", "ask")),
            sought,
            context,
            ministry=named,
        )
    (post,) = outcome.posts
    answer = render_text(post.message)
    typer.echo(_as_json(outcome.value, sought.search, answer) if as_json else answer)


@cli.command()
def check(
    folder: Annotated[Path | None, typer.Argument(help="Content folder; default: ours.")] = None,
) -> None:
    """Check all content; print every fault with its file and line."""
    library = read_library(folder or content_folder())
    typer.echo(f"{len(library.articles)} articles, {len(library.ministries)} ministries: no faults")


@cli.command("migrate")
def migrate_command(
    revision: Annotated[str, typer.Argument(help="Revision to reach; base empties it.")] = "head",
) -> None:
    """Bring the database to this version's schema, or to another revision."""
    settings = read_settings()
    database = Database.at(settings.database_url)
    migrate(database, revision)
    typer.echo(f"schema: {find_revision(database) or 'empty'}")


TERMINAL = Account("terminal", "local", "ask")
"""Who asks by `madoguchi ask`."""


@contextmanager
def _demo_settings() -> Iterator[Settings]:
    """Settings with a database that goes with the demonstration, unless one was named."""
    settings = read_settings()
    if "database_url" in settings.model_fields_set:
        yield settings
        return
    with tempfile.TemporaryDirectory(prefix="madoguchi-") as folder:
        yield settings.model_copy(update={"database_url": f"sqlite:///{folder}/demo.db"})


_DESK_IN_TERMINAL = {"desk_service": SERVICE, "desk_tenant": TENANT}
"""Where inquiries go that are made in a terminal: to those who are played in it."""


@contextmanager
def _log_beside_screen(settings: Settings) -> Iterator[None]:
    """Warnings go to a file where standard error is the screen that somebody reads."""
    if not sys.stderr.isatty():
        configure_log(settings.log_format, "warning")
        yield
        return
    data_folder().mkdir(parents=True, exist_ok=True)
    with (data_folder() / "talk.log").open("a", encoding="utf-8") as file:
        with redirect_stderr(file):
            configure_log(settings.log_format, "warning")
        yield


def _people(settings: Settings, knowledge: KnowledgeBase) -> People:
    """The demonstration's people and channels, as the terminal's own."""
    further = demonstration.list_further(settings, knowledge.library.desks)
    personas = demonstration.list_personas(knowledge.library.ministries, further)
    channels = demonstration.list_channels(settings, further)
    return People(
        (Persona(one.id, one.name, one.about, one.ministry) for one in personas),
        (Room(one.id, one.name, one.about, one.members) for one in channels),
    )


def _find_persona(service: TerminalService, name: str | None) -> Persona:
    personas = service.people.personas
    if name is None:
        return personas[0]
    found = search(personas, name)
    if len(found) == 1:
        return found[0]
    hint = "; is it " + ", ".join(one.name for one in found[:5]) + "?" if found else ""
    raise typer.BadParameter(f"{name!r} is nobody who can be played{hint}", param_hint="--as")


def _settle(app: App) -> None:
    """Do here and now what waits to be done: a pipe's next line is read when all has arrived."""
    while app.router.handle_next() or app.sender.send_one():
        pass
    app.shelf.refresh()


def _leave_to_threads() -> None:
    """Somebody sits there: what arrives is shown when it does."""


def _migrated(settings: Settings) -> Database:
    """The database at this version's schema; only SQLite is migrated without being asked."""
    database = Database.at(settings.database_url)
    if database.dialect == "sqlite":
        migrate(database)
    check_schema(database)
    return database


def _shelf(database: Database) -> Shelf:
    """The shipped content with what this database publishes."""
    cache = cache_folder() / "vectors"
    return Shelf(content_folder(), database, lambda library: KnowledgeBase(library, cache=cache))


cli.command("serve")(make_serve(_shelf))


def _ministry(name: str | None, knowledge: KnowledgeBase) -> str | None:
    if name is None:
        return None
    found = knowledge.find_ministry(name)
    if found is None:
        similar = "、".join(near.name for near in knowledge.list_similar_ministries(name))
        hint = f"; did you mean {similar}?" if similar else ""
        raise typer.BadParameter(f"no ministry is called {name!r}{hint}", param_hint="--ministry")
    return found.name


def _as_json(decision: Decision, search: Search, text: str) -> str:
    scores = {match.article.id: match.score for match in search.matches}
    articles = [
        {"id": article.id, "score": round(scores[article.id], 4), "facts": list(article.facts)}
        for article in decision.articles
    ]
    answer = {"decision": decision.name.value, "articles": articles, "text": text}
    return json.dumps(answer, ensure_ascii=False, indent=2)


def _ready(url: str, open_page: bool) -> None:
    typer.echo(f"Madoguchi is open at {url} (stop with Ctrl+C)")
    if open_page:
        # A browser that blocks (a terminal one) must not keep the page from opening.
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def run() -> None:
    """Run the command line; a user's mistake ends in words, never in a traceback."""
    try:
        cli()
    except LibraryFaults as found:
        typer.echo("\n".join(map(str, found.faults)), err=True)
        _exit(f"{len(found.faults)} faults in the content", 1)
    except BadSettings as bad:
        typer.echo("\n".join(bad.faults), err=True)
        _exit(f"{len(bad.faults)} faults in the settings", MISUSE)
    except Refusal as refusal:
        _exit(capabilities.WORDINGS[type(refusal)](refusal), MISUSE)
    except (DatabaseError, PortInUse, Unfit) as error:
        _exit(str(error), 1)
    except OSError as error:
        _exit(f"cannot listen there: {error.strerror or error}", 1)


def _exit(reason: str, code: int) -> NoReturn:
    typer.echo(reason, err=True)
    sys.exit(code)


if __name__ == "__main__":
    run()
