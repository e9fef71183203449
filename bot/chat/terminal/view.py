"""What stands on the screen: entries drawn, and what their numbers mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.chat.terminal import messages
from bot.chat.terminal.lines import Line, Run, Style, indent, shorten, wrap
from bot.chat.terminal.render import (
    Choice,
    Paper,
    list_choices,
    list_files,
    list_folds,
    render_columns,
    render_fields,
    render_list,
    render_message,
)
from bot.chat.terminal.screen import Screen
from bot.chat.terminal.service import Entry, News, TerminalService
from bot.conversation.message import Button, Buttons, File, Fold, Form, Image, Message

MARGIN = "  "
GIST = 40
"""Cells of a message's gist, where it is only named."""
RECENT = 10
"""Entries of a conversation that are shown to who enters it."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What stands behind a number: something to press, or a question to ask."""

    label: str
    choice: Choice | None = None
    """None: the label is the question."""
    entry: Entry | None = None
    """The card that it stands on."""


class View:
    """Draws on a screen, and remembers what can be pressed, opened and saved by number.

    The numbers of what is pressed are the newest card's. Those of what is opened or saved go on
    counting: what has scrolled away keeps its number.
    """

    def __init__(self, screen: Screen, service: TerminalService) -> None:
        self.screen = screen
        self.offers: tuple[Offer, ...] = ()
        self.folds: list[Fold] = []
        self.newest_folds: tuple[Fold, ...] = ()
        self.files: list[Image | File] = []
        self._service = service
        self._air = False

    # ------------------------------------------------------------ lines

    def follow(self) -> None:
        """Something was typed: it stands right above what is shown next."""
        self._air = False

    def show(self, *lines: Line) -> None:
        """Show lines; one empty line is air enough."""
        shown = []
        for line in lines:
            if line or not self._air:
                shown.append(line)
            self._air = not line
        self.screen.show(shown)

    def tell(self, text: str, style: Style = Style.PLAIN) -> None:
        self.show(*wrap((Run(text, style),), self.screen.width))

    def fault(self, text: str) -> None:
        self.tell(text, Style.FAULT)

    def answer(self, lines: Iterable[Line]) -> None:
        """What came of something done, set apart as a message is."""
        self.show((), *self._margined(lines), ())

    def notice(self, text: str) -> None:
        self.answer(wrap((Run(text),), self.inner))

    def list_numbered(self, labels: Iterable[tuple[int, str]]) -> None:
        """Labels below each other, each with the number to type."""
        self.show(*render_list(tuple(labels), self.screen.width))

    def list_names(self, names: Iterable[str]) -> None:
        self.show(*render_columns(names, self.screen.width))

    def list_meanings(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.show(*render_fields(pairs, self.screen.width))

    @property
    def inner(self) -> int | None:
        """Cells of a line within the margin."""
        width = self.screen.width
        return None if width is None else max(10, width - len(MARGIN))

    def _margined(self, lines: Iterable[Line]) -> tuple[Line, ...]:
        return tuple(lines) if self.screen.width is None else indent(lines, MARGIN)

    # ------------------------------------------------------------ entries

    def show_recent(self, entries: tuple[Entry, ...]) -> None:
        """A conversation's newest entries; what can be pressed is the last card's."""
        if len(entries) > RECENT:
            self.tell(messages.earlier(len(entries) - RECENT), Style.FAINT)
        last = next((e for e in reversed(entries) if list_offers(e)), None)
        for entry in entries[-RECENT:]:
            self._draw(entry, entry.message, press=entry is last)

    def show_news(self, news: News) -> None:
        """A new entry whole, of a new wording only what is new in it."""
        message = news.entry.message
        if news.before is not None and message is not None:
            message = _what_changed(news.before, message)
        self._draw(news.entry, message, press=True, again=news.before is not None)

    def _draw(
        self, entry: Entry, message: Message | None, *, press: bool, again: bool = False
    ) -> None:
        text = wrap((Run(entry.text),), self.inner)
        body = text if message is None else self._render(message, press)
        if press:
            self._take_offers(entry)
        self.show((), self._header(entry, again), *self._margined(body), ())

    def _header(self, entry: Entry, again: bool) -> Line:
        name = entry.author.name if entry.author else messages.BOT_NAME
        root = self._service.find_entry(entry.thread) if entry.thread else None
        marks = (
            messages.clock_time(entry.at),
            messages.UPDATED if again else "",
            messages.reply_to(shorten(get_gist(root), GIST // 2)) if root else "",
        )
        style = Style.PERSON if entry.author else Style.BOT
        return (Run(name, style), Run("  ".join(["", *filter(None, marks)]), Style.FAINT))

    def _render(self, message: Message, press: bool) -> tuple[Line, ...]:
        paper = Paper(self.inner, press, len(self.folds) + 1, len(self.files) + 1)
        folds = list_folds(message)
        self.folds += folds
        self.newest_folds = folds or self.newest_folds
        self.files += list_files(message)
        return render_message(message, paper)

    def _take_offers(self, entry: Entry) -> None:
        """The numbers go to the newest card; a card that is closed gives its numbers up."""
        offers = list_offers(entry)
        mine = any(offer.entry is not None and offer.entry.id == entry.id for offer in self.offers)
        if offers or mine:
            self.offers = offers


def list_offers(entry: Entry) -> tuple[Offer, ...]:
    """What can be pressed on an entry, as its drawing numbers it."""
    choices = list_choices(entry.message) if entry.message else ()
    return tuple(
        Offer(each.label if isinstance(each, Button) else each.title, each, entry)
        for each in choices
    )


def get_gist(entry: Entry) -> str:
    return entry.message.gist if entry.message else entry.text


def _what_changed(before: Message, after: Message) -> Message:
    """What a reader of the earlier wording has not seen yet, with all that can be pressed."""
    kept = tuple(
        element
        for element in after.elements
        if element not in before.elements or isinstance(element, Buttons | Form)
    )
    return replace(after, elements=kept)
