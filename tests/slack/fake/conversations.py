"""conversations.*: what was said where, and who is there."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from tests.slack.fake import checks
from tests.slack.fake.calls import Call, method
from tests.slack.fake.workspace import BOT, Channel, Message, No


@method("conversations.open", "im:write")
def open_(call: Call) -> dict[str, Any]:
    users = call.get("users").split(",")
    if len(users) > 1:
        call.need("mpim:write")
        raise No("method_not_supported_for_channel_type")
    known = "D" + users[0][1:] in call.workspace.channels
    channel = call.open_direct(users[0])
    more = {"no_op": True, "already_open": True} if known else {}
    return {**more, "channel": {"id": channel.id}}


@method("conversations.info")
def info(call: Call) -> dict[str, Any]:
    channel = call.get_channel(call.get("channel"), "read")
    told: dict[str, Any] = {
        "id": channel.id,
        "is_archived": channel.archived,
        "is_im": channel.direct is not None,
        "is_channel": channel.direct is None,
        "is_private": channel.private or channel.direct is not None,
        "context_team_id": call.workspace.team,
    }
    if channel.direct:
        told["user"] = channel.direct
    else:
        told |= {"name": channel.name, "is_member": BOT in channel.members}
    if checks.is_true(call.params.get("include_num_members")):
        told["num_members"] = len(channel.members)
    return {"channel": told}


@method("conversations.members")
def members(call: Call) -> dict[str, Any]:
    channel = call.get_channel(call.get("channel"), "read")
    found, cursor = _page(call, sorted(channel.members), 100)
    return {"members": found, "response_metadata": {"next_cursor": cursor}}


@method("conversations.history")
def history(call: Call) -> dict[str, Any]:
    """Newest first; what stands in a thread is not in it."""
    channel = _get_readable(call)
    found = [message for message in _list_shown(call, channel) if not message.is_reply]
    page, cursor = _page(call, found[::-1], 100)
    return _tell(call, page, cursor)


@method("conversations.replies")
def replies(call: Call) -> dict[str, Any]:
    """The root first, then its replies, oldest first."""
    channel = _get_readable(call)
    ts = call.get("ts")
    root = channel.by_ts.get(ts)
    if root is None and not call.rules.any_thread:
        raise No("thread_not_found")
    shown = _list_shown(call, channel)
    inside = [message for message in shown if message.is_reply and message.thread == ts]
    page, cursor = _page(call, [root, *inside] if root else inside, 1000)
    return _tell(call, page, cursor)


def _get_readable(call: Call) -> Channel:
    channel = call.get_channel(call.get("channel"), "history")
    if BOT not in channel.members:
        raise No("not_in_channel")
    return channel


def _list_shown(call: Call, channel: Channel) -> list[Message]:
    oldest = str(call.params.get("oldest") or "0")
    latest = str(call.params.get("latest") or "9999999999")
    inclusive = checks.is_true(call.params.get("inclusive"))
    found = channel.list_between(_pad(oldest), _pad(latest), inclusive)
    return [message for message in found if message.shown_at <= call.now]


def _pad(time: str) -> str:
    """A time as Slack writes it, so that two of them compare as text."""
    try:
        return f"{float(time):017.6f}" if not checks.TS.fullmatch(time) else time
    except ValueError:
        raise No("invalid_ts_oldest") from None


def _page(call: Call, found: Sequence[Any], most: int) -> tuple[list[Any], str]:
    """The part of a list that is asked for, and the cursor of the next."""
    try:
        start = int(base64.b64decode(str(call.params.get("cursor") or "")) or 0)
    except ValueError:
        raise No("invalid_cursor") from None
    limit = str(call.params.get("limit") or most)
    if not limit.isdigit() or not 1 <= int(limit) <= 1000:
        raise No("invalid_limit")
    end = start + int(limit)
    cursor = base64.b64encode(str(end).encode()).decode() if end < len(found) else ""
    return list(found[start:end]), cursor


def _tell(call: Call, page: list[Message], cursor: str) -> dict[str, Any]:
    whole = checks.is_true(call.params.get("include_all_metadata"))
    told: dict[str, Any] = {
        "messages": [_show(message, whole) for message in page],
        "has_more": bool(cursor),
    }
    return {**told, "response_metadata": {"next_cursor": cursor}} if cursor else told


def _show(message: Message, whole: bool) -> dict[str, Any]:
    if whole:
        return message.body
    return {name: value for name, value in message.body.items() if name != "metadata"}
