"""What all pages share: who comes in whose role, what they may see, and how a page is made."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.chat.local import messages
from bot.chat.local.guard import Keys, Session, get_port, make_nonce
from bot.chat.local.guide import Guide
from bot.chat.local.hear import Act
from bot.chat.local.persona import Persona
from bot.chat.local.render import Frame
from bot.chat.local.service import LocalService
from bot.chat.local.view import View
from bot.conversation.message import Message
from bot.conversation.port import Accept

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: a browser in the role of a persona."""

    request: Request
    session: Session
    persona: Persona
    token: str

    @property
    def frame(self) -> Frame:
        """What the controls on this visitor's page bring back."""
        return Frame(self.persona.id, self.token, "", make_nonce)

    @property
    def wants_json(self) -> bool:
        return wants_json(self.request)

    def address(self, path: str) -> str:
        """An address of the page that stays with this persona, whatever other tabs do."""
        return f"{quote(path, safe='/@')}?as={self.persona.id}"


@dataclass(frozen=True, slots=True)
class Front:
    """The parts that every page is made with."""

    service: LocalService
    accept: Accept
    keys: Keys
    gallery: tuple[Message, ...]
    """What the page shows as samples of all that a message can hold."""
    guide: Guide
    templates: Environment

    def open_visit(self, request: Request, chosen: str | None = None) -> Visit:
        """Who comes: as chosen, else as the address says, else as last time, else the first.

        The address names the persona so that two tabs can be two people.
        """
        session = self.keys.read_session(request.cookies, get_port(request.scope))
        named = chosen or request.query_params.get("as")
        people = self.service.people
        persona = people.find_persona(named or session.persona or "")
        if persona is None and named:
            raise HTTPException(404, messages.NO_PERSONA)
        persona = persona or people.personas[0]
        return Visit(request, session, persona, self.keys.make_token(session))

    def check_member(self, visit: Visit, conversation: str) -> str:
        """The conversation's id; raises HTTPException where the persona may not look."""
        if conversation in self.service.people.list_conversations(visit.persona):
            return conversation
        people = self.service.people
        known = people.find_channel(conversation) or people.find_persona(conversation[1:])
        if known is None:
            raise HTTPException(404, messages.NO_CONVERSATION)
        raise HTTPException(403, messages.NOT_A_MEMBER)

    def make_act(self, visit: Visit, conversation: str, nonce: str | None = None) -> Act:
        return Act(visit.persona.account, conversation, nonce or make_nonce(), self.service.now())

    def render(self, template: str, **values: Any) -> str:
        return self.templates.get_template(template).render(values)

    def make_page(
        self, visit: Visit, template: str, status: int = 200, *, path: str, **values: Any
    ) -> Response:
        """A whole page; a line that was waiting for it is shown now, and not again.

        Path is where it stands in the list of conversations beside it.
        """
        people = self.service.people
        with self.service.database.read() as tx:
            spots = View(tx, people, visit.persona, visit.frame).list_spots()
        values |= {"path": path, "spots": spots, "has_gallery": bool(self.gallery)}
        values |= {"guide": self.guide, "part": self.guide.get_part(visit.persona.role)}
        values |= {"today": self.service.now(), "make_nonce": make_nonce, "words": messages}
        values = {"changes": "", "notice": visit.session.notice, **values}
        html = self.render(template, visit=visit, people=people, **values)
        return self.remember(HTMLResponse(html, status), visit, notice=None)

    def redirect(self, visit: Visit, path: str, notice: str | None = None) -> Response:
        """Go on to another page, which shows the notice."""
        return self.remember(RedirectResponse(visit.address(path), 303), visit, notice=notice)

    def remember(self, response: Response, visit: Visit, notice: str | None) -> Response:
        session = replace(visit.session, persona=visit.persona.id, notice=notice)
        port = get_port(visit.request.scope)
        response.headers.append("set-cookie", self.keys.write_session(session, port))
        return response


def make_templates() -> Environment:
    """The templates of the page: everything is escaped, and a missing value is a fault."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def wants_json(request: Request) -> bool:
    """Whether the page's own script asks, which shows the answer without a new page."""
    return "application/json" in request.headers.get("accept", "")


def make_json(values: dict[str, Any], status: int = 200) -> Response:
    """An answer to the page's script."""
    text = json.dumps(values, ensure_ascii=False)
    return Response(text, status, media_type="application/json")
