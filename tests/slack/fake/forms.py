"""What Slack's own client does: finds buttons, fills fields, and checks before it sends."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any


class NotThere(Exception):
    """What is to be pressed or filled is not shown."""


class ClientRefuses(Exception):
    """Slack's client does not send the form: by block id, what is wrong."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{block}: {what}" for block, what in faults.items()))
        self.faults = dict(faults)


def list_buttons(blocks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every button, as an action that a press of it would bring."""
    for block in blocks:
        elements = [*block.get("elements", ()), block.get("accessory")]
        for element in elements:
            if isinstance(element, dict) and element.get("type") == "button":
                kept = ("type", "action_id", "text", "value", "style", "url")
                action = {name: element[name] for name in kept if name in element}
                action.setdefault("action_id", "")
                yield {**action, "block_id": block["block_id"]}


def get_button(blocks: list[dict[str, Any]], wanted: str) -> dict[str, Any]:
    """The button with this label, value or action id. Raises NotThere."""
    labels = []
    for action in list_buttons(blocks):
        label = action["text"]["text"]
        if wanted in (label, action.get("value"), action["action_id"]):
            return action
        labels.append(label)
    raise NotThere(f"no button {wanted!r} among {labels}")


def fill(blocks: list[dict[str, Any]], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The state of a view with these answers, by block id, action id or label.

    Raises NotThere for an answer without a field, ClientRefuses for what the client holds back.
    """
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    left = set(answers)
    for block in blocks:
        if block.get("type") != "input":
            continue
        element = block["element"]
        names = (block["block_id"], element.get("action_id"), block["label"]["text"])
        name = next((name for name in names if name in answers), None)
        left.discard(str(name))
        try:
            state = _take(element, None if name is None else answers[name], name is None)
            _check(block, element, state)
        except ValueError as fault:
            faults[block["block_id"]] = str(fault)
            continue
        values[block["block_id"]] = {element.get("action_id", ""): state}
    if left:
        raise NotThere(f"no field for {sorted(left)}")
    if faults:
        raise ClientRefuses(faults)
    return values


CHOICES = ("static_select", "radio_buttons")
SEVERAL = ("multi_static_select", "checkboxes")
DATES = {"datepicker": "date", "timepicker": "time", "datetimepicker": "date_time"}


def _take(element: Mapping[str, Any], answer: Any, initial: bool) -> dict[str, Any]:
    """What the state holds of one field; `initial`: nobody has touched it."""
    kind = str(element["type"])
    if kind in CHOICES:
        chosen = element.get("initial_option") if initial else _choose(element, answer)
        return {"type": kind, "selected_option": chosen}
    if kind in SEVERAL:
        several = [] if answer is None else [_choose(element, one) for one in answer]
        chosen = element.get("initial_options", []) if initial else several
        return {"type": kind, "selected_options": chosen}
    if kind in DATES:
        word = DATES[kind]
        given = element.get(f"initial_{word}") if initial else answer
        return {"type": kind, f"selected_{word}": None if given is None else str(given)}
    if kind == "file_input":
        return {"type": kind, "files": list(answer or ())}
    given = element.get("initial_value") if initial else answer
    return {"type": kind, "value": None if given in (None, "") else str(given)}


def _choose(element: Mapping[str, Any], answer: Any) -> dict[str, Any] | None:
    if answer is None:
        return None
    groups = element.get("option_groups", ())
    options = [*element.get("options", ()), *(o for group in groups for o in group["options"])]
    for option in options:
        if answer in (option["value"], option["text"]["text"]):
            return dict(option)
    raise NotThere(f"no option {answer!r}")


def _check(block: Mapping[str, Any], element: Mapping[str, Any], state: Mapping[str, Any]) -> None:
    """Raises ValueError for what the client would not send."""
    given = next(value for name, value in state.items() if name != "type")
    if given in (None, "", []):
        if not block.get("optional"):
            raise ValueError("required")
        return
    match element["type"]:
        case "plain_text_input":
            _check_length(element, given)
        case "number_input":
            _check_number(element, given)
        case "email_text_input":
            if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", given):
                raise ValueError("no address")
        case "datepicker":
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given):
                raise ValueError("no date")
        case "multi_static_select":
            if len(given) > element.get("max_selected_items", math.inf):
                raise ValueError("too many")
        case "file_input":
            _check_files(element, given)


def _check_length(element: Mapping[str, Any], given: str) -> None:
    if len(given) < element.get("min_length", 0):
        raise ValueError("too short")
    if len(given) > element.get("max_length", 3000):
        raise ValueError("too long")


def _check_number(element: Mapping[str, Any], given: str) -> None:
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", given):
        raise ValueError("no number")
    if "." in given and not element["is_decimal_allowed"]:
        raise ValueError("no whole number")
    if float(given) < float(element.get("min_value", -math.inf)):
        raise ValueError("too small")
    if float(given) > float(element.get("max_value", math.inf)):
        raise ValueError("too large")


def _check_files(element: Mapping[str, Any], given: list[dict[str, Any]]) -> None:
    if len(given) > element.get("max_files", 10):
        raise ValueError("too many files")
    kinds = element.get("filetypes")
    if kinds and any(file["filetype"] not in kinds for file in given):
        raise ValueError("not this kind of file")
