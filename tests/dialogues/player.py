"""Plays a dialogue from YAML through the local chat, on a real database and real content."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot import capabilities, demo
from bot.app import App, build
from bot.audit.records import audit
from bot.calendar import TOKYO
from bot.chat.local import store
from bot.chat.local.persona import Persona, conversation
from bot.chat.local.service import LocalService
from bot.chat.terminal.render import list_buttons, render_text
from bot.clock import Clock
from bot.config import Settings
from bot.conversation.address import Place
from bot.conversation.event import Answer, Opened, Pressed, Said, Submitted
from bot.conversation.message import FieldErrors, Form, Message, Notice, OpenForm, Reply
from bot.database.engine import Database
from bot.shelf.shelf import Shelf
from knowledge.base import KnowledgeBase
from tests.playing import StillShelf

WAIT = timedelta(seconds=10)
HOME = "home"
"""Where a step is played that names a Home instead of a conversation."""


@dataclass
class Player:
    """One dialogue in play; every step is a mapping with one line of the YAML."""

    app: App
    service: LocalService
    clock: Clock
    hand: Hand
    reply: Reply | None = None
    reports: bool = False
    """Whether the desk is told of its weeks."""
    ids: Any = field(default_factory=itertools.count)

    def play(self, step: Mapping[str, Any]) -> None:
        """Do what somebody does, or check what comes back. Fails with the step that went wrong."""
        match step:
            case {"who": who, "says": text, **more}:
                self._say(self._persona(who), text, more.get("in"))
            case {"who": who, "replies": text, **more}:
                self._say(self._persona(who), text, more.get("in"), under=True)
            case {"at": day}:
                self._wait(day)
            case {"who": who, "presses": label, **more}:
                self._press(self._persona(who), label, more.get("in"))
            case {"who": who, "fills": answers}:
                self._submit(self._persona(who), answers)
            case {"who": who, "opens": "home"}:
                self._open_home(self._persona(who))
            case {"bot": expected, **more}:
                self._check(expected, more.get("in"), more.get("to"))
            case {"reply": expected}:
                self._check_reply(expected)
            case {"audited": expected}:
                self._check_audited(**expected)
            case _:
                raise AssertionError(f"not a step: {step}")

    def _persona(self, name: str) -> Persona:
        found = [persona for persona in self.service.people.personas if persona.name == name]
        assert found, f"nobody is called {name}"
        return found[0]

    def _say(self, persona: Persona, text: str, where: str | None, *, under: bool = False) -> None:
        """At the top of a conversation, or under what was last said at its top."""
        id = where or persona.direct
        nonce = f"said-{next(self.ids)}"
        with self.app.database.write() as tx:
            root = store.list_roots(tx, id, 200)[-1].id if under else None
            row = store.add_text(tx, id, root, persona.id, text, nonce, self.clock.now())
            store.show_text(tx, row)
        thread = str(root or row) if where else None
        self.app.router.accept(
            Said(
                id=nonce,
                who=persona.account,
                place=Place(conversation(id), thread),
                at=self.clock.now(),
                message=str(row),
                text=text,
            )
        )
        self._settle()

    def _wait(self, day: str) -> None:
        """Until an instant in Tokyo; then all that the clock does is done."""
        self.hand.move(day)
        for job in capabilities.JOBS:
            # A report would stand between what a dialogue is about; one dialogue is about it.
            if self.reports or job.name != "overview.report":
                self.app.clockwork.run(job)
        self._settle()

    def _open_home(self, persona: Persona) -> None:
        self.app.router.accept(
            Opened(
                id=f"opened-{next(self.ids)}",
                who=persona.account,
                place=Place(conversation(persona.direct)),
                at=self.clock.now(),
            )
        )
        self._settle()

    def _press(self, persona: Persona, label: str, where: str | None) -> None:
        shown = self._messages(where or persona.direct, persona)
        cards = [m for m in shown if any(b.label == label for b in list_buttons(m))]
        assert cards, f"no button {label!r} in {[list_buttons(m) for m in shown]}"
        (button,) = (b for b in list_buttons(cards[-1]) if b.label == label)
        # What is pressed on a Home belongs to the direct conversation.
        id = persona.direct if where in (None, HOME) else where
        self.reply = self.app.router.accept_and_wait(
            Pressed(
                id=f"pressed-{next(self.ids)}",
                who=persona.account,
                place=Place(conversation(id)),
                at=self.clock.now(),
                control=str(button.control),
            ),
            WAIT,
        )
        self._settle()

    def _submit(self, persona: Persona, answers: Mapping[str, Any]) -> None:
        assert isinstance(self.reply, OpenForm), "no form is open"
        self.reply = self.app.router.accept_and_wait(
            Submitted(
                id=f"submitted-{next(self.ids)}",
                who=persona.account,
                place=Place(conversation(persona.direct)),
                at=self.clock.now(),
                control=str(self.reply.form.control),
                answers=_initial(self.reply.form) | dict(answers),
            ),
            WAIT,
        )
        self._settle()

    def _check(self, expected: Any, where: str | None, to: str | None) -> None:
        """The newest message of the bot says each of the given pieces, and has these buttons."""
        persona = self._persona(to) if to else None
        messages = self._messages(where or (persona.direct if persona else ""), persona)
        assert messages, f"the bot said nothing in {where or to}"
        text = render_text(messages[-1])
        for piece in _listed(expected.get("says")):
            assert piece in text, f"{piece!r} is not in:\n{text}"
        for piece in _listed(expected.get("not")):
            assert piece not in text, f"{piece!r} is in:\n{text}"
        if "buttons" in expected:
            labels = [button.label for button in list_buttons(messages[-1])]
            assert labels == expected["buttons"], f"the buttons are {labels}"
        if "messages" in expected:
            assert len(messages) == expected["messages"], f"{len(messages)} messages"

    def _check_reply(self, expected: Any) -> None:
        match self.reply:
            case None:
                text = ""
            case Notice(text):
                pass
            case OpenForm(form):
                text = f"{form.title} {form.intro} {[f.label for f in form.fields]}"
            case FieldErrors(errors):
                text = str(dict(errors))
        for piece in _listed(expected):
            assert piece in text, f"{piece!r} is not in the reply {text!r}"

    def _check_audited(self, who: str, what: str, refused: str | None = None) -> None:
        """The last row of the audit log tells of this."""
        with self.app.database.read() as tx:
            rows = sa.select(audit).order_by(audit.c.id.desc()).limit(1)
            row = tx.execute(rows).one()
        assert (row.account, row.what, row.refusal) == (self._persona(who).id, what, refused)

    def _messages(self, id: str, persona: Persona | None) -> list[Message]:
        with self.app.database.read() as tx:
            if id == HOME:
                assert persona is not None, "whose Home?"
                home = store.find_home(tx, persona.id)
                return [home] if home else []
            roots = store.list_roots(tx, id, 200)
            replies = store.list_replies(tx, [root.id for root in roots])
        entries = [e for root in roots for e in (root, *replies.get(root.id, ()))]
        return [entry.message for entry in entries if entry.message is not None]

    def _settle(self) -> None:
        while self.app.router.handle_next() or self.app.sender.send_one():
            pass
        self.app.shelf.refresh()


@dataclass
class Hand:
    """Of the dialogue's clock, which stands still between its steps."""

    at: datetime

    @classmethod
    def of(cls, day: str) -> Hand:
        return cls(datetime.fromisoformat(day).replace(tzinfo=TOKYO))

    def move(self, day: str) -> None:
        self.at = self.of(day).at


def open_player(
    database: Database,
    knowledge: KnowledgeBase,
    day: str,
    settings: Settings,
    shelf: Shelf | None = None,
) -> Player:
    """The demonstration's people and channels, on a database, from an instant in Tokyo on.

    `shelf`: where what is published is to be found again.
    """
    further = demo.list_further(settings, knowledge.library.desks)
    personas = demo.list_personas(knowledge.library.ministries, further)
    with database.write() as tx:
        demo.enrol_personas(tx, personas)
    hand = Hand.of(day)
    clock = Clock(lambda: hand.at)
    service = LocalService(database, personas, demo.list_channels(settings, further), clock.now)
    app = build(settings, clock, shelf or StillShelf(knowledge), database, {service.name: service})
    return Player(app, service, clock, hand)


def _initial(form: Form) -> dict[str, Answer]:
    """What a form holds before anybody has filled it in."""
    return {field.name: getattr(field, "initial", None) for field in form.fields}


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)
