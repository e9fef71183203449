"""What the people of a desk see of its work, and how a week of it is counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.calendar import TOKYO, count_working_days, find_day_of_receipt
from bot.conversation.address import Account
from bot.editing.model import Draft
from bot.inquiry.model import Sight, Stage
from knowledge.article import Article

LOOK_BACK = timedelta(days=28)
"""How far back a desk looks for what it did not answer well: four whole weeks."""
MOST_ASKED = 200
"""Unanswered questions that are grouped, the latest: a Home is waited for, and each costs time."""


# ---------------------------------------------------------------- the queue


class Part(StrEnum):
    """A part of all inquiries that is looked at by itself."""

    OPEN = "open"
    OVERDUE = "overdue"
    DUE_TODAY = "due_today"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    TAKEN = "taken"
    ANSWERED = "answered"
    CLOSED = "closed"
    ALL = "all"


HOME_PARTS = (Part.OVERDUE, Part.DUE_TODAY, Part.MINE, Part.UNASSIGNED)
"""What a Home shows of the queue: what cannot wait comes first."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An inquiry as it stands in the queue."""

    number: str
    desk: str | None
    """The id of the desk that has it."""
    stage: Stage
    text: str
    ministry: str | None
    """The asker's."""
    received_at: datetime
    due_on: date | None
    holder: Account | None
    office: str | None
    """The holder's."""

    @property
    def received_on(self) -> date:
        """The day in Tokyo on which it was referred."""
        return self.received_at.astimezone(TOKYO).date()


@dataclass(frozen=True, slots=True)
class Age:
    """How long an inquiry has been with the desk."""

    working_days: int
    days: int


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for an answer, as one of the desk's people sees it."""

    counts: Mapping[Part, int]
    first: Mapping[Part, tuple[Listed, ...]]
    """The first inquiries of each part that a Home shows: what is due first, first."""
    own: frozenset[str]
    """The desks at which they may take something over, by id."""


def find_age(entry: Listed, today: date, days_off: Collection[date] = ()) -> Age:
    """Days since it was referred; working days since the desk received it, as its due day counts.

    `days_off` are the desk's own.
    """
    received = find_day_of_receipt(entry.received_at, days_off)
    worked = count_working_days(received, today, days_off) if received <= today else 0
    return Age(worked, (today - entry.received_on).days)


# ---------------------------------------------------------------- what is behind the queue


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that nobody answered."""

    text: str
    words: str
    """What was searched for."""
    asked_at: datetime

    @property
    def asked_on(self) -> date:
        """The day in Tokyo on which it was asked."""
        return self.asked_at.astimezone(TOKYO).date()


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Questions that ask for the same and were not answered."""

    questions: tuple[Asked, ...]
    """The latest first."""

    @property
    def last(self) -> Asked:
        return self.questions[0]


@dataclass(frozen=True, slots=True)
class Rated:
    """What those who asked made of an article's answers."""

    article: str
    """Its id."""
    answered: int
    resolved: int
    escalated: int
    """How many turned to a person after it."""
    title: str = ""
    """Of the article, as the knowledge base has it."""


@dataclass(frozen=True, slots=True)
class Care:
    """What the desk's knowledge needs: articles to write, to mend, to look through again."""

    unanswered: tuple[Unanswered, ...] = ()
    rated: tuple[Rated, ...] = ()
    reopened: tuple[str, ...] = ()
    """Inquiries whose asker was not content with a person's answer, the latest first."""
    stale: tuple[Article, ...] = ()
    """Articles that were to be looked through by now, the longest overdue first."""


@dataclass(frozen=True, slots=True)
class View:
    """What one of the desk's people sees first."""

    sight: Sight | None
    """Whose inquiries; None: they are here to approve articles."""
    queue: Queue | None
    drafts: tuple[Draft, ...]
    """Proposed articles that wait for somebody's approval, the oldest first."""
    care: Care


def list_stale(articles: Iterable[Article], today: date) -> tuple[Article, ...]:
    """Articles whose day of review is over, the longest overdue first."""
    stale = (article for article in articles if article.review_by < today)
    return tuple(sorted(stale, key=lambda article: (article.review_by, article.id)))
