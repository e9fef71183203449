"""The Web API's front: token, scopes and limits of every call, and the faults that befall it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from tests.slack.fake import chat, conversations, files, people, sockets, views
from tests.slack.fake.calls import METHODS, Call, Registered, State, Token
from tests.slack.fake.rules import AFTER, HANG_SECONDS, Fault
from tests.slack.fake.wire import Answer, Request
from tests.slack.fake.workspace import Limited, No

MODULES = (chat, conversations, files, people, sockets, views)
"""Whose methods there are; importing them registers these."""
PREFIX = "/api/"


class WebApi:
    """Answers calls, and counts them in the ledger."""

    def __init__(self, state: State, tokens: Mapping[str, Token], origin: str) -> None:
        self.state = state
        self.tokens = tokens
        self.origin = origin

    def answer(self, request: Request) -> Answer:
        """One call from request to answer."""
        name = request.path.removeprefix(PREFIX)
        self.state.ledger.calls[name] += 1
        try:
            call, registered = self._admit(name, request)
            return self._do(call, registered)
        except Limited as limited:
            return self._limit(limited)
        except No as no:
            return self._refuse(no)

    def find_token(self, request: Request, params: Mapping[str, Any]) -> Token:
        """Whose call it is. Raises No."""
        header = request.headers.get("authorization", "")
        text = header.removeprefix("Bearer ") if header else str(params.get("token") or "")
        if not text:
            raise No("not_authed")
        if text not in self.tokens and not self.state.rules.any_token:
            raise No("invalid_auth")
        return self.tokens.get(text) or next(iter(self.tokens.values()))

    def _admit(self, name: str, request: Request) -> tuple[Call, Registered]:
        """The call, once it is known to be allowed. Raises No."""
        registered = METHODS.get(name)
        if registered is None:
            raise No("unknown_method", req_method=name)
        params, as_json = _read_params(request)
        token = self.find_token(request, params)
        if registered.app_level != token.app_level and not self.state.rules.any_token:
            raise No("not_allowed_token_type")
        if as_json and registered.form_only:
            raise No("invalid_arguments")
        now = time.monotonic()
        call = Call(name, params, token, self.state, self.origin, now, as_json)
        wait = self.state.limits.find_method_wait(name, now)
        if wait is not None:
            raise Limited(name, wait)
        if registered.scope is not None:
            call.need(registered.scope)
        return call, registered

    def _do(self, call: Call, registered: Registered) -> Answer:
        limits = self.state.limits
        fault = limits.take_planned(call.method)
        if fault is None and registered.posts and limits.draw_before():
            fault = Fault.FAIL_BEFORE
        if fault == Fault.LIMITED:
            raise Limited("planned", 1)
        if fault == Fault.FAIL_BEFORE:
            return self._fail(fault)
        if fault is not None and fault not in AFTER:
            raise No(fault)
        told = registered.handle(call)
        if fault is None and registered.posts:
            fault = limits.draw_after()
        if fault is not None:
            return self._fail(fault)
        return self._tell(call, registered, told)

    def _tell(self, call: Call, registered: Registered, told: dict[str, Any]) -> Answer:
        headers = [("x-oauth-scopes", ",".join(call.token.scopes))]
        if registered.scope is not None:
            headers.append(("x-accepted-oauth-scopes", registered.scope))
        body = json.dumps({"ok": True, **told}, ensure_ascii=False).encode()
        return Answer(body, 200, tuple(headers), delay=self.state.limits.draw_latency())

    def _fail(self, fault: Fault | str) -> Answer:
        self.state.ledger.faults[str(fault)] += 1
        delay = self.state.limits.draw_latency()
        if fault in (Fault.DROP, Fault.HANG):
            hang = HANG_SECONDS if fault == Fault.HANG else delay
            return Answer(b"", delay=hang, cut=True)
        body = b'{"ok":false,"error":"internal_error"}'
        return Answer(body, 200 if fault == Fault.ERROR_AFTER else 500, delay=delay)

    def _limit(self, limited: Limited) -> Answer:
        self.state.ledger.limited[limited.scope] += 1
        told = {"ok": False, "error": "ratelimited"}
        return Answer.of(told, 429, ("Retry-After", str(limited.wait)))

    def _refuse(self, no: No) -> Answer:
        self.state.ledger.errors[no.error] += 1
        return Answer.of({"ok": False, "error": no.error, **no.more})


def _read_params(request: Request) -> tuple[dict[str, Any], bool]:
    """The arguments, as a form or as JSON; whatever stands in the address as well. Raises No."""
    params: dict[str, Any] = dict(request.get_query())
    if request.verb not in ("GET", "POST"):
        raise No("invalid_post_type")
    match request.media_type:
        case "application/json":
            params.update(_read_json(request.body))
            return params, True
        case "application/x-www-form-urlencoded" | "":
            params.update(_read_form(request.body))
            return params, False
        case _:
            raise No("invalid_post_type")


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body or b"{}")
    except ValueError:
        raise No("invalid_json") from None
    if not isinstance(given, dict):
        raise No("json_not_object")
    return given


def _read_form(body: bytes) -> dict[str, Any]:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    except ValueError:
        raise No("invalid_form_data") from None
