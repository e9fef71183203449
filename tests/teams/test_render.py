"""From neutral messages to Adaptive Cards: small enough, nothing lost, nothing misread."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings

from bot.chat.gallery import list_samples
from bot.chat.plain import tame
from bot.chat.teams.render import Card, escape, render_form, render_message
from bot.conversation.message import (
    Button,
    Buttons,
    Control,
    FileField,
    Form,
    Heading,
    Message,
    Note,
    NumberField,
    Option,
    Paragraph,
    SeveralOfField,
    Table,
    TextField,
    Tone,
)
from tests.left_out import examples
from tests.renderers.material import (
    HARMFUL,
    any_message,
    letters,
    list_house_messages,
    list_texts,
    message_of,
)

SNAPSHOTS = Path(__file__).parent / "snapshots"
UPDATE = "MADOGUCHI_UPDATE_SNAPSHOTS"
MOST_BYTES = 28 * 1024
SHOWN = ("text", "title", "label", "placeholder", "errorMessage", "value")
KNOWN = {"AdaptiveCard", "TextBlock", "RichTextBlock", "TextRun", "Container", "ActionSet"} | {
    "Action.Execute",
    "Action.OpenUrl",
    "Action.ToggleVisibility",
    "Table",
    "TableRow",
    "TableCell",
    "Input.Text",
    "Input.Number",
    "Input.Date",
    "Input.ChoiceSet",
}
"""What version 1.5 has of what we use."""


def measure(card: Card) -> int:
    return len(json.dumps(card.content, ensure_ascii=False).encode())


def list_parts(value: object) -> list[dict[str, object]]:
    """Every object of a card that has a type."""
    if isinstance(value, dict):
        own = [value] if "type" in value else []
        return [*own, *(part for each in value.values() for part in list_parts(each))]
    return [part for each in value for part in list_parts(each)] if isinstance(value, list) else []


def list_seen(value: object) -> list[str]:
    """The texts of a card in order; of a heading, what is left when Markdown was read."""
    if isinstance(value, list):
        return [text for part in value for text in list_seen(part)]
    if not isinstance(value, dict):
        return []
    own = [value[name] for name in SHOWN if isinstance(value.get(name), str)]
    if value.get("type") == "TextBlock":
        own = [re.sub(r"\\(.)", r"\1", text) for text in own]
    return [*own, *(text for part in value.values() for text in list_seen(part))]


def read_all(card: Card) -> str:
    files = [text for file in card.files for text in (file.title, file.alt or "")]
    written = [file.content.data.decode("utf-8-sig") for file in card.files]
    return letters("".join([*list_seen(card.content["body"]), *files, *written, *card.unshown]))


@pytest.mark.parametrize("number", range(len(list_samples())))
def test_samples_look_as_they_were_approved(number: int) -> None:
    """Each message of the gallery renders as it stands in its snapshot."""
    card = render_message(list_samples()[number])
    shown = {
        "card": card.content,
        "files": [(file.content.name, file.title, file.alt) for file in card.files],
        "unshown": card.unshown,
    }
    written = json.dumps(shown, ensure_ascii=False, indent=1) + "\n"
    path = SNAPSHOTS / f"teams-{number}.json"
    if os.environ.get(UPDATE):
        path.write_text(written, encoding="utf-8")

    assert path.read_text(encoding="utf-8") == written, f"{UPDATE}=1 approves what is new"


def test_what_the_house_says_fits_on_a_card() -> None:
    """Every message that the bot makes is shown in full, of what version 1.5 knows."""
    for message in list_house_messages():
        card = render_message(message)
        assert measure(card) < MOST_BYTES
        assert {part["type"] for part in list_parts(card.content)} <= KNOWN
        assert card.unshown == () or any(
            isinstance(field, FileField)
            for element in message.elements
            if isinstance(element, Form)
            for field in element.fields
        )


@settings(deadline=None, max_examples=examples(50))
@given(any_message())
def test_any_message_fits_and_is_whole(message: Message) -> None:
    """Whatever a message holds, the card is small enough, and each text is shown or named."""
    card = render_message(message)
    seen = read_all(card)

    assert measure(card) < MOST_BYTES
    assert json.dumps(card.content, ensure_ascii=False).encode()
    assert [text for text in list_texts(message) if letters(tame(text)) not in seen] == []


@pytest.mark.parametrize("text", HARMFUL)
def test_a_heading_holds_no_markdown(text: str) -> None:
    """Of a text block every sign that Markdown could read is escaped, and reads as written."""
    escaped = escape(text)

    assert not re.search(r"[*_`\[\]()~<>|#!&]", re.sub(r"\\.", "", escaped))
    assert not re.match(r"\s*([-+=]\s|\d+[.)])", escaped)
    assert re.sub(r"\\(.)", r"\1", escaped).replace("\N{WORD JOINER}", "") == text


@pytest.mark.parametrize("text", HARMFUL)
def test_nothing_written_becomes_an_element(text: str) -> None:
    """A card of harmful words has the parts of a harmless one; only headings are text blocks."""
    kinds = [part["type"] for part in list_parts(render_message(message_of(text)).content)]
    plain = [part["type"] for part in list_parts(render_message(message_of("甲")).content)]

    assert kinds == plain
    assert "entities" not in render_message(message_of(text)).content.get("msteams", {})


def test_a_button_executes_its_control_and_takes_no_answers_along() -> None:
    """A press brings the control as its verb; what stands in a form beside it stays there."""
    (item,) = render_message(
        Message("", (Buttons((Button(Control("a.b", "1"), "押す"),)),))
    ).content["body"]

    (action,) = item["actions"]
    assert (action["type"], action["verb"]) == ("Action.Execute", "a.b:1")
    assert action["associatedInputs"] == "none"


def test_a_form_is_filled_in_on_its_card() -> None:
    """Inputs carry the field's rules, and what sends them the form's control."""
    fields = (
        TextField(name="t", label="名", max_length=60),
        NumberField(name="n", label="数", minimum=0, maximum=9, unit="人"),
        SeveralOfField(name="s", label="場所", options=(Option("a", "甲"),), initial=("a",)),
        FileField(name="f", label="写し", media_types=("text/csv",), max_bytes=9),
    )
    card = render_form(Form(Control("a.b", "1"), "題", "送る", fields))
    inputs = [part for part in list_parts(card.content) if str(part["type"]).startswith("Input")]

    assert [part["id"] for part in inputs] == ["t", "n", "s"]
    assert (inputs[0]["maxLength"], inputs[1]["max"], inputs[2]["value"]) == (60, 9, "a")
    assert all(part["isRequired"] and part["errorMessage"] for part in inputs)
    assert card.content["body"][-1]["actions"][0]["verb"] == "a.b:1"
    assert card.unshown == ("写し",)
    assert "「写し」は、この画面では回答できません。" in "".join(list_seen(card.content))


def test_a_note_says_its_tone_in_words() -> None:
    """A caution is told from running text without any colour."""
    card = render_message(Message("", (Note(("期限です。",), Tone.CAUTION),)))

    assert "".join(list_seen(card.content["body"])) == "【ご注意】期限です。"


def test_what_has_no_room_is_a_file() -> None:
    """Long text and long tables come beside the card, and the card says so."""
    table = Table(("府省", "数"), tuple((f"{n}省", "1") for n in range(99)), "一覧")
    message = Message("", (table, Paragraph.of("あ" * 9000), Heading("題")))
    card = render_message(message)

    assert measure(card) < MOST_BYTES
    assert [file.content.name for file in card.files] == ["一覧.csv", "メッセージの続き.txt"]
    assert "添付のCSVファイル" in "".join(list_seen(card.content))
    assert "添付のテキストファイル" in "".join(list_seen(card.content))
