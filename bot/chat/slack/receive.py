"""Takes what Slack sends, over HTTP or a socket: checked, stored, and only then acknowledged."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.chat.slack import messages
from bot.chat.slack.hear import (
    FormAsked,
    Malformed,
    Stranger,
    hear,
    write_private,
)
from bot.chat.slack.render import render_form
from bot.chat.slack.service import SlackService
from bot.clock import real_now
from bot.conversation.address import Place
from bot.conversation.event import Commanded, Event, Pressed, Submitted
from bot.conversation.message import FieldErrors, Form, Notice, OpenForm, Reply
from bot.conversation.port import AcceptAndOpen, NotTaken, PortError
from bot.log import get_log

log = get_log()

PATH = "/slack/events"
MAX_BODY = 1_000_000
"""Bytes: a dialog's answer with everything filled in stays far below."""
THREADS = 32
"""Requests in hand at once: each waits for the database alone, a form's answer for its flow."""
WAIT = timedelta(seconds=2.5)
"""Slack waits 3 s for an acknowledgement, and as long for a dialog to be opened."""
AGAIN = timedelta(milliseconds=100)
"""How soon a form that was not found is looked for again."""

Count = Callable[[str], None]
"""Told why a request was refused."""


class Receiver:
    """One a process. HTTP requests and socket envelopes end in the same middleware."""

    def __init__(
        self,
        accept: AcceptAndOpen,
        service: SlackService,
        teams: Sequence[str],
        signing_secret: str | None,
        on_refused: Count,
    ) -> None:
        self._accept = accept
        self._service = service
        self._teams = tuple(teams)
        self._verifier = SignatureVerifier(signing_secret) if signing_secret else None
        self._on_refused = on_refused
        self._pool = ThreadPoolExecutor(THREADS, "slack")
        self.app = self._make_app()

    def _make_app(self) -> App:
        """Bolt without listeners: its middleware's answer is the acknowledgement."""
        quiet = logging.getLogger("bot.chat.slack.bolt")
        quiet.setLevel(logging.ERROR)  # below, Bolt's own words hold payloads
        token = self._service.client.token
        app = App(
            logger=quiet,
            client=self._service.client,
            # The token is checked at the start, by name of what it lacks; not at every request.
            authorize=lambda **_: AuthorizeResult(
                enterprise_id=None, team_id=None, bot_token=token
            ),
            request_verification_enabled=False,  # done before a body is parsed, and counted
            ignoring_self_events_enabled=False,  # `hear` takes what people do, and nothing else
            ssl_check_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        app.use(self._acknowledge)
        return app

    # ------------------------------------------------------------ HTTP

    def routes(self) -> list[Route]:
        return [Route(PATH, self._take_request, methods=["POST"])]

    async def _take_request(self, request: Request) -> Response:
        received = real_now()
        body = await _read(request)
        if body is None:
            return self._refuse("too_large", 413)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._pool, self._take, dict(request.headers), body, received
        )

    def _take(self, headers: Mapping[str, str], raw: bytes, received: datetime) -> Response:
        fault = self._find_fault(headers, raw)
        if fault is not None:
            return self._refuse(*fault)
        asked = BoltRequest(
            body=raw.decode(), headers=dict(headers), context={"received": received}
        )
        answer = self.app.dispatch(asked)
        return Response(answer.body, answer.status, answer.first_headers_without_set_cookie())

    def _find_fault(self, headers: Mapping[str, str], raw: bytes) -> tuple[str, int] | None:
        """Why a request is refused before anything in it is believed, with the HTTP status."""
        if self._verifier is None or not self._is_signed(headers, raw):
            return "not_signed", 401
        try:
            _parse(headers.get("content-type", ""), raw.decode())
        except (ValueError, KeyError, IndexError):
            return "malformed", 400
        return None

    def _is_signed(self, headers: Mapping[str, str], raw: bytes) -> bool:
        """Whether Slack signed it within five minutes; a garbled header is no signature."""
        assert self._verifier is not None
        with suppress(ValueError, OverflowError):
            return self._verifier.is_valid_request(raw, dict(headers))
        return False

    def _refuse(self, reason: str, status: int) -> Response:
        self._on_refused(reason)
        log.warning("slack_request_refused", reason=reason)
        return Response(status_code=status)

    # ------------------------------------------------------------ a socket

    def connect(self, app_token: str) -> SocketModeHandler:
        """Open a socket to Slack; it reconnects by itself. Raises what slack_sdk raises."""
        handler = SocketModeHandler(
            self.app, app_token, web_client=self._service.client, concurrency=THREADS
        )
        handler.connect()  # type: ignore[no-untyped-call]
        return handler

    # ------------------------------------------------------------ both

    def _acknowledge(self, req: BoltRequest, resp: BoltResponse) -> BoltResponse:
        received = req.context.get("received") or real_now()
        try:
            return self._hand_in(req.body, received)
        except Stranger as stranger:
            self._on_refused("stranger")
            log.warning("slack_request_refused", reason="stranger", team=str(stranger))
            # 403 for another's installation. In a shared channel the event was rightly sent to
            # us, and Slack counts it against us if we do not take it.
            ours = bool(req.body.get("is_ext_shared_channel"))
            return BoltResponse(status=200 if ours else 403)
        except Malformed as malformed:
            self._on_refused("malformed")
            log.warning("slack_request_refused", reason="malformed", what=str(malformed))
            return BoltResponse(status=400)
        except NotTaken:
            self._on_refused("not_taken")
            return BoltResponse(status=503)

    def _hand_in(self, body: Mapping[str, Any], received: datetime) -> BoltResponse:
        heard = hear(body, self._teams, received)
        match heard:
            case None:
                return BoltResponse(status=200)
            case FieldErrors():
                return _show_errors(heard)
            case FormAsked():
                self._pool.submit(self._open_asked, heard, received)
                return BoltResponse(status=200)
            case Submitted():
                return self._show(self._accept.accept_and_wait(heard, _left(received)), heard)
            case Pressed(trigger=str(trigger)) | Commanded(trigger=str(trigger)):
                opens = self._opens(trigger, heard, received)
                self._accept.accept_to_open(heard, opens)
                return BoltResponse(status=200)
        self._accept.accept(heard)
        return BoltResponse(status=200)

    def _opens(self, trigger: str, event: Event, received: datetime) -> Callable[[Form], bool]:
        return lambda form: self._open(trigger, form, event.place, received)

    def _open(self, trigger: str, form: Form, place: Place, received: datetime) -> bool:
        """Open a dialog while Slack still takes the trigger; whether it opened."""
        if not _left(received):
            return False
        try:
            self._service.open_form_at(trigger, form, place)
        except PortError as error:
            log.warning("slack_dialog_not_opened", reason=str(error))
            return False
        return True

    def _open_asked(self, asked: FormAsked, received: datetime) -> None:
        """Open the form behind a button of a message; pressing again is all it takes to repeat."""
        try:
            form = self._find_form(asked, received)
        except NotTaken as error:
            log.warning("slack_dialog_not_opened", reason=str(error))
            return
        if form is not None:
            self._open(asked.trigger, form, asked.place, received)

    def _find_form(self, asked: FormAsked, received: datetime) -> Form | None:
        """A message may be pressed before the sender has noted where it stands: wait for that."""
        while True:
            form = self._accept.find_form(asked.sent, asked.control)
            if form is not None or not _left(received):
                return form
            threading.Event().wait(AGAIN.total_seconds())

    def _show(self, reply: Reply | None, event: Event) -> BoltResponse:
        """A dialog's next state, in the acknowledgement; without a reply it closes."""
        match reply:
            case None:
                return BoltResponse(status=200)
            case FieldErrors():
                return _show_errors(reply)
            case OpenForm(form):
                view = render_form(form, write_private(event.place))
            case Notice(text):
                view = _make_notice(text)
        return _as_json({"response_action": "update", "view": view})


def _show_errors(errors: FieldErrors) -> BoltResponse:
    return _as_json({"response_action": "errors", "errors": dict(errors.errors)})


def _make_notice(text: str) -> dict[str, Any]:
    """A dialog that only tells something; plain text, which nobody's words can mark up."""
    told = {"type": "section", "text": _plain(text[:3000])}
    title, close = _plain(messages.NOTICE_TITLE), _plain(messages.CLOSE)
    return {"type": "modal", "title": title, "close": close, "blocks": [told]}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def _as_json(answer: Mapping[str, Any]) -> BoltResponse:
    return BoltResponse(
        status=200,
        body=json.dumps(answer, ensure_ascii=False),
        headers={"content-type": "application/json; charset=utf-8"},
    )


def _left(received: datetime) -> timedelta:
    """What is left of the time in which Slack takes an answer; nothing, at worst."""
    return max(WAIT - (real_now() - received), timedelta(0))


async def _read(request: Request) -> bytes | None:
    """The body, or None for one that is larger than anything Slack sends."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY:
            return None
        parts.append(part)
    return b"".join(parts)


def _parse(content_type: str, text: str) -> Any:
    """The payload, as Bolt will read it too. Raises ValueError, KeyError or IndexError."""
    if content_type.startswith("application/json"):
        parsed = json.loads(text)
    else:
        fields = parse_qs(text, strict_parsing=True)
        parsed = json.loads(fields["payload"][0]) if "payload" in fields else fields
    if not isinstance(parsed, dict):
        raise ValueError("not an object")
    return parsed
