"""An article on its way to be published: what it is to say, and what may become of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.conversation.address import Account
from bot.refusal import Refusal
from knowledge.article import (
    ANSWER_LIMIT,
    Article,
    Confidence,
    Kind,
    Period,
    Source,
    Version,
)
from knowledge.text import without_invisible
from knowledge.wordings import Unfit

Scope = tuple[str, ...]
"""The ministries whose own rule an article is; none: it is common to all."""
COMMON: Scope = ()


class Verdict(StrEnum):
    """What became of a proposed article."""

    PROPOSED = "proposed"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Body:
    """What a person fills in for an article."""

    title: str
    questions: tuple[str, ...]
    answer: str
    detail: str | None
    basis: str
    issuer: str
    applies_to: str
    in_force: date | None
    owner: str
    review_by: date
    scope: Scope = COMMON


@dataclass(frozen=True, slots=True)
class Settlement:
    """Who decided on a draft, when, and why."""

    who: Account
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """One revision of an article as it was proposed; the next one is a draft of its own."""

    token: str
    article: str
    """The id that it is published under: the same for every revision."""
    revision: int
    """From 1, counted for each article."""
    number: str | None
    """Of the inquiry that it was made from; None: it rewords what is published."""
    proposer: Account
    proposed_at: datetime | None
    """None: proposed before that was kept."""
    body: Body
    verdict: Verdict = Verdict.PROPOSED
    settled: Settlement | None = None

    @property
    def card(self) -> str:
        """The key of the post that brings it to those who may approve it."""
        return f"draft:{self.token}"


class Judgement(StrEnum):
    """What somebody decided on a confirmed wording."""

    ADDED = "added"
    DROPPED = "dropped"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Judged:
    """A wording, and what was decided on it."""

    text: str
    judgement: Judgement
    who: Account
    at: datetime


class Happened(StrEnum):
    """What an article's history tells of."""

    PROPOSED = "proposed"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"
    PUT = "put"
    """Published by an operator, whom the database does not know."""
    ADDED = "added"
    DROPPED = "dropped"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Event:
    """A line of an article's history."""

    at: datetime | None
    """None: from before that was kept."""
    what: Happened
    who: str | None
    """As the desk calls them."""
    revision: int = 0
    """Of the draft that it is about."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article written out, and found sound beside all that an edition of the shelf holds."""

    text: str
    edition: int


_OF_INQUIRY = "inquiry-"


def make_article_id(number: str) -> str:
    """What an article is called that is made from an inquiry."""
    return f"{_OF_INQUIRY}{number}"


def find_number(article: str) -> str | None:
    """The inquiry that an article was made from, or None."""
    return article.removeprefix(_OF_INQUIRY) if article.startswith(_OF_INQUIRY) else None


# ---------------------------------------------------------------- refusals


@dataclass(eq=False)
class OwnProposal(Refusal):
    """Nobody approves what they proposed themselves."""

    is_for_want_of_rights = True


@dataclass(eq=False)
class NotTheProposer(Refusal):
    """What was returned is mended by whoever proposed it."""

    is_for_want_of_rights = True


@dataclass(eq=False)
class ScopeNotYours(Refusal):
    """A desk publishes what holds in its own ministry; what holds for all is the common desk's."""

    scope: Scope

    is_for_want_of_rights = True


@dataclass(eq=False)
class DraftSettled(Refusal):
    """It was approved, returned or rejected before."""

    verdict: Verdict


@dataclass(eq=False)
class AlreadyProposed(Refusal):
    """A revision of this article waits for its approval: two at once would undo each other."""


@dataclass(eq=False)
class NoSuchArticle(Refusal):
    """It was withdrawn, or is not published yet."""


@dataclass(eq=False)
class AnswerTooLong(Refusal):
    """The conclusion of an article is read at a glance."""

    length: int
    limit: int = ANSWER_LIMIT


@dataclass(eq=False)
class InForceTooEarly(Refusal):
    """A rule that changed comes into force after the one that it changes."""

    first: date


@dataclass(eq=False)
class Overtaken(Refusal):
    """Something else was published while this was being looked through: once more."""


@dataclass(eq=False)
class WordingUnfit(Refusal):
    """A confirmed wording cannot become a phrasing as things stand now."""

    text: str
    why: Unfit


@dataclass(eq=False)
class NothingChosen(Refusal):
    """Somebody sent a form of decisions without any."""


@dataclass(eq=False)
class NotSound(Refusal):
    """The content check found faults in the proposed article."""

    faults: tuple[str, ...]


# ---------------------------------------------------------------- whose it is to decide


@dataclass(frozen=True, slots=True)
class Remit:
    """For whom somebody may publish."""

    ministries: frozenset[str]
    common: bool
    """Whether what holds for everybody is theirs too."""

    def covers(self, scope: Scope) -> bool:
        return self.ministries.issuperset(scope) if scope else self.common


NOTHING = Remit(frozenset(), common=False)


def check_remit(remit: Remit, *scopes: Scope) -> None:
    """Raises ScopeNotYours for the first that somebody may not publish for."""
    for scope in scopes:
        if not remit.covers(scope):
            raise ScopeNotYours(scope)


# ---------------------------------------------------------------- what it is to say


def check_body(body: Body, before: Article | None) -> None:
    """What the proposer can mend at once. Raises AnswerTooLong, InForceTooEarly."""
    if len(body.answer) > ANSWER_LIMIT:
        raise AnswerTooLong(len(body.answer))
    last = before.versions[-1].in_force if before else Period()
    if last.first and body.in_force and body.in_force < last.first:
        raise InForceTooEarly(last.first)


def split_wordings(text: str) -> tuple[str, ...]:
    """Ways to ask, one a line, each once."""
    lines = map(tidy, text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


def tidy(text: str) -> str:
    """A text without what nobody sees: invisible characters, and spaces in a row or at an end."""
    lines = (" ".join(line.split()) for line in without_invisible(text).splitlines())
    return "\n".join(lines).strip()


def make_body(article: Article, review_by: date | None = None) -> Body:
    """What stands in an article, as it is filled in: its last version."""
    version = article.versions[-1]
    source = article.sources[0] if article.sources else Source("", "", "")
    return Body(
        title=article.title,
        questions=article.questions,
        answer=version.answer,
        detail=version.detail,
        basis=source.title,
        issuer=source.issuer,
        applies_to=article.applies_to,
        in_force=version.in_force.first,
        owner=article.owner,
        review_by=review_by or article.review_by,
        scope=article.scope,
    )


def make_article(id: str, body: Body, before: Article | None, today: date, caution: str) -> Article:
    """The article that was filled in, made of nothing or of the one that is published.

    What the desk has written is secondary: it vouches for it, and nobody has compared the text of
    its source here; audited facts that carried an earlier text do not carry this one.
    """
    source = Source(body.basis, body.issuer, today.isoformat())
    if before is None:
        return _make_new(id, body, source, caution)
    named = replace(
        before,
        title=body.title,
        questions=body.questions,
        applies_to=body.applies_to,
        owner=body.owner,
        review_by=body.review_by,
        scope=body.scope,
    )
    if _says_the_same(body, make_body(before)):
        return named
    return replace(
        named,
        versions=_add_version(before.versions, _make_version(body)),
        sources=_add_source(before.sources, source),
        facts=(),
        confidence=Confidence.SECONDARY,
        caution=before.caution or caution,
        inference=None,
    )


def _make_new(id: str, body: Body, source: Source, caution: str) -> Article:
    return Article(
        id=id,
        kind=Kind.RULE,
        title=body.title,
        questions=body.questions,
        applies_to=body.applies_to,
        versions=(_make_version(body),),
        sources=(source,),
        facts=(),
        confidence=Confidence.SECONDARY,
        owner=body.owner,
        review_by=body.review_by,
        caution=caution,
        scope=body.scope,
    )


def _says_the_same(one: Body, other: Body) -> bool:
    def told(body: Body) -> tuple[object, ...]:
        return body.answer, body.detail, body.in_force, body.basis, body.issuer

    return told(one) == told(other)


def _make_version(body: Body) -> Version:
    return Version(Period(first=body.in_force), body.answer, body.detail)


def _add_version(versions: Sequence[Version], new: Version) -> tuple[Version, ...]:
    """A change of the rule ends the version before it; anything else rewords that one."""
    *earlier, last = versions
    first = new.in_force.first
    if first is None or first == last.in_force.first:
        return (*earlier, replace(new, in_force=last.in_force))
    if last.in_force.last is None or last.in_force.last >= first:
        ended = replace(last.in_force, last=first - timedelta(days=1))
        last = replace(last, in_force=ended)
    return (*earlier, last, new)


def _add_source(sources: Sequence[Source], new: Source) -> tuple[Source, ...]:
    """The ground that was named goes first; one that stood there already stays as it was."""
    first = next((s for s in sources if (s.title, s.issuer) == (new.title, new.issuer)), new)
    return (first, *(source for source in sources if source != first))


# ---------------------------------------------------------------- a draft among its revisions


def list_since_published(drafts: Iterable[Draft]) -> tuple[Draft, ...]:
    """The revisions, in their order, that were proposed after the last one that was published."""
    ordered = tuple(drafts)
    published = [n for n, draft in enumerate(ordered, 1) if draft.verdict is Verdict.APPROVED]
    return ordered[max(published, default=0) :]
