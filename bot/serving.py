"""The command that runs the bot for good: Slack, the probes, and the threads that do the work."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Annotated

import typer
from starlette.routing import Route

from bot.app import App, build
from bot.chat.slack.install import check_install
from bot.chat.slack.receive import Receiver
from bot.chat.slack.service import SlackService
from bot.clock import real_clock
from bot.config import Settings, read_settings
from bot.conversation.port import ChatService, PortError
from bot.database.engine import Database
from bot.database.versions import check_schema
from bot.health import run_health
from bot.log import configure_log, get_log
from bot.shelf.shelf import Shelf

log = get_log()

SWITCH_SECONDS = 0.0005
"""How long a thread that computes may keep the others waiting.

A write to SQLite hands the interpreter over at every step, and waits for it again as long as this:
at Python's own 5 ms one search beside it makes a transaction of 1 ms last 50, and all who queue
behind it wait for that. At 60 requests a second, on two cores: acknowledgements at p99 19 s before,
45 ms with this (`python -m tests.benchmarks.slack`).
"""
Shelve = Callable[[Database], Shelf]
"""Gives the knowledge base of a database."""


def make_serve(shelve: Shelve) -> Callable[..., None]:
    """The command, with its knowledge base."""

    def serve(
        host: Annotated[str, typer.Option(help="Address to bind.")] = "127.0.0.1",
        port: Annotated[int, typer.Option(help="Port to bind; 0 takes a free one.")] = 8016,
    ) -> None:
        """Run the bot on its database; any number of these may share one."""
        settings = _with_desk(read_settings())
        configure_log(settings.log_format, settings.log_level)
        database = Database.at(settings.database_url)
        check_schema(database)
        slack = _join_slack(settings)
        services: dict[str, ChatService] = {slack.name: slack} if slack else {}
        app = build(settings, real_clock(), shelve(database), database, services)
        sys.setswitchinterval(SWITCH_SECONDS)
        with _ending_in_order():
            app.start()
            try:
                with _hearing(settings, app, slack) as routes:
                    run_health(database, host, port, routes, app.metrics)
            finally:
                app.stop()

    return serve


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Let SIGTERM and Ctrl+C end what is within as a return does: what was claimed is finished.

    The web server closes at either, and raises it again once it has: by default that would kill
    the process before its threads have marked what they sent. A second one ends it there and then.
    """
    numbers = (signal.SIGTERM, signal.SIGINT)
    earlier = {number: signal.signal(number, _end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _with_desk(settings: Settings) -> Settings:
    """Where the bot lives in Slack, so does its desk, unless another place was named."""
    if settings.slack_bot_token is None or "desk_service" in settings.model_fields_set:
        return settings
    named = {"desk_service": "slack", "desk_tenant": settings.slack_team_ids[0]}
    return settings.model_copy(update=named)


def _join_slack(settings: Settings) -> SlackService | None:
    """Slack, checked; None where no token is given. Raises Unfit for an install that cannot work.

    A Slack that is away now does not keep the bot from starting: it will be back.
    """
    if settings.slack_bot_token is None:
        return None
    if "desk_channel" not in settings.model_fields_set:
        log.warning("desk_channel_not_set", meaning="inquiries will reach nobody")
    service = SlackService(
        settings.slack_bot_token.get_secret_value(),
        settings.slack_api_url,
        posts_per_second=settings.slack_posts_per_second,
    )
    try:
        check_install(service, settings.slack_team_ids)
    except PortError as error:
        log.warning("slack_install_not_checked", reason=str(error))
    return service


@contextmanager
def _hearing(settings: Settings, app: App, slack: SlackService | None) -> Iterator[list[Route]]:
    """Hear Slack: by the routes given back, or by a socket that is closed first of all."""
    if slack is None:
        yield []
        return
    secret, token = settings.slack_signing_secret, settings.slack_app_token
    receiver = Receiver(
        app.router,
        slack,
        settings.slack_team_ids,
        secret.get_secret_value() if secret else None,
        on_refused=app.metrics.count_refused,
    )
    if token is None:
        yield receiver.routes()
        return
    socket = receiver.connect(token.get_secret_value())
    try:
        yield []
    finally:
        socket.close()  # type: ignore[no-untyped-call]
