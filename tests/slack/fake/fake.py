"""The fake as tests hold it: in a thread of its own, driven by plain calls."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, Self, TypeVar

from tests.slack.fake import files, forms, payloads, views
from tests.slack.fake.calls import BOT_SCOPES, Token
from tests.slack.fake.control import Control
from tests.slack.fake.ledger import Accepted
from tests.slack.fake.load import Flood
from tests.slack.fake.payloads import Payload
from tests.slack.fake.postman import HONEST, Manner
from tests.slack.fake.rules import Fault, Rules
from tests.slack.fake.slack import Delivery, Response, Slack
from tests.slack.fake.workspace import APP, BOT, TEAM, Channel, File, Message, Person, View

V = TypeVar("V")

LONGEST_CALL = 120.0
Where = Channel | Person | str
Who = Person | str


class FakeSlack:
    """A Slack on loopback. Verbs return once the bot has acknowledged, or cannot be reached."""

    def __init__(
        self,
        *,
        port: int = 0,
        events_to: str | Sequence[str] = (),
        signing_secret: str = "signing-secret",
        bot_token: str = "xoxb-fake",
        app_token: str = "xapp-fake",
        scopes: Sequence[str] = BOT_SCOPES,
        enterprise: str | None = None,
        **rules: Any,
    ) -> None:
        """`events_to`: the bot's address, or several in turn; none: Socket Mode."""
        self.signing_secret = signing_secret
        self.bot_token = bot_token
        self.app_token = app_token
        self.team, self.app, self.bot = TEAM, APP, BOT
        tokens = (
            Token(bot_token, tuple(scopes)),
            Token(app_token, ("connections:write",), app_level=True),
        )
        self.slack = Slack(Rules().change(rules), tokens, signing_secret, enterprise)
        self.slack.front = Control(self.slack).answer
        if port:
            self.slack.listen_at(port)
        self.send_events_to(events_to)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="slack", daemon=True)

    # ------------------------------------------------------------ running

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self.slack.start())
        return self

    def __exit__(self, *error: object) -> None:
        self._run(self.slack.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, V], seconds: float = LONGEST_CALL) -> V:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    @property
    def url(self) -> str:
        """Where it listens, without a path."""
        return self.slack.api.origin

    @property
    def api_url(self) -> str:
        """What a Web API client takes as its base."""
        return f"{self.url}/api/"

    def send_events_to(self, urls: str | Sequence[str]) -> None:
        self.slack.point_at([urls] if isinstance(urls, str) and urls else list(urls))

    def configure(self, **rules: Any) -> None:
        """Change rules from now on. Raises ValueError for what is no rule."""
        self.slack.put_rules(rules)
        self._run(self.slack.open_door())

    def fail_next(
        self, fault: Fault | str, method: str = "chat.postMessage", times: int = 1
    ) -> None:
        """What befalls the next calls of a method: a fault, or an error by its name."""
        with self.slack.changed:
            self.slack.state.limits.next_faults[method].extend([fault] * times)

    def revoke(self, *scopes: str) -> None:
        """Take scopes from the bot's token."""
        held = self.slack.api.tokens[self.bot_token].scopes
        self._put_scopes(scope for scope in held if scope not in scopes)

    def grant(self, *scopes: str) -> None:
        """Give scopes to the bot's token, as a new install does."""
        self._put_scopes((*self.slack.api.tokens[self.bot_token].scopes, *scopes))

    def _put_scopes(self, scopes: Iterable[str]) -> None:
        changed = {self.bot_token: Token(self.bot_token, tuple(scopes))}
        with self.slack.changed:
            self.slack.api.tokens = {**self.slack.api.tokens, **changed}

    def reset(self, **rules: Any) -> None:
        self.slack.reset(Rules().change(rules))

    def wait_until(self, predicate: Callable[[], V], seconds: float = 10.0) -> V:
        """Wait for what a call or an event makes true. Raises AssertionError if none does."""
        with self.slack.changed:
            if not self.slack.changed.wait_for(lambda: bool(predicate()), seconds):
                raise AssertionError(f"not so within {seconds:g} s: {self.stats}")
            return predicate()

    # ------------------------------------------------------------ who and where

    def add_person(
        self,
        name: str,
        real_name: str = "",
        *,
        email: str | None = None,
        team: str = TEAM,
        deleted: bool = False,
    ) -> Person:
        """Somebody, with an id made of the name; `team`: a stranger's own."""
        with self.slack.changed:
            add = self.slack.workspace.add_person
            return add(name, real_name or name, email, team, deleted)

    def add_channel(
        self,
        name: str,
        members: Iterable[Who] = (),
        *,
        private: bool = False,
        archived: bool = False,
        with_bot: bool = True,
    ) -> Channel:
        """A channel, with an id made of the name; the bot is in it unless told not to be."""
        inside = {_id(person) for person in members} | ({BOT} if with_bot else set())
        with self.slack.changed:
            return self.slack.workspace.add_channel(name, inside, private, archived)

    def get_channel(self, where: Where) -> Channel:
        """A channel; a person's direct conversation with the bot."""
        if isinstance(where, Channel):
            return where
        with self.slack.changed:
            id = _id(where)
            if id in self.slack.workspace.people:
                return self.slack.workspace.open_direct(id)
            return self.slack.workspace.channels[id]

    def get_person(self, who: Who) -> Person:
        return who if isinstance(who, Person) else self.slack.workspace.people[who]

    # ------------------------------------------------------------ what stands

    def messages(self, where: Where) -> list[Message]:
        """What stands at the top of a channel, oldest first, whoever wrote it."""
        with self.slack.changed:
            return [m for m in self.get_channel(where).messages if not m.is_reply]

    def thread(self, where: Where, ts: str) -> list[Message]:
        """The replies under a message, oldest first."""
        with self.slack.changed:
            return [m for m in self.get_channel(where).messages if m.is_reply and m.thread == ts]

    def find_posts(
        self, where: Where, containing: str = "", thread: str | None = None
    ) -> list[Message]:
        """What the bot has posted, wherever the words stand in it."""
        with self.slack.changed:
            return [
                m
                for m in self.get_channel(where).messages
                if m.user == BOT and containing in m.words and thread in (None, m.thread)
            ]

    def wait_for(
        self,
        where: Where,
        containing: str = "",
        *,
        thread: str | None = None,
        seconds: float = 10.0,
    ) -> Message:
        """The bot's latest message with these words, once it stands."""
        return self.wait_until(lambda: self.find_posts(where, containing, thread), seconds)[-1]

    def home(self, who: Who) -> dict[str, Any] | None:
        """What stands on somebody's Home, or None."""
        with self.slack.changed:
            found = self.slack.workspace.homes.get(_id(who))
            return views.show(self.slack.workspace, found) if found else None

    def view(self, who: Who) -> View | None:
        """The dialog in front of somebody, or None."""
        with self.slack.changed:
            return self.slack.workspace.find_open_view(_id(who))

    def wait_for_view(self, who: Who, seconds: float = 10.0) -> View:
        found = self.wait_until(lambda: self.view(who), seconds)
        assert found is not None
        return found

    def file(self, id: str) -> File:
        """An uploaded file with its bytes."""
        return self.slack.workspace.files[id]

    def responses(self, who: Who | None = None) -> list[Response]:
        """What the bot told people by an address for responses."""
        with self.slack.changed:
            return [r for r in self.slack.responses if who is None or r.user == _id(who)]

    @property
    def posts(self) -> list[Accepted]:
        """Every accepted post in order: the judge."""
        with self.slack.changed:
            return list(self.slack.state.ledger.posts)

    @property
    def deliveries(self) -> list[Delivery]:
        """Every event that was sent."""
        with self.slack.changed:
            return list(self.slack.deliveries)

    @property
    def stats(self) -> dict[str, Any]:
        with self.slack.changed:
            return self.slack.state.ledger.count()

    # ------------------------------------------------------------ what people do

    def mention(
        self,
        who: Who,
        where: Where,
        text: str,
        *,
        thread: str | None = None,
        manner: Manner = HONEST,
    ) -> Delivery:
        """Write to the bot in a channel."""
        message = self.slack.write(self.get_person(who), self.get_channel(where), text, thread)
        return self._run(self.slack.say(message, manner))

    def direct(
        self,
        who: Who,
        text: str,
        *,
        thread: str | None = None,
        shared: Sequence[Mapping[str, Any]] = (),
        manner: Manner = HONEST,
    ) -> Delivery:
        """Write to the bot alone."""
        person = self.get_person(who)
        message = self.slack.write(person, self.get_channel(person), text, thread, shared)
        return self._run(self.slack.say(message, manner))

    def open_home(self, who: Who, *, manner: Manner = HONEST) -> Delivery:
        person = self.get_person(who)
        event = payloads.make_opened(self.slack.workspace, person, self.get_channel(person))
        return self.send_event(event, manner=manner)

    def command(
        self, who: Who, where: Where, command: str, text: str = "", *, manner: Manner = HONEST
    ) -> Delivery:
        """Type a slash command."""
        person, channel = self.get_person(who), self.get_channel(where)
        trigger, address = self._begin(person, channel)
        workspace = self.slack.workspace
        made = payloads.make_command(workspace, person, channel, command, text, trigger, address)
        return self.send(made, manner=manner)

    def press(self, who: Who, message: Message, label: str, *, manner: Manner = HONEST) -> Delivery:
        """Press a button that stands in a message, by its label, value or action id."""
        action = forms.get_button(message.blocks, label)
        person, channel = self.get_person(who), self.get_channel(message.channel)
        trigger, address = self._begin(person, channel)
        workspace = self.slack.workspace
        made = payloads.make_press(workspace, person, channel, message, action, trigger, address)
        return self.send(made, manner=manner, message=message)

    def press_home(self, who: Who, label: str, *, manner: Manner = HONEST) -> Delivery:
        """Press a button on one's Home."""
        return self._press_view(self.slack.workspace.homes[_id(who)], who, label, manner)

    def press_view(self, who: Who, label: str, *, manner: Manner = HONEST) -> Delivery:
        """Press a button in the dialog in front of one."""
        return self._press_view(self._get_view(who), who, label, manner)

    def _press_view(self, view: View, who: Who, label: str, manner: Manner) -> Delivery:
        action = forms.get_button(view.given["blocks"], label)
        person = self.get_person(who)
        trigger = self._make_trigger(person)
        made = payloads.make_view_press(self.slack.workspace, person, view, action, trigger)
        return self.send(made, manner=manner)

    def shortcut(
        self, who: Who, message: Message, callback: str, *, manner: Manner = HONEST
    ) -> Delivery:
        """Take a shortcut from a message's menu."""
        person, channel = self.get_person(who), self.get_channel(message.channel)
        trigger, address = self._begin(person, channel)
        workspace = self.slack.workspace
        made = payloads.make_shortcut(
            workspace, person, channel, message, callback, trigger, address
        )
        return self.send(made, manner=manner, message=message)

    def submit(
        self,
        who: Who,
        answers: Mapping[str, Any],
        *,
        view: View | None = None,
        manner: Manner = HONEST,
    ) -> Delivery:
        """Fill and send the dialog in front of one; by block id, action id or label.

        Raises ClientRefuses for what Slack's client does not send, BadAnswer for an answer that
        it does not understand.
        """
        person, shown = self.get_person(who), view or self._get_view(who)
        values = forms.fill(shown.given["blocks"], answers)
        trigger = self._make_trigger(person)
        made = payloads.make_submission(self.slack.workspace, person, shown, values, trigger)
        delivery = self.send(made, manner=manner)
        self.slack.apply(person, shown, delivery)
        return delivery

    def cancel(self, who: Who) -> Delivery | None:
        """Close the dialog; the bot hears of it only if it asked to."""
        person, view = self.get_person(who), self._get_view(who)
        with self.slack.changed:
            view.open = False
        if not view.given.get("notify_on_close"):
            return None
        return self.send(payloads.make_closed(self.slack.workspace, person, view))

    def upload(self, name: str, data: bytes) -> dict[str, Any]:
        """A file that somebody has put into Slack, as a form or a message holds it."""
        with self.slack.changed:
            workspace = self.slack.workspace
            file = File(workspace.make_id("F"), name, len(data), data, completed=True)
            workspace.files[file.id] = file
            return files.show(file, self.url)

    def verify_url(self, challenge: str = "challenge", *, manner: Manner = HONEST) -> Delivery:
        """Ask the bot's address whether it is the bot's."""
        value = {"type": "url_verification", "challenge": challenge}
        value |= {"token": payloads.VERIFICATION_TOKEN}
        return self.send(Payload("events_api", challenge, value), manner=manner)

    # ------------------------------------------------------------ events of any kind

    def send_event(
        self, event: dict[str, Any], *, id: str | None = None, manner: Manner = HONEST
    ) -> Delivery:
        """Send any event of the Events API; the envelope is made for it."""
        return self.send(payloads.wrap_event(self.slack.workspace, event, id=id), manner=manner)

    def send(
        self, payload: Payload, *, manner: Manner = HONEST, message: Message | None = None
    ) -> Delivery:
        return self._run(self.slack.send(payload, manner, message))

    def send_again(self, delivery: Delivery, *, manner: Manner = HONEST) -> Delivery:
        """The same once more, as a replay or a redelivery would."""
        return self.send(delivery.payload, manner=manner, message=delivery.message)

    def flood(self, count: int, rate: float, **more: Any) -> list[Delivery]:
        """Many events at a set rate, and how each was taken; see Flood."""
        return self._run(Flood(slack=self.slack, count=count, rate=rate, **more).run(), 600)

    # ------------------------------------------------------------ Socket Mode

    @property
    def connected(self) -> int:
        """How many connections of Socket Mode are open."""
        return len(self.slack.sockets.connections)

    def ask_to_reconnect(self, reason: str = "refresh_requested") -> None:
        self._run(self.slack.sockets.ask_to_leave(reason))

    def cut_sockets(self) -> None:
        self._run(self.slack.sockets.cut())

    # ------------------------------------------------------------ triggers

    def make_trigger(self, who: Who) -> str:
        """A trigger as of an act of somebody, for calls without an event."""
        return self._make_trigger(self.get_person(who))

    def _make_trigger(self, person: Person) -> str:
        with self.slack.changed:
            life = self.slack.state.rules.trigger_life
            return self.slack.workspace.make_trigger(person.id, life)

    def _begin(self, person: Person, channel: Channel) -> tuple[str, str]:
        """A trigger and an address for responses: what every act brings."""
        with self.slack.changed:
            address = self.slack.make_response_url(person.id, channel.id)
        return self._make_trigger(person), address

    def _get_view(self, who: Who) -> View:
        found = self.view(who)
        if found is None:
            raise forms.NotThere("no dialog is open")
        return found


def _id(thing: Channel | Person | str) -> str:
    return thing if isinstance(thing, str) else thing.id
