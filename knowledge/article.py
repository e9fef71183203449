"""What an article is: a rule or a best practice, its versions, its sources, how sure we are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

ANSWER_LIMIT = 400
"""Characters of an answer: about what fits a phone without scrolling past the conclusion."""

FEWEST_QUESTIONS = 6
MOST_QUESTIONS = 10
"""Phrasings of an article: fewer leave registers out, more mean that it is two articles."""

BLOCKERS = (
    "働き方の見直しが不十分",
    "予算案の検討が不十分",
    "セキュリティ上の課題",
    "省内の理解がない",
    "外部有識者の理解がない",
    "その他",
)
"""Why remote access had not come: what the survey of March 2017 offered as answers."""


class Kind(StrEnum):
    """What an article tells: a rule that binds, or what a ministry did that worked."""

    RULE = "rule"
    PRACTICE = "practice"


class Confidence(StrEnum):
    """How its sources were seen, as in the facts that articles are written from."""

    PRIMARY = "primary"
    """The official text or publication, or a copy of it, was read."""
    SECONDARY = "secondary"
    """Only press, commentary or another secondary source was read."""
    UNSEEN = "unseen"
    """No source was found: the article says what is open, and the question goes to a person."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days on which a version is in force, both ends included; None is open."""

    first: date | None = None
    last: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Version:
    """The answer as it stands during one period."""

    in_force: Period
    answer: str
    """The conclusion first, at most ANSWER_LIMIT characters."""
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule can be read."""

    title: str
    issuer: str
    date: str
    """As the source gives it: a day, a month, or the day of the consolidated text."""
    where: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Amendment:
    """A source was amended, as somebody has registered; nobody has looked into it since."""

    source: str
    on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """One rule or best practice, everything that an answer from it may say."""

    id: str
    kind: Kind
    title: str
    questions: tuple[str, ...]
    """How people ask for it, in several registers; retrieval stands on them."""
    applies_to: str
    versions: tuple[Version, ...]
    """In order of time, never overlapping."""
    sources: tuple[Source, ...]
    facts: tuple[str, ...]
    """Ids of the audited facts (knowledge/facts.yaml) that carry every sentence of it."""
    confidence: Confidence
    owner: str
    """The office that answers for the text, not the office that made the rule."""
    review_by: date
    hand_over: bool = False
    """The text only says what is known; whoever asks is led to a person all the same."""
    caution: str | None = None
    inference: str | None = None
    """Which part is our inference from the texts rather than written in them."""
    scope: tuple[str, ...] = ()
    """Official names of the ministries whose own rule it is; empty means common to all."""
    ministry: str | None = None
    """For a practice: who did it."""
    blockers: tuple[str, ...] = ()
    """For a practice: the surveyed reasons for delay that it helps against."""
    confirmed: tuple[str, ...] = ()
    """How people asked who then said that it answers them, besides `questions`; no editor wrote
    these, somebody at a desk approved them."""

    amended: tuple[Amendment, ...] = ()
    """What of its ground has changed since somebody last looked it through."""

    @property
    def asked(self) -> tuple[str, ...]:
        """Every way to ask for it that retrieval knows."""
        return (*self.questions, *self.confirmed)

    @property
    def told(self) -> tuple[str, ...]:
        """Its own words, as apart from how people ask: the title and every version's text."""
        texts = [text for version in self.versions for text in (version.answer, version.detail)]
        return (self.title, *(text for text in texts if text))

    def version_on(self, day: date) -> Version | None:
        """The version in force on a day, or None where the article has none for it."""
        return next((version for version in self.versions if day in version.in_force), None)

    def version_after(self, day: date) -> Version | None:
        """The next version to come into force after a day."""
        begins = ((version.in_force.first, version) for version in self.versions)
        return next((version for first, version in begins if first and first > day), None)
