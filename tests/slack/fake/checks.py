"""What Slack refuses in a payload, and what our house refuses besides."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.slack.fake.workspace import No, Workspace
from tests.slack.limits import find_breaches

LONGEST_TEXT = 40_000
LONGEST_METADATA = 16_000
EVERYBODY = re.compile(r"<!(channel|here|everyone)\b|<!subteam\^")
TS = re.compile(r"[0-9]{10}\.[0-9]{6}")


def parse_json(value: object, error: str) -> Any:
    """An argument that may come as JSON text. Raises No."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise No(error) from None


def is_true(value: object) -> bool:
    return str(value).lower() in ("1", "true")


def check_text(text: object, blocks: list[Any] | None, attachments: object = None) -> str:
    """Raises No for a message that says nothing, or too much."""
    if text is not None and not isinstance(text, str):
        raise No("invalid_arguments")
    if not (text or "").strip() and not blocks and not attachments:
        raise No("no_text")
    if len(text or "") > LONGEST_TEXT:
        raise No("msg_too_long")
    return text or ""


def check_blocks(workspace: Workspace, given: object) -> list[Any] | None:
    """The blocks of a message, each with an id. Raises No with the reasons."""
    blocks = parse_json(given, "invalid_blocks_format")
    if blocks is None:
        return None
    if not isinstance(blocks, list):
        raise No("invalid_blocks_format")
    reasons = [*find_breaches(blocks, surface="message"), *_find_missing_files(workspace, blocks)]
    if reasons:
        raise No("invalid_blocks", **_told(reasons))
    return _with_ids(workspace, blocks)


def check_view(workspace: Workspace, given: object, kinds: tuple[str, ...]) -> dict[str, Any]:
    """A view as it may be shown. Raises No with the reasons."""
    view = parse_json(given, "invalid_arguments")
    if not isinstance(view, dict) or view.get("type") not in kinds:
        told = _told([f"must be a view of type {' or '.join(kinds)} [json-pointer:/view]"])
        raise No("invalid_arguments", **told)
    if len(json.dumps(view)) > 250_000:
        raise No("view_too_large")
    reasons = list(find_breaches(view, surface=view["type"]))
    reasons += _find_missing_files(workspace, view.get("blocks"))
    if reasons:
        raise No("invalid_arguments", **_told(reasons))
    return {**view, "blocks": _with_ids(workspace, view["blocks"])}


def check_metadata(given: object) -> dict[str, Any] | None:
    metadata = parse_json(given, "invalid_metadata_format")
    if metadata is None:
        return None
    fits = (
        isinstance(metadata, dict)
        and isinstance(metadata.get("event_type"), str)
        and re.fullmatch(r"[A-Za-z0-9_.\-]{1,255}", metadata["event_type"])
        and isinstance(metadata.get("event_payload"), dict)
    )
    if not fits and metadata != {}:
        raise No("invalid_metadata_format")
    if len(json.dumps(metadata)) > LONGEST_METADATA:
        raise No("metadata_too_large")
    return dict(metadata)


def check_house(params: Mapping[str, Any], *, new: bool = False) -> None:
    """Raises No for what Slack would take and our house does not."""
    if new and any(params.get(name) is None for name in ("unfurl_links", "unfurl_media")):
        raise No("house_rule", detail="unfurl_links and unfurl_media must be given, as false")
    if any(is_true(params.get(name)) for name in ("unfurl_links", "unfurl_media", "link_names")):
        raise No("house_rule", detail="no unfurls, and no names made into links")
    if params.get("parse") == "full":
        raise No("house_rule", detail="what a user wrote is not parsed")
    worded = [params.get("text"), params.get("initial_comment")]
    worded.append(parse_json(params.get("blocks"), "invalid_blocks_format"))
    worded.append(parse_json(params.get("view"), "invalid_arguments"))
    if any(EVERYBODY.search(text) for text in _texts(worded)):
        raise No("house_rule", detail="a mention of everybody")


def _texts(value: object) -> Iterator[str]:
    """Every text in which Slack might read a mention."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        if value.get("type") in ("broadcast", "usergroup"):
            yield "<!channel>"
        if value.get("type") in ("text", "raw_text", "plain_text"):
            return  # shown as it stands: nothing in it is markup
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def list_elements(value: object) -> Iterator[dict[str, Any]]:
    """Every object within blocks, at any depth."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from list_elements(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from list_elements(inner)


def _find_missing_files(workspace: Workspace, blocks: object) -> list[str]:
    """Images of a block that are no uploaded picture of this workspace."""
    missing = []
    for element in list_elements(blocks):
        wanted = element.get("slack_file")
        if not isinstance(wanted, dict) or "id" not in wanted:
            continue
        file = workspace.files.get(wanted["id"])
        if file is None or not file.completed:
            missing.append("invalid slack file [json-pointer:/blocks]")
        elif not file.name.lower().endswith((".png", ".jpg", ".jpeg", ".gif")):
            missing.append("slack file is not an image [json-pointer:/blocks]")
    return missing


def _with_ids(workspace: Workspace, blocks: list[Any]) -> list[Any]:
    return [{**block, "block_id": _get_block_id(workspace, block)} for block in blocks]


def _get_block_id(workspace: Workspace, block: Mapping[str, Any]) -> str:
    return str(block.get("block_id") or workspace.make_id("b")[-6:].lower())


def _told(reasons: list[str]) -> dict[str, Any]:
    messages = [f"[ERROR] {reason}" for reason in reasons]
    return {"errors": reasons, "response_metadata": {"messages": messages}}
