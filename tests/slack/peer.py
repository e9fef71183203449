"""Another's reading of Slack's limits: our payloads, built again with `slackblocks`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from slackblocks import blocks, elements, objects, rich_text, views
from slackblocks.messages import Message

Json = Mapping[str, Any]


def build_message(text: str, given: Sequence[Json]) -> None:
    """Build a message. Raises slackblocks.InvalidUsageError for what Slack would refuse."""
    Message(channel="C1", text=text, blocks=[_block(block) for block in given]).to_dict()


def build_view(view: Json) -> None:
    """Build a view. Raises slackblocks.InvalidUsageError for what Slack would refuse."""
    made = [_block(block) for block in view["blocks"]]
    if view["type"] == "home":
        views.HomeTabView(blocks=made).to_dict()
        return
    views.ModalView(
        title=_text(view["title"]),
        blocks=made,
        close=_text(view.get("close")),
        submit=_text(view.get("submit")),
        private_metadata=view["private_metadata"],
        callback_id=view["callback_id"],
    ).to_dict()


def _block(block: Json) -> Any:
    match block["type"]:
        case "header":
            return blocks.HeaderBlock(_text(block["text"]))
        case "actions":
            return blocks.ActionsBlock([_element(one) for one in block["elements"]])
        case "rich_text":
            return blocks.RichTextBlock([_rich(one) for one in block["elements"]])
        case "table":
            rows = [[objects.RawText(cell["text"]) for cell in row] for row in block["rows"]]
            return blocks.TableBlock(rows)
        case "input":
            return blocks.InputBlock(
                label=_text(block["label"]),
                element=_element(block["element"]),
                block_id=block["block_id"],
                hint=_text(block.get("hint")),
                optional=block["optional"],
            )
    raise AssertionError(f"a block that the renderer never made: {block['type']}")


def _rich(part: Json) -> Any:
    match part["type"]:
        case "rich_text_section":
            return rich_text.RichTextSection([_run(one) for one in part["elements"]])
        case "rich_text_quote":
            return rich_text.RichTextQuote([_run(one) for one in part["elements"]])
        case "rich_text_list":
            items = [_rich(one) for one in part["elements"]]
            return rich_text.RichTextList(part["style"], items)
    raise AssertionError(part["type"])


def _run(run: Json) -> Any:
    if run["type"] == "link":
        return rich_text.RichTextLink(run["url"], run.get("text"))
    return rich_text.RichText(run["text"], bold=run.get("style", {}).get("bold"))


def _element(element: Json) -> Any:
    given = {name: value for name, value in element.items() if name != "type"}
    for name in ("text", "placeholder"):
        if name in given:
            given[name] = _text(given[name])
    for name in ("options", "initial_options"):
        if name in given:
            given[name] = [_option(one) for one in given[name]]
    if "initial_option" in given:
        given["initial_option"] = _option(given["initial_option"])
    if "option_groups" in given:
        given["option_groups"] = [
            objects.OptionGroup(_text(one["label"]), [_option(each) for each in one["options"]])
            for one in given["option_groups"]
        ]
        given.setdefault("options", None)
    return _ELEMENTS[element["type"]](**given)


_ELEMENTS: Mapping[str, Callable[..., Any]] = {
    "button": elements.Button,
    "checkboxes": elements.CheckboxGroup,
    "radio_buttons": elements.RadioButtonGroup,
    "static_select": elements.StaticSelectMenu,
    "multi_static_select": elements.StaticMultiSelectMenu,
    "datepicker": elements.DatePicker,
    "number_input": elements.NumberInput,
    "plain_text_input": elements.PlainTextInput,
}


def _option(option: Json) -> Any:
    return objects.Option(_text(option["text"]), option["value"])


def _text(text: Json | None) -> Any:
    return None if text is None else objects.PlainText(text["text"])
