"""Many events at a set rate, each its own, with Slack's redeliveries."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.slack.fake import payloads
from tests.slack.fake.slack import Delivery, Slack
from tests.slack.fake.workspace import BOT, Channel, Person

MOST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """Event n is of the n-th kind in turn, from the n-th person, in the n-th channel."""

    slack: Slack
    count: int
    rate: float
    """Events a second; nobody waits for the answer to the one before."""
    kinds: Sequence[str] = ("mention",)
    """mention, direct, command."""
    people: int = 50
    channels: int = 20
    text: str = "在宅勤務日の中抜けは休憩ですか"
    command: str = "/madoguchi"
    at_once: int = 200
    """Requests that may be under way."""

    def __post_init__(self) -> None:
        if not 0 < self.count <= MOST or self.rate <= 0:
            raise ValueError(f"1 to {MOST} events, at a rate above 0")

    async def run(self) -> list[Delivery]:
        loop = asyncio.get_running_loop()
        begun, gate = loop.time(), asyncio.Semaphore(self.at_once)
        sent = []
        for number in range(self.count):
            await asyncio.sleep(begun + number / self.rate - loop.time())
            await gate.acquire()
            task = loop.create_task(self._send(number))
            task.add_done_callback(lambda _: gate.release())
            sent.append(task)
        return list(await asyncio.gather(*sent))

    async def _send(self, number: int) -> Delivery:
        kind = self.kinds[number % len(self.kinds)]
        person, channel = self._get(number)
        text = f"{self.text} #q{number}"
        if kind == "command":
            return await self._command(person, channel, text)
        where = self.slack.workspace.open_direct(person.id) if kind == "direct" else channel
        return await self.slack.say(self.slack.write(person, where, text))

    async def _command(self, person: Person, channel: Channel, text: str) -> Delivery:
        workspace = self.slack.workspace
        with self.slack.changed:
            trigger = workspace.make_trigger(person.id, self.slack.state.rules.trigger_life)
            url = self.slack.make_response_url(person.id, channel.id)
        made = payloads.make_command(workspace, person, channel, self.command, text, trigger, url)
        return await self.slack.send(made)

    def _get(self, number: int) -> tuple[Person, Channel]:
        """Who and where, made when first wanted."""
        workspace = self.slack.workspace
        name, place = f"LOAD{number % self.people:04d}", f"LOAD{number % self.channels:04d}"
        with self.slack.changed:
            if "U0" + name not in workspace.people:
                workspace.add_person(name, name, None, workspace.team, False)
            if "C0" + place not in workspace.channels:
                workspace.add_channel(place, [BOT], False, False)
        return workspace.people["U0" + name], workspace.channels["C0" + place]


def count(deliveries: Iterable[Delivery]) -> dict[str, Any]:
    """How events were taken: figures, and each event's id with the status of every try."""
    taken = list(deliveries)
    statuses = Counter(str(delivery.ack.status) for delivery in taken)
    waits = sorted(a.seconds for d in taken for a in d.ack.attempts)
    return {
        "sent": len(taken),
        "acknowledged": sum(delivery.ack.ok for delivery in taken),
        "tries": len(waits),
        "by_status": dict(statuses),
        "seconds_p50": waits[len(waits) // 2] if waits else None,
        "seconds_p99": waits[len(waits) * 99 // 100] if waits else None,
        "events": [
            [delivery.payload.id, [attempt.status or attempt.reason for attempt in tries]]
            for delivery in taken
            for tries in [delivery.ack.attempts]
        ],
    }
