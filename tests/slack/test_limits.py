"""Each limit of Slack is seen to be kept at its edge and broken one step further."""

from __future__ import annotations

from typing import Any

import pytest

from tests.slack.limits import MOST_IN_MESSAGE, find_breaches, measure_blocks

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "甲", **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def header(text: Json) -> Json:
    return {"type": "header", "text": text}


def button(number: int = 0, **more: Any) -> Json:
    return {"type": "button", "text": plain("押す"), "action_id": f"press_{number}", **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def field(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain("名"), "element": element, **more}


def option(number: int = 0, text: str = "甲", value: str = "") -> Json:
    return {"text": plain(text), "value": value or f"v{number}"}


def choice(kind: str = "static_select", count: int = 1, **more: Any) -> Json:
    options = [option(number) for number in range(count)]
    return {"type": kind, "action_id": "one", "options": options, **more}


def rich(*runs: Json, kind: str = "rich_text_section") -> Json:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(runs)}]}


def run(text: str = "甲", **more: Any) -> Json:
    return {"type": "text", "text": text, **more}


def link(url: str) -> Json:
    return {"type": "link", "url": url, "text": "甲"}


def table(rows: int = 1, columns: int = 1, text: str = "1", **more: Any) -> Json:
    cell = {"type": "raw_text", "text": text}
    return {"type": "table", "rows": [[cell] * columns for _ in range(rows)], **more}


def entry(**more: Any) -> Json:
    return {"type": "plain_text_input", "action_id": "text", **more}


def number(**more: Any) -> Json:
    return {"type": "number_input", "action_id": "n", "is_decimal_allowed": False, **more}


def image(**more: Any) -> Json:
    return {"type": "image", "image_url": "https://example.go.jp/a.png", "alt_text": "図", **more}


def modal(*blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal",
        "title": plain("題"),
        "submit": plain("送る"),
        "blocks": list(blocks),
        **more,
    }


LONG_TEXT = option(text="a" * 75)
LONG_VALUE = option(value="a" * 150)

MESSAGES = [
    ([section("a" * 3000)], [section("a" * 3001)]),
    ([section()] * 50, [section()] * 51),
    ([section()], [section("")]),
    ([section()], [section(" \n")]),
    ([section()], [section("a\x00")]),
    ([section()], [section("a\ud800")]),
    ([section()], [{"type": "section"}]),
    ([section()], [section(colour="red")]),
    ([section()], [{"type": "video"}]),
    ([section()], ["text"]),
    ([section(fields=[mrkdwn("甲")] * 10)], [section(fields=[mrkdwn("甲")] * 11)]),
    ([section(fields=[mrkdwn("a" * 2000)])], [section(fields=[mrkdwn("a" * 2001)])]),
    ([section(block_id="a" * 255)], [section(block_id="a" * 256)]),
    ([section(block_id="a"), section(block_id="b")], [section(block_id="a")] * 2),
    ([header(plain("a" * 150))], [header(plain("a" * 151))]),
    ([header(plain("甲"))], [header(mrkdwn("甲"))]),
    (
        [{"type": "context", "elements": [mrkdwn("甲")] * 10}],
        [{"type": "context", "elements": [mrkdwn("甲")] * 11}],
    ),
    ([actions(*map(button, range(25)))], [actions(*map(button, range(26)))]),
    ([actions(button())], [actions()]),
    ([actions(button(1), button(2))], [actions(button(1), button(1))]),
    ([actions(button(text=plain("a" * 75)))], [actions(button(text=plain("a" * 76)))]),
    ([actions(button(value="a" * 2000))], [actions(button(value="a" * 2001))]),
    ([actions(button(value="a"))], [actions(button(value=""))]),
    ([actions(button(style="danger"))], [actions(button(style="default"))]),
    ([actions(button())], [actions(button(action_id="a" * 256))]),
    ([actions(button())], [actions({"type": "button", "text": plain("押す")})]),
    ([image(alt_text="a" * 2000)], [image(alt_text="a" * 2001)]),
    ([image()], [{"type": "image", "image_url": "https://example.go.jp/a.png"}]),
    ([image()], [{"type": "image", "alt_text": "図"}]),
    ([image(title=plain("a" * 2000))], [image(title=plain("a" * 2001))]),
    ([rich(run())], [rich()]),
    ([rich(run())], [rich(run(""))]),
    ([rich(run(style={"bold": True}))], [rich(run(style={"blink": True}))]),
    ([rich(link("https://a.go.jp"))], [rich(link("ftp://a.go.jp"))]),
    ([rich(link("https://a.go.jp"))], [rich(link("https://a b"))]),
    ([rich(link("https://a.go.jp"))], [rich(link("https://a.go.jp/" + "a" * 3000))]),
    ([rich(run())], [rich({"type": "broadcast", "range": "channel"})]),
    ([rich(run(), kind="rich_text_quote")], [rich(run(), kind="rich_text_poem")]),
    ([table(rows=100)], [table(rows=101)]),
    ([table(columns=20)], [table(columns=21)]),
    ([table()], [table(), table()]),
    ([table()], [table(text="")]),
    ([table(text="a" * 10000)], [table(rows=2, text="a" * 5001)]),
    (
        [table(column_settings=[{"align": "right"}])],
        [table(column_settings=[{"align": "justify"}])],
    ),
    ([section()], [field(entry())]),
]  # fmt: skip

VIEWS = [
    ({}, {"title": plain("a" * 25)}),
    ({"title": plain("a" * 24)}, {"title": mrkdwn("題")}),
    ({"submit": plain("a" * 24)}, {"submit": plain("a" * 25)}),
    ({"close": plain("a" * 24)}, {"close": plain("a" * 25)}),
    ({"private_metadata": "a" * 3000}, {"private_metadata": "a" * 3001}),
    ({"callback_id": "a" * 255}, {"callback_id": "a" * 256}),
    ({"blocks": [section()] * 100}, {"blocks": [section()] * 101}),
    ({"blocks": [section("a" * 3000)] * 80}, {"blocks": [section("a" * 3000)] * 83}),
    ({"blocks": [section()]}, {"blocks": [table()]}),
]

INPUTS = [
    (field(entry(), label=plain("a" * 2000)), field(entry(), label=plain("a" * 2001))),
    (field(entry(), hint=plain("a" * 2000)), field(entry(), hint=plain("a" * 2001))),
    (field(entry(max_length=3000)), field(entry(max_length=3001))),
    (field(entry(max_length=1, initial_value="a")), field(entry(max_length=1, initial_value="ab"))),
    (field(entry(placeholder=plain("a" * 150))), field(entry(placeholder=plain("a" * 151)))),
    (field(entry()), field(button())),
    (field(number(min_value="0", max_value="1")), field(number(min_value="1", max_value="0"))),
    (field(number(max_value="1")), field(number(max_value="1.5"))),
    (field(number()), field({"type": "number_input", "action_id": "n"})),
    (field(choice(count=100)), field(choice(count=101))),
    (field(choice("radio_buttons", 10)), field(choice("radio_buttons", 11))),
    (field(choice("checkboxes", 10)), field(choice("checkboxes", 11))),
    (field(choice()), field(choice(count=0))),
    (field(choice(initial_option=option())), field(choice(initial_option=option(9)))),
    (field(choice(options=[LONG_TEXT])), field(choice(options=[option(text="a" * 76)]))),
    (field(choice(options=[LONG_VALUE])), field(choice(options=[option(value="a" * 151)]))),
    (field(choice()), field(choice(options=[option(), option()]))),
    (
        field({"type": "datepicker", "action_id": "d", "initial_date": "2017-10-01"}),
        field({"type": "datepicker", "action_id": "d", "initial_date": "2017/10/1"}),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kept", "broken"), MESSAGES)
def test_a_message_keeps_or_breaks_a_limit(kept: list[Json], broken: list[Json]) -> None:
    """Blocks at the limit pass; blocks beyond it are told with their place."""
    assert find_breaches(kept, surface="message") == []
    assert all(breach.startswith("blocks") for breach in find_breaches(broken, surface="message"))
    assert find_breaches(broken, surface="message")


@pytest.mark.parametrize(("kept", "broken"), VIEWS)
def test_a_view_keeps_or_breaks_a_limit(kept: Json, broken: Json) -> None:
    """A view at the limit passes; one beyond it is told."""
    assert find_breaches({**modal(section()), **kept}, surface="modal") == []
    assert find_breaches({**modal(section()), **broken}, surface="modal")


@pytest.mark.parametrize(("kept", "broken"), INPUTS)
def test_an_input_keeps_or_breaks_a_limit(kept: Json, broken: Json) -> None:
    """A field at the limit passes; one beyond it is told."""
    assert find_breaches(modal(kept), surface="modal") == []
    assert find_breaches(modal(broken), surface="modal")


def test_inputs_want_a_submit() -> None:
    """A modal with inputs and no button to send them is refused."""
    view = {"type": "modal", "title": plain("題"), "blocks": [field(entry())]}

    assert find_breaches(view, surface="modal")


def test_options_may_stand_in_groups() -> None:
    """A hundred groups pass, one of more than a hundred options does not."""
    small = {"label": plain("甲"), "options": [option()]}
    large = {"label": plain("甲"), "options": [option(number) for number in range(101)]}

    def grouped(*groups: Json) -> Json:
        select = {"type": "static_select", "action_id": "one", "option_groups": list(groups)}
        return modal(field(select))

    assert find_breaches(grouped(small), surface="modal") == []
    assert find_breaches(grouped(large), surface="modal")


def test_a_home_has_a_hundred_blocks_and_no_table() -> None:
    """A Home takes more blocks than a message, but not every kind."""
    assert find_breaches({"type": "home", "blocks": [section()] * 100}, surface="home") == []
    assert find_breaches({"type": "home", "blocks": [section()] * 101}, surface="home")
    assert find_breaches({"type": "home", "blocks": [table()]}, surface="home")
    assert find_breaches(modal(section()), surface="home")


def test_all_blocks_together_have_a_limit() -> None:
    """Blocks that each keep their limits are refused where all together are too long."""
    blocks = [section("a" * 2900)] * 4
    room = MOST_IN_MESSAGE - measure_blocks(blocks) - measure_blocks([section("")])

    assert find_breaches([*blocks, section("a" * room)], surface="message") == []
    assert find_breaches([*blocks, section("a" * (room + 1))], surface="message")
