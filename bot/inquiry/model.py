"""What becomes of an inquiry once a person has it, and who may do what with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.calendar import (
    TOKYO,
    Wait,
    count_working_days,
    is_working_day,
    list_days_waited,
)
from bot.conversation.address import Account
from bot.refusal import Refusal
from bot.roster.model import Person, Position, Role
from knowledge.desk import Desk, Ladder

AT_DESK = frozenset(
    {Role.DESK_OFFICER, Role.PERSONNEL_OFFICER, Role.HEAD_OF_DESK, Role.ADMINISTRATOR}
)
"""Who works at some desk; at which, the desk says."""
MAY_APPROVE = frozenset({Role.APPROVER, Role.DESK_OFFICER, Role.ADMINISTRATOR})


UNNAMED = Account("", "", "unnamed")
"""Who did what the asker of a nameless inquiry does: nothing of them is kept with it."""


class Stage(StrEnum):
    """Where an inquiry stands."""

    WAITING = "waiting"
    TAKEN = "taken"
    ASKED_BACK = "asked_back"
    """The desk waits for the asker: its clock stands still."""
    CHECKING = "checking"
    """A reply is written, and waits for a second person."""
    MERGED = "merged"
    """Another inquiry asks for the same: its answer is this one's too."""
    ANSWERED = "answered"
    CLOSED = "closed"
    LAPSED = "lapsed"
    """The asker never said what the desk needed to know; they may yet."""


class Step(StrEnum):
    """What somebody did with an inquiry."""

    ESCALATED = "escalated"
    TAKEN_OVER = "taken_over"
    HANDED_BACK = "handed_back"
    HANDED_ON = "handed_on"
    PASSED_UP = "passed_up"
    PASSED_DOWN = "passed_down"
    ASKED_BACK = "asked_back"
    ANSWERED_BACK = "answered_back"
    QUERY_DROPPED = "query_dropped"
    MERGED = "merged"
    UNMERGED = "unmerged"
    NOTED = "noted"
    LAPSED = "lapsed"
    DRAFTED = "drafted"
    RETURNED = "returned"
    DRAFT_WITHDRAWN = "draft_withdrawn"
    REPLIED = "replied"
    SETTLED = "settled"
    REOPENED = "reopened"
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


MAY_FOLLOW = frozenset({Stage.WAITING, Stage.TAKEN, Stage.ASKED_BACK})
"""Where an inquiry may be given to another one's answer."""
MAY_LEAD = MAY_FOLLOW | {Stage.CHECKING}
"""Where an inquiry's answer is still to come, so that another may wait for it."""
MAY_REPLY = frozenset({Stage.TAKEN, Stage.ASKED_BACK, Stage.CHECKING})
"""Where whoever has an inquiry may answer it: the desk may find out by itself what it asked."""


class Standing(StrEnum):
    """How a reply binds the office that gives it."""

    ADVICE = "advice"
    OFFICIAL = "official"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """An inquiry as the desk keeps it; its question is the desk's."""

    number: str
    token: str
    """Of the question."""
    stage: Stage
    holder: Account | None
    """Who has taken it over."""
    office: str | None
    """The holder's office, as the asker reads it: never a private name."""
    due_on: date | None = None
    """By when the desk owes an answer."""
    notices: int = 0
    """How often the desk was told that it is late."""
    main: str | None = None
    """Whose answer it waits for, while it is merged."""
    alike: tuple[str, ...] = ()
    """Inquiries that may ask for the same, as the bot found them; the most alike first."""
    desk: str | None = None
    """The id of the desk that has it; None: from before there were several."""
    moves: int = 0
    """How often it went from desk to desk."""
    nameless: bool = False
    """The asker wants no desk to learn who they are."""

    @property
    def order(self) -> tuple[int, ...]:
        """What came first has the lower one, also where numbers have grown longer."""
        return tuple(map(int, self.number.split("-")))


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as it was kept: who took it and when."""

    step: Step
    who: Account
    at: datetime
    desk: str | None = None
    """The id of the desk that had the inquiry from then on; None: the same as before."""
    about: str | None = None
    """What else it concerns, by its token or number."""


@dataclass(frozen=True, slots=True)
class Memo:
    """What somebody of the desk noted, for the desk alone."""

    token: str
    number: str
    """Of the inquiry."""
    text: str
    by: str
    """The position of whoever noted it."""
    at: datetime


class By(StrEnum):
    """On whose side something was done."""

    ASKER = "asker"
    DESK = "desk"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Episode:
    """One line of an inquiry's history, as the desk reads it."""

    at: datetime
    by: By
    step: Step | None
    """None: what the clock did."""
    position: str = ""
    """Of whoever did it, on the desk's side."""
    text: str = ""
    """What was written then."""
    about: str = ""
    """What else it concerns: a desk, a number."""
    wait: Wait | None = None
    """How long the clock stood still until then."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Another inquiry as the desk reads it on an inquiry's card."""

    inquiry: Inquiry
    text: str
    """What was asked."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Where what a reply says can be read, as it was when the reply was written."""

    title: str
    url: str | None = None
    told: str = ""
    """Who issued it and when, where that is known."""
    article: str = ""
    """The title of the article that it stands behind, if it does."""
    article_id: str = ""


@dataclass(frozen=True, slots=True)
class Composed:
    """What an officer wrote in answer to an inquiry."""

    text: str
    basis: str
    standing: Standing
    sources: tuple[Citation, ...] = ()


class Fate(StrEnum):
    """What became of a drafted reply."""

    WAITING = "waiting"
    ISSUED = "issued"
    RETURNED = "returned"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class ReplyDraft:
    """A reply as it waits for a second person: one revision of it."""

    token: str
    number: str
    """Of the inquiry."""
    revision: int
    composed: Composed
    author: Account
    by: str
    """The author's position."""
    written_at: datetime
    fate: Fate = Fate.WAITING
    reason: str = ""
    """Why it was returned."""

    @property
    def card(self) -> str:
        """The key of the post that shows it to the desk."""
        return f"reply_draft:{self.token}"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person answered."""

    token: str
    number: str
    """Of the inquiry."""
    text: str
    basis: str
    standing: Standing
    office: str
    sent_at: datetime
    sources: tuple[Citation, ...] = ()

    @property
    def card(self) -> str:
        """The key of the post that brings it to the asker."""
        return f"reply:{self.token}"

    @property
    def sent_on(self) -> date:
        """The day in Tokyo on which it was sent."""
        return self.sent_at.astimezone(TOKYO).date()


@dataclass(frozen=True, slots=True)
class Sight:
    """Which desks' inquiries somebody may look at."""

    only: frozenset[str] | None
    """Ids of the desks; None: all that are not left out."""
    but: frozenset[str] = frozenset()
    """The desks that are left out."""

    def covers(self, desk: str | None) -> bool:
        """Whether what a desk has may be looked at; None: from before there were several."""
        if self.only is None:
            return desk not in self.but
        return desk in self.only


@dataclass(frozen=True, slots=True)
class Query:
    """What the desk asked the asker back, and what became of it."""

    token: str
    number: str
    """Of the inquiry."""
    text: str
    office: str
    """Of whoever asks."""
    asked_at: datetime
    answer: str | None = None
    answered_at: datetime | None = None
    dropped_at: datetime | None = None
    """When the desk no longer needed to know."""
    reminded_at: datetime | None = None
    """When the asker was asked once more."""
    missed_at: datetime | None = None
    """When the desk was told that nothing came."""
    in_thread: bool = False
    """Whether it was asked where only what belongs to the question is written."""

    @property
    def card(self) -> str:
        """The key of the post that brings it to the asker."""
        return f"query:{self.token}"

    @property
    def reminder(self) -> str:
        """The key of the post that asks once more."""
        return f"{self.card}:reminder"

    @property
    def missed(self) -> str:
        """The key of the post that tells the desk that nothing came."""
        return f"{self.card}:missed"

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.dropped_at is None

    @property
    def asked_on(self) -> date:
        """The day in Tokyo on which it was asked."""
        return self.asked_at.astimezone(TOKYO).date()

    @property
    def wait(self) -> Wait:
        """How long the desk waits for it."""
        return Wait(self.asked_at, self.answered_at or self.dropped_at)


# ---------------------------------------------------------------- refusals


@dataclass(eq=False)
class NotAtDesk(Refusal):
    """Only those who work at the desk may do this; one's own word is no office."""

    is_for_want_of_rights = True


@dataclass(eq=False)
class NotYourDesk(Refusal):
    """Whoever works at one desk has nothing to do with what came to another."""

    is_for_want_of_rights = True

    desk: str
    """Whose it is, as people read it."""


@dataclass(eq=False)
class NoSuchDesk(Refusal):
    """Inquiries go to another desk that somebody reads."""


@dataclass(eq=False)
class InquiryGone(Refusal):
    """A button of an inquiry, reply or draft that is not kept."""


@dataclass(eq=False)
class TakenByOther(Refusal):
    """Somebody else has taken it over, of an office."""

    is_for_want_of_rights = True

    office: str


@dataclass(eq=False)
class NotTaken(Refusal):
    """Whoever answers takes over first, so that no two answer."""


@dataclass(eq=False)
class StageOver(Refusal):
    """The inquiry has gone on: what the button did is no longer to be done."""

    stage: Stage


@dataclass(eq=False)
class NotTogether(Refusal):
    """Two inquiries that cannot have one answer: of two desks, or already one."""


@dataclass(eq=False)
class OwnDraft(Refusal):
    """Nobody issues a reply that they have written themselves."""

    is_for_want_of_rights = True


@dataclass(eq=False)
class DraftOver(Refusal):
    """It was issued, returned, withdrawn, or written anew."""

    fate: Fate


@dataclass(eq=False)
class QueryOver(Refusal):
    """What was asked back is answered, or no longer needs an answer."""


@dataclass(eq=False)
class StillTime(Refusal):
    """The asker has not had long enough to say what the desk asked."""


# ---------------------------------------------------------------- rules

BY_ASKER = frozenset({Step.ESCALATED, Step.ANSWERED_BACK, Step.SETTLED, Step.REOPENED})
"""Steps that the asker takes."""
CLOCK_STARTS = frozenset(
    {Step.ESCALATED, Step.HANDED_ON, Step.PASSED_UP, Step.PASSED_DOWN, Step.REOPENED}
)
"""Steps from which the desk's working days are counted."""
ASK_AGAIN_AFTER = 3
"""Working days without a word after which the asker is asked once more."""
MISSED_AFTER = 3
"""Working days after that on which the desk is told that nothing came, and may close."""
LATE_AFTER = (1, 3, 5)
"""Working days after the due day on which the desk is told: first notice, second, head of desk."""


def count_notices_due(
    due_on: date, today: date, extra: Collection[date] = (), waits: Collection[Wait] = ()
) -> int:
    """How many notices of lateness there should have been by a working day; 0 on a day off.

    `extra` are days off of the desk's own. A day at whose end it waited for the asker makes
    nothing later.
    """
    if not is_working_day(today, extra) or today <= due_on:
        return 0
    waited = list_days_waited(waits, due_on, today)
    late = count_working_days(due_on, today, {*extra, *waited})
    return sum(late >= after for after in LATE_AFTER)


def is_to_be_asked_again(query: Query, today: date, extra: Collection[date] = ()) -> bool:
    """Whether the asker should be reminded of a query today: once, on a working day."""
    return query.reminded_at is None and _is_over(query.asked_at, ASK_AGAIN_AFTER, today, extra)


def is_missed(query: Query, today: date, extra: Collection[date] = ()) -> bool:
    """Whether the desk should hear today that nothing came, even after a reminder."""
    reminded = query.reminded_at
    if reminded is None or query.missed_at is not None:
        return False
    return _is_over(reminded, MISSED_AFTER, today, extra)


def _is_over(since: datetime, days: int, today: date, extra: Collection[date]) -> bool:
    if not is_working_day(today, extra):
        return False
    return count_working_days(since.astimezone(TOKYO).date(), today, extra) >= days


def split_sources(text: str) -> tuple[Citation, ...]:
    """Sources as somebody types them, one a line: a title, an address, or both."""
    lines = (line.strip() for line in text.splitlines())
    return tuple(_read_source(line) for line in lines if line)


def _read_source(line: str) -> Citation:
    found = re.search(r"https?://\S+", line)
    if found is None:
        return Citation(line)
    title = " ".join(f"{line[: found.start()]} {line[found.end() :]}".split())
    return Citation(title or found[0], found[0])


def check_at_desk(person: Person | None, allowed: frozenset[Role] = AT_DESK) -> Person:
    """The person, if their office allows it. Raises NotAtDesk."""
    if person is None or person.declared or not person.roles & allowed:
        raise NotAtDesk
    return person


def works_at(person: Person, desk: Desk) -> bool:
    """Whether one of somebody's positions is at a desk."""
    return any(is_at(position, desk) for position in person.positions)


def is_at(position: Position, desk: Desk) -> bool:
    """Whether a position is at a desk: in its staff, over it, or over the bot."""
    roles = {Role.ADMINISTRATOR, *map(Role, desk.staff)}
    is_there = position.ministry == desk.ministry
    return is_there and (position.role in roles or is_head(position, desk))


def is_at_some_desk(position: Position) -> bool:
    """Whether a position has work at a desk, whichever that is."""
    return position.role in AT_DESK


def may_approve(position: Position) -> bool:
    """Whether articles are approved in a position."""
    return position.role in MAY_APPROVE


def is_head(position: Position, desk: Desk) -> bool:
    """Whether a position is the one over a desk."""
    at_desk = position.role is Role.HEAD_OF_DESK and position.ministry == desk.ministry
    return at_desk and desk.head in (None, position.title)


def check_own_desk(person: Person, desk: Desk) -> None:
    """Raises NotYourDesk for whoever works elsewhere."""
    if not works_at(person, desk):
        raise NotYourDesk(desk.name)


def list_fits(step: Step, desk: Desk) -> tuple[Callable[[Position], bool], ...]:
    """What a position has to be for a step to be taken in it, the best first.

    Whoever holds several acts in the one that gives the right: at the inquiry's desk, or for an
    approval in its ministry before any other. An asker acts in their chief one.
    """
    match step:
        case Step.ESCALATED | Step.ANSWERED_BACK | Step.SETTLED | Step.REOPENED:
            return ()
        case Step.APPROVED | Step.REJECTED:
            return (
                lambda position: may_approve(position) and position.ministry == desk.ministry,
                may_approve,
            )
        case _:
            return (lambda position: is_at(position, desk),)


def name_move(old: Desk, new: Desk, above: Desk | None, ladder: Ladder) -> Step:
    """What it means that an inquiry goes from one desk to another; `above`: its next rung."""
    if new == above or ladder.is_above(new, old):
        return Step.PASSED_UP
    return Step.PASSED_DOWN if ladder.is_above(old, new) else Step.HANDED_ON


def is_administrators(position: Position) -> bool:
    """Whether a position is over the bot: its holder may look at whatever came to any desk."""
    return position.role is Role.ADMINISTRATOR


def find_sight(person: Person | None, ladder: Ladder) -> Sight | None:
    """What somebody may look at; None for whoever works at no desk.

    The common desk has what no other has, also what came before there were others.
    """
    if person is None:
        return None
    if any(map(is_administrators, person.positions)):
        return Sight(only=None)
    own = frozenset(desk.id for desk in ladder.open if works_at(person, desk))
    if ladder.common.id in own:
        return Sight(None, frozenset(desk.id for desk in ladder.open) - own)
    return Sight(own) if own else None


def check_holder(inquiry: Inquiry, presser: Account) -> None:
    """Whether somebody has this inquiry. Raises NotTaken, TakenByOther."""
    if inquiry.holder is None:
        raise NotTaken
    if inquiry.holder != presser:
        raise TakenByOther(inquiry.office or "")


def check_stage(inquiry: Inquiry, *wanted: Stage) -> None:
    """Raises StageOver unless the inquiry stands where the button was made for."""
    if inquiry.stage not in wanted:
        raise StageOver(inquiry.stage)
