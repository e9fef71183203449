"""How sure a ranking is: what a decision to answer, to ask back or to hand over can rest on."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signals:
    """What a ranking tells about its own worth; each from 0 to 1."""

    top: float
    """The best match's score."""
    margin: float
    """How far the best match leads the second."""
    coverage: float
    """The part of the question that the best article knows: its words weighted by their IDF.

    A word that no article knows weighs most: 確定申告 shares 手当 with an article, and is yet
    about something else.
    """
    agreement: float
    """How far words and meaning point to the same article: 1 where it is the best by both, else
    what the weaker of them has of its own best. 1 where there are no vectors."""
    nearest: float
    """How like the best match's nearest stored wording is to the question: by its vector, or by its
    words where there are no vectors."""
    confidence: float
    """How likely it is that the best match answers the question; see Calibration."""


NO_SIGNALS = Signals(top=0.0, margin=0.0, coverage=0.0, agreement=0.0, nearest=0.0, confidence=0.0)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression over the other signals.

    Fitted by `python -m tests.benchmarks.retrieval.calibrate`, whose sets and results stand in
    tests/benchmarks/README.md. Agreement takes no part: once `nearest` is known, it tells nothing.
    """

    constant: float
    top: float
    lead: float
    """Of the margin as a part of the top score: beside weak matches a small margin is a lead."""
    coverage: float
    nearest: float

    def confidence(self, top: float, margin: float, coverage: float, nearest: float) -> float:
        odds = (
            self.constant
            + self.top * top
            + self.lead * (margin / top if top else 0.0)
            + self.coverage * coverage
            + self.nearest * nearest
        )
        return 1 / (1 + math.exp(-odds))


WITH_VECTORS = Calibration(constant=-4.45, top=2.82, lead=3.34, coverage=1.45, nearest=4.37)
WITHOUT_VECTORS = Calibration(constant=-3.84, top=3.54, lead=1.96, coverage=3.52, nearest=0.50)
