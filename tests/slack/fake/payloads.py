"""Events as Slack sends them, built from what the workspace holds; nothing here sends."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bot.clock import real_now
from tests.slack.fake import views
from tests.slack.fake.workspace import (
    APP,
    BOT,
    Channel,
    Message,
    Person,
    View,
    Workspace,
)

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
VERIFICATION_TOKEN = "verification-token"
DOMAIN = "government"


@dataclass(frozen=True, slots=True)
class Payload:
    """What is sent, in the form that it has on each of the two ways."""

    kind: str
    """How Socket Mode names it: events_api, slash_commands, interactive."""
    id: str
    """What makes a repetition known: the event id, or the trigger's."""
    value: dict[str, Any]

    @property
    def media_type(self) -> str:
        return JSON if self.kind == "events_api" else FORM

    @property
    def body(self) -> bytes:
        match self.kind:
            case "events_api":
                return json.dumps(self.value, ensure_ascii=False).encode()
            case "slash_commands":
                return urlencode(self.value).encode()
            case _:
                return urlencode({"payload": json.dumps(self.value, ensure_ascii=False)}).encode()


def escape(text: str) -> str:
    """What somebody typed, as Slack hands it on."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def make_rich_text(workspace: Workspace, text: str, mention: bool) -> list[dict[str, Any]]:
    """The blocks that Slack makes of what somebody typed."""
    elements: list[dict[str, Any]] = [{"type": "text", "text": text}]
    if mention:
        elements = [{"type": "user", "user_id": BOT}, {"type": "text", "text": f" {text}"}]
    section = {"type": "rich_text_section", "elements": elements}
    id = workspace.make_id("r")[-6:].lower()
    return [{"type": "rich_text", "block_id": id, "elements": [section]}]


def wrap_event(
    workspace: Workspace, event: dict[str, Any], team: str | None = None, id: str | None = None
) -> Payload:
    """An event of the Events API in its envelope."""
    id = id or workspace.make_id("Ev")
    where = team or workspace.team
    wide = workspace.enterprise is not None
    value = {
        "token": VERIFICATION_TOKEN,
        "team_id": where,
        "context_team_id": where,
        "context_enterprise_id": workspace.enterprise,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": id,
        "event_time": int(real_now().timestamp()),
        "authorizations": [
            {
                "enterprise_id": workspace.enterprise,
                "team_id": where,
                "user_id": BOT,
                "is_bot": True,
                "is_enterprise_install": wide,
            }
        ],
        "is_ext_shared_channel": where != workspace.team,
        "event_context": f"4-{id}",
    }
    if wide:
        value["enterprise_id"] = workspace.enterprise
    return Payload("events_api", id, value)


def make_said(message: Message, kind: str) -> dict[str, Any]:
    """The event of a message that somebody wrote: app_mention, or message in a direct one."""
    event = {**message.body, "type": kind, "channel": message.channel, "event_ts": message.ts}
    for inner in ("reply_count", "reply_users", "reply_users_count", "latest_reply"):
        event.pop(inner, None)
    if kind == "message":
        event["channel_type"] = "im"
    if not message.is_reply:
        event.pop("thread_ts", None)
    return event


def make_opened(workspace: Workspace, person: Person, channel: Channel) -> dict[str, Any]:
    event: dict[str, Any] = {
        "type": "app_home_opened",
        "user": person.id,
        "channel": channel.id,
        "tab": "home",
        "event_ts": workspace.make_ts(),
    }
    home = workspace.homes.get(person.id)
    return {**event, "view": views.show(workspace, home)} if home else event


def make_client_id() -> str:
    return str(uuid.uuid4())


# ---------------------------------------------------------------- commands and presses


def make_command(
    workspace: Workspace,
    person: Person,
    channel: Channel,
    command: str,
    text: str,
    trigger: str,
    response_url: str,
) -> Payload:
    value = {
        "token": VERIFICATION_TOKEN,
        "team_id": person.team,
        "team_domain": DOMAIN,
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.direct else channel.name,
        "user_id": person.id,
        "user_name": person.name,
        "command": command,
        "text": escape(text),
        "api_app_id": APP,
        "is_enterprise_install": "true" if workspace.enterprise else "false",
        "response_url": response_url,
        "trigger_id": trigger,
    }
    if workspace.enterprise:
        value |= {"enterprise_id": workspace.enterprise, "enterprise_name": "政府全体"}
    return Payload("slash_commands", trigger, value)


def _begin(workspace: Workspace, person: Person, kind: str, trigger: str) -> dict[str, Any]:
    """What every interactive payload has."""
    team: dict[str, Any] = {"id": person.team, "domain": DOMAIN}
    enterprise = None
    if workspace.enterprise:
        team |= {"enterprise_id": workspace.enterprise, "enterprise_name": "政府全体"}
        enterprise = {"id": workspace.enterprise, "name": "政府全体"}
    user = {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team}
    return {
        "type": kind,
        "user": user,
        "api_app_id": APP,
        "token": VERIFICATION_TOKEN,
        "trigger_id": trigger,
        "team": team,
        "enterprise": enterprise,
        "is_enterprise_install": workspace.enterprise is not None,
    }


def _name(channel: Channel) -> dict[str, str]:
    return {"id": channel.id, "name": "directmessage" if channel.direct else channel.name}


def make_press(
    workspace: Workspace,
    person: Person,
    channel: Channel,
    message: Message,
    action: dict[str, Any],
    trigger: str,
    response_url: str,
) -> Payload:
    container: dict[str, Any] = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": False,
    }
    if message.thread is not None:
        container["thread_ts"] = message.thread
    value = {
        **_begin(workspace, person, "block_actions", trigger),
        "container": container,
        "channel": _name(channel),
        "message": _without_metadata(message),
        "state": {"values": {}},
        "response_url": response_url,
        "actions": [{**action, "action_ts": workspace.make_ts()}],
    }
    return Payload("interactive", trigger, value)


def make_view_press(
    workspace: Workspace, person: Person, view: View, action: dict[str, Any], trigger: str
) -> Payload:
    value = {
        **_begin(workspace, person, "block_actions", trigger),
        "container": {"type": "view", "view_id": view.id},
        "view": views.show(workspace, view),
        "actions": [{**action, "action_ts": workspace.make_ts()}],
    }
    return Payload("interactive", trigger, value)


def make_submission(
    workspace: Workspace, person: Person, view: View, values: dict[str, Any], trigger: str
) -> Payload:
    shown = {**views.show(workspace, view), "state": {"values": values}}
    begun = _begin(workspace, person, "view_submission", trigger)
    return Payload("interactive", trigger, {**begun, "view": shown, "response_urls": []})


def make_closed(workspace: Workspace, person: Person, view: View) -> Payload:
    begun = _begin(workspace, person, "view_closed", "")
    del begun["trigger_id"]
    value = {**begun, "view": views.show(workspace, view), "is_cleared": False}
    return Payload("interactive", view.id, value)


def make_shortcut(
    workspace: Workspace,
    person: Person,
    channel: Channel,
    message: Message,
    callback: str,
    trigger: str,
    response_url: str,
) -> Payload:
    value = {
        **_begin(workspace, person, "message_action", trigger),
        "callback_id": callback,
        "action_ts": workspace.make_ts(),
        "channel": _name(channel),
        "message_ts": message.ts,
        "message": _without_metadata(message),
        "response_url": response_url,
    }
    return Payload("interactive", trigger, value)


def _without_metadata(message: Message) -> dict[str, Any]:
    return {name: value for name, value in message.body.items() if name != "metadata"}
