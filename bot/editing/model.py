"""An article proposed from a question and its reply, and what may become of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.conversation.address import Account
from bot.refusal import Refusal
from knowledge.article import ANSWER_LIMIT


class Verdict(StrEnum):
    """What became of a proposed article."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Draft:
    """An article proposed from a question and its reply."""

    token: str
    number: str
    proposer: Account
    title: str
    questions: tuple[str, ...]
    answer: str
    basis: str
    issuer: str
    applies_to: str
    in_force: date | None
    review_by: date
    owner: str
    verdict: Verdict = Verdict.PROPOSED

    @property
    def article_id(self) -> str:
        """The same however often it is approved."""
        return f"inquiry-{self.number}"

    @property
    def card(self) -> str:
        return f"draft:{self.token}"


# ---------------------------------------------------------------- refusals


@dataclass(eq=False)
class OwnProposal(Refusal):
    """Nobody approves what they proposed themselves."""

    is_for_want_of_rights = True


@dataclass(eq=False)
class DraftSettled(Refusal):
    """It was approved or rejected before."""

    verdict: Verdict


@dataclass(eq=False)
class AnswerTooLong(Refusal):
    """The conclusion of an article is read at a glance."""

    length: int
    limit: int = ANSWER_LIMIT


@dataclass(eq=False)
class NotSound(Refusal):
    """The content check found faults in the proposed article."""

    faults: tuple[str, ...]


# ---------------------------------------------------------------- rules


def check_answer(answer: str) -> None:
    """What the proposer can mend at once. Raises AnswerTooLong."""
    if len(answer) > ANSWER_LIMIT:
        raise AnswerTooLong(len(answer))


def split_wordings(text: str) -> tuple[str, ...]:
    """Ways to ask, one a line, each once."""
    lines = (line.strip() for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))
