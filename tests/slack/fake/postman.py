"""Delivers events to the bot: signed, again when not taken, and wrongly where a test wants it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.clock import real_now
from tests.slack.fake import wire
from tests.slack.fake.payloads import JSON, Payload
from tests.slack.fake.rules import Rules

TAKEN = 200
LOOK = 0.5
"""Seconds after which a try that waits looks how long it has to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How an event is sent, where not as Slack would."""

    forged: bool = False
    """Signed by somebody who does not know the secret."""
    unsigned: bool = False
    age: float = 0.0
    """Seconds that its timestamp lies back."""
    team: str | None = None
    """Sent in the name of another workspace."""
    truncated: bool = False
    malformed: bool = False
    padding: int = 0
    """Bytes that it is longer than need be."""

    @property
    def is_honest(self) -> bool:
        return self == HONEST


HONEST = Manner()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: the bot's status, or what went wrong instead."""

    status: int | None
    body: bytes
    seconds: float
    reason: str | None = None
    """As Slack says it with the next try: http_error, http_timeout, connection_failed."""


@dataclass(frozen=True, slots=True)
class Ack:
    """How an event was taken."""

    attempts: tuple[Attempt, ...]

    @property
    def status(self) -> int | None:
        return self.attempts[-1].status

    @property
    def ok(self) -> bool:
        return self.status == TAKEN

    @property
    def body(self) -> bytes:
        return self.attempts[-1].body

    @property
    def json(self) -> Any:
        """The answer, or None where it is empty."""
        return json.loads(self.body) if self.body.strip() else None

    @property
    def seconds(self) -> float:
        return self.attempts[-1].seconds


class Way(Protocol):
    """A way to the bot: HTTP or Socket Mode."""

    async def try_once(
        self, payload: Payload, manner: Manner, number: int, reason: str | None, wait: float
    ) -> Attempt:
        """Send it once, and tell how it was taken."""


async def deliver(
    way: Way, payload: Payload, manner: Manner, get_rules: Callable[[], Rules]
) -> Ack:
    """Send an event until it is taken, or as often as Slack does.

    Only events are sent again; who pressed or sent a form is told that it did not work.
    """
    rules = get_rules()
    attempts = [await way.try_once(payload, manner, 0, None, rules.ack_within)]
    again = payload.kind == "events_api" and manner.is_honest
    for number, pause in enumerate(rules.retry_after if again else (), start=1):
        last = attempts[-1]
        if last.status == TAKEN or last.reason == "no_retry":
            break
        await _wait(pause, get_rules)
        attempts.append(await way.try_once(payload, manner, number, last.reason, rules.ack_within))
    return Ack(tuple(attempts))


async def _wait(pause: float, get_rules: Callable[[], Rules]) -> None:
    """So many of Slack's seconds; whoever waits notices that they have become shorter."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while (left := begun + pause * get_rules().retry_scale - loop.time()) > 0:
        await asyncio.sleep(min(left, LOOK))


class Http:
    """The way of signed requests to the bot's address, or to one of several in turn."""

    def __init__(self, urls: Sequence[str], secret: str) -> None:
        self._urls = itertools.cycle(urls)
        self._secret = secret

    async def try_once(
        self, payload: Payload, manner: Manner, number: int, reason: str | None, wait: float
    ) -> Attempt:
        body = _spoil(payload, manner)
        headers = {"Content-Type": payload.media_type, "User-Agent": "Slackbot 1.0"}
        headers |= self._sign(body, manner)
        if number:
            headers |= {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": str(reason)}
        begun = time.perf_counter()
        try:
            got = await wire.post(next(self._urls), headers, body, wait)
        except TimeoutError:
            return Attempt(None, b"", time.perf_counter() - begun, "http_timeout")
        except OSError:
            return Attempt(None, b"", time.perf_counter() - begun, "connection_failed")
        seconds = time.perf_counter() - begun
        if got.status == TAKEN:
            return Attempt(got.status, got.body, seconds)
        stop = got.headers.get("x-slack-no-retry") == "1"
        return Attempt(got.status, got.body, seconds, "no_retry" if stop else "http_error")

    def _sign(self, body: bytes, manner: Manner) -> dict[str, str]:
        at = str(int(real_now().timestamp() - manner.age))
        secret = "not-" + self._secret if manner.forged else self._secret
        signed = hmac.new(secret.encode(), f"v0:{at}:".encode() + body, hashlib.sha256)
        headers = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={signed.hexdigest()}"}
        return {} if manner.unsigned else headers


def _spoil(payload: Payload, manner: Manner) -> bytes:
    """The body, broken as the manner says; what is broken is signed all the same."""
    if manner.malformed:
        return b'{"type": ' if payload.media_type == JSON else b"payload=%7B%22type"
    body = payload.body
    if manner.padding:
        body += (
            b" " * manner.padding if payload.media_type == JSON else b"&" + b"x" * manner.padding
        )
    return body[: len(body) // 2] if manner.truncated else body
