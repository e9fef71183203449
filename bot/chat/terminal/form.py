"""A form filled in one question at a time, each answer checked as it is given."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.chat import answers
from bot.chat.answers import Fault
from bot.chat.terminal import messages
from bot.chat.terminal.hear import parse_answer
from bot.chat.terminal.lines import Line, Run, Style, tame, wrap
from bot.chat.terminal.people import fold
from bot.chat.terminal.render import render_columns, render_fields
from bot.chat.terminal.screen import Asked, Cancelled, Hint, Screen
from bot.conversation.event import Answer
from bot.conversation.message import (
    FileContent,
    FileField,
    Form,
    FormField,
    OneOfField,
    Option,
    SeveralOfField,
    TextField,
)

PROMPT = "  > "


class Back(Exception):
    """The person wants to see the question before this one again."""


@dataclass(slots=True)
class Filling:
    """One form being filled in; keeps what was answered when it comes back with errors."""

    screen: Screen
    form: Form
    answers: dict[str, Answer] = field(default_factory=dict)

    def fill(self, errors: Mapping[str, str]) -> Mapping[str, Answer]:
        """Ask for every answer, or for those with an error. Raises Cancelled."""
        asked = [each for each in self.form.fields if not errors or each.name in errors]
        self._show_title(errors)
        number = 0
        while number <= len(asked):
            try:
                if number == len(asked):
                    self._confirm()
                else:
                    heading = messages.field_title(asked[number], number + 1, len(asked))
                    self._ask_field(asked[number], heading, errors)
                number += 1
            except Back:
                number = max(0, number - 1)
        return {each.name: self.answers.get(each.name) for each in self.form.fields}

    def _show_title(self, errors: Mapping[str, str]) -> None:
        lines = [(), *self._wrap(self.form.title, Style.HEADING)]
        if errors:
            lines += self._wrap(messages.FORM_FAULTS, Style.FAULT)
        elif self.form.intro:
            lines += self._wrap(self.form.intro)
        self.screen.show([*lines, *self._wrap(messages.FORM_HOW, Style.FAINT)])

    def _confirm(self) -> None:
        """Show the answers before they are sent; one answer needs no second look."""
        if len(self.form.fields) == 1:
            return
        told = (
            (each.label, messages.answer_text(each, self.answers.get(each.name)))
            for each in self.form.fields
        )
        self.screen.show([(), *render_fields(told, self.screen.width), ()])
        self.screen.show(self._wrap(messages.CONFIRM_HOW, Style.FAINT))
        self._read(Asked(f"{self.form.submit}> ", cancels=True))

    # ------------------------------------------------------------ one field

    def _ask_field(self, asked: FormField, heading: str, errors: Mapping[str, str]) -> None:
        self.screen.show([(), *self._wrap(heading, Style.STRONG), *self._explain(asked)])
        if asked.name in errors:
            self.screen.show(self._wrap(errors[asked.name], Style.FAULT))
        while True:
            try:
                self.answers[asked.name] = self._answer(asked)
                return
            except Fault as fault:
                self.screen.show(self._wrap(str(fault), Style.FAULT))

    def _explain(self, asked: FormField) -> list[Line]:
        lines = list(self._wrap(asked.hint)) if asked.hint else []
        lines += self._wrap(messages.field_rule(asked) or "", Style.FAINT)
        lines += render_columns((option.label for option in _options(asked)), self.screen.width)
        present = self._present(asked)
        if present not in (None, "", ()):
            told = messages.present(messages.answer_text(asked, present), asked.required)
            lines += self._wrap(told, Style.FAINT)
        return lines

    def _present(self, asked: FormField) -> Answer:
        """What the field holds before anything is typed."""
        if asked.name in self.answers:
            return self.answers[asked.name]
        return None if isinstance(asked, FileField) else asked.initial

    def _answer(self, asked: FormField) -> Answer:
        typed = self._type(asked)
        present = self._present(asked)
        if not typed.strip() and present not in (None, "", ()):
            return present
        if typed.strip() == "-" and not asked.required:
            typed = ""
        if isinstance(asked, FileField) and typed.strip():
            return answers.parse_answer(asked, [_read_file(typed, asked.max_bytes)])
        return parse_answer(asked, typed)

    def _type(self, asked: FormField) -> str:
        question = Asked(PROMPT, hints=_hints(_options(asked)), cancels=True)
        if not (isinstance(asked, TextField) and asked.multiline):
            return self._read(question)
        lines: list[str] = []
        while line := self._read(question).rstrip("\r\n"):
            lines.append(line)
        return "\n".join(lines)

    def _read(self, asked: Asked) -> str:
        typed = self.screen.ask(asked)
        match unicodedata.normalize("NFKC", typed).strip().lower():
            case "/cancel" | "/quit":
                raise Cancelled
            case "/back":
                raise Back
        return typed

    def _wrap(self, text: str, style: Style = Style.PLAIN) -> tuple[Line, ...]:
        return wrap((Run(text, style),), self.screen.width)


def _options(asked: FormField) -> tuple[Option, ...]:
    return asked.options if isinstance(asked, OneOfField | SeveralOfField) else ()


def _hints(options: tuple[Option, ...]) -> Callable[[str], Iterable[Hint]]:
    def hints(typed: str) -> Iterable[Hint]:
        last = typed.split()[-1] if typed.strip() and not typed.endswith(" ") else ""
        return (
            Hint(tame(option.label), replaces=len(last))
            for option in options
            if fold(last) in fold(option.label)
        )

    return hints


def _read_file(typed: str, limit: int) -> FileContent:
    """The file at a path as it was typed or dropped into the terminal. Raises Fault."""
    path = Path(typed.strip().strip("'\"")).expanduser()
    try:
        with path.open("rb") as file:
            # One byte more than may be taken tells that there is too much.
            return FileContent(path.name, "", file.read(limit + 1))
    except (OSError, ValueError) as error:
        raise Fault(messages.FILE_MISSING) from error
