"""What a first visitor is told: what this is, questions to try, what a role can do, a tour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a tour: it points at a control, and whoever uses that goes on."""

    at: str
    """The control's name, as the page's script knows it: ask, ground, refer, role, reply,
    `place:` with a page of the list beside, `tasks` on Home."""
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Task:
    """Something that can be done today: a page to go to, or a question that is asked at once."""

    title: str
    text: str
    label: str
    to: str | None = None
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What somebody in a role finds here."""

    lead: str = ""
    tasks: tuple[Task, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Guide:
    """All that the page says of itself, handed in by who knows what the bot can do."""

    about: str = ""
    """What this is, in two sentences."""
    samples: tuple[str, ...] = ()
    """Questions that are answered well."""
    facts: tuple[tuple[str, str], ...] = ()
    """What is fictional here and what is real."""
    parts: Mapping[str, Part] = field(default_factory=dict)
    """By role."""

    def get_part(self, role: str) -> Part:
        return self.parts.get(role, Part())
