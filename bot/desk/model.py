"""Questions, what the desk decides on them, and what it refuses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.conversation.address import Account, Place
from bot.refusal import Refusal
from knowledge.article import Article, Confidence, Kind, Version
from knowledge.base import Match, Search

MOST_CANDIDATES = 3
MOST_PRACTICES = 3

# Measured on the shipped articles and 60 + 16 example questions (tests/desk/questions.yaml): of
# what is answered 5 % is wrong, none of the 16 is answered; the margin prevents most wrong answers.
ASK_SCORE = 0.3
ASK_COVERAGE = 0.4
ANSWER_SCORE = 0.4
ANSWER_COVERAGE = 0.6
ANSWER_MARGIN = 0.05


class State(StrEnum):
    """How far a question has come."""

    OPEN = "open"
    RESOLVED = "resolved"
    ESCALATED = "escalated"


class DecisionName(StrEnum):
    """A decision's name in records and in JSON."""

    ANSWERED = "answered"
    CLARIFY = "clarify"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Answered:
    """One article answers, in the version in force."""

    article: Article
    version: Version
    practices: tuple[Article, ...] = ()
    others: tuple[Article, ...] = ()
    """What else could have been meant, best first; offered on request."""

    @property
    def name(self) -> DecisionName:
        return DecisionName.ANSWERED

    @property
    def articles(self) -> tuple[Article, ...]:
        return (self.article,)


@dataclass(frozen=True, slots=True)
class Clarify:
    """Several could be meant; the asker chooses."""

    candidates: tuple[Article, ...]

    others: tuple[Article, ...] = ()

    @property
    def name(self) -> DecisionName:
        return DecisionName.CLARIFY

    @property
    def articles(self) -> tuple[Article, ...]:
        return self.candidates


@dataclass(frozen=True, slots=True)
class NotKnown:
    """Nothing that the desk may answer from; a person is offered."""

    unsettled: Article | None = None
    """An article that says what could not be confirmed."""
    others: tuple[Article, ...] = ()

    @property
    def name(self) -> DecisionName:
        return DecisionName.NOT_KNOWN

    @property
    def articles(self) -> tuple[Article, ...]:
        return (self.unsettled,) if self.unsettled else ()


Decision = Answered | Clarify | NotKnown


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the desk keeps it; personal data was masked before."""

    id: int
    token: str
    """What its buttons carry: 128 random bits, so that no one guesses another's."""
    asker: Account
    ministry: str | None
    place: Place
    text: str
    asked_at: datetime
    as_of: date
    state: State
    decision: DecisionName
    articles: tuple[str, ...]
    """Answered: the article. Clarify: the candidates. NotKnown: what says it is unsettled."""
    others: tuple[str, ...]
    """Answered: what else could have been meant."""
    inquiry: str | None = None
    """The reception number, once a person was asked."""

    @property
    def card(self) -> str:
        """The key of the post that shows the answer with its buttons."""
        return f"question:{self.token}"


@dataclass(eq=False)
class QuestionEmpty(Refusal):
    """There was no word in it."""


@dataclass(eq=False)
class QuestionTooLong(Refusal):
    """More characters than a desk reads at once."""

    length: int
    limit: int


@dataclass(eq=False)
class QuestionGone(Refusal):
    """A button of a question that is not kept (any more)."""


@dataclass(eq=False)
class NotTheAsker(Refusal):
    """Somebody else's question."""


@dataclass(eq=False)
class AlreadyResolved(Refusal):
    """The asker has said that it is settled; the card is closed."""


@dataclass(eq=False)
class AlreadyEscalated(Refusal):
    """A person was asked before."""

    number: str


@dataclass(eq=False)
class ArticleGone(Refusal):
    """The chosen article was withdrawn, or has no version for the day."""


def check_question(text: str, limit: int) -> str:
    """The question without surrounding blanks. Raises QuestionEmpty, QuestionTooLong."""
    stripped = text.strip()
    if not stripped:
        raise QuestionEmpty
    if len(stripped) > limit:
        raise QuestionTooLong(len(stripped), limit)
    return stripped


def decide(search: Search, ministry: str | None, as_of: date) -> Decision:
    """What to say to a question, by how sure the search is.

    A ministry's own rule is for its own staff; an article without a version for the day says
    nothing.
    """
    if search.out_of_scope is not None:
        return NotKnown()
    matches = [match for match in search.matches if _may_say(match.article, ministry, as_of)]
    if not matches or search.signals.coverage < ASK_COVERAGE or matches[0].score < ASK_SCORE:
        return NotKnown()
    best = matches[0]
    if best.article.hand_over or best.article.confidence is Confidence.UNSEEN:
        return NotKnown(best.article)
    if _is_sure(search, matches):
        return _answered(matches, as_of)
    candidates = [match.article for match in matches[:MOST_CANDIDATES] if match.score >= ASK_SCORE]
    return Clarify(tuple(candidates))


def _may_say(article: Article, ministry: str | None, as_of: date) -> bool:
    ours = not article.scope or ministry in article.scope
    return ours and article.version_on(as_of) is not None


def _is_sure(search: Search, matches: list[Match]) -> bool:
    return (
        matches[0].score >= ANSWER_SCORE
        and search.signals.coverage >= ANSWER_COVERAGE
        and (len(matches) == 1 or matches[0].score - matches[1].score >= ANSWER_MARGIN)
    )


def _answered(matches: list[Match], as_of: date) -> Answered:
    best = matches[0].article
    practices = [
        match.article
        for match in matches[1:]
        if match.article.kind is Kind.PRACTICE and match.score >= ASK_SCORE
    ]
    version = best.version_on(as_of)
    assert version is not None, "matches without a version for the day were left out"
    others = [match.article for match in matches[1:] if match.score >= ASK_SCORE]
    return Answered(
        best, version, tuple(practices[:MOST_PRACTICES]), tuple(others[:MOST_CANDIDATES])
    )


def reception_number(fiscal_year: int, count: int) -> str:
    """The number that asker and desk speak of: 2026-00042."""
    return f"{fiscal_year}-{count:05d}"
