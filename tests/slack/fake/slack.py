"""The whole of the fake on one event loop: what it answers, sends and remembers."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.slack.fake import checks, files, payloads
from tests.slack.fake.api import PREFIX, WebApi
from tests.slack.fake.calls import State, Token
from tests.slack.fake.payloads import Payload
from tests.slack.fake.postman import HONEST, Ack, Http, Manner, deliver
from tests.slack.fake.rules import Rules
from tests.slack.fake.sockets import Sockets
from tests.slack.fake.wire import Answer, Connection, Handle, Request
from tests.slack.fake.workspace import BOT, Channel, Message, No, Person, View, Workspace

RESPONSES = "/response/"
RESPONSE_USES = 5


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event that was sent, and how it was taken."""

    payload: Payload
    ack: Ack
    message: Message | None = None
    """What somebody wrote, or where they pressed."""

    @property
    def ts(self) -> str:
        assert self.message is not None
        return self.message.ts

    @property
    def errors(self) -> dict[str, str]:
        """What the bot found wrong with a form, by block."""
        told = self.ack.json
        return dict(told.get("errors", {})) if isinstance(told, dict) else {}


class BadAnswer(Exception):
    """Slack's client would show the person an error, for what the bot answered."""


@dataclass(slots=True)
class ResponseUrl:
    """An address for answers to one act: five times."""

    user: str
    channel: str
    left: int = RESPONSE_USES


@dataclass(slots=True)
class Response:
    """What the bot told one person alone."""

    user: str
    channel: str
    body: dict[str, Any] = field(default_factory=dict)


class Slack:
    """One workspace with one app. Every change is made with `changed` held, and then told."""

    def __init__(
        self, rules: Rules, tokens: Sequence[Token], secret: str, enterprise: str | None
    ) -> None:
        self.changed = threading.Condition(threading.RLock())
        self.secret = secret
        self.enterprise = enterprise
        self.deliveries: list[Delivery] = []
        self.responses: list[Response] = []
        self._response_urls: dict[str, ResponseUrl] = {}
        self._connections: set[Connection] = set()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._http: Http | None = None
        self.front: Handle = self.answer
        """What is asked first."""
        self.listening = _listen()
        self.sockets = Sockets(_listen())
        self.sockets.on_change = self._tell
        state = State(Workspace(enterprise), rules, self.sockets)
        self.api = WebApi(state, {token.text: token for token in tokens}, "")

    # ------------------------------------------------------------ running

    @property
    def state(self) -> State:
        return self.api.state

    @property
    def workspace(self) -> Workspace:
        return self.api.state.workspace

    @property
    def port(self) -> int:
        return int(self._port)

    def listen_at(self, port: int) -> None:
        """Take a port of loopback, before anything runs."""
        self.listening.close()
        self.listening = _listen(port)

    async def start(self) -> None:
        self._port = self.listening.getsockname()[1]
        self.api.origin = f"http://127.0.0.1:{self._port}"
        await self._open(self.listening)
        await self.sockets.start()

    async def _open(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self.front, self._connections), sock=listening, backlog=1024
        )

    async def stop(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.close_door()
        await self.sockets.stop()

    def close_door(self) -> None:
        """Nobody listens any more: connections are refused, and open ones cut."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in list(self._connections):
            connection.abort()

    def put_rules(self, changes: Mapping[str, Any]) -> None:
        """Change rules while running; counters and what is planned stay. Raises ValueError."""
        with self.changed:
            rules = self.state.rules.change(changes)
            self.state.rules = self.state.limits.rules = rules

    async def open_door(self) -> None:
        """Listen, or not, as the rules say now."""
        if self.state.rules.down == "refused":
            self.close_door()
        elif self._server is None:
            await self._open(_listen(self._port))

    def reset(self, rules: Rules) -> None:
        """Begin anew, with the same people and channels."""
        with self.changed:
            fresh = Workspace(self.enterprise)
            fresh.people = self.workspace.people
            for old in self.workspace.channels.values():
                kept = (old.private, old.direct, old.archived, old.members)
                fresh.channels[old.id] = Channel(old.id, old.name, *kept)
            self.api.state = State(fresh, rules, self.sockets)
            self.deliveries.clear()
            self.responses.clear()

    def run_beside(self, work: Coroutine[Any, Any, Any]) -> None:
        """Let something go on while requests are answered."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _tell(self) -> None:
        with self.changed:
            self.changed.notify_all()

    # ------------------------------------------------------------ what it answers

    def answer(self, request: Request) -> Answer:
        """Whatever is asked of it, but for how it is driven."""
        with self.changed:
            answer = self._route(request)
            self.changed.notify_all()
        return answer

    def _route(self, request: Request) -> Answer:
        if self.state.rules.down == "503":
            return Answer(b"<html>unavailable</html>", 503, media_type="text/html")
        if self.state.rules.down:
            return Answer(b"", cut=True)
        if request.path.startswith(PREFIX):
            return self.api.answer(request)
        if request.path.startswith(files.UPLOAD):
            return files.take_upload(self.state, request)
        if request.path.startswith(files.DOWNLOAD):
            return self._give_file(request)
        if request.path.startswith(RESPONSES):
            return self._take_response(request)
        return Answer.of({"ok": False, "error": "not_found"}, 404)

    def _give_file(self, request: Request) -> Answer:
        try:
            token = self.api.find_token(request, {})
        except No:
            return Answer(b"sign in", 403, media_type="text/html")
        if "files:read" not in token.scopes:
            return Answer(b"sign in", 403, media_type="text/html")
        return files.give_file(self.state, request)

    def _take_response(self, request: Request) -> Answer:
        found = self._response_urls.get(request.path.removeprefix(RESPONSES))
        if found is None or found.left == 0:
            return Answer.of({"ok": False, "error": "used_url"}, 404)
        try:
            body = checks.parse_json(request.body.decode(), "invalid_payload")
            checks.check_blocks(self.workspace, body.get("blocks"))
        except No as no:
            return Answer.of({"ok": False, "error": no.error}, 400)
        found.left -= 1
        self.responses.append(Response(found.user, found.channel, body))
        return Answer(b"ok", media_type="text/plain")

    def make_response_url(self, user: str, channel: str) -> str:
        id = self.workspace.make_id("r")
        self._response_urls[id] = ResponseUrl(user, channel)
        return f"{self.api.origin}{RESPONSES}{id}"

    # ------------------------------------------------------------ what it sends

    def point_at(self, urls: Sequence[str]) -> None:
        """Where events go: addresses in turn; none: the connections of Socket Mode."""
        self._http = Http(urls, self.secret) if urls else None

    async def send(
        self, payload: Payload, manner: Manner = HONEST, message: Message | None = None
    ) -> Delivery:
        """Deliver one event, and remember how it was taken."""
        if manner.team is not None:
            payload = _rename_team(payload, self.workspace.team, manner.team)
        ack = await deliver(self._http or self.sockets, payload, manner, lambda: self.state.rules)
        delivery = Delivery(payload, ack, message)
        with self.changed:
            self.deliveries.append(delivery)
            self.changed.notify_all()
        return delivery

    def write(
        self,
        person: Person,
        channel: Channel,
        text: str,
        thread: str | None = None,
        shared: Sequence[Mapping[str, Any]] = (),
    ) -> Message:
        """Put somebody's words into a channel, behind a mention, or into a direct conversation."""
        mention = channel.direct is None
        text = text.removeprefix(f"<@{BOT}>").lstrip() if mention else text
        typed = payloads.escape(text)
        body: dict[str, Any] = {
            "client_msg_id": payloads.make_client_id(),
            "text": f"<@{BOT}> {typed}" if mention else typed,
            "blocks": payloads.make_rich_text(self.workspace, text, mention),
            "team": person.team,
        }
        if thread is not None:
            body["thread_ts"] = thread
        if shared:
            body |= {"files": [dict(file) for file in shared], "subtype": "file_share"}
        with self.changed:
            return self.workspace.add_message(channel, person.id, body)

    async def say(self, message: Message, manner: Manner = HONEST) -> Delivery:
        """Send the event of a message that stands."""
        direct = self.workspace.channels[message.channel].direct
        person = self.workspace.people[message.user]
        event = payloads.make_said(message, "message" if direct else "app_mention")
        payload = payloads.wrap_event(self.workspace, event)
        if person.team != self.workspace.team:
            payload.value["is_ext_shared_channel"] = True
            payload.value["context_team_id"] = person.team
            event |= {"user_team": person.team, "source_team": person.team}
        return await self.send(payload, manner, message)

    # ------------------------------------------------------------ what its client makes of answers

    def apply(self, person: Person, view: View, delivery: Delivery) -> None:
        """Do with a form what the bot's answer says. Raises BadAnswer for what no client takes."""
        if not delivery.ack.ok:
            return
        told = delivery.ack.json
        with self.changed:
            try:
                self._apply(person, view, told if isinstance(told, dict) else {})
            except No as no:
                raise BadAnswer(f"{no.error}: {no.more}") from no

    def _apply(self, person: Person, view: View, told: Mapping[str, Any]) -> None:
        match told.get("response_action"):
            case None if not told:
                view.open = False
            case "clear":
                self.workspace.close_views(person.id)
            case "errors":
                _check_errors(view, told.get("errors"))
            case "update":
                given = checks.check_view(self.workspace, told.get("view"), ("modal",))
                self.workspace.put_view(view, given)
            case "push":
                given = checks.check_view(self.workspace, told.get("view"), ("modal",))
                self.workspace.add_view(person.id, given, view)
            case action:
                raise BadAnswer(f"no such answer to a form: {action!r} in {dict(told)}")


def _check_errors(view: View, errors: object) -> None:
    """Errors stand at inputs; Slack refuses the others."""
    inputs = {b["block_id"] for b in view.given["blocks"] if b["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise BadAnswer(f"errors for what is no input: {errors!r}, of {sorted(inputs)}")
    if any(not isinstance(what, str) or not what for what in errors.values()):
        raise BadAnswer(f"errors must be words: {errors!r}")


def _rename_team(payload: Payload, ours: str, theirs: str) -> Payload:
    def rename(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: rename(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [rename(inner) for inner in value]
        return theirs if value == ours else value

    return Payload(payload.kind, payload.id, rename(payload.value))


def _listen(port: int = 0) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    return listening
