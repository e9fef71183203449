"""Questions, what the desk decides on them, and what it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.calendar import TOKYO, Closure
from bot.conversation.address import Account, Place
from bot.refusal import Refusal
from knowledge.article import Article, Confidence, Kind, Version
from knowledge.base import KnowledgeBase, Match, Search
from knowledge.dates import find_day
from knowledge.follow_up import find_continuation

MOST_CANDIDATES = 3
MOST_PRACTICES = 3

# Chosen and measured by `python -m tests.benchmarks.retrieval.calibrate` (tables in
# tests/benchmarks/README.md): of 57 answerable example questions 36 are answered, all right, the
# others asked back; on 745 wordings kept out of the fit 97.4 % of what is answered is right.
ANSWER_CONFIDENCE = 0.80
ANSWER_MARGIN = 0.09
ASK_CONFIDENCE = 0.25
NEAR = 0.5
"""The part of the best match's score that another needs to be offered beside it."""


class State(StrEnum):
    """How far a question has come."""

    OPEN = "open"
    RESOLVED = "resolved"
    ESCALATED = "escalated"


FOLLOW_UP = timedelta(minutes=30)
"""How long after a question 「それは…」 is taken to speak of it."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A question made ready to be decided on: what was searched for, and as of when."""

    text: str
    """As it was asked."""
    words: str
    """What was searched for: without the day, and with the question that it continues."""
    search: Search
    as_of: date | None
    """The day that the question, or the one that it continues, names."""
    continues: str | None = None
    """The earlier question, where this one only makes sense after it."""


class How(StrEnum):
    """How an asker confirmed that an article answers their wording."""

    PICKED = "picked"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Words in which people asked who then confirmed an article as the answer to them."""

    id: int
    article: str
    text: str
    count: int
    """How many questions it was."""


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
    outside: Article | None = None
    """An article on the matter, without a version for the day that was asked about."""
    out_of_scope: str | None = None
    """The category of questions that nobody here may answer, by its title."""
    others: tuple[Article, ...] = ()

    @property
    def name(self) -> DecisionName:
        return DecisionName.NOT_KNOWN

    @property
    def articles(self) -> tuple[Article, ...]:
        return tuple(article for article in (self.unsettled, self.outside) if article)


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
    words: str
    """What was searched for; a question that continues this one is searched with them."""
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
    def asked_on(self) -> date:
        """The day in Tokyo on which it was asked."""
        return self.asked_at.astimezone(TOKYO).date()

    @property
    def card(self) -> str:
        """The key of the post that shows the answer with its buttons."""
        return f"question:{self.token}"


@dataclass(frozen=True, slots=True)
class Promise:
    """By when an office means to answer, and what keeps it from answering sooner."""

    office: str
    due_on: date
    closures: tuple[Closure, ...] = ()
    """Until then, and longer than a weekend."""
    hours: str | None = None
    """When the office can be reached, in its own words."""


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

    is_for_want_of_rights = True


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


def decide(
    search: Search, ministry: str | None, as_of: date, scope_titles: Mapping[str, str]
) -> Decision:
    """What to say to a question, by how sure the search is.

    A ministry's own rule is for its own staff. An article without a version for the day is not
    passed over for the next best: it says that the rule of that day is not registered.
    """
    if search.out_of_scope is not None:
        return NotKnown(out_of_scope=scope_titles[search.out_of_scope])
    matches = [m for m in search.matches if not m.article.scope or ministry in m.article.scope]
    if not matches or search.signals.confidence < ASK_CONFIDENCE:
        return NotKnown()
    best = matches[0].article
    if best.hand_over or best.confidence is Confidence.UNSEEN:
        return NotKnown(unsettled=best)
    if not _is_sure(search, matches):
        near = [match.article for match in matches if _is_near(match, matches)]
        return Clarify(tuple(near[:MOST_CANDIDATES]))
    version = best.version_on(as_of)
    return _answered(matches, version, as_of) if version else NotKnown(outside=best)


def seek(
    knowledge: KnowledgeBase, text: str, previous: Question | None, ministry: str | None
) -> Sought:
    """Search for what a question is about, as part of the conversation that it stands in.

    A question that already finds its article for sure by its own words continues nothing.
    `ministry`: the asker's, whose own rules stand before those that are common to all.
    """
    mention = find_day(text)
    words = mention.rest if mention else text
    search = _search(knowledge, words, ministry)
    as_of = mention.day if mention else None
    added = find_continuation(words)
    if previous is None or added is None or _is_sure(search, list(search.matches)):
        return Sought(text, words, search, as_of)
    words = f"{previous.words} {added}".strip()
    if as_of is None and previous.as_of != previous.asked_on:
        as_of = previous.as_of
    search = _search(knowledge, words, ministry)
    return Sought(text, words, search, as_of, continues=previous.text)


def _search(knowledge: KnowledgeBase, words: str, ministry: str | None) -> Search:
    """What fits, without other ministries' own rules, and with one's own ministry's first.

    Its own rule and the common one are often about the same, and neither leads the other by much:
    how sure its own one is, is told by what it leads besides.
    """
    others = {one.id for one in knowledge.own if ministry not in one.scope}
    search = knowledge.search(words, without=others)
    top = search.signals.top
    close = [match for match in search.matches if match.score > top - ANSWER_MARGIN]
    own = next((match for match in close if match.article.scope), None)
    if own is None or own is search.matches[0]:
        return search
    beside = others | {match.article.id for match in close if not match.article.scope}
    rest = tuple(match for match in search.matches if match is not own)
    signals = knowledge.search(words, without=beside).signals
    return replace(search, matches=(own, *rest), signals=signals)


def _is_sure(search: Search, matches: list[Match]) -> bool:
    """Signals speak of the search's own best match: of another's, nothing is sure."""
    if not matches or matches[0] is not search.matches[0]:
        return False
    signals = search.signals
    return signals.confidence >= ANSWER_CONFIDENCE and signals.margin >= ANSWER_MARGIN


def _is_near(match: Match, matches: list[Match]) -> bool:
    return match.score >= NEAR * matches[0].score


def _answered(matches: list[Match], version: Version, as_of: date) -> Answered:
    """The best match's answer, with the practices and other candidates among the rest."""
    rest = [
        match.article
        for match in matches[1:]
        if _is_near(match, matches) and match.article.version_on(as_of)
    ]
    practices = [article for article in rest if article.kind is Kind.PRACTICE]
    return Answered(
        matches[0].article,
        version,
        tuple(practices[:MOST_PRACTICES]),
        tuple(rest[:MOST_CANDIDATES]),
    )


def reception_number(fiscal_year: int, count: int) -> str:
    """The number that asker and desk speak of: 2026-00042."""
    return f"{fiscal_year}-{count:05d}"
