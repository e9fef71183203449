"""The pleasant screen: a prompt at the bottom of the normal terminal, messages above it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app, get_app_session, run_in_terminal
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import DummyHistory, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.renderer import print_formatted_text
from prompt_toolkit.styles import Style as Styles
from prompt_toolkit.utils import is_dumb_terminal

from bot.chat.terminal.lines import Line, Run, Style, tame
from bot.chat.terminal.screen import Asked, Cancelled, Hint, Screen, open_plain_screen

_LOOKS = Styles.from_dict(
    # The terminal's own sixteen colours: they follow its light or dark theme. What a colour says
    # is said in words as well.
    {
        Style.STRONG: "bold",
        Style.HEADING: "bold",
        Style.LINK: "underline",
        Style.ADDRESS: "ansiblue",
        Style.CAUTION: "bold ansiyellow",
        Style.INFO: "bold",
        Style.FAINT: "ansibrightblack",
        Style.NUMBER: "bold ansicyan",
        Style.DANGER: "ansired",
        Style.BOT: "bold ansigreen",
        Style.PERSON: "bold ansicyan",
        Style.FAULT: "ansired",
    }
)


class PromptScreen:
    """Prints to the normal terminal, so that it scrolls and can be copied like any other output."""

    def __init__(self) -> None:
        self._output = get_app_session().output
        self._talk = _session(InMemoryHistory())
        # What is typed into a form is not offered again as a question.
        self._forms = _session(DummyHistory())
        self._asking: PromptSession[str] | None = None
        self._show_news: Callable[[], None] = _nothing
        self._pending: Callable[[], bool] = bool

    @property
    def width(self) -> int:
        return self._output.get_size().columns

    def show(self, lines: Sequence[Line]) -> None:
        parts = [(f"class:{run.style}", run.text) for line in lines for run in (*line, Run("\n"))]
        # The terminal escapes once more: no text reaches it as a sequence.
        print_formatted_text(self._output, FormattedText(parts), _LOOKS)
        self._output.flush()

    def ask(self, asked: Asked) -> str:
        self._asking = self._forms if asked.cancels else self._talk
        try:
            return self._asking.prompt(
                FormattedText([("class:person", tame(asked.label))]),
                completer=_Hints(asked),
                complete_while_typing=_offers(asked),
                bottom_toolbar=_toolbar(asked),
                key_bindings=_ESCAPE if asked.cancels else KeyBindings(),
                # What came since the last look, and would wake nobody any more.
                pre_run=self._print_above,
            )
        finally:
            self._asking = None

    def on_news(self, show_news: Callable[[], None], pending: Callable[[], bool]) -> None:
        self._show_news = show_news
        self._pending = pending

    def wake(self) -> None:
        """Called by the sender's threads; what comes between two prompts is shown at the next."""
        asking = self._asking
        app = asking.app if asking else None
        if app is not None and app.loop is not None and app.context is not None:
            # The prompt may end at this very moment, and its loop with it.
            with suppress(RuntimeError):
                app.loop.call_soon_threadsafe(self._print_above, context=app.context.copy())

    def _print_above(self) -> None:
        if get_app().is_running and self._pending():
            run_in_terminal(self._show_news)


def _session(history: InMemoryHistory | DummyHistory) -> PromptSession[str]:
    return PromptSession(
        style=_LOOKS, history=history, reserve_space_for_menu=6, erase_when_done=False
    )


class _Hints(Completer):
    """Offers what could be typed; Tab shows it."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterator[Completion]:
        for hint in self._asked.hints(document.text_before_cursor):
            yield _completion(hint)


def _completion(hint: Hint) -> Completion:
    return Completion(
        hint.text, -hint.replaces, display=tame(hint.text), display_meta=tame(hint.meaning)
    )


def _offers(asked: Asked) -> Condition:
    """While typing, only where something was begun that can be completed: else room is wasted."""

    def offers() -> bool:
        typed = get_app().current_buffer.document.text_before_cursor
        return bool(typed) and any(True for _ in asked.hints(typed))

    return Condition(offers)


def _toolbar(asked: Asked) -> Callable[[], FormattedText]:
    return lambda: FormattedText([("", tame(asked.status()))])


def _cancelling() -> KeyBindings:
    bindings = KeyBindings()

    @bindings.add("escape")
    def cancel(event: KeyPressEvent) -> None:
        event.app.exit(exception=Cancelled())

    return bindings


_ESCAPE = _cancelling()


def _nothing() -> None:
    """Nobody shows news yet."""


# ---------------------------------------------------------------- which screen


def is_lively() -> bool:
    """Whether somebody sits at a terminal that can move its cursor."""
    return sys.stdin.isatty() and sys.stdout.isatty() and not is_dumb_terminal()


def open_screen() -> Screen:
    """The prompt where somebody sits at a terminal that can show it, else plain lines."""
    if is_lively():
        return PromptScreen()
    seen = sys.stdout.isatty()
    return open_plain_screen(shutil.get_terminal_size().columns if seen else None)
