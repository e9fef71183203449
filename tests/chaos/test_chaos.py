"""Killed at random: nothing lost, nothing twice; and the same test can fail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.chaos.run import Plan, run
from tests.conftest import absent
from tests.postgresql import find_server_programs

SHORT = Plan(posts=500, events=100, kills=15, stops=1, every=0.7)


@pytest.mark.chaos
def test_nothing_is_lost_and_nothing_done_twice() -> None:
    """Bots that are killed while they post and answer should do all of it, once."""
    if find_server_programs() is None:
        absent("PostgreSQL (initdb, pg_ctl)")
    plan = replace(SHORT, database="postgresql", processes=2, crashes=1)
    verdict = run(plan)

    assert verdict.clean, verdict
    assert (verdict.kills, verdict.stops, verdict.crashes) == (15, 1, 1)
    assert verdict.faults > 0


@pytest.mark.chaos
def test_without_look_up_some_are_done_twice() -> None:
    """Where history shows nothing, what was in doubt should be seen to be posted again."""
    plan = replace(SHORT, posts=200, events=0, kills=3, stops=0, look_up=False)
    verdict = run(plan)

    assert verdict.posts_twice > 0
    assert verdict.posts_lost == 0
