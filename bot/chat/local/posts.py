"""Takes what people do on the page, hands it to the bot, and shows what came of it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.chat.answers import Fault, parse_answers
from bot.chat.local import hear, messages, store
from bot.chat.local.front import Front, Visit, make_json
from bot.chat.local.guard import MAX_BODY, Sealed, make_nonce
from bot.chat.local.hear import Act, Raw
from bot.chat.local.persona import conversation as get_conversation
from bot.chat.local.render import Frame, render_form
from bot.chat.local.view import Kept
from bot.chat.sheet import make_csv
from bot.conversation.address import Place
from bot.conversation.event import Event, Pressed
from bot.conversation.message import (
    FieldErrors,
    FileContent,
    Form,
    Message,
    Notice,
    OpenForm,
    Reply,
    Table,
)
from bot.conversation.port import Accept, NotTaken
from bot.database.engine import DatabaseError

WAIT = timedelta(seconds=2.5)
"""How long a press may wait for its reply; what takes longer arrives as a message."""

_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_SAMPLE = re.compile(r"sample-(\d{1,3})")
_ELEMENT = re.compile(r"m([a-z0-9-]{1,24})-(\d{1,3})")

Handle = Callable[[Visit, Raw], Response]


class ShowTalk(Protocol):
    """How a conversation is shown again with what could not be taken."""

    def __call__(self, visit: Visit, conversation: str, *, kept: Kept) -> Response: ...


@dataclass(frozen=True, slots=True)
class Source:
    """Where something was pressed, and where the answer to it belongs."""

    message: Message | None
    """None: in a dialog, which stands in no message."""
    id: str | None
    place: Place
    path: str
    """The page that it stands on."""
    accept: Accept


class Posts:
    """What can be done."""

    def __init__(self, front: Front, show_talk: ShowTalk) -> None:
        self._front = front
        self._service = front.service
        self._show_talk = show_talk

    def routes(self) -> list[Route]:
        handles = {"say": self.say, "press": self.press, "submit": self.submit}
        handles |= {"persona": self.change_persona, "read": self.mark_read}
        posts = [
            Route(f"/{name}", self._taking(handle), methods=["POST"])
            for name, handle in handles.items()
        ]
        return [*posts, Route("/tables/{element}", self.save_table)]

    # ------------------------------------------------------------ a message

    def say(self, visit: Visit, raw: Raw) -> Response:
        """Keep what was typed, hand it to the bot, and show it once the bot has it."""
        conversation = self._front.check_member(visit, _get_text(raw, "conversation"))
        try:
            text = hear.parse_text(_get_text(raw, "text"))
        except Fault as fault:
            status = 413 if isinstance(fault, hear.TooLong) else 422
            return self._refuse_said(visit, conversation, raw, status, str(fault))
        try:
            self._say(visit, conversation, text, raw)
        except (NotTaken, DatabaseError):
            return self._refuse_said(visit, conversation, raw, 503, messages.NOT_TAKEN)
        if visit.wants_json:
            return make_json({"nonce": make_nonce()})
        return self._front.redirect(visit, f"/c/{conversation}")

    def _say(self, visit: Visit, conversation: str, text: str, raw: Raw) -> None:
        act = self._front.make_act(visit, conversation, _get_nonce(raw))
        thread = self._get_thread(visit, conversation, _get_text(raw, "thread"))
        with self._service.database.write() as tx:
            # Who wrote it is part of its name: nobody can send another's message again.
            delivery = f"@{act.who.id}:{hear.name_said(act, text)}"
            id = store.add_text(tx, conversation, thread, act.who.id, text, delivery, act.at)
        if not _get_text(raw, "people_only"):
            said = hear.hear_said(act, text, str(id), str(thread or id))
            self._front.accept.accept(said)
        with self._service.database.write() as tx:
            store.show_text(tx, id)
        self._service.bell.ring()

    def _get_thread(self, visit: Visit, conversation: str, id: str) -> int | None:
        if not id:
            return None
        entry = self._find_entry(visit, id)
        if entry is None or entry.conversation != conversation:
            raise HTTPException(403, messages.FORGED)
        return entry.root

    def _refuse_said(
        self, visit: Visit, conversation: str, raw: Raw, status: int, fault: str
    ) -> Response:
        if visit.wants_json:
            return make_json({"error": fault}, status)
        thread = store.parse_id(_get_text(raw, "thread"))
        kept = Kept(_get_text(raw, "text"), fault, status, thread, _get_nonce(raw))
        return self._show_talk(visit, conversation, kept=kept)

    # ------------------------------------------------------------ a button

    def press(self, visit: Visit, raw: Raw) -> Response:
        """Hand a press to the bot and show its reply; only what stands in a message counts."""
        source = self._get_source(visit, _get_text(raw, "message"))
        control = _get_text(raw, "control")
        if source.message is None or control not in hear.list_controls(source.message):
            raise HTTPException(403, messages.FORGED)
        act = self._make_act(visit, source, raw)
        pressed = hear.hear_pressed(act, control, source.id, source.place)
        return self._hand_in(visit, source, pressed, None, raw)

    # ------------------------------------------------------------ a form

    def submit(self, visit: Visit, raw: Raw) -> Response:
        """Check a form by its own rules, then hand it to the bot and show its reply."""
        source, form = self._get_form(visit, raw)
        given = parse_answers(form.fields, hear.list_entered(raw))
        if isinstance(given, FieldErrors):
            return self._show_reply(visit, source, given, form, raw)
        act = self._make_act(visit, source, raw)
        submitted = hear.hear_submitted(act, form, given, source.place)
        return self._hand_in(visit, source, submitted, form, raw)

    def _get_form(self, visit: Visit, raw: Raw) -> tuple[Source, Form]:
        if seal := _get_text(raw, "sealed"):
            return self._open_seal(visit, seal, _get_text(raw, "message"))
        source = self._get_source(visit, _get_text(raw, "message"))
        form = hear.find_form(source.message, _get_text(raw, "control")) if source.message else None
        if form is None:
            raise HTTPException(403, messages.FORGED)
        return source, form

    def _open_seal(self, visit: Visit, seal: str, message: str) -> tuple[Source, Form]:
        sealed = self._front.keys.find_form(seal)
        if sealed is None:
            raise HTTPException(403, messages.SEAL_BROKEN)
        if sealed.persona != visit.persona.id:
            raise HTTPException(403, messages.FORGED)
        if message.startswith("sample-"):
            return replace(self._get_source(visit, message), message=None), sealed.form
        conversation = self._front.check_member(visit, sealed.place.conversation.id)
        path = "/home" if message == "home" else f"/c/{conversation}"
        source = Source(None, message, sealed.place, path, self._front.accept)
        return source, sealed.form

    # ------------------------------------------------------------ replies

    def _hand_in(
        self, visit: Visit, source: Source, event: Event, form: Form | None, raw: Raw
    ) -> Response:
        try:
            reply = source.accept.accept_and_wait(event, WAIT)
        except (NotTaken, DatabaseError):
            return self._refuse(visit, source, form, raw)
        return self._show_reply(visit, source, reply, form, raw)

    def _show_reply(
        self, visit: Visit, source: Source, reply: Reply | None, form: Form | None, raw: Raw
    ) -> Response:
        match reply:
            case OpenForm(opened):
                return self._open_form(visit, source, opened)
            case FieldErrors(errors) if form is not None:
                if visit.wants_json:
                    return self._tell_errors(dict(errors))
                return self._show_form(visit, source, form, raw, errors=dict(errors), status=422)
            case FieldErrors(errors):
                return self._notify(visit, source, " ".join(errors.values()))
            case Notice(text):
                return self._notify(visit, source, text)
            case None:
                return self._notify(visit, source, messages.LATER)

    def _tell_errors(self, errors: dict[str, str]) -> Response:
        # A new nonce: the bot has seen this one, and would take the corrected form for a repeat.
        told = {"error": messages.FORM_FAULTS, "errors": errors, "nonce": make_nonce()}
        return make_json(told, 422)

    def _notify(self, visit: Visit, source: Source, text: str) -> Response:
        if visit.wants_json:
            return make_json({"notice": text, "nonce": make_nonce()})
        return self._front.redirect(visit, source.path, text)

    def _refuse(self, visit: Visit, source: Source, form: Form | None, raw: Raw) -> Response:
        if visit.wants_json:
            return make_json({"error": messages.NOT_TAKEN}, 503)
        if form is not None:
            return self._show_form(visit, source, form, raw, fault=messages.NOT_TAKEN, status=503)
        raise HTTPException(503, messages.NOT_TAKEN)

    def _open_form(self, visit: Visit, source: Source, form: Form) -> Response:
        if visit.wants_json:
            html = render_form(form, self._frame(visit, source, form), f"d{make_nonce()}")
            return make_json({"dialog": str(html), "nonce": make_nonce()})
        return self._show_form(visit, source, form, None)

    def _show_form(
        self,
        visit: Visit,
        source: Source,
        form: Form,
        raw: Raw | None,
        *,
        errors: dict[str, str] | None = None,
        fault: str | None = None,
        status: int = 200,
    ) -> Response:
        """A form on a page of its own, for a browser that runs no script."""
        frame = replace(self._frame(visit, source, form), level=2)
        body = render_form(form, frame, "form", raw, errors)
        return self._front.make_page(
            visit, "form.html", status, path=source.path, title=form.title, body=body, fault=fault
        )

    def _frame(self, visit: Visit, source: Source, form: Form) -> Frame:
        message = source.id or "home"
        if source.message and hear.find_form(source.message, str(form.control)):
            return replace(visit.frame, message=message)
        sealed = self._front.keys.seal_form(Sealed(form, visit.persona.id, source.place))
        return replace(visit.frame, message=message, sealed=sealed)

    # ------------------------------------------------------------ where it comes from

    def _get_source(self, visit: Visit, id: str) -> Source:
        """The message that something was pressed in, as the persona sees it."""
        if id == "home":
            return self._get_home(visit)
        if sample := _SAMPLE.fullmatch(id):
            return self._get_sample(visit, id, int(sample[1]))
        entry = self._find_entry(visit, id)
        if entry is None or entry.message is None:
            raise HTTPException(403, messages.FORGED)
        place = hear.get_place(entry.conversation, str(entry.id), str(entry.root))
        path = f"/c/{entry.conversation}"
        return Source(entry.message, str(entry.id), place, path, self._front.accept)

    def _get_home(self, visit: Visit) -> Source:
        with self._service.database.read() as tx:
            home = store.find_home(tx, visit.persona.id)
        place = Place(get_conversation(visit.persona.direct))
        return Source(home, None, place, "/home", self._front.accept)

    def _get_sample(self, visit: Visit, id: str, number: int) -> Source:
        if number >= len(self._front.gallery):
            raise HTTPException(403, messages.FORGED)
        place = Place(get_conversation(visit.persona.direct))
        accept = _SampleAccept(self._front.gallery)
        return Source(self._front.gallery[number], id, place, "/gallery", accept)

    def _find_entry(self, visit: Visit, id: str) -> store.Entry | None:
        number = store.parse_id(id)
        if number is None:
            return None
        with self._service.database.read() as tx:
            entry = store.find_entry(tx, number)
        if entry is None:
            return None
        self._front.check_member(visit, entry.conversation)
        return entry

    def _make_act(self, visit: Visit, source: Source, raw: Raw) -> Act:
        return self._front.make_act(visit, source.place.conversation.id, _get_nonce(raw))

    # ------------------------------------------------------------ a table

    def save_table(self, request: Request) -> Response:
        """A table of a message that the persona sees, as CSV."""
        visit = self._front.open_visit(request)
        named = _ELEMENT.fullmatch(request.path_params["element"])
        message = self._get_source(visit, named[1]).message if named else None
        elements = message.elements[int(named[2]) :][:1] if named and message else ()
        element = next(iter(elements), None)
        if not isinstance(element, Table):
            raise HTTPException(404, messages.NOT_FOUND)
        name = quote(f"{element.caption}.csv", safe="")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return Response(make_csv(element), media_type="text/csv", headers=headers)

    # ------------------------------------------------------------ who one is

    def change_persona(self, visit: Visit, raw: Raw) -> Response:
        """Go on as somebody else, on the same page where they see it."""
        people = self._service.people
        persona = people.find_persona(_get_text(raw, "persona"))
        role = _get_text(raw, "role")
        if role and (persona is None or persona.role != role):
            persona = people.find_in_role(role, persona)
        if persona is None:
            raise HTTPException(404, messages.NO_PERSONA)
        path = _get_text(raw, "path")
        seen = path.removeprefix("/c/") in people.list_conversations(persona)
        stays = seen or path in ("/home", "/gallery")
        return self._front.redirect(replace(visit, persona=persona), path if stays else "/")

    # ------------------------------------------------------------ what one has seen

    def mark_read(self, visit: Visit, raw: Raw) -> Response:
        """An open page was looked at; one in the background reads nothing."""
        conversation = self._front.check_member(visit, _get_text(raw, "conversation"))
        up_to = store.parse_id(_get_text(raw, "up_to"))
        if up_to is None:
            raise HTTPException(400, messages.FORGED)
        self._service.mark_read(visit.persona, conversation, up_to)
        return make_json({})

    # ------------------------------------------------------------ reading a post

    def _taking(self, handle: Handle) -> Callable[[Request], Awaitable[Response]]:
        async def take(request: Request) -> Response:
            raw = await _read(request)
            return await run_in_threadpool(self._take, handle, request, raw)

        return take

    def _take(self, handle: Handle, request: Request, raw: Raw) -> Response:
        visit = self._front.open_visit(request, _get_text(raw, "as") or None)
        if not self._front.keys.is_token(visit.session, _get_text(raw, "csrf")):
            raise HTTPException(403, messages.STALE)
        return handle(visit, raw)


class _SampleAccept:
    """Answers in the gallery, where nothing is sent: a press opens the first form there."""

    def __init__(self, gallery: tuple[Message, ...]) -> None:
        elements = (element for message in gallery for element in message.elements)
        self._form = next((element for element in elements if isinstance(element, Form)), None)

    def accept(self, event: Event) -> bool:
        return True

    def accept_and_wait(self, event: Event, wait: timedelta) -> Reply | None:
        pressed = isinstance(event, Pressed)
        return OpenForm(self._form) if pressed and self._form else Notice(messages.SAMPLE)


async def _read(request: Request) -> Raw:
    """A posted form, files included; everything else runs in a thread."""
    if int(request.headers["content-length"]) > MAX_BODY:
        # Read to its end: a browser that is cut off while it sends shows no answer at all.
        async for _ in request.stream():
            pass
        raise HTTPException(413, messages.POST_TOO_LARGE)
    raw: dict[str, list[str | FileContent]] = {}
    async with request.form(max_part_size=MAX_BODY) as form:
        for name, value in form.multi_items():
            raw.setdefault(name, []).append(await _read_value(value))
    return raw


async def _read_value(value: str | UploadFile) -> str | FileContent:
    if isinstance(value, str):
        return value
    kind = value.content_type or "application/octet-stream"
    return FileContent(value.filename or "", kind, await value.read())


def _get_text(raw: Raw, name: str) -> str:
    """What was entered, or nothing."""
    return next((value for value in raw.get(name, ()) if isinstance(value, str)), "")


def _get_nonce(raw: Raw) -> str:
    nonce = _get_text(raw, "nonce")
    if not _NONCE.fullmatch(nonce):
        raise HTTPException(400, messages.STALE)
    return nonce
