"""Socket Mode: the bot's connections, and envelopes that it has to acknowledge."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.slack.fake.calls import Call, method
from tests.slack.fake.payloads import Payload
from tests.slack.fake.postman import Attempt, Manner
from tests.slack.fake.workspace import APP, No

MOST = 10
"""Connections that an app may have at once."""
LONGEST = 1024 * 1024


class Sockets:
    """The way of envelopes over the connections that the bot has opened; each goes to one."""

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self._tickets: set[str] = set()
        self._server: Server | None = None
        self._turn = itertools.count()
        self._waiting: dict[str, asyncio.Future[bytes]] = {}
        self.connections: list[ServerConnection] = []
        self.opened = 0
        self.acks = 0
        self.unknown_acks = 0
        self.on_change: Callable[[], None] = lambda: None

    def make_address(self) -> str:
        """Where one connection may be opened, once. Raises No."""
        if len(self.connections) >= MOST:
            raise No("too_many_websockets")
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        port = self._listening.getsockname()[1]
        return f"ws://127.0.0.1:{port}/link/?ticket={ticket}&app_id={APP}"

    async def start(self) -> None:
        self._server = await serve(
            self._hold, sock=self._listening, max_size=LONGEST, ping_interval=5, close_timeout=0.5
        )

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _hold(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        query = parse_qs(urlsplit(connection.request.path).query)
        ticket = query.get("ticket", [""])[0]
        if ticket not in self._tickets:
            await connection.close(1008, "invalid ticket")
            return
        self._tickets.discard(ticket)
        self.connections.append(connection)
        self.opened += 1
        await connection.send(json.dumps(self._greet()))
        self.on_change()
        try:
            async for said in connection:
                self._take(said)
        except ConnectionClosed:
            # A bot that dies says nothing: what it has not acknowledged is sent to another.
            pass
        finally:
            self.connections.remove(connection)
            self.on_change()

    def _greet(self) -> dict[str, Any]:
        debug = {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18060}
        told = {"type": "hello", "num_connections": len(self.connections), "debug_info": debug}
        return {**told, "connection_info": {"app_id": APP}}

    def _take(self, said: str | bytes) -> None:
        """An acknowledgement; what nobody waits for is counted."""
        told = json.loads(said)
        waiting = self._waiting.pop(str(told.get("envelope_id")), None)
        if waiting is None or waiting.done():
            self.unknown_acks += 1
            return
        self.acks += 1
        payload = told.get("payload")
        waiting.set_result(b"" if payload is None else json.dumps(payload).encode())

    async def ask_to_leave(self, reason: str = "refresh_requested") -> None:
        """Tell every connection that it is about to end, and end it."""
        told = {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}
        for connection in list(self.connections):
            await connection.send(json.dumps(told))
            await connection.close()

    async def cut(self) -> None:
        """End every connection without a word."""
        for connection in list(self.connections):
            connection.transport.abort()

    async def try_once(
        self, payload: Payload, manner: Manner, number: int, reason: str | None, wait: float
    ) -> Attempt:
        """Send an envelope over one connection; there is no signature to forge."""
        begun = time.perf_counter()
        if not self.connections:
            return Attempt(None, b"", 0.0, "connection_failed")
        connection = self.connections[next(self._turn) % len(self.connections)]
        id = str(uuid.uuid4())
        envelope = {
            "type": payload.kind,
            "envelope_id": id,
            "accepts_response_payload": payload.kind != "events_api",
            "retry_attempt": number,
            "retry_reason": reason or "",
            "payload": payload.value,
        }
        waiting = asyncio.get_running_loop().create_future()
        self._waiting[id] = waiting
        try:
            async with asyncio.timeout(wait):
                await connection.send(json.dumps(envelope))
                body = await waiting
        except TimeoutError:
            return Attempt(None, b"", time.perf_counter() - begun, "timeout")
        except ConnectionClosed:
            return Attempt(None, b"", time.perf_counter() - begun, "connection_failed")
        finally:
            self._waiting.pop(id, None)
        return Attempt(200, body, time.perf_counter() - begun)


@method("apps.connections.open", "connections:write", app_level=True)
def open_(call: Call) -> dict[str, Any]:
    assert call.state.sockets is not None
    return {"url": call.state.sockets.make_address()}
