"""How the fake is driven from another process: what stands under `/_`, beside Slack's own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from tests.slack.fake import harness, load
from tests.slack.fake.load import Flood
from tests.slack.fake.rules import Rules
from tests.slack.fake.slack import Slack
from tests.slack.fake.wire import Answer, Request
from tests.slack.fake.workspace import BOT


class Control:
    """Answers what begins with `/_`; Slack answers all else."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._ordinary = slack.front

    def answer(self, request: Request) -> Answer:
        if not request.path.startswith("/_"):
            return self._ordinary(request)
        try:
            given = json.loads(request.body or b"{}")
            with self._slack.changed:
                told = self._do(request.path, given, request.get_query())
        except (KeyError, TypeError, ValueError) as error:
            return Answer.of({"ok": False, "error": str(error)}, 400)
        return Answer.of(told)

    def _do(self, path: str, given: Mapping[str, Any], query: Mapping[str, str]) -> Any:
        ledger = self._slack.state.ledger
        match path:
            case "/_stats":
                return ledger.count()
            case "/_log":
                return [post.row for post in ledger.posts]
            case "/_posts":
                return [post.whole for post in ledger.posts]
            case "/_acks":
                return load.count(self._slack.deliveries)
            case "/_messages":
                channel = self._slack.workspace.channels[query["channel"]]
                return [message.body for message in channel.messages]
            case _:
                self._change(path, given)
                return {"ok": True}

    def _change(self, path: str, given: Mapping[str, Any]) -> None:
        slack = self._slack
        match path:
            case "/_reset":
                slack.reset(Rules().change(harness.read_rules(given)))
            case "/_configure":
                self._configure(given)
            case "/_fail":
                planned = slack.state.limits.next_faults[given.get("method", "chat.postMessage")]
                planned.extend([given["fault"]] * int(given.get("times", 1)))
            case "/_person":
                self._add_person(**given)
            case "/_channel":
                self._add_channel(**given)
            case "/_events_to":
                slack.point_at(list(given["urls"]))
            case "/_say":
                self._say(given)
            case "/_flood":
                slack.run_beside(Flood(slack=slack, **given).run())
            case _:
                raise ValueError(f"nothing stands at {path}")

    def _configure(self, given: Mapping[str, Any]) -> None:
        """Change rules; with `for` seconds, for so long: who is down cannot be told to rise."""
        changes = {name: value for name, value in given.items() if name != "for"}
        before = self._slack.state.rules
        self._slack.put_rules(changes)
        self._slack.run_beside(self._slack.open_door())
        if "for" in given:
            old = {name: getattr(before, name) for name in changes}
            self._slack.run_beside(self._restore(float(given["for"]), old))

    async def _restore(self, seconds: float, old: Mapping[str, Any]) -> None:
        await asyncio.sleep(seconds)
        self._slack.put_rules(old)
        await self._slack.open_door()

    def _add_person(
        self, name: str, real_name: str = "", email: str | None = None, team: str | None = None
    ) -> None:
        workspace = self._slack.workspace
        workspace.add_person(name, real_name or name, email, team or workspace.team, False)

    def _add_channel(
        self, name: str, members: tuple[str, ...] = (), private: bool = False, with_bot: bool = True
    ) -> None:
        inside = {*members, BOT} if with_bot else set(members)
        self._slack.workspace.add_channel(name, inside, private, False)

    def _say(self, given: Mapping[str, Any]) -> None:
        """Somebody writes to the bot, in a channel or (where none is named) alone."""
        workspace = self._slack.workspace
        person = workspace.people[given["user"]]
        where = given.get("channel")
        channel = workspace.channels[where] if where else workspace.open_direct(person.id)
        message = self._slack.write(person, channel, given["text"], given.get("thread"))
        self._slack.run_beside(self._slack.say(message))
