"""A bot that lives in the fake Slack: the whole of it, with threads, over real HTTP."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import uvicorn

from bot.app import App, build
from bot.chat.slack.receive import PATH, Receiver
from bot.chat.slack.service import SlackService
from bot.clock import Clock
from bot.config import Settings
from bot.conversation.address import Account
from bot.database.engine import Database
from bot.health import build_health
from bot.listen import claim_port
from bot.roster import flows as roster
from bot.roster.model import Role
from bot.shelf.shelf import Shelf
from knowledge.base import KnowledgeBase
from tests.playing import StillShelf
from tests.slack.fake.fake import FakeSlack

LAG = timedelta(milliseconds=200)
"""Far above the fake's own, which has none unless told to."""


@dataclass
class Stage:
    """What a test holds: the bot, its Slack, and what was refused."""

    app: App
    service: SlackService
    receiver: Receiver
    slack: FakeSlack
    refused: Counter[str]
    url: str = ""
    socket_client: Any = None

    def enrol(self, user: str, ministry: str | None, *roles: Role) -> None:
        """Put somebody of the workspace on the roster."""
        account = self.get_account(user)
        held = frozenset(roles or [Role.OFFICIAL])
        with self.app.database.write() as tx:
            roster.enrol(tx, account, user, ministry, held)

    def get_account(self, user: str) -> Account:
        return Account(self.service.name, self.slack.team, user)


def make_service(slack: FakeSlack) -> SlackService:
    return SlackService(slack.bot_token, slack.api_url, history_lag=LAG)


@contextmanager
def open_stage(
    slack: FakeSlack,
    database: Database,
    knowledge: KnowledgeBase,
    clock: Clock,
    settings: Settings,
    *,
    socket: bool = False,
    teams: Sequence[str] = (),
    shelf: Shelf | None = None,
) -> Iterator[Stage]:
    """The bot with its threads running, heard by HTTP or by a socket.

    `teams`: whose people may talk to it; the workspace's own, unless told otherwise. `shelf`:
    where what is published is to be found again.
    """
    service = make_service(slack)
    allowed = tuple(teams) or (slack.team,)
    desk = {"desk_service": service.name, "desk_tenant": allowed[0]}
    app = build(
        settings.model_copy(update=desk),
        clock,
        shelf or StillShelf(knowledge),
        database,
        {service.name: service},
    )
    refused: Counter[str] = Counter()
    secret = None if socket else slack.signing_secret
    receiver = Receiver(
        app.router, service, allowed, secret, lambda reason: refused.update([reason])
    )
    stage = Stage(app, service, receiver, slack, refused)
    app.start()
    try:
        with _hearing(stage, socket):
            yield stage
    finally:
        app.stop()


@contextmanager
def _hearing(stage: Stage, socket: bool) -> Iterator[None]:
    if socket:
        handler = stage.receiver.connect(stage.slack.app_token)
        stage.socket_client = handler.client
        try:
            yield
        finally:
            handler.close()  # type: ignore[no-untyped-call]
        return
    claimed = claim_port("127.0.0.1", 0)
    page = build_health(stage.app.database, stage.receiver.routes())
    server = uvicorn.Server(uvicorn.Config(page, lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [claimed]})
    thread.start()
    stage.url = f"http://127.0.0.1:{claimed.getsockname()[1]}{PATH}"
    stage.slack.send_events_to(stage.url)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
