"""What Slack refuses in blocks and views: its limits, told without asking it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Literal

Surface = Literal["message", "modal", "home"]
Json = Mapping[str, Any]

MOST_IN_MESSAGE = 13_200
"""Characters of all blocks of a message: Slack names no figure, but says `msg_blocks_too_long` from
about here (slackapi/bolt-js#2509). Counted as compact JSON, of a table its cells' text alone."""
MOST_IN_TABLE = 10_000
MOST_IN_VIEW = 250_000
"""Bytes of a view as JSON (`view_too_large`)."""
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}

_BLOCKS: Mapping[Surface, frozenset[str]] = {
    "message": frozenset({"actions", "context", "divider", "header", "image", "rich_text"})
    | {"section", "table"},
    "modal": frozenset({"actions", "context", "divider", "header", "image", "input"})
    | {"rich_text", "section"},
    "home": frozenset({"actions", "context", "divider", "header", "image", "input"})
    | {"rich_text", "section"},
}
"""What may stand where. Slack takes inputs in messages for some and tables on a Home for some; a
bot that every workspace can install uses neither."""

_ACTIONS = frozenset({"button", "static_select", "multi_static_select", "datepicker"}) | {
    "checkboxes",
    "radio_buttons",
}
_INPUTS = frozenset({"plain_text_input", "number_input", "datepicker", "static_select"}) | {
    "multi_static_select",
    "checkboxes",
    "radio_buttons",
    "file_input",
}
_SELECTS = frozenset({"static_select", "multi_static_select"})

_KEYS: Mapping[str, frozenset[str]] = {
    name: frozenset(keys.split())
    for name, keys in {
        "actions": "elements",
        "context": "elements",
        "divider": "",
        "header": "text",
        "image": "image_url slack_file alt_text title",
        "input": "label element hint optional dispatch_action",
        "rich_text": "elements",
        "section": "text fields accessory expand",
        "table": "rows column_settings",
        "button": "text action_id value url style accessibility_label",
        "static_select": "action_id options option_groups initial_option placeholder",
        "multi_static_select": "action_id options option_groups initial_options placeholder"
        " max_selected_items",
        "checkboxes": "action_id options initial_options",
        "radio_buttons": "action_id options initial_option",
        "datepicker": "action_id initial_date placeholder",
        "plain_text_input": "action_id initial_value multiline min_length max_length placeholder",
        "number_input": "action_id is_decimal_allowed initial_value min_value max_value"
        " placeholder",
        "file_input": "action_id filetypes max_files",
        "plain_text": "text emoji",
        "mrkdwn": "text verbatim",
        "rich_text_section": "elements",
        "rich_text_quote": "elements border",
        "rich_text_preformatted": "elements border",
        "rich_text_list": "elements style indent offset border",
        "text": "text style",
        "link": "url text style unsafe",
        "raw_text": "text",
        "modal": "title submit close blocks private_metadata callback_id external_id"
        " clear_on_close notify_on_close",
        "home": "blocks private_metadata callback_id external_id",
    }.items()
}
"""What each type may hold besides `type`; Slack refuses what it does not know."""


def find_breaches(blocks_or_view: Sequence[Json] | Json | None, *, surface: Surface) -> list[str]:
    """Every limit of Slack that blocks (of a message) or a view do not keep, with its place."""
    checker = _Checker(surface)
    if isinstance(blocks_or_view, Mapping):
        checker.check_view(blocks_or_view)
    else:
        checker.check_blocks(blocks_or_view or (), "blocks")
    return checker.breaches


def measure_blocks(blocks: Iterable[Json]) -> int:
    """The characters of blocks, as the limit of a message counts them."""
    return sum(
        _count_cells(block) if block.get("type") == "table" else len(_dump(block))
        for block in blocks
    )


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _count_cells(table: Json) -> int:
    return sum(len(text) for text in _texts(table.get("rows")))


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("text"), str):
            yield value["text"]
        yield from chain.from_iterable(_texts(part) for part in value.values())
    elif isinstance(value, list | tuple):
        yield from chain.from_iterable(_texts(part) for part in value)


@dataclass
class _Checker:
    """Walks a payload and notes what breaks a limit."""

    surface: Surface
    breaches: list[str] = field(default_factory=list)

    def note(self, where: str, what: str) -> None:
        self.breaches.append(f"{where}: {what}")

    # ------------------------------------------------------------ surfaces

    def check_view(self, view: Json) -> None:
        self.known(view, "view", {self.surface})
        if self.surface == "modal":
            self.plain(view.get("title"), "view.title", 24)
            for part in ("submit", "close"):
                if part in view:
                    self.plain(view[part], f"view.{part}", 24)
            if _has_input(view) and "submit" not in view:
                self.note("view", "inputs without a submit")
        self.length(view.get("private_metadata", ""), "view.private_metadata", 3000, least=0)
        self.length(view.get("callback_id", ""), "view.callback_id", 255, least=0)
        self.check_blocks(view.get("blocks") or (), "view.blocks")
        if len(_encode(_dump(view))) > MOST_IN_VIEW:
            self.note("view", f"more than {MOST_IN_VIEW} bytes")

    def check_blocks(self, blocks: Sequence[Json], where: str) -> None:
        if not isinstance(blocks, list | tuple):
            self.note(where, "no list of blocks")
            return
        self.count(blocks, where, MOST_BLOCKS[self.surface], least=0)
        for number, block in enumerate(blocks):
            self.check_block(block, f"{where}[{number}]")
        self.unique([b.get("block_id") for b in blocks if isinstance(b, Mapping)], where)
        self.check_characters(blocks, where)
        if self.surface == "message":
            self.check_totals([b for b in blocks if isinstance(b, Mapping)], where)

    def check_totals(self, blocks: Sequence[Json], where: str) -> None:
        if sum(block.get("type") == "table" for block in blocks) > 1:
            self.note(where, "more than one table")
        size = measure_blocks(blocks)
        if size > MOST_IN_MESSAGE:
            self.note(where, f"{size} characters, more than {MOST_IN_MESSAGE}")

    def check_characters(self, value: object, where: str) -> None:
        """Nothing that JSON cannot carry, or that no text holds."""
        if isinstance(value, str):
            bad = {c for c in value if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"}
            if bad:
                self.note(where, f"control characters {sorted(map(ascii, bad))}")
        elif isinstance(value, Mapping):
            for key, part in value.items():
                self.check_characters(part, f"{where}.{key}")
        elif isinstance(value, list | tuple):
            for number, part in enumerate(value):
                self.check_characters(part, f"{where}[{number}]")

    # ------------------------------------------------------------ blocks

    def check_block(self, block: Json, where: str) -> None:
        if not self.known(block, where, _BLOCKS[self.surface], extra={"block_id"}):
            return
        if "block_id" in block:
            self.length(block["block_id"], f"{where}.block_id", 255)
        checks: Mapping[str, Callable[[Json, str], None]] = {
            "actions": self.check_actions,
            "context": self.check_context,
            "divider": lambda _block, _where: None,
            "header": lambda b, w: self.plain(b.get("text"), f"{w}.text", 150),
            "image": self.check_image,
            "input": self.check_input,
            "rich_text": self.check_rich_text,
            "section": self.check_section,
            "table": self.check_table,
        }
        checks[block["type"]](block, where)

    def check_section(self, block: Json, where: str) -> None:
        if "text" not in block and "fields" not in block:
            self.note(where, "neither text nor fields")
        if "text" in block:
            self.text(block["text"], f"{where}.text", 3000)
        if "fields" in block:
            for at, part in self.each(block["fields"], f"{where}.fields", 10):
                self.text(part, at, 2000)
        if "accessory" in block:
            self.check_element(block["accessory"], f"{where}.accessory", _ACTIONS | {"image"})

    def check_context(self, block: Json, where: str) -> None:
        for at, part in self.each(block.get("elements"), f"{where}.elements", 10):
            if isinstance(part, Mapping) and part.get("type") == "image":
                self.check_image(part, at)
            else:
                self.text(part, at, 3000)

    def check_actions(self, block: Json, where: str) -> None:
        ids = []
        for at, part in self.each(block.get("elements"), f"{where}.elements", 25):
            self.check_element(part, at, _ACTIONS)
            ids.append(part.get("action_id") if isinstance(part, Mapping) else None)
        self.unique(ids, f"{where}.elements")

    def check_input(self, block: Json, where: str) -> None:
        self.plain(block.get("label"), f"{where}.label", 2000)
        if "hint" in block:
            self.plain(block["hint"], f"{where}.hint", 2000)
        self.check_element(block.get("element"), f"{where}.element", _INPUTS)

    def check_image(self, block: Json, where: str) -> None:
        self.length(block.get("alt_text"), f"{where}.alt_text", 2000)
        if ("image_url" in block) == ("slack_file" in block):
            self.note(where, "wants either image_url or slack_file")
        if "image_url" in block:
            self.length(block["image_url"], f"{where}.image_url", 3000)
        if "title" in block:
            self.plain(block["title"], f"{where}.title", 2000)

    def check_table(self, block: Json, where: str) -> None:
        for at, row in self.each(block.get("rows"), f"{where}.rows", 100):
            for place, cell in self.each(row, at, 20):
                self.check_cell(cell, place)
        for at, setting in self.each(block.get("column_settings", ()), f"{where}.columns", 20, 0):
            if setting is not None and setting.get("align", "left") not in _ALIGNS:
                self.note(at, "no such alignment")
        if _count_cells(block) > MOST_IN_TABLE:
            self.note(where, f"more than {MOST_IN_TABLE} characters")

    def check_cell(self, cell: Json, where: str) -> None:
        if not self.known(cell, where, {"raw_text", "rich_text"}):
            return
        if cell["type"] == "raw_text":
            self.length(cell.get("text"), f"{where}.text", MOST_IN_TABLE)
        else:
            self.check_rich_text(cell, where)

    # ------------------------------------------------------------ rich text

    def check_rich_text(self, block: Json, where: str) -> None:
        kinds = {"rich_text_section", "rich_text_list", "rich_text_quote"}
        for at, part in self.each(block.get("elements"), f"{where}.elements", 1000):
            if not self.known(part, at, kinds | {"rich_text_preformatted"}):
                continue
            if part["type"] != "rich_text_list":
                self.check_runs(part, at)
                continue
            if part.get("style") not in ("bullet", "ordered"):
                self.note(at, "no such style of list")
            for place, item in self.each(part.get("elements"), f"{at}.elements", 1000):
                if self.known(item, place, {"rich_text_section"}):
                    self.check_runs(item, place)

    def check_runs(self, part: Json, where: str) -> None:
        for at, run in self.each(part.get("elements"), f"{where}.elements", 1000):
            if not self.known(run, at, {"text", "link"}):
                continue
            if run["type"] == "text" or "text" in run:
                # Of white space alone it may be: a line break between two styles is.
                self.length(run.get("text") and f"-{run['text']}", f"{at}.text", 3001)
            if run["type"] == "link":
                self.url(run.get("url"), f"{at}.url")
            if not set(run.get("style", {})) <= {"bold", "italic", "strike", "code"}:
                self.note(at, "no such style")

    # ------------------------------------------------------------ elements

    def check_element(self, element: Json | None, where: str, kinds: Iterable[str]) -> None:
        if element is None or not self.known(element, where, set(kinds)):
            self.breaches += [f"{where}: missing"] if element is None else []
            return
        if element["type"] == "image":
            self.check_image(element, where)
            return
        self.length(element.get("action_id"), f"{where}.action_id", 255)
        if "placeholder" in element:
            self.plain(element["placeholder"], f"{where}.placeholder", 150)
        match element["type"]:
            case "button":
                self.check_button(element, where)
            case "plain_text_input":
                self.check_text_input(element, where)
            case "number_input":
                self.check_number_input(element, where)
            case "datepicker" if "initial_date" in element:
                if not re.fullmatch(r"\d{4}-\d\d-\d\d", element["initial_date"], re.ASCII):
                    self.note(where, "no such initial date")
            case "static_select" | "multi_static_select" | "checkboxes" | "radio_buttons":
                self.check_choice(element, where)

    def check_button(self, button: Json, where: str) -> None:
        self.plain(button.get("text"), f"{where}.text", 75)
        self.length(button.get("value", "-"), f"{where}.value", 2000)
        if "url" in button:
            self.url(button["url"], f"{where}.url")
        if button.get("style", "primary") not in ("primary", "danger"):
            self.note(where, f"no such style: {button['style']}")

    def check_text_input(self, element: Json, where: str) -> None:
        most, least = element.get("max_length", 3000), element.get("min_length", 0)
        if not 1 <= most <= 3000 or not 0 <= least <= most:
            self.note(where, f"no such lengths: {least} to {most}")
        if "initial_value" in element:
            self.length(element["initial_value"], f"{where}.initial_value", most)

    def check_number_input(self, element: Json, where: str) -> None:
        if not isinstance(element.get("is_decimal_allowed"), bool):
            self.note(where, "does not say whether decimals are allowed")
        pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
        values = {}
        for key in ("min_value", "initial_value", "max_value"):
            if key in element:
                if not re.fullmatch(pattern, str(element[key]), re.ASCII):
                    self.note(f"{where}.{key}", f"no number: {element[key]}")
                    return
                values[key] = float(element[key])
        if sorted(values.values()) != list(values.values()):
            self.note(where, f"numbers out of order: {values}")

    def check_choice(self, element: Json, where: str) -> None:
        selects = element["type"] in _SELECTS
        if ("options" in element) == ("option_groups" in element):
            self.note(where, "wants either options or option groups")
        options: list[Json] = []
        if "option_groups" in element:
            for at, group in self.each(element["option_groups"], f"{where}.option_groups", 100):
                self.plain(group.get("label"), f"{at}.label", 75)
                options += self.check_options(group.get("options"), f"{at}.options", 100)
        else:
            most = 100 if selects else 10
            options += self.check_options(element.get("options"), f"{where}.options", most)
        self.unique([option.get("value") for option in options], where)
        chosen = [element["initial_option"]] if "initial_option" in element else []
        chosen += element.get("initial_options", [])
        if element.get("initial_options") == []:
            self.note(where, "initial options without any")
        if any(option not in options for option in chosen):
            self.note(where, "an initial option that is none of the options")

    def check_options(self, options: Any, where: str, most: int) -> list[Json]:
        found = []
        for at, option in self.each(options, where, most):
            self.text(option.get("text"), f"{at}.text", 75)
            self.length(option.get("value"), f"{at}.value", 150)
            if "description" in option:
                self.text(option["description"], f"{at}.description", 75)
            found.append(option)
        return found

    # ------------------------------------------------------------ values

    def known(
        self, value: Any, where: str, kinds: Iterable[str], extra: Iterable[str] = ()
    ) -> bool:
        """Whether it is an object of one of the types; notes what it may not hold."""
        kind = value.get("type") if isinstance(value, Mapping) else None
        if kind not in set(kinds):
            self.note(where, f"{kind} has no place in a {self.surface} here")
            return False
        unknown = set(value) - _KEYS[kind] - {"type", *extra}
        if unknown:
            self.note(where, f"{kind} knows no {sorted(unknown)}")
        return True

    def plain(self, text: Any, where: str, most: int) -> None:
        self.text(text, where, most, {"plain_text"})

    def text(
        self, text: Any, where: str, most: int, kinds: Iterable[str] = ("plain_text", "mrkdwn")
    ) -> None:
        if self.known(text, where, set(kinds)):
            self.length(text.get("text"), f"{where}.text", most)

    def length(self, text: Any, where: str, most: int, least: int = 1) -> None:
        if not isinstance(text, str):
            self.note(where, "no text")
        elif len(text) > most:
            self.note(where, f"{len(text)} characters, more than {most}")
        elif least and not text.strip():
            self.note(where, "empty")

    def url(self, url: Any, where: str) -> None:
        self.length(url, where, 3000)
        if isinstance(url, str) and not re.fullmatch(r"https?://[^\s/?#<>|]+[^\s<>|]*", url):
            self.note(where, f"no address of the web: {url[:40]}")

    def each(self, parts: Any, where: str, most: int, least: int = 1) -> Iterable[tuple[str, Any]]:
        """The parts of a list, each with its place; notes too many or too few of them."""
        if not isinstance(parts, list | tuple):
            self.note(where, "no list")
            return
        self.count(parts, where, most, least)
        for number, part in enumerate(parts):
            yield f"{where}[{number}]", part

    def count(self, parts: Sequence[Any], where: str, most: int, least: int = 1) -> None:
        if not least <= len(parts) <= most:
            self.note(where, f"{len(parts)} items, not {least} to {most}")

    def unique(self, ids: Iterable[object], where: str) -> None:
        twice = [id for id, count in Counter(ids).items() if id is not None and count > 1]
        if twice:
            self.note(where, f"twice: {twice[:3]}")


_ALIGNS = ("left", "center", "right")


def _has_input(view: Json) -> bool:
    return any(block.get("type") == "input" for block in view.get("blocks") or ())


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
