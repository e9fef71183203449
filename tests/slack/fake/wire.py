"""HTTP as the fake needs it: a quick server on loopback, and a client that does not wait long."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

LONGEST_HEAD = 64 * 1024
LONGEST_BODY = 64 * 1024 * 1024
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asked of the server."""

    verb: str
    path: str
    query: str
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def get_query(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answers, when, and whether it is cut off instead."""

    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = "application/json; charset=utf-8"
    delay: float = 0.0
    cut: bool = False

    @classmethod
    def of(cls, value: object, status: int = 200, *headers: tuple[str, str]) -> Answer:
        return cls(json.dumps(value, ensure_ascii=False).encode(), status, headers)


Handle = Callable[[Request], Answer]


class Connection(asyncio.Protocol):
    """One client's connection: a request, its answer, and the next."""

    def __init__(self, handle: Handle, open_connections: set[Connection]) -> None:
        self._handle = handle
        self._open = open_connections
        self._buffer = bytearray()
        self._busy = False
        self._later: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._open.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._open.discard(self)
        if self._later is not None:
            self._later.cancel()

    def abort(self) -> None:
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._go_on()

    def _go_on(self) -> None:
        while not self._busy and not self._transport.is_closing():
            request = self._take()
            if request is None:
                return
            self._answer(request)

    def _take(self) -> Request | None:
        """The next whole request in the buffer; a broken one ends the connection."""
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > LONGEST_HEAD:
                self._refuse(431)
            return None
        head = bytes(self._buffer[:end]).decode("latin-1").split("\r\n")
        headers = {}
        for line in head[1:]:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        length = headers.get("content-length", "0")
        first = head[0].split(" ")
        if len(first) != 3 or not length.isdigit() or "transfer-encoding" in headers:
            self._refuse(400)
            return None
        if int(length) > LONGEST_BODY:
            self._refuse(413)
            return None
        whole = end + 4 + int(length)
        if len(self._buffer) < whole:
            return None
        body = bytes(self._buffer[end + 4 : whole])
        del self._buffer[:whole]
        path, _, query = first[1].partition("?")
        return Request(first[0], path, query, headers, body)

    def _refuse(self, status: int) -> None:
        self._write(Answer.of({"ok": False, "error": "bad_request"}, status), close=True)

    def _answer(self, request: Request) -> None:
        answer = self._handle(request)
        close = request.headers.get("connection", "").lower() == "close"
        if answer.delay <= 0:
            self._write(answer, close)
            return
        self._busy = True
        loop = asyncio.get_running_loop()
        self._later = loop.call_later(answer.delay, self._write_late, answer, close)

    def _write_late(self, answer: Answer, close: bool) -> None:
        self._busy = False
        self._write(answer, close)
        self._go_on()

    def _write(self, answer: Answer, close: bool) -> None:
        if answer.cut:
            self._transport.abort()
            return
        rows = [
            f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
            f"Content-Type: {answer.media_type}",
            f"Content-Length: {len(answer.body)}",
            f"Connection: {'close' if close else 'keep-alive'}",
            *(f"{name}: {value}" for name, value in answer.headers),
        ]
        self._transport.write("\r\n".join(rows).encode() + b"\r\n\r\n" + answer.body)
        if close:
            self._transport.close()


# ---------------------------------------------------------------- the other way


@dataclass(frozen=True, slots=True)
class Got:
    """What somebody answered to us."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


async def post(url: str, headers: Mapping[str, str], body: bytes, wait: float) -> Got:
    """Post on a connection of its own, as Slack does. Raises OSError or TimeoutError."""
    to = urlsplit(url)
    if to.hostname not in LOOPBACK:
        raise ValueError(f"the fake speaks to loopback alone, not to {to.hostname}")
    async with asyncio.timeout(wait):
        reader, writer = await asyncio.open_connection(to.hostname, to.port or 80)
        try:
            writer.write(_head(to.path or "/", to.netloc, headers, len(body)) + body)
            await writer.drain()
            return await _read(reader)
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError("the answer broke off") from error
        finally:
            writer.transport.abort()


def _head(path: str, host: str, headers: Mapping[str, str], length: int) -> bytes:
    own = {"Host": host, "Content-Length": str(length), "Connection": "close"}
    rows = [f"POST {path} HTTP/1.1", *(f"{k}: {v}" for k, v in {**own, **headers}.items())]
    return "\r\n".join(rows).encode() + b"\r\n\r\n"


async def _read(reader: asyncio.StreamReader) -> Got:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {}
    for line in head[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = await _read_chunks(reader)
    elif "content-length" in headers:
        body = await reader.readexactly(int(headers["content-length"]))
    else:
        body = await reader.read(LONGEST_BODY)
    return Got(int(head[0].split(" ")[1]), headers, body)


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    return bytes(body)
