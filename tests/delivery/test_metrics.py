"""What an operator's monitoring reads."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.conversation.port import LimitedFor
from bot.database.engine import Database
from bot.delivery import inbox
from bot.delivery.depths import read_depths
from bot.delivery.sender import Sender
from bot.health import build_health
from bot.metrics import Metrics
from tests.delivery.test_outbox import Moody, new, put
from tests.playing import AT, said


def read(text: str) -> dict[tuple[str, ...], float]:
    """Figures by their name and labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scrape(database: Database, metrics: Metrics) -> dict[tuple[str, ...], float]:
    return read(metrics.render(read_depths(database)).decode())


def test_what_waits_is_read_from_the_database(database: Database) -> None:
    """Depth and age of inbox and outbox should be those that all replicas share."""
    put(database, new("一"), new("二"))
    with database.lease() as tx:
        inbox.add_event(tx, said("a", "質問", "e1", "c"), AT)
    told = scrape(database, Metrics())

    assert told["madoguchi_outbox_posts", "waiting"] == 2
    assert told["madoguchi_outbox_posts", "failed"] == 0
    assert told["madoguchi_inbox_events", "waiting"] == 1
    assert told["madoguchi_outbox_undecided",] == 0
    assert told["madoguchi_outbox_oldest_seconds",] > 0
    assert told["madoguchi_database_up",] == 1


def test_attempts_are_counted_by_verdict(database: Database) -> None:
    """Every attempt to send should be counted, and refusals for haste by what they hold for."""
    put(database, new("一"), new("別", "d"))
    metrics, room = Metrics(), Moody(moods=[LimitedFor(timedelta(seconds=30))])
    sender = Sender(database, {"local": room}, metrics=metrics)
    while sender.send_one():
        pass
    told = scrape(database, metrics)

    assert told["madoguchi_posts_total", "local", "Delivered"] == 1
    assert told["madoguchi_posts_total", "local", "NotNow"] == 1
    assert told["madoguchi_limited_total", "conversation"] == 1


def test_a_database_that_is_away_is_told(tmp_path: Any) -> None:
    """The counters of the process should be given even where the database is not there."""
    database = Database.at(f"sqlite:///{tmp_path}/desk.db")
    (tmp_path / "desk.db").mkdir()
    metrics = Metrics()
    metrics.count_refused("forged")
    told = scrape(database, metrics)
    database.close()

    assert told["madoguchi_database_up",] == 0
    assert told["madoguchi_requests_refused_total", "forged"] == 1


def test_acknowledgements_are_timed(database: Database) -> None:
    """The time to answer should be measured on the services' paths, and on no probe."""

    def take(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("")

    metrics = Metrics()
    page = build_health(database, [Route("/slack/events", take, methods=["POST"])], metrics)

    async def visit() -> str:
        transport = httpx.ASGITransport(page)
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
            await client.post("/slack/events")
            await client.get("/healthz")
            return (await client.get("/metrics")).text

    told = read(asyncio.run(visit()))
    assert told["madoguchi_ack_seconds_count",] == 1
