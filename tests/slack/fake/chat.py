"""chat.*: messages of the bot, posted, reworded and deleted."""

from __future__ import annotations

from typing import Any

from tests.slack.fake import checks
from tests.slack.fake.calls import Call, method
from tests.slack.fake.workspace import APP, BOT, BOT_ID, Channel, Limited, Message, No


@method("chat.postMessage", "chat:write", posts=True)
def post(call: Call) -> dict[str, Any]:
    channel = call.get_writable(call.get("channel"))
    if call.rules.strict:
        checks.check_house(call.params, new=True)
    blocks = checks.check_blocks(call.workspace, call.params.get("blocks"))
    text = checks.check_text(call.params.get("text"), blocks, call.params.get("attachments"))
    metadata = checks.check_metadata(call.params.get("metadata"))
    thread = check_thread(call, channel, call.params.get("thread_ts"))
    check_limits(call, channel)
    body: dict[str, Any] = {"text": text, **sign()}
    if blocks is not None:
        body["blocks"] = blocks
    if metadata:
        body["metadata"] = metadata
    if thread is not None:
        body["thread_ts"] = thread
    message = call.workspace.add_message(channel, BOT, body, call.rules.history_lag)
    call.state.ledger.add(message)
    return {"channel": channel.id, "ts": message.ts, "message": message.body}


@method("chat.update", "chat:write", posts=True)
def update(call: Call) -> dict[str, Any]:
    """What is not given stays as it was, as in Slack."""
    channel = call.get_channel(call.get("channel"))
    message = call.get_own(channel, call.get("ts"), "cant_update_message")
    if call.rules.strict:
        checks.check_house(call.params)
    blocks = checks.check_blocks(call.workspace, call.params.get("blocks"))
    kept = blocks if blocks is not None else message.blocks
    text = checks.check_text(call.params.get("text"), kept, call.params.get("attachments"))
    metadata = checks.check_metadata(call.params.get("metadata"))
    if call.params.get("text") is not None:
        message.body["text"] = text
    if blocks is not None:
        message.body["blocks"] = blocks
    if metadata is not None:
        message.body["metadata"] = metadata
    message.body["edited"] = {"user": BOT, "ts": call.workspace.make_ts()}
    call.state.ledger.updates += 1
    told = {"channel": channel.id, "ts": message.ts, "text": message.text}
    return {**told, "message": message.body}


@method("chat.delete", "chat:write")
def delete(call: Call) -> dict[str, Any]:
    """A message with replies leaves a stone in its place."""
    channel = call.get_channel(call.get("channel"))
    message = call.get_own(channel, call.get("ts"), "cant_delete_message")
    if message.replies:
        message.body |= {"subtype": "tombstone", "text": "This message was deleted."}
        message.body.pop("blocks", None)
    else:
        remove(channel, message)
    return {"channel": channel.id, "ts": message.ts}


def remove(channel: Channel, message: Message) -> None:
    channel.messages.remove(message)
    del channel.by_ts[message.ts]
    root = channel.by_ts.get(message.thread or "")
    if root is not None and message in root.replies:
        root.replies.remove(message)


def sign() -> dict[str, Any]:
    """What shows a message to be the bot's."""
    profile = {"id": BOT_ID, "app_id": APP, "name": "窓口", "deleted": False}
    return {"bot_id": BOT_ID, "app_id": APP, "bot_profile": profile}


def check_thread(call: Call, channel: Channel, given: object) -> str | None:
    """The message that a thread hangs under. Raises No, where Slack itself is lenient as well."""
    if given is None or given == "":
        return None
    thread = str(given)
    if not checks.TS.fullmatch(thread) and not call.rules.any_thread:
        raise No("invalid_thread_ts")
    root = channel.by_ts.get(thread)
    if root is None and not call.rules.any_thread:
        raise No("thread_not_found")
    if root is not None and root.is_reply:
        raise No("cannot_reply_to_message")
    return thread


def check_limits(call: Call, channel: Channel) -> None:
    """Raises Limited where the channel or the workspace takes no more just now."""
    found = call.state.limits.find_wait(channel.id, call.now)
    if found is not None:
        raise Limited(*found)
