"""What the people of a desk see of its work, and how a week of it is counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from math import ceil
from unicodedata import normalize

from bot.calendar import (
    TOKYO,
    Wait,
    count_working_days,
    find_day_of_receipt,
    is_working_day,
    list_days_waited,
)
from bot.conversation.address import Account
from bot.desk.model import reception_number
from bot.editing.model import Draft
from bot.inquiry.model import Reply, Sight, Stage, Step
from bot.refusal import Refusal
from knowledge.article import Article

LOOK_BACK = timedelta(days=28)
"""How far back a desk looks for what it did not answer well: four whole weeks."""
MOST_ASKED = 100
"""Unanswered questions that a Home groups, the latest: it is waited for, and each costs time."""
MOST_REPORTED = 500
"""Unanswered questions that a report groups: nobody waits for it."""


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
    """The asker's; None: they belong to none that is known, or do not want it told."""
    received_at: datetime
    due_on: date | None
    holder: Account | None
    office: str | None
    """The holder's."""
    nameless: bool = False
    """The asker wants no desk to learn who they are."""

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


# ---------------------------------------------------------------- the queue, page by page

PAGE_SIZE = 25
"""Inquiries on one page of a list: what a message has room for as a table, in every service."""


class Order(StrEnum):
    """What a list is sorted by."""

    DUE = "due"
    AGE = "age"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that somebody opened, and where in it they are."""

    token: str
    who: Account
    part: Part = Part.OPEN
    order: Order = Order.DUE
    page: int = 0

    @property
    def key(self) -> str:
        """The key of the post that shows it."""
        return f"listing:{self.token}"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list."""

    listing: Listing
    sight: Sight
    """Whose inquiries were looked at."""
    count: int
    """In the whole list."""
    entries: tuple[Listed, ...]

    @property
    def first(self) -> int:
        """The place of the first inquiry on it, from 1."""
        return self.listing.page * PAGE_SIZE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.entries) - 1


def bound_page(page: int, count: int) -> int:
    """The page, or the last one of a list that has grown shorter meanwhile."""
    return max(0, min(page, (count - 1) // PAGE_SIZE))


def parse_number(text: str, year: int) -> str | None:
    """A reception number as people write it: 2026-00012, 2026-12, or 12 for one of this year."""
    found = re.fullmatch(r"(?:(\d{4})-)?(\d{1,5})", normalize("NFKC", text).strip(), re.ASCII)
    return reception_number(int(found[1] or year), int(found[2])) if found else None


@dataclass(eq=False)
class ListingGone(Refusal):
    """A button of a list that is not kept, or that somebody else opened."""


# ---------------------------------------------------------------- inquiries as a file

MOST_EXPORTED = 20_000
"""Inquiries in a file that is sent by chat, the latest: about what one holds in memory for it."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is kept of an inquiry."""

    listed: Listed
    articles: tuple[str, ...]
    """What the bot had answered or offered by itself, by id."""
    reply: Reply | None
    """The last one."""


@dataclass(frozen=True, slots=True)
class Export:
    """Inquiries made ready to be sent, in both formats."""

    sight: Sight
    count: int
    """How many there are to be seen."""
    written: int
    """How many of them are in the files."""
    of: tuple[str, ...]
    """The ministries whose desks have them."""
    csv: bytes = field(repr=False)
    workbook: bytes = field(repr=False)


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


# ---------------------------------------------------------------- week by week

WEEKS = 8
"""Periods that a report's chart shows."""
_WEEK = timedelta(days=7)
_OPENING = frozenset({Step.ESCALATED, Step.REOPENED, Step.ANSWERED_BACK})
_CLOSING = frozenset({Step.REPLIED, Step.LAPSED})
MOVES = _OPENING | _CLOSING
"""Steps after which an inquiry waits for the desk, or no longer does."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole weeks that a report tells of, from a Monday to a Sunday: one, unless all of the next
    was days off."""

    first: date
    last: date

    @property
    def week(self) -> str:
        """The week in which it is told of, as ISO 8601 writes it: 2026-W41."""
        year, week, _ = (self.last + timedelta(days=1)).isocalendar()
        return f"{year}-W{week:02d}"

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time.min, TOKYO)

    @property
    def end(self) -> datetime:
        """The instant after its last."""
        return datetime.combine(self.last + timedelta(days=1), time.min, TOKYO)


def find_period(today: date, days_off: Collection[date] = ()) -> Period | None:
    """What a report of a working day tells of; None on a day off.

    All that was since the week of the report before: a week without a working day is told of
    together with the one before it, and no day is left out or told of twice.
    """
    if not is_working_day(today, days_off):
        return None
    return _find_period_before(today - timedelta(days=today.weekday()), days_off)


def list_periods(last: Period, count: int, days_off: Collection[date] = ()) -> tuple[Period, ...]:
    """Periods up to one, in order."""
    periods = [last]
    while len(periods) < count:
        periods.append(_find_period_before(periods[-1].first, days_off))
    return tuple(reversed(periods))


def _find_period_before(monday: date, days_off: Collection[date]) -> Period:
    first = monday - _WEEK
    while not any(is_working_day(first + timedelta(days=n), days_off) for n in range(5)):
        first -= _WEEK
    return Period(first, monday - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Move:
    """A step of an inquiry, as far as it decides whether the desk owes an answer."""

    step: Step
    at: datetime


@dataclass(frozen=True, slots=True)
class History:
    """How an inquiry came and went."""

    number: str
    desk: str | None
    moves: tuple[Move, ...]
    """In their order."""

    @property
    def is_open(self) -> bool:
        """Whether it waits for the desk now."""
        return self.moves[-1].step in _OPENING


@dataclass(frozen=True, slots=True)
class Flow:
    """Inquiries that came and went in a period: what was open, and came, is closed or open."""

    period: Period
    opening: int
    """Open when it began."""
    received: int
    reopened: int
    answered: int
    lapsed: int
    closing: int
    """Open when it ended."""


def tally(histories: Iterable[History], steady: int, period: Period) -> Flow:
    """Count a period; `steady` is how many were open all the while, besides these histories."""
    counts: Counter[str] = Counter()
    for history in histories:
        is_open = _was_open_before(history)
        counts["opening"] += _is_open_at(history, period.start)
        counts["closing"] += _is_open_at(history, period.end)
        for move in history.moves:
            was_open, is_open = is_open, move.step in _OPENING
            if was_open != is_open and period.start <= move.at < period.end:
                counts[_name_turn(move.step)] += 1
    return Flow(
        period=period,
        opening=steady + counts["opening"],
        received=counts["received"],
        reopened=counts["reopened"],
        answered=counts["answered"],
        lapsed=counts["lapsed"],
        closing=steady + counts["closing"],
    )


def _is_open_at(history: History, instant: datetime) -> bool:
    before = [move.step for move in history.moves if move.at < instant]
    return before[-1] in _OPENING if before else _was_open_before(history)


def _was_open_before(history: History) -> bool:
    """Whether it was referred when no steps were kept: then the first that is kept closes it."""
    return history.moves[0].step in _CLOSING


def _name_turn(step: Step) -> str:
    match step:
        case Step.ESCALATED:
            return "received"
        case Step.REPLIED:
            return "answered"
        case Step.LAPSED:
            return "lapsed"
        case _:
            return "reopened"


def count_days_to_answer(
    history: History, period: Period, days_off: Collection[date], waits: Collection[Wait]
) -> int | None:
    """Working days from receipt to the first answer, if that came in a period.

    Days on which the desk waited for the asker do not count.
    """
    replied = next((move.at for move in history.moves if move.step is Step.REPLIED), None)
    if replied is None or not period.start <= replied < period.end or _was_open_before(history):
        return None
    received = find_day_of_receipt(history.moves[0].at, days_off)
    answered = replied.astimezone(TOKYO).date()
    waited = list_days_waited(waits, received, answered)
    return max(0, count_working_days(received, answered, {*days_off, *waited}))


def find_percentile(values: Sequence[int], part: float) -> int | None:
    """The least value that so great a part of all does not exceed; None of nothing."""
    ordered = sorted(values)
    return ordered[max(0, ceil(part * len(ordered)) - 1)] if ordered else None


@dataclass(frozen=True, slots=True)
class Report:
    """A period of a desk's work, as its people are told of it."""

    desk: str
    """Its name."""
    told_at: datetime
    flows: tuple[Flow, ...]
    """The period, after those before it."""
    days: tuple[int, ...]
    """Working days that each first answer of the period took."""
    open: int
    unassigned: int
    overdue: int
    topics: tuple[tuple[str, int], ...]
    """Titles of the articles that answered most often, each with how often."""
    care: Care

    @property
    def flow(self) -> Flow:
        """The period that it tells of."""
        return self.flows[-1]

    @property
    def has_begun(self) -> bool:
        """Whether anything came to the desk, or was asked, before the week in which it is told."""
        return bool(self.topics) or any(flow.opening or flow.received for flow in self.flows)
