"""Killed between any two steps of the loop: nobody is told twice, nobody is forgotten."""

from __future__ import annotations

import pytest

from tests.chaos.loop import TOPICS, run
from tests.conftest import absent
from tests.postgresql import find_server_programs


@pytest.mark.chaos
@pytest.mark.parametrize(("kind", "seed"), [("sqlite", 1), ("postgresql", 2)])
def test_the_loop_is_walked_to_its_end_whoever_is_killed(kind: str, seed: int) -> None:
    """Each message should stand once, each step be kept once, and each article be published,
    though at every step of the loop some bot is killed a moment later."""
    if kind == "postgresql" and find_server_programs() is None:
        absent("PostgreSQL (initdb, pg_ctl)")
    verdict = run(kind, seed)

    assert verdict.wrong == ()
    assert (verdict.doubled, verdict.unsettled) == (0, {})
    assert verdict.articles == len(TOPICS)
    assert verdict.kills >= 10
