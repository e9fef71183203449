"""From neutral messages to HTML: what it looks like, and that nothing written becomes markup."""

from __future__ import annotations

import os
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.gallery import list_samples
from bot.chat.local.hear import FIELD
from bot.chat.local.render import Frame, render_form, render_message, render_text
from bot.conversation.message import (
    Bullets,
    Button,
    Buttons,
    Control,
    DateField,
    Fields,
    File,
    FileContent,
    FileField,
    Fold,
    Form,
    Heading,
    Image,
    Link,
    Message,
    Note,
    NumberField,
    OneOfField,
    Option,
    Paragraph,
    Quarter,
    QuarterField,
    Quote,
    SeveralOfField,
    Strong,
    Table,
    TextField,
)

SNAPSHOTS = Path(__file__).parent / "snapshots"
UPDATE = "MADOGUCHI_UPDATE_SNAPSHOTS"
FRAME = Frame("megumi", "token", "7", lambda: "nonce")


class Outline(HTMLParser):
    """The tags and attributes of a piece of HTML, and apart from them its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.said: list[str] = []
        self.values: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.values += [value or "" for _, value in attrs]

    def handle_comment(self, data: str) -> None:
        self.tags.append(("comment", ()))

    def handle_decl(self, decl: str) -> None:
        self.tags.append(("declaration", ()))

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def message_of(text: str) -> Message:
    """A message that holds a text in every place that a text can stand in."""
    spans = (text, Strong(text), Link(text, "https://example.go.jp/?q=" + text))
    content = FileContent(text, text, b"data")
    options = (Option(text, text), Option("other", text))
    many = tuple(Option(f"{text}{number}", text) for number in range(9))
    form = Form(
        Control("test.form", "1"),
        title=text,
        submit=text,
        intro=text,
        fields=(
            TextField(name="t" + text, label=text, hint=text, initial=text),
            TextField(name="m", label=text, multiline=True, initial=text),
            NumberField(name="n", label=text, minimum=0, maximum=9, unit=text, initial=3),
            DateField(name="d", label=text, initial=date(2017, 4, 1)),
            OneOfField(name="o", label=text, options=options),
            OneOfField(name="x", label=text, options=many),
            SeveralOfField(name="s", label=text, options=options),
            QuarterField(name="q", label=text, earliest=Quarter(2017, 1), latest=Quarter(2017, 4)),
            FileField(name="f", label=text, media_types=(text,), max_bytes=1),
        ),
    )
    return Message(
        text,
        (
            Heading(text),
            Paragraph(spans),
            Quote(text),
            Bullets((spans, spans)),
            Note(spans),
            Fold(text, spans),
            Fields(((text, spans),)),
            Table((text, "b"), ((text, text),), text),
            Image(content, text, text),
            File(content, text),
            Buttons((Button(Control("test.press", "1"), text),)),
            form,
        ),
    )


TEXTS = st.one_of(
    st.text(min_size=1, max_size=40),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "' onmouseover='alert(1)",
            "</textarea><script>",
            "</option></select><b>",
            "<!--",
            "&lt;b&gt;",
            "{}{0}%s",
            "{{ 7*7 }}",
            "<!channel> @everyone",
        ]
    ),
)


@given(TEXTS)
def test_no_text_becomes_markup(text: str) -> None:
    """Whatever stands in a message, its tags and attributes are those of a harmless one."""
    plain = Outline(render_message(message_of("甲"), FRAME))
    other = Outline(render_message(message_of(text), FRAME))

    # A table's column of figures is the one look that depends on a text.
    def shape(outline: Outline) -> list[tuple[str, tuple[str, ...]]]:
        return [(tag, () if tag in ("td", "th") else names) for tag, names in outline.tags]

    assert shape(other) == shape(plain)


@given(TEXTS)
def test_every_text_is_shown_as_it_stands(text: str) -> None:
    """A reader sees the very characters that were written, and no other."""
    # A parser reads NUL and carriage returns as other characters; the page keeps them out.
    written = "".join(c for c in text if c not in "\x00\r")

    assert "".join(Outline(render_text(written)).said) == written


@given(TEXTS)
def test_what_was_entered_comes_back_harmless(text: str) -> None:
    """A refused form is shown with what was entered, as values alone."""
    fields = (TextField(name="a", label="一"), TextField(name="b", label="二", multiline=True))
    form = Form(Control("test.form", "1"), "題", "送る", fields)
    raw = {FIELD + "a": [text], FIELD + "b": [text]}

    empty = Outline(render_form(form, FRAME, "p", {}, {"a": "誤り"}))
    filled = Outline(render_form(form, FRAME, "p", raw, {"a": "誤り"}))

    assert filled.tags == empty.tags
    assert text.replace("\x00", "") in [value.replace("\x00", "") for value in filled.values]


@pytest.mark.parametrize("number", range(len(list_samples())))
def test_samples_look_as_they_were_approved(number: int) -> None:
    """Each message of the gallery renders as it stands in its snapshot."""
    rendered = f"{render_message(list_samples()[number], FRAME)}\n".replace("><", ">\n<")
    path = SNAPSHOTS / f"local-{number}.html"
    if os.environ.get(UPDATE):
        path.write_text(rendered, encoding="utf-8")

    assert path.read_text(encoding="utf-8") == rendered, f"{UPDATE}=1 approves what is new"


def test_a_note_says_its_tone_in_words() -> None:
    """A caution is not told from an information by colour alone."""
    html = render_message(list_samples()[0], FRAME)

    assert "ご注意" in html
    assert "お知らせ" in html


def test_each_control_brings_what_the_page_needs() -> None:
    """A button brings persona, token, nonce, message and its own id."""
    html = render_message(Message("", (Buttons((Button(Control("a.b", "1"), "押す"),)),)), FRAME)

    outline = Outline(html)
    for value in ("megumi", "token", "nonce", "7", "a.b:1"):
        assert value in outline.values


def test_a_refused_form_shows_each_fault_beside_its_field() -> None:
    """The fault stands with the field, tied to the input for who cannot see it."""
    form = Form(Control("a.b", ""), "題", "送る", (TextField(name="x", label="名"),))

    html = render_form(form, FRAME, "p", {FIELD + "x": ["前"]}, {"x": "入力してください。"})

    assert '<p class="fault" id="p-0-fault">入力してください。</p>' in html
    assert (
        'value="前" aria-describedby="p-0-fault" aria-required="true" aria-invalid="true"' in html
    )


def test_addresses_in_typed_text_become_links() -> None:
    """Only the web's addresses, without the sentence around them, and nothing that is markup."""
    text = '見てhttps://www.jinji.go.jp/a?b=1&c="x">。(http://b.jp/c)、javascript:alert(1)'
    html = render_text(text)

    links = re.findall(r'href="([^"]*)"', html)
    assert links == ["https://www.jinji.go.jp/a?b=1&amp;c=", "http://b.jp/c"]
    assert html.count("<a ") == html.count('rel="noopener noreferrer"') == 2
    assert "&#34;x&#34;&gt;。(" in html
