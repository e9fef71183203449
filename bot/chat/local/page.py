"""The local page: builds the web application, and shows conversations, Home, files and gallery."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from urllib.parse import quote, urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.chat.local import messages, store
from bot.chat.local.changes import make_changes
from bot.chat.local.front import HERE, Front, Visit, make_json, make_templates, wants_json
from bot.chat.local.guard import HEADERS, LOOPBACK, Guard, Keys, get_port
from bot.chat.local.guide import Guide
from bot.chat.local.hear import hear_opened
from bot.chat.local.posts import Posts
from bot.chat.local.render import Frame, get_digest, list_files
from bot.chat.local.server import NotLoopback, run_page
from bot.chat.local.service import LocalService
from bot.chat.local.view import Kept, View, get_sample
from bot.conversation.message import Message
from bot.conversation.port import Accept, NotTaken
from bot.database.engine import DatabaseError, Transaction

__all__ = ["NotLoopback", "build_page", "run_page"]

_INLINE = frozenset({"image/gif", "image/jpeg", "image/png", "image/webp"})
"""Kinds that a browser may show by itself; anything else it only saves."""


def build_page(
    service: LocalService,
    accept: Accept,
    *,
    secret: str | None = None,
    gallery: Iterable[Message] = (),
    guide: Guide | None = None,
    hosts: frozenset[str] = LOOPBACK,
) -> Starlette:
    """The page as a web application, whose parts are handed in.

    With the same secret, pages that were open before a restart go on working after it; without
    one their next post is signed anew, and forms that were open are opened again. `guide` is what
    the page tells a first visitor. `hosts` are the names that the page is called by.
    """
    keys = Keys(secret or secrets.token_urlsafe(32))
    front = Front(service, accept, keys, tuple(gallery), guide or Guide(), make_templates())
    pages = Pages(front)
    posts = Posts(front, pages.show_talk)
    app = Starlette(
        routes=[
            Route("/", pages.start),
            Route("/c/{conversation}", pages.talk),
            Route("/c/{conversation}/more", pages.more),
            Route("/home", pages.home),
            Route("/gallery", pages.gallery),
            Route("/files/{digest}", pages.file),
            Route("/changes", make_changes(front)),
            *posts.routes(),
            Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
        ],
        middleware=[Middleware(Guard, hosts=hosts)],
        exception_handlers={
            HTTPException: pages.refuse,
            DatabaseError: pages.apologise,
            Exception: pages.apologise,
        },
    )
    # Who serves the page rings it when it stops, so that open streams end.
    app.state.bell = service.bell
    return app


class Pages:
    """What can be looked at."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._service = front.service
        # Samples stand in no transcript, and neither do their files.
        self._samples = {get_digest(file): file for file in list_files(front.gallery)}

    def start(self, request: Request) -> Response:
        """The persona's direct conversation: where a question is asked."""
        visit = self._front.open_visit(request)
        return self.show_talk(visit, visit.persona.direct)

    def talk(self, request: Request) -> Response:
        visit = self._front.open_visit(request)
        conversation = self._front.check_member(visit, request.path_params["conversation"])
        before, answering = (_get_id(request, name) for name in ("before", "reply"))
        return self.show_talk(visit, conversation, before=before, answering=answering)

    def more(self, request: Request) -> Response:
        """A further page of a conversation for the page's script, which keeps few at a time."""
        visit = self._front.open_visit(request)
        conversation = self._front.check_member(visit, request.path_params["conversation"])
        before, after = (_get_id(request, name) for name in ("before", "after"))
        with self._service.database.read() as tx:
            talk = self._view(tx, visit).get_talk(conversation, before, after)
        values = {"visit": visit, "spot": talk.spot, "kept": None, "answering": None}
        threads = [
            self._front.render("thread.html", thread=thread, **values) for thread in talk.threads
        ]
        told = {"html": "\n".join(threads), "earlier": talk.earlier, "later": talk.later}
        return make_json(told)

    def show_talk(
        self,
        visit: Visit,
        conversation: str,
        *,
        before: int | None = None,
        answering: int | None = None,
        kept: Kept | None = None,
    ) -> Response:
        """A conversation as it stands now, or an earlier page of it; one thread may be answered."""
        persona = visit.persona
        with self._service.database.read() as tx:
            talk = self._view(tx, visit).get_talk(conversation, before)
            revision = store.get_revision(tx)
            unread = store.count_unread(tx, persona.id, [conversation])
        if unread:
            self._service.mark_read(persona, conversation, talk.last)
        return self._front.make_page(
            visit,
            "talk.html",
            kept.status if kept else 200,
            path=f"/c/{conversation}",
            talk=talk,
            kept=kept,
            answering=kept.thread if kept else answering,
            changes=_listen_to(visit, revision, None if before else conversation),
        )

    def home(self, request: Request) -> Response:
        """The persona's Home as it stands; the bot hears that it was opened and may renew it."""
        visit = self._front.open_visit(request)
        try:
            act = self._front.make_act(visit, visit.persona.direct)
            self._front.accept.accept(hear_opened(act))
            fault = None
        except NotTaken:
            fault = messages.NOT_TAKEN
        with self._service.database.read() as tx:
            message = store.find_home(tx, visit.persona.id)
            body = self._view(tx, visit).render_home(message) if message else None
            changes = _listen_to(visit, store.get_revision(tx), home=True)
        return self._front.make_page(
            visit, "home.html", path="/home", body=body, fault=fault, changes=changes
        )

    def gallery(self, request: Request) -> Response:
        """Every element of a message as this page shows it."""
        visit = self._front.open_visit(request)
        lines = [
            get_sample(message, self._service.now(), _sample_frame(visit, number))
            for number, message in enumerate(self._front.gallery)
        ]
        return self._front.make_page(visit, "gallery.html", path="/gallery", lines=lines)

    def file(self, request: Request) -> Response:
        """A file that stands in a message that the persona sees."""
        visit = self._front.open_visit(request)
        ids = self._service.people.list_conversations(visit.persona)
        digest = request.path_params["digest"]
        with self._service.database.read() as tx:
            file = store.find_file(tx, digest, visit.persona.id, ids)
        file = file or self._samples.get(digest)
        if file is None:
            raise HTTPException(404, messages.NOT_FOUND)
        shown = "inline" if file.media_type in _INLINE else "attachment"
        headers = {
            "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(file.name, safe='')}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return Response(file.data, media_type=file.media_type, headers=headers)

    def refuse(self, request: Request, error: Exception) -> Response:
        """A page, or an answer to the script, that says why not."""
        assert isinstance(error, HTTPException)
        words = error.detail
        if words.isascii():
            # The framework's own English: an address or a post that the page never makes.
            words = messages.NOT_FOUND if error.status_code in (404, 405) else messages.STALE
        return self._say_no(request, error.status_code, words)

    def apologise(self, request: Request, error: Exception) -> Response:
        """What nobody expected: the server's log has it, the reader gets a kind word."""
        if isinstance(error, DatabaseError):
            return self._say_no(request, 503, messages.DATABASE_AWAY)
        return self._say_no(request, 500, messages.BROKEN)

    def _say_no(self, request: Request, status: int, words: str) -> Response:
        if wants_json(request):
            return self._tell_no(request, status, words)
        html = self._front.render("refusal.html", words=words)
        # Given here too: what fails unexpectedly is answered outside the guard.
        return Response(html, status, media_type="text/html", headers=HEADERS)

    def _tell_no(self, request: Request, status: int, words: str) -> Response:
        told = {"error": words}
        if words != messages.STALE:
            return make_json(told, status)
        # The server was started anew under an open page. Only our own page can read this token,
        # and what it sends again with it has the same nonce: it counts once.
        keys = self._front.keys
        session = keys.read_session(request.cookies, get_port(request.scope))
        response = make_json(told | {"token": keys.make_token(session)}, status)
        cookie = keys.write_session(session, get_port(request.scope))
        response.headers.append("set-cookie", cookie)
        return response

    def _view(self, tx: Transaction, visit: Visit) -> View:
        return View(tx, self._service.people, visit.persona, visit.frame)


def _get_id(request: Request, name: str) -> int | None:
    return store.parse_id(request.query_params.get(name, ""))


def _listen_to(
    visit: Visit, revision: int, conversation: str | None = None, home: bool = False
) -> str:
    """Where the page hears what has changed since it was made."""
    # An earlier page of a conversation listens to none: what is new does not belong on it.
    wanted = {"as": visit.persona.id, "after": revision}
    wanted |= {"c": conversation} if conversation else {}
    return "/changes?" + urlencode(wanted | ({"home": 1} if home else {}))


def _sample_frame(visit: Visit, number: int) -> Frame:
    return Frame(visit.persona.id, visit.token, f"sample-{number}", visit.frame.nonce)
