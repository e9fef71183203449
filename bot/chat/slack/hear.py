"""What Slack sends, as neutral events: pure; what is none of the bot's business is None."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any

from bot.chat.answers import Raw, parse_answers
from bot.chat.slack.fields import OPEN_FORM, read_field
from bot.conversation.address import Account, Conversation, Place
from bot.conversation.event import Commanded, Event, Opened, Pressed, Said, Submitted
from bot.conversation.message import FieldErrors, FormField
from bot.conversation.port import Sent

SERVICE = "slack"
REFER = "refer"
"""The message shortcut that brings somebody's words to the desk."""
Body = Mapping[str, Any]
"""A payload as Slack sends it, parsed."""


class Stranger(Exception):
    """Somebody of a workspace that is not on the list; `str()` is the workspace's id."""


class Malformed(Exception):
    """Not what Slack sends; `str()` says what is missing, never what it held."""


@dataclass(frozen=True, slots=True)
class FormAsked:
    """A button that stands for a form in a message: nothing is decided, a dialog opens."""

    sent: Sent
    control: str
    place: Place
    trigger: str


def hear(body: Body, teams: Sequence[str], at: datetime) -> Event | FormAsked | FieldErrors | None:
    """The event in a payload that came at a time; FieldErrors for answers that cannot be taken.

    Raises Stranger and Malformed.
    """
    try:
        match body.get("type"):
            case "event_callback":
                return _hear_event(body, _find_tenant(body, body["event"], teams), at)
            case "block_actions":
                return _hear_press(body, _find_tenant(body, body["user"], teams), at)
            case "view_submission":
                return _hear_form(body, _find_tenant(body, body["user"], teams), at)
            case "message_action":
                return _hear_shortcut(body, _find_tenant(body, body["user"], teams), at)
            case None if "command" in body:
                return _hear_command(body, _find_tenant(body, {}, teams), at)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as missing:
        raise Malformed(f"{type(missing).__name__} in {body.get('type', 'a command')}") from missing
    return None


# ---------------------------------------------------------------- whose it is


def _find_tenant(body: Body, person: Body, teams: Sequence[str]) -> str:
    """The organisation, else the workspace, that the app is installed in and that is listed.

    An organisation-wide install counts as one tenant: ids are unique in all of it. In a channel
    shared with others the person's own workspace has to be listed as well.
    """
    team = body.get("team_id") or _id(body.get("team"))
    enterprise = body.get("enterprise_id") or _id(body.get("enterprise"))
    tenant = next((id for id in (enterprise, team) if id in teams), None)
    if tenant is None:
        raise Stranger(str(team or enterprise))
    own = person.get("user_team") or person.get("team") or person.get("team_id")
    shared = bool(body.get("is_ext_shared_channel"))
    guest = own not in (team, enterprise) and (shared or tenant != enterprise)
    if own and guest and own not in teams:
        raise Stranger(str(own))
    return str(tenant)


def _id(value: object) -> Any:
    return value.get("id") if isinstance(value, Mapping) else value


def _direct(tenant: str, user: str) -> Place:
    """Somebody's direct conversation with the bot, before Slack has given it an id."""
    return Place(Conversation(SERVICE, tenant, f"@{user}"))


def _place(tenant: str, channel: str, thread: str | None) -> Place:
    return Place(Conversation(SERVICE, tenant, channel), thread)


# ---------------------------------------------------------------- events


def _hear_event(body: Body, tenant: str, at: datetime) -> Event | None:
    event = body["event"]
    match event["type"]:
        case "app_mention" if _is_by_person(event):
            return _hear_said(body, event, tenant, at)
        case "message" if event.get("channel_type") == "im" and _is_by_person(event):
            return _hear_said(body, event, tenant, at)
        case "app_home_opened" if event.get("tab", "home") == "home":
            return Opened(
                id=body["event_id"],
                who=Account(SERVICE, tenant, event["user"]),
                place=_direct(tenant, event["user"]),
                at=at,
            )
    return None


def _is_by_person(event: Body) -> bool:
    """Whether somebody wrote it just now: not a bot, an edit, or Slack itself."""
    subtype = event.get("subtype")
    written = subtype in (None, "file_share", "thread_broadcast")
    return written and "bot_id" not in event and bool(event.get("user"))


def _hear_said(body: Body, event: Body, tenant: str, at: datetime) -> Said:
    own = next((one.get("user_id") for one in body.get("authorizations") or ()), None)
    return Said(
        id=body["event_id"],
        who=Account(SERVICE, tenant, event["user"]),
        place=_place(tenant, event["channel"], event.get("thread_ts") or event["ts"]),
        at=at,
        message=event["ts"],
        text=read_text(event.get("text") or "", own),
    )


def _hear_command(body: Body, tenant: str, at: datetime) -> Commanded:
    # Answered directly: the bot may not be in the channel, and a command shows to nobody else.
    return Commanded(
        id=f"command:{body['trigger_id']}",
        who=Account(SERVICE, tenant, body["user_id"]),
        place=_direct(tenant, body["user_id"]),
        at=at,
        command=body["command"].removeprefix("/"),
        text=read_text(body.get("text") or "", None),
        trigger=body["trigger_id"],
    )


def _hear_shortcut(body: Body, tenant: str, at: datetime) -> Commanded | None:
    if body["callback_id"] != REFER:
        return None
    user = body["user"]["id"]
    return Commanded(
        id=f"shortcut:{body['trigger_id']}",
        who=Account(SERVICE, tenant, user),
        place=_direct(tenant, user),
        at=at,
        command=REFER,
        text=read_text(body["message"].get("text") or "", None),
        trigger=body["trigger_id"],
    )


def _hear_press(body: Body, tenant: str, at: datetime) -> Pressed | FormAsked | None:
    action = body["actions"][0]
    control = action.get("value")
    if action["type"] != "button" or not control:
        return None  # a link, or a choice in a dialog that is sent with the rest
    user, trigger = body["user"]["id"], body["trigger_id"]
    place, message = _find_pressed(body, tenant)
    if action["action_id"].startswith(OPEN_FORM) and message is not None:
        return FormAsked(Sent(place.conversation, message), control, place, trigger)
    return Pressed(
        id=f"press:{trigger}",
        who=Account(SERVICE, tenant, user),
        place=place,
        at=at,
        control=control,
        message=message,
        trigger=trigger,
    )


def _find_pressed(body: Body, tenant: str) -> tuple[Place, str | None]:
    """Where an answer to a press belongs, and the message it was in; a Home has none."""
    container = body.get("container") or {}
    message = container.get("message_ts")
    if not message:
        return _direct(tenant, body["user"]["id"]), None
    thread = (body.get("message") or {}).get("thread_ts") or container.get("thread_ts")
    channel = container.get("channel_id") or body["channel"]["id"]
    return _place(tenant, channel, thread or message), message


# ---------------------------------------------------------------- forms


def write_private(place: Place) -> str:
    """What a dialog carries along: where an answer to it belongs."""
    return json.dumps({"conversation": place.conversation.id, "thread": place.thread})


def _hear_form(body: Body, tenant: str, at: datetime) -> Submitted | FieldErrors:
    view, user = body["view"], body["user"]["id"]
    fields = tuple(field for block in view["blocks"] if (field := read_field(block)))
    answers = parse_answers(fields, _read_values(fields, view["state"]["values"]))
    if isinstance(answers, FieldErrors):
        return answers
    private = json.loads(view.get("private_metadata") or "{}")
    where = private.get("conversation")
    return Submitted(
        id=f"view:{view['id']}:{view.get('hash', '')}",
        who=Account(SERVICE, tenant, user),
        place=_place(tenant, where, private.get("thread")) if where else _direct(tenant, user),
        at=at,
        control=view["callback_id"],
        answers=answers,
        trigger=body.get("trigger_id"),
    )


def _read_values(fields: Sequence[FormField], values: Body) -> Raw:
    """What was entered, by field: the block's one element, whichever kind it is."""
    return {
        field.name: _entered(element)
        for field in fields
        for element in (values.get(field.name) or {}).values()
    }


def _entered(element: Body) -> tuple[str, ...]:
    several = element.get("selected_options")
    if several is not None:
        return tuple(option["value"] for option in several)
    one = element.get("selected_option")
    value = one["value"] if one else element.get("selected_date") or element.get("value")
    return (str(value),) if value is not None else ()


# ---------------------------------------------------------------- text

_ANGLE = re.compile(r"<([^<>]*)>")


def read_text(raw: str, bot: str | None) -> str:
    """What somebody typed, without Slack's marks; the bot's own mention says nothing more."""
    text = _ANGLE.sub(lambda mark: _read_mark(mark[1], bot), raw)
    plain = unescape(text).replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in plain if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def _read_mark(mark: str, bot: str | None) -> str:
    address, _, label = mark.partition("|")
    match address[:1]:
        case "@":
            return "" if address[1:] == bot else f"@{label or address[1:]}"
        case "#":
            return f"#{label or address[1:]}"
        case "!":
            return label or f"@{address[1:].partition('^')[0]}"
    return label or address
