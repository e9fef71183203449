"""The desk in a terminal: what is typed goes to the bot, what comes back is shown."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from bot.chat.answers import Fault
from bot.chat.terminal import hear, messages
from bot.chat.terminal.form import Filling
from bot.chat.terminal.hear import Act
from bot.chat.terminal.lines import Run, Style, shorten, tame
from bot.chat.terminal.people import Persona, Room, conversation, fold, search
from bot.chat.terminal.render import render_fold
from bot.chat.terminal.screen import Asked, Cancelled, Hint, Screen
from bot.chat.terminal.service import Entry, TerminalService, home_of
from bot.chat.terminal.view import GIST, Offer, View, get_gist, list_offers
from bot.conversation.address import Place
from bot.conversation.message import Button, FieldErrors, Form, Notice, OpenForm, Reply
from bot.conversation.port import Accept, NotTaken

WAIT = timedelta(seconds=10)
"""How long a press may wait for its reply; what takes longer arrives as a message."""

T = TypeVar("T")


class Left(Exception):
    """The person has said that they leave."""


class Talk:
    """One person at one screen: who they are being, where they are, and what they do there."""

    def __init__(
        self,
        service: TerminalService,
        accept: Accept,
        screen: Screen,
        persona: Persona,
        settle: Callable[[], None],
    ) -> None:
        """`settle` is called after each thing done: what it led to may be done in this thread."""
        self._service = service
        self._accept = accept
        self._screen = screen
        self._view = View(screen, service)
        self._persona = persona
        self._room = persona.direct
        self._settle = settle
        self._seen = 0
        self._read: dict[tuple[str, str], int] = {}
        self._commands: dict[str, Callable[[str], None]] = {
            name: getattr(self, f"_{name}") for name in messages.COMMANDS
        }
        screen.on_news(self.show_news, self._has_news)
        service.listen(screen.wake)

    def run(self, *, greet: bool) -> None:
        """Until who sits there leaves: by /quit, Ctrl+D, Ctrl+C, or because the input ends."""
        if greet:
            self._greet()
        self.show_news()
        with suppress(Left, EOFError, KeyboardInterrupt):
            while True:
                line = self._screen.ask(self._asked())
                self._view.follow()
                self._act(line)
                self._settle()
                self.show_news()
        if greet:
            self._view.tell(messages.GOODBYE)

    def _asked(self) -> Asked:
        return Asked(f"{self._persona.name}> ", self._hints, self._status)

    def _act(self, line: str) -> None:
        try:
            match hear.parse_line(line):
                case hear.Words(text):
                    self._say(text, None)
                case hear.Number(number):
                    self._choose(number)
                case hear.Command(name, rest):
                    self._command(name, rest)
        except Fault as fault:
            self._view.fault(str(fault))
        except NotTaken:
            self._view.fault(messages.NOT_TAKEN)

    def _command(self, name: str, rest: str) -> None:
        command = self._commands.get(name)
        if command is None:
            near = get_close_matches(name, self._commands, n=1)
            self._view.fault(messages.no_command(name, near[0] if near else None))
        else:
            command(rest.strip())

    # ------------------------------------------------------------ saying

    def _say(self, text: str, thread: str | None) -> None:
        if self._room == home_of(self._persona):
            self._enter(self._persona.direct)
        entry = self._service.say(self._persona, self._room, text, thread)
        try:
            self._accept.accept(hear.hear_said(self._did(_find_place(entry)), text, entry.id))
        except NotTaken:
            self._service.take_back(entry)
            raise

    def _reply(self, text: str) -> None:
        entries = self._service.list_entries(self._room)
        if not entries:
            self._view.fault(messages.NOTHING_TO_REPLY)
        elif not text:
            self._view.fault(messages.REPLY_EMPTY)
        else:
            self._say(text, entries[-1].root)

    # ------------------------------------------------------------ pressing

    def _choose(self, number: int) -> None:
        offers = self._view.offers
        if not 1 <= number <= len(offers):
            self._view.fault(messages.no_button(number, len(offers)))
            return
        match offers[number - 1]:
            case Offer(_, Button() as button, Entry() as entry):
                self._press(button, entry)
            case Offer(_, Form() as form, Entry() as entry):
                self._fill(form, entry)
            case Offer(question):
                self._view.tell(question, Style.STRONG)
                self._say(question, None)

    def _press(self, button: Button, entry: Entry) -> None:
        self._view.tell(messages.pressed(button.label), Style.FAINT)
        pressed = hear.hear_pressed(self._did(self._place_of(entry)), button, entry.id)
        self._show_reply(self._accept.accept_and_wait(pressed, WAIT), entry)

    def _show_reply(self, reply: Reply | None, entry: Entry) -> None:
        match reply:
            case Notice(text):
                self._view.notice(text)
            case OpenForm(form):
                self._fill(form, entry)

    def _fill(self, form: Form, entry: Entry) -> None:
        try:
            self._show_reply(self._submit(form, entry), entry)
        except Cancelled:
            self._view.tell(messages.FORM_CANCELLED)
        except (EOFError, KeyboardInterrupt):
            self._view.tell(messages.FORM_CANCELLED)
            raise

    def _submit(self, form: Form, entry: Entry) -> Reply | None:
        """Have a form filled in, as often as the bot finds something wrong in it."""
        filling = Filling(self._screen, form)
        answers = filling.fill({})
        while True:
            submitted = hear.hear_submitted(self._did(self._place_of(entry)), form, answers)
            reply = self._accept.accept_and_wait(submitted, WAIT)
            if not isinstance(reply, FieldErrors):
                return reply
            answers = filling.fill(reply.errors)

    def _menu(self, _rest: str) -> None:
        entries = reversed(self._service.list_entries(self._room))
        offers = tuple((offer, entry) for entry in entries for offer in list_offers(entry))
        if not offers:
            self._view.fault(messages.NOTHING_TO_PRESS)
        self._view.offers = tuple(offer for offer, _ in offers)
        labels = (messages.on_card(o.label, shorten(get_gist(e), GIST)) for o, e in offers)
        self._view.list_numbered(enumerate(labels, start=1))

    # ------------------------------------------------------------ looking closer

    def _open(self, rest: str) -> None:
        chosen = _find_numbered(self._view.folds, rest)
        folds = (chosen,) if chosen else () if rest else self._view.newest_folds
        if not folds:
            self._view.fault(messages.NOTHING_TO_OPEN)
        for each in folds:
            self._view.answer(render_fold(each, self._view.inner))

    def _save(self, rest: str) -> None:
        number, *name = rest.split(maxsplit=1)[:2] or ("",)
        chosen = _find_numbered(self._view.files, number)
        if chosen is None:
            self._view.fault(messages.SAVE_HOW)
        else:
            path = _name_file(name[0] if name else "", chosen.content.name)
            self._write(path, chosen.content.data)

    def _write(self, path: Path, data: bytes) -> None:
        try:
            # Nothing that is there already is overwritten.
            with path.open("xb") as file:
                file.write(data)
        except FileExistsError:
            self._view.fault(messages.file_exists(str(path)))
        except (OSError, ValueError):
            self._view.fault(messages.not_saved(str(path)))
        else:
            self._view.tell(messages.saved(str(path), len(data)))

    def _home(self, _rest: str) -> None:
        opened = hear.hear_opened(self._did(Place(conversation(self._persona.direct))))
        # The Home itself arrives as a post; a reply to the opening would say nothing more.
        self._accept.accept_and_wait(opened, WAIT)
        self._settle()
        self._enter(home_of(self._persona))

    # ------------------------------------------------------------ moving

    def _who(self, rest: str) -> None:
        personas = self._service.people.personas
        found = search(personas, rest) if rest else ()
        if len(found) == 1:
            self._become(found[0])
        elif found:
            self._view.tell(messages.several(len(found)))
            self._view.list_numbered((personas.index(one) + 1, one.name) for one in found)
        elif rest:
            self._view.fault(messages.NOBODY)
        else:
            self._view.tell(messages.who_lead(self._persona.name))
            self._view.list_names(one.name for one in personas)

    def _become(self, persona: Persona) -> None:
        self._persona = persona
        self._view.tell(messages.you_are(persona.name, persona.about))
        self._enter(persona.direct)

    def _rooms(self, rest: str) -> None:
        rooms = self._list_rooms()
        found = search(rooms, rest) if rest else ()
        if len(found) == 1:
            self._enter(found[0].id)
        elif rest:
            self._view.fault(messages.several(len(found)) if found else messages.NO_ROOM)
        else:
            self._view.tell(messages.ROOMS_LEAD)
            self._view.list_numbered(enumerate(map(self._describe, rooms), start=1))

    def _describe(self, room: Room) -> str:
        return messages.room_line(room.name, self._count_unread(room.id), room.id == self._room)

    def _enter(self, room: str) -> None:
        """Show a conversation's newest entries; the numbers are those of its last card."""
        self.show_news(shown=False)
        self._room = room
        self._view.offers = ()
        named, entries = self._get_room(room), self._service.list_entries(room)
        self._view.show((), (Run(f"-- {named.name} --", Style.HEADING),))
        self._view.tell(named.about, Style.FAINT)
        self._view.show_recent(entries)
        if not entries:
            empty = room == home_of(self._persona)
            self._view.tell(messages.HOME_EMPTY if empty else messages.ROOM_EMPTY)
        self.show_news(shown=False)
        self._tell_unread()

    def _tell_unread(self) -> None:
        rooms = [room for room in self._list_rooms() if self._count_unread(room.id)]
        if rooms:
            self._view.show(())
            self._view.tell(messages.unread(map(self._describe, rooms)), Style.STRONG)

    def _list_rooms(self) -> tuple[Room, ...]:
        direct = Room(self._persona.direct, messages.DIRECT_NAME, messages.DIRECT_ABOUT)
        return (direct, *self._service.people.list_rooms(self._persona))

    def _get_room(self, id: str) -> Room:
        home = Room(home_of(self._persona), messages.HOME_NAME, messages.HOME_ABOUT)
        return next(one for one in (home, *self._list_rooms()) if one.id == id)

    # ------------------------------------------------------------ news

    def show_news(self, *, shown: bool = True) -> None:
        """Show what has come to the conversation at hand; of others only say that it came."""
        for news in self._service.list_news(self._seen):
            self._seen += 1
            entry = news.entry
            if not shown or entry.author == self._persona:
                continue
            if entry.conversation == self._room:
                self._view.show_news(news)
            elif any(room.id == entry.conversation for room in self._list_rooms()):
                name = self._get_room(entry.conversation).name
                told = messages.elsewhere(name, shorten(get_gist(entry), GIST))
                self._view.tell(told, Style.FAINT)
        self._read[self._persona.id, self._room] = self._seen

    def _has_news(self) -> bool:
        return bool(self._service.list_news(self._seen))

    def _count_unread(self, room: str) -> int:
        news = self._service.list_news(self._read.get((self._persona.id, room), 0))
        theirs = (each.entry for each in news if each.entry.author != self._persona)
        return len({entry.id for entry in theirs if entry.conversation == room})

    # ------------------------------------------------------------ welcome and help

    def _greet(self) -> None:
        tell = self._view.tell
        tell(messages.BOT_NAME, Style.HEADING)
        tell(messages.WELCOME)
        tell(messages.FICTION, Style.FAINT)
        tell(messages.today(self._service.now()), Style.FAINT)
        self._view.show(())
        tell(messages.you_are(self._persona.name, self._persona.about))
        tell(messages.EXAMPLES_LEAD)
        self._view.offers = tuple(Offer(example) for example in messages.EXAMPLES)
        self._view.list_numbered(enumerate(messages.EXAMPLES, start=1))
        self._view.show(())
        tell(messages.WAYS, Style.FAINT)

    def _help(self, _rest: str) -> None:
        self._view.show(())
        self._view.tell(messages.HELP_LEAD)
        self._view.tell(messages.HELP_NUMBERS)
        self._view.list_meanings(
            (f"/{name} {rest}".rstrip(), meaning)
            for name, (rest, meaning) in messages.COMMANDS.items()
        )

    def _cancel(self, _rest: str) -> None:
        self._view.tell(messages.NOTHING_TO_CANCEL)

    def _quit(self, _rest: str) -> None:
        raise Left

    def _status(self) -> str:
        unread = sum(self._count_unread(room.id) for room in self._list_rooms())
        return messages.status(self._persona.name, self._get_room(self._room).name, unread)

    def _hints(self, typed: str) -> Iterable[Hint]:
        """Names behind a command, commands behind a stroke, numbers before anything else."""
        name, space, rest = typed.partition(" ")
        if space and name in ("/who", "/rooms"):
            named = self._service.people.personas if name == "/who" else self._list_rooms()
            return [Hint(one.name, "", len(rest)) for one in named if fold(rest) in fold(one.name)]
        if typed.startswith("/") and not space:
            begun = (each for each in messages.COMMANDS if f"/{each}".startswith(typed))
            return [Hint(f"/{each}", messages.COMMANDS[each][1], len(typed)) for each in begun]
        if typed:
            return ()
        return [Hint(str(n), offer.label) for n, offer in enumerate(self._view.offers, start=1)]

    # ------------------------------------------------------------ events

    def _did(self, place: Place) -> Act:
        return Act(self._persona.account, place, uuid4().hex, self._service.now())

    def _place_of(self, entry: Entry) -> Place:
        if entry.conversation == home_of(self._persona):
            return Place(conversation(self._persona.direct))
        return _find_place(entry)


def run_talk(
    service: TerminalService,
    accept: Accept,
    screen: Screen,
    persona: Persona,
    settle: Callable[[], None],
) -> None:
    """Talk until who sits there leaves; who only pipes something in is not greeted."""
    try:
        Talk(service, accept, screen, persona, settle).run(greet=sys.stdin.isatty())
    except BrokenPipeError:
        # Whoever read our output has gone, as `head` does; Python would complain at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _find_place(entry: Entry) -> Place:
    """Where an answer to an entry belongs.

    A direct conversation goes on at its top, as two people talk. In a room an answer would stand
    between other people's words: it hangs under what was said.
    """
    if entry.conversation.startswith("@") and entry.thread is None:
        return Place(conversation(entry.conversation))
    return Place(conversation(entry.conversation), entry.root)


def _find_numbered(things: list[T], typed: str) -> T | None:
    number = unicodedata.normalize("NFKC", typed)
    counted = number.isascii() and number.isdigit() and 1 <= int(number) <= len(things)
    return things[int(number) - 1] if counted else None


def _name_file(typed: str, own: str) -> Path:
    """Where to save: as typed; in a folder, or where nothing was typed, under its own name."""
    path = Path(typed).expanduser()
    # A name comes from whoever made the file: it must not lead anywhere else.
    plain = tame(own).replace("\n", "").replace("\\", "/").rpartition("/")[2].lstrip(".") or "file"
    return path / plain if path.is_dir() else path
