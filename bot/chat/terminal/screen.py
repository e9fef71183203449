"""What the conversation asks of a screen, and the plain one: lines in, lines out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TextIO

from bot.chat.terminal.lines import Line, plain, tame


class Cancelled(Exception):
    """The person pressed Esc: what is being asked is not to be answered."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that could be typed."""

    text: str
    meaning: str = ""
    replaces: int = 0
    """How many characters before the cursor it stands for."""


def _no_hints(_typed: str) -> Iterable[Hint]:
    return ()


def _no_status() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question for a line."""

    label: str
    """Stands before what is typed."""
    hints: Callable[[str], Iterable[Hint]] = _no_hints
    """What could be typed, given the text before the cursor."""
    status: Callable[[], str] = _no_status
    """What stands below the prompt, where there is a below."""
    cancels: bool = False
    """Whether Esc raises Cancelled."""


class Screen(Protocol):
    """Where lines are shown and typed."""

    @property
    def width(self) -> int | None:
        """Cells of a line at this moment; None: nobody counts them."""

    def show(self, lines: Sequence[Line]) -> None:
        """Show lines below what was shown."""

    def ask(self, asked: Asked) -> str:
        """A line as it was typed. Raises EOFError or KeyboardInterrupt for who leaves."""

    def on_news(self, show_news: Callable[[], None], pending: Callable[[], bool]) -> None:
        """Have this called after a `wake`, during `ask` or at the next one, if news is pending."""

    def wake(self) -> None:
        """Say from any thread that there is news."""


class PlainScreen:
    """Lines without a cursor: for pipes, files, and terminals that can do no more.

    What is typed stands in a pipe already, so the answer to each line is shown before the next
    one is read: nothing needs to be woken.
    """

    def __init__(self, source: TextIO, sink: TextIO, width: int | None = None) -> None:
        self._source = source
        self._sink = sink
        self._width = width

    @property
    def width(self) -> int | None:
        return self._width

    def show(self, lines: Sequence[Line]) -> None:
        self._sink.write("".join(f"{plain(line)}\n" for line in lines))
        self._sink.flush()

    def ask(self, asked: Asked) -> str:
        prompt = tame(asked.label)
        if self._source.isatty():
            self._sink.write(prompt)
            self._sink.flush()
        typed = self._source.readline()
        if not typed:
            raise EOFError
        if not self._source.isatty():
            # Nobody has seen it being typed.
            self._sink.write(f"{prompt}{tame(typed.rstrip())}\n")
        return typed

    def on_news(self, show_news: Callable[[], None], pending: Callable[[], bool]) -> None:
        """Not needed."""

    def wake(self) -> None:
        """Not needed."""


def open_plain_screen(width: int | None) -> PlainScreen:
    """The process's own input and output; bytes that are no text become marks, not failures."""
    for stream in (sys.stdin, sys.stdout):
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(errors="replace")
    return PlainScreen(sys.stdin, sys.stdout, width)
