"""Where the chat services of the contract live: what a reader sees there, and how each may fail."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from bot.chat.local import store
from bot.chat.local.persona import conversation
from bot.chat.local.render import Frame, render_message
from bot.chat.local.service import LocalService
from bot.chat.slack.service import SlackService
from bot.conversation.address import Account, Conversation, Place
from bot.conversation.message import Message
from bot.conversation.port import ChatService, Sent
from bot.database.engine import Database
from bot.database.schema import metadata
from tests.chat.stage import CHANNELS, MEGUMI, PERSONAS, StoppedClock, read_text
from tests.slack.fake.fake import FakeSlack
from tests.slack.fake.rules import Fault
from tests.slack.fake.workspace import list_words


class Lodging(Protocol):
    """One service with a place and a person, as its readers and its accidents show them."""

    place: Place
    elsewhere: Place
    person: Account
    person_name: str

    @property
    def service(self) -> ChatService:
        """What is held to the contract."""

    def list_seen(self, where: Conversation, thread: str | None = None) -> list[str]:
        """What a reader sees of each message of the bot, oldest first."""

    def read_home(self) -> str:
        """What the person sees on their Home."""

    def list_files(self, sent: Sent) -> list[bytes]:
        """The files and pictures that came with a message."""

    def lose_answer(self) -> None:
        """Let the next post arrive, and its sender not hear of it, if that can happen here."""

    def gone(self) -> AbstractContextManager[None]:
        """While within, nothing of the service can be reached."""


class LocalLodging:
    """The local page, by its transcript and what it makes of it."""

    person_name = MEGUMI.name

    def __init__(self, path: Path) -> None:
        self._path = path
        self.database = Database.at(f"sqlite:///{path}?timeout=0.1")
        with self.database.write() as tx:
            metadata.create_all(tx)
        self.service = LocalService(self.database, PERSONAS, CHANNELS, StoppedClock())
        self.place = Place(conversation("telework"))
        self.elsewhere = Place(conversation("desk"))
        self.person = MEGUMI.account

    def list_seen(self, where: Conversation, thread: str | None = None) -> list[str]:
        with self.database.read() as tx:
            roots = store.list_roots(tx, where.id, 100)
            replies = store.list_replies(tx, [root.id for root in roots])
        shown = roots if thread is None else replies.get(int(thread), ())
        return [_read(entry.message) for entry in shown if entry.message]

    def read_home(self) -> str:
        with self.database.read() as tx:
            home = store.find_home(tx, self.person.id)
        return _read(home) if home else ""

    def list_files(self, sent: Sent) -> list[bytes]:
        with self.database.read() as tx:
            entry = store.find_entry(tx, int(sent.message))
        assert entry is not None
        assert entry.message is not None
        contents = (getattr(element, "content", None) for element in entry.message.elements)
        return [content.data for content in contents if content]

    def lose_answer(self) -> None:
        """It cannot: the post and its answer are one transaction."""

    @contextmanager
    def gone(self) -> Iterator[None]:
        with sqlite3.connect(self._path, isolation_level=None) as other:
            other.execute("BEGIN EXCLUSIVE")
            yield
            other.execute("ROLLBACK")
        other.close()

    def close(self) -> None:
        self.database.close()


def _read(message: Message) -> str:
    frame = Frame("megumi", "token", "1", lambda: "nonce")
    return read_text(str(render_message(message, frame)))


class SlackLodging:
    """Slack, by the strict fake of it."""

    person_name = "田中 恵"

    def __init__(self, slack: FakeSlack) -> None:
        self.slack = slack
        megumi = slack.add_person("megumi", self.person_name)
        lag = timedelta(milliseconds=10)
        self.service = SlackService(slack.bot_token, slack.api_url, history_lag=lag)
        self.place = self._place(slack.add_channel("telework").id)
        self.elsewhere = self._place(slack.add_channel("desk", private=True).id)
        self.person = Account("slack", slack.team, megumi.id)

    def _place(self, channel: str) -> Place:
        return Place(Conversation("slack", self.slack.team, channel))

    def list_seen(self, where: Conversation, thread: str | None = None) -> list[str]:
        posts = self.slack.find_posts(where.id)
        return [
            message.words
            for message in posts
            if (message.thread == thread if thread else not message.is_reply)
            and message.ts != thread
        ]

    def read_home(self) -> str:
        home = self.slack.home(self.person.id)
        return "\n".join(list_words(home["blocks"])) if home else ""

    def list_files(self, sent: Sent) -> list[bytes]:
        message = self.slack.get_channel(sent.conversation.id).by_ts[sent.message]
        files = [self.slack.file(file["id"]).data for file in message.files]
        return [data for data in files if data is not None]

    def lose_answer(self) -> None:
        for method in ("chat.postMessage", "files.completeUploadExternal"):
            self.slack.fail_next(Fault.DROP, method)

    @contextmanager
    def gone(self) -> Iterator[None]:
        self.slack.configure(down="refused")
        yield
        self.slack.configure(down="")

    def close(self) -> None:
        """The fake is closed by whoever opened it."""
