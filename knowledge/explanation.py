"""Why an article ranked where it did."""

from __future__ import annotations

from dataclasses import dataclass, fields

from knowledge.base import Search, Signals
from knowledge.ranking import WEIGHTS, Parts


@dataclass(frozen=True, slots=True)
class Share:
    """What one kind of likeness gave to a score."""

    kind: str
    """A field of Parts."""
    likeness: float
    points: float
    """The likeness times its weight, in hundredths of the best that all kinds together can give."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A match and the shares of its score."""

    rank: int
    article: str
    title: str
    score: float
    """Whoever asks in a stored wording gets 1, whatever the shares."""
    nearest: str
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a question was understood and what that led to."""

    terms: tuple[str, ...]
    repaired: tuple[tuple[str, str], ...]
    ministry: str | None
    out_of_scope: str | None
    signals: Signals
    matches: tuple[Explained, ...]


def explain(search: Search) -> Explanation:
    """The reasons of a search, match by match."""
    by_meaning = any(match.parts.question or match.parts.answer for match in search.matches)
    kinds = [field.name for field in fields(Parts) if by_meaning or field.name not in _VECTORS]
    total = sum(getattr(WEIGHTS, kind) for kind in kinds)
    return Explanation(
        terms=search.terms,
        repaired=search.repaired,
        ministry=search.ministry.name if search.ministry else None,
        out_of_scope=search.out_of_scope,
        signals=search.signals,
        matches=tuple(
            Explained(
                rank=rank,
                article=match.article.id,
                title=match.article.title,
                score=match.score,
                nearest=match.question,
                shares=tuple(_share(match.parts, kind, total) for kind in kinds),
            )
            for rank, match in enumerate(search.matches, start=1)
        ),
    )


_VECTORS = ("question", "answer")


def _share(parts: Parts, kind: str, total: float) -> Share:
    likeness: float = getattr(parts, kind)
    return Share(kind, likeness, 100 * likeness * getattr(WEIGHTS, kind) / total)
