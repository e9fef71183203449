"""From neutral messages to Slack's blocks: within its limits, nothing lost, nothing misread."""

from __future__ import annotations

import json
import os
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings

from bot.chat.gallery import list_samples
from bot.chat.plain import tame
from bot.chat.slack.fields import OPEN_FORM, PRESS
from bot.chat.slack.render import (
    Rendered,
    render_form,
    render_home,
    render_message,
    render_update,
)
from bot.conversation.message import (
    Bullets,
    Button,
    Buttons,
    Control,
    File,
    FileContent,
    Form,
    Heading,
    Link,
    Message,
    Note,
    Paragraph,
    Strong,
    Table,
    Tone,
)
from tests.left_out import examples
from tests.renderers.material import (
    HARMFUL,
    any_message,
    forms,
    letters,
    list_house_messages,
    list_texts,
    message_of,
)
from tests.slack.limits import find_breaches
from tests.slack.peer import build_message, build_view

SNAPSHOTS = Path(__file__).parent / "snapshots"
UPDATE = "MADOGUCHI_UPDATE_SNAPSHOTS"
QUICK = settings(deadline=None, max_examples=examples(50))
PRESSED = Control("test.press", "1")


def check(rendered: Rendered) -> None:
    """Neither reading of Slack's limits refuses a message."""
    assert find_breaches(rendered.blocks, surface="message") == []
    build_message(rendered.text, rendered.blocks)


def check_view(view: dict[str, Any]) -> None:
    assert find_breaches(view, surface=view["type"]) == []
    build_view(view)


def list_forms(message: Message) -> list[Form]:
    return [element for element in message.elements if isinstance(element, Form)]


def list_seen(value: object) -> list[str]:
    """The texts of a payload, in order, as a reader sees them."""
    if isinstance(value, dict):
        own = value.get("text")
        shown = [unescape(own) if value.get("type") == "plain_text" else own]
        return [*(shown if isinstance(own, str) else []), *list_seen(list(value.values()))]
    if isinstance(value, list | tuple):
        return [text for part in value for text in list_seen(part)]
    return []


def read_all(rendered: Rendered) -> str:
    """All letters that reach somebody: in blocks, in files, or named as not shown."""
    files = [text for file in rendered.files for text in (file.title, file.alt or "")]
    written = [file.content.data.decode("utf-8-sig") for file in rendered.files]
    return letters("".join([*list_seen(rendered.blocks), *files, *written, *rendered.unshown]))


def say(*texts: str) -> Message:
    return Message("要旨", tuple(Paragraph.of(text) for text in texts))


# ---------------------------------------------------------------- limits


def test_what_the_house_says_is_within_the_limits() -> None:
    """Every message that the bot makes is taken, in full, wherever it stands."""
    for message in list_house_messages():
        rendered = render_message(message)
        check(rendered)
        assert rendered.unshown == ()
        check(render_update(message))
        check_view(render_home(message))
        for form in list_forms(message):
            check_view(render_form(form, "{}"))


@QUICK
@given(any_message())
@example(Message("", (Table((" ",), (), ""),)))
def test_any_message_is_within_the_limits_and_whole(message: Message) -> None:
    """Whatever a message holds, Slack takes it, and each text is shown, in a file, or named."""
    rendered = render_message(message)
    seen = read_all(rendered)

    check(rendered)
    assert [text for text in list_texts(message) if letters(tame(text)) not in seen] == []


@QUICK
@given(any_message())
def test_any_update_and_home_is_within_the_limits(message: Message) -> None:
    """Where no file can go with it, a message still is taken; what is left out is named."""
    updated = render_update(message)

    check(updated)
    assert updated.files == ()
    check_view(render_home(message))


@QUICK
@given(forms())
def test_any_form_is_within_the_limits(form: Form) -> None:
    """Whatever a form holds, Slack takes it as a dialog that names each field."""
    view = render_form(form, "{}")
    seen = letters("".join(list_seen(view)))

    check_view(view)
    assert view["callback_id"] == str(form.control)
    labels = [field.label for field in form.fields]
    assert [label for label in labels if letters(tame(label))[:40] not in seen] == []


# ---------------------------------------------------------------- looks


@pytest.mark.parametrize("number", range(len(list_samples())))
def test_samples_look_as_they_were_approved(number: int) -> None:
    """Each message of the gallery renders as it stands in its snapshot."""
    message = list_samples()[number]
    rendered = render_message(message)
    shown = {
        "text": rendered.text,
        "blocks": rendered.blocks,
        "files": [(file.content.name, file.title, file.alt) for file in rendered.files],
        "unshown": rendered.unshown,
        "forms": [render_form(form, "{}") for form in list_forms(message)],
    }
    written = json.dumps(shown, ensure_ascii=False, indent=1) + "\n"
    path = SNAPSHOTS / f"slack-{number}.json"
    if os.environ.get(UPDATE):
        path.write_text(written, encoding="utf-8")

    assert path.read_text(encoding="utf-8") == written, f"{UPDATE}=1 approves what is new"


def test_strong_words_within_a_sentence_are_bold() -> None:
    """Words stand out without a space around them, as Japanese is written."""
    (block,) = render_message(Message("", (Paragraph.of("申請", Strong("なし"), "で"),))).blocks

    runs = block["elements"][0]["elements"]
    assert [(run["text"], run.get("style")) for run in runs] == [
        ("申請", None),
        ("なし", {"bold": True}),
        ("で", None),
    ]


def test_a_note_says_its_tone_in_words() -> None:
    """A caution is told from running text without any colour."""
    rendered = render_message(Message("", (Note(("期限です。",), Tone.CAUTION),)))

    assert "".join(list_seen(rendered.blocks)) == "【ご注意】期限です。"


@pytest.mark.parametrize("text", HARMFUL)
def test_nothing_written_is_read_as_a_mark(text: str) -> None:
    """What was written is rich text or escaped: no mention, no link, no style of its own."""
    rendered = render_message(message_of(text))
    harmless = render_message(message_of("甲"))

    assert shape(rendered.blocks) == shape(harmless.blocks)
    assert "mrkdwn" not in json.dumps(rendered.blocks)
    assert "<" not in rendered.text
    assert unescape(rendered.text) == " ".join(text.split())


def shape(value: object) -> object:
    """A payload without its texts."""
    if isinstance(value, dict):
        return {key: "" if key == "text" and isinstance(part, str) else shape(part)
                for key, part in value.items()}  # fmt: skip
    if isinstance(value, list | tuple):
        return [shape(part) for part in value]
    return value


# ---------------------------------------------------------------- what is pressed


def test_each_button_brings_its_control_under_an_id_of_its_own() -> None:
    """Two buttons with the same control are told apart by Slack, and mean the same to the bot."""
    buttons = Buttons((Button(PRESSED, "一"), Button(PRESSED, "二")))
    rendered = render_message(Message("", (buttons, buttons)))
    elements = [one for block in rendered.blocks for one in block["elements"]]

    assert [one["action_id"] for one in elements] == [f"{PRESS}{n}" for n in (1, 2, 3, 4)]
    assert {one["value"] for one in elements} == {"test.press:1"}


def test_a_form_in_a_message_is_a_button_that_opens_it() -> None:
    """Slack takes no inputs in a message: the button says which form it stands for."""
    (form,) = list_samples()[3].elements
    assert isinstance(form, Form)
    rendered = render_message(list_samples()[3])
    (button,) = rendered.blocks[-1]["elements"]

    assert button["action_id"].startswith(OPEN_FORM)
    assert button["value"] == str(form.control)
    assert button["text"]["text"] == "記入する"
    assert form.title in list_seen(rendered.blocks)


def test_a_long_label_is_read_in_full() -> None:
    """A button cuts a label off; above it the whole stands."""
    label = "在宅勤務をした日の勤務時間の割振りと休憩時間の置き方についての案内" * 4
    rendered = render_message(Message("", (Buttons((Button(PRESSED, label),)),)))

    check(rendered)
    assert list_seen(rendered.blocks)[0] == label
    assert list_seen(rendered.blocks)[1].endswith("…")


def test_what_can_be_pressed_stays_when_text_is_left_out() -> None:
    """Of a message that is too long the text goes into a file, and the buttons stay."""
    buttons = Buttons((Button(PRESSED, "解決した"),))
    message = Message("", (*say("あ" * 9000, "い" * 9000, "う" * 100).elements, buttons))
    rendered = render_message(message)
    (rest,) = rendered.files
    written = rest.content.data.decode("utf-8-sig")

    check(rendered)
    assert "解決した" in list_seen(rendered.blocks)[-1]
    assert "続きは添付の" in "".join(list_seen(rendered.blocks))
    assert written == f"{'い' * 9000}\n\n{'う' * 100}\n"
    assert rendered.unshown == ("メッセージの続き",)


# ---------------------------------------------------------------- tables, files, links


def test_a_long_table_becomes_a_sheet() -> None:
    """A table beyond the limits is a CSV file that a spreadsheet opens and does not run."""
    rows = tuple((f"{number}省", "=1+1") for number in range(120))
    rendered = render_message(Message("", (Table(("府省", "式"), rows, "一覧"),)))
    (file,) = rendered.files

    check(rendered)
    assert file.content.name == "一覧.csv"
    assert file.content.data.startswith("\ufeff府省,式\r\n0省,'=1+1".encode())
    assert "表「一覧」は大きいため、添付のCSVファイルに収めました。" in list_seen(rendered.blocks)
    assert rendered.unshown == ("表「一覧」は大きいため、ここには表示できません。",)


def test_a_second_table_is_told_row_by_row() -> None:
    """Slack takes one table a message: the next is told in lines."""
    table = Table(("年度", "府省数"), (("2016年度", "14"),), "表")
    rendered = render_message(Message("", (table, table)))

    check(rendered)
    assert "年度: 2016年度、府省数: 14" in list_seen(rendered.blocks)


def test_a_home_has_no_files_and_says_so() -> None:
    """What a Home cannot show is named on it."""
    content = FileContent("要領.pdf", "application/pdf", b"data")
    view = render_home(Message("", (File(content, "要領"),)))

    assert "ファイル「要領」は、ここには表示できません。" in "".join(list_seen(view))


def test_a_file_keeps_its_ending_and_no_path() -> None:
    """A name that could lead elsewhere, or break a line, is made plain."""
    content = FileContent("../../etc/\u202eevil\n表.csv", "text/csv", b"1")
    (file,) = render_message(Message("", (File(content, "表"),))).files

    assert file.content.name == "_.._etc_evil 表.csv"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://example.go.jp/a?b=c&d=e#f", "https://example.go.jp/a?b=c&d=e#f"),
        ("https://example.go.jp/a b|c>d", "https://example.go.jp/a%20b%7Cc%3Ed"),
        ("https://example.go.jp/手引き", "https://example.go.jp/%E6%89%8B%E5%BC%95%E3%81%8D"),
    ],
)
def test_an_address_is_made_safe(url: str, address: str) -> None:
    """A link leads where it was meant to, whatever signs its address holds."""
    (block,) = render_message(Message("", (Paragraph.of(Link("手引き", url)),))).blocks

    assert block["elements"][0]["elements"] == [{"type": "link", "url": address, "text": "手引き"}]


@pytest.mark.parametrize("url", ["https:// ", "http://?q", "https://example.go.jp/" + "a" * 4000])
def test_an_address_that_leads_nowhere_is_text(url: str) -> None:
    """What Slack would refuse as a link is shown as it stands."""
    rendered = render_message(Message("", (Paragraph.of(Link("手引き", url)),)))

    check(rendered)
    assert "".join(list_seen(rendered.blocks)).startswith(f"手引き（{url[:20]}")


@QUICK
@given(any_message())
def test_the_same_message_gives_the_same_blocks(message: Message) -> None:
    """Rendering twice is rendering once."""
    assume(message.elements)
    assert render_message(message) == render_message(message)


def test_an_empty_message_still_says_something() -> None:
    """Slack refuses a message without blocks and text."""
    check(render_message(Message("", ())))
    check(render_message(Message(" ", (Heading(""), Paragraph(()), Bullets(((),))))))
