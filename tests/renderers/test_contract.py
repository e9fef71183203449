"""What every renderer keeps to, whatever it renders for: one suite for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest

from bot.chat.gallery import list_samples
from bot.chat.local.render import Frame
from bot.chat.local.render import render_form as render_local_form
from bot.chat.local.render import render_message as render_local
from bot.chat.slack.render import render_form as render_slack_form
from bot.chat.slack.render import render_message as render_slack
from bot.chat.teams.render import render_form as render_teams_form
from bot.chat.teams.render import render_message as render_teams
from bot.chat.terminal.messages import field_title
from bot.chat.terminal.render import Paper
from bot.chat.terminal.render import render_message as render_terminal
from bot.conversation.message import (
    Control,
    FileField,
    Form,
    Message,
    Note,
    Paragraph,
    Table,
    Tone,
)
from tests.renderers import readers
from tests.renderers.material import HARMFUL, letters, list_house_messages, list_texts, message_of

FRAME = Frame("megumi", "token", "7", lambda: "nonce")


@dataclass(frozen=True)
class Seen:
    """What a reader finds: the words, and the make of what they stand in."""

    words: str
    make: object
    """Everything but the words: tags, types, styles."""
    unshown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Renderer:
    """One renderer under test."""

    message: Callable[[Message], Seen]
    form: Callable[[Form], str]
    """The words of a form, where it is filled in."""
    limited: bool
    """Whether the service takes only so much in one message, and no file in a form."""


def _see_local(message: Message) -> Seen:
    outline = readers.Outline(render_local(message, FRAME))
    return Seen("".join(outline.words), tuple(outline.tags))


def _see_local_form(form: Form) -> str:
    return "".join(readers.Outline(render_local_form(form, FRAME, "p")).words)


def _see_terminal(message: Message) -> Seen:
    lines = render_terminal(message, Paper(None, press=True))
    words = "".join(run.text for line in lines for run in line)
    return Seen(words, [[run.style for run in line] for line in lines])


def _see_terminal_form(form: Form) -> str:
    titles = [field_title(field, 1, 1) for field in form.fields]
    return "".join([form.title, form.intro or "", *titles])


def _see_slack(message: Message) -> Seen:
    rendered = render_slack(message)
    words, make = readers.part_blocks(rendered.blocks)
    return Seen(words + readers.read_files(rendered.files), make, rendered.unshown)


def _see_slack_form(form: Form) -> str:
    return readers.part_blocks(render_slack_form(form, ""))[0]


def _see_teams(message: Message) -> Seen:
    card = render_teams(message)
    words, make = readers.part_card(card.content["body"])
    return Seen(words + readers.read_files(card.files), make, card.unshown)


def _see_teams_form(form: Form) -> str:
    return readers.part_card(render_teams_form(form).content)[0]


RENDERERS: Mapping[str, Renderer] = {
    "local": Renderer(_see_local, _see_local_form, limited=False),
    "terminal": Renderer(_see_terminal, _see_terminal_form, limited=False),
    "slack": Renderer(_see_slack, _see_slack_form, limited=True),
    "teams": Renderer(_see_teams, _see_teams_form, limited=True),
}


@pytest.fixture(params=RENDERERS)
def renderer(request: pytest.FixtureRequest) -> Renderer:
    return RENDERERS[request.param]


def test_every_text_of_the_house_is_shown(renderer: Renderer) -> None:
    """Of every message that the bot makes, each text reaches the reader."""
    for message in list_house_messages():
        seen = letters(renderer.message(message).words)
        assert [text for text in list_texts(message) if letters(text) not in seen] == []


def test_every_field_of_a_form_is_named(renderer: Renderer) -> None:
    """Where a form is filled in, its title, its intro and each label can be read."""
    for form in _list_forms():
        seen = letters(renderer.form(form))
        labels = [field.label for field in form.fields]
        texts = [form.title, form.intro or "", *labels]
        assert [text for text in texts if letters(text) not in seen] == []


@pytest.mark.parametrize("text", HARMFUL)
def test_nothing_written_is_read_as_a_mark(renderer: Renderer, text: str) -> None:
    """Harmful words make nothing but words, and stand there as they were written."""
    seen = renderer.message(message_of(text))

    assert seen.make == renderer.message(message_of("甲乙丙")).make
    assert " ".join(text.split()) in " ".join(seen.words.split())


def test_the_same_message_is_rendered_the_same(renderer: Renderer) -> None:
    """Rendering depends on the message alone, and leaves it as it was."""
    for message in list_samples():
        before = repr(message)
        assert renderer.message(message) == renderer.message(message)
        assert repr(message) == before


def test_a_caution_is_told_in_words(renderer: Renderer) -> None:
    """A note's tone is read, not only seen."""
    caution = renderer.message(Message("", (Note(("期限です。",), Tone.CAUTION),)))

    assert "ご注意" in caution.words


def test_what_cannot_be_shown_is_named(renderer: Renderer) -> None:
    """More than one message may hold is in it, in a file, or named: nothing ends without a word."""
    rows = tuple((f"第{number}省", str(number)) for number in range(150))
    table = Table(("府省", "数"), rows, "一覧")
    message = Message("", (table, *(Paragraph.of(f"第{n}段。" * 400) for n in range(40))))
    seen = renderer.message(message)
    whole = letters(seen.words + "".join(seen.unshown))

    assert [text for text in list_texts(message) if letters(text) not in whole] == []
    assert bool(seen.unshown) is renderer.limited


def test_a_field_that_cannot_be_filled_in_is_said(renderer: Renderer) -> None:
    """Where no file is taken, the form says so instead of leaving the field out."""
    field = FileField(name="f", label="写し", media_types=("text/csv",), max_bytes=9)
    words = renderer.form(Form(Control("a.b", "1"), "題", "送る", (field,)))

    assert "写し" in words
    assert ("受け取れません" in words) is renderer.limited


def _list_forms() -> Iterator[Form]:
    for message in list_house_messages():
        yield from (element for element in message.elements if isinstance(element, Form))
