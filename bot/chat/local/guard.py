"""Keeps strangers out: who may call the page and from where, sessions, and what the page signs."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256

from itsdangerous import BadData, URLSafeSerializer
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as AsgiMessage

from bot.conversation import wire
from bot.conversation.address import Place
from bot.conversation.message import Form

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})

MAX_BODY = 32 * 1024 * 1024
"""Bytes of one post, files included."""

HEADERS = {
    # No script, style, frame or request that is not the page's own.
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; object-src 'none';"
    " form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: with it a browser hides the origin of our own posts too.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Refuses what does not come from the page itself, before anything of it is read.

    The page runs on loopback without a password, so every site that the same browser opens could
    try to use it: the host is checked against DNS rebinding, the origin against foreign forms.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str] = LOOPBACK) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def protect(message: AsgiMessage) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._find_refusal(scope)
        await (refusal or self._app)(scope, receive, protect)

    def _find_refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()
        if host not in self._list_hosts(scope):
            return PlainTextResponse("This host is not served here.", 421)
        if scope["method"] in ("GET", "HEAD"):
            return None if _is_seen(headers) else PlainTextResponse("Not from another site.", 403)
        if not _is_own(headers, host):
            return PlainTextResponse("Not from another site.", 403)
        return _find_size_refusal(headers)

    def _list_hosts(self, scope: Scope) -> frozenset[str]:
        port = get_port(scope)
        named = frozenset(f"{host}:{port}" for host in self._hosts)
        return named | self._hosts if port == 80 else named


def get_port(scope: Scope) -> int:
    """The port that the page is served on: the socket's, whatever the request claims."""
    return int(scope["server"][1])


def _is_seen(headers: Headers) -> bool:
    # Another site may link here; it may not load us out of sight, which would mark things read.
    foreign = headers.get("sec-fetch-site") in ("cross-site", "same-site")
    return not foreign or headers.get("sec-fetch-mode") == "navigate"


def _is_own(headers: Headers, host: str) -> bool:
    origin = headers.get("origin")
    if origin is not None:
        return origin.lower() == f"http://{host}"
    return headers.get("sec-fetch-site") == "same-origin"


def _find_size_refusal(headers: Headers) -> PlainTextResponse | None:
    length = headers.get("content-length", "")
    if not length.isascii() or not length.isdigit():
        return PlainTextResponse("The length of a post must be given.", 411)
    # The page counts as well, and says it more kindly; this is what it need not even read.
    return PlainTextResponse("Too large.", 413) if int(length) > 2 * MAX_BODY else None


# ---------------------------------------------------------------- sessions and seals


@dataclass(frozen=True, slots=True)
class Session:
    """What a browser remembers between two pages."""

    id: str
    persona: str | None = None
    notice: str | None = None
    """A line to show on the next page, once."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A form that was opened in front of a persona, and where its answer belongs."""

    form: Form
    persona: str
    place: Place


class Keys:
    """Signs what the page gives out and takes back; with the same secret also after a restart."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._sessions = URLSafeSerializer(secret, salt="session")
        self._forms = URLSafeSerializer(secret, salt="form")

    def read_session(self, cookies: Mapping[str, str], port: int) -> Session:
        """The browser's session; a new one where it has none, or one that we did not sign."""
        try:
            return Session(**self._sessions.loads(cookies.get(_cookie(port), "")))
        except (BadData, TypeError):
            return Session(secrets.token_urlsafe(24))

    def write_session(self, session: Session, port: int) -> str:
        """The session as a Set-Cookie header."""
        value = self._sessions.dumps(asdict(session))
        return f"{_cookie(port)}={value}; Path=/; HttpOnly; SameSite=Strict"

    def make_token(self, session: Session) -> str:
        """What every post of this session must bring, and no other site can read."""
        return hmac.new(self._secret, b"csrf " + session.id.encode(), sha256).hexdigest()

    def is_token(self, session: Session, token: str) -> bool:
        return hmac.compare_digest(self.make_token(session).encode(), token.encode())

    def seal_form(self, sealed: Sealed) -> str:
        """A form as the browser keeps it: it stands in no message, so it comes back with it."""
        form, _ = wire.encode(sealed.form)
        place, _ = wire.encode(sealed.place)
        sealed_form: str = self._forms.dumps([form, sealed.persona, place])
        return sealed_form

    def find_form(self, text: str) -> Sealed | None:
        """The form behind a seal, or None for what this page did not give out."""
        try:
            form, persona, place = self._forms.loads(text)
            return Sealed(wire.decode(form, _no_files), persona, wire.decode(place, _no_files))
        except (BadData, wire.Unreadable):
            return None


def make_nonce() -> str:
    """A new name for one act of a person."""
    return secrets.token_urlsafe(18)


def _cookie(port: int) -> str:
    # Browsers keep one jar for all ports of a host: two desks must not lose each other's session.
    return f"madoguchi-{port}"


def _no_files(digest: str) -> bytes:
    raise KeyError(digest)
