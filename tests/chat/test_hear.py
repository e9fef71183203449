"""From what was entered on the page to neutral events, and what is said where that fails."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.answers import Fault
from bot.chat.gallery import list_samples
from bot.chat.local import hear, messages
from bot.chat.local.hear import Act
from bot.chat.local.persona import conversation
from bot.conversation.address import Place
from tests.chat.stage import MEGUMI, NOON

ACT = Act(MEGUMI.account, "@megumi", "n" * 24, NOON)


# ---------------------------------------------------------------- text


@given(st.text(st.characters(), max_size=200))
def test_any_text_survives_or_is_refused_in_words(raw: str) -> None:
    """Whatever is typed is kept with all its letters, or the person is told why not."""
    letters = [c for c in raw if c.isalnum()]
    try:
        text = hear.parse_text(raw)
    except Fault as fault:
        text, words = "", str(fault)

    assert text or words == messages.TEXT_EMPTY
    assert [c for c in text if c.isalnum()] == letters
    assert not text or hear.parse_text(text) == text
    assert text.encode() is not None


def test_text_of_many_pages_is_refused() -> None:
    """A hundred thousand characters are taken, one more is too long."""
    assert len(hear.parse_text("あ" * hear.MAX_TEXT)) == hear.MAX_TEXT
    with pytest.raises(hear.TooLong, match="長すぎます"):
        hear.parse_text("あ" * (hear.MAX_TEXT + 1))


def test_line_breaks_are_one_character() -> None:
    """A browser's line breaks and those of a paste become the same."""
    assert hear.parse_text(" 一\r\n二\r三\n四\x00 ") == "一\n二\n三\n四"


def test_the_same_words_twice_are_one_event() -> None:
    """A double submit has one id; words that were changed after a failure have another."""
    first = hear.hear_said(ACT, "質問", "1", "1")

    assert hear.hear_said(ACT, "質問", "1", "1").id == first.id
    assert hear.hear_said(ACT, "別の質問", "2", "2").id != first.id


@pytest.mark.parametrize(
    ("where", "message", "root", "thread"),
    [
        ("@megumi", "7", "7", None),
        ("@megumi", "7", "3", "3"),
        ("telework", "7", "7", "7"),
        ("telework", "7", "3", "3"),
    ],
)
def test_where_an_answer_belongs(where: str, message: str, root: str, thread: str | None) -> None:
    """At the top of a direct conversation, but in the thread where one was spoken in."""
    place = hear.get_place(where, message, root)

    assert place == Place(conversation(where), thread)


# ---------------------------------------------------------------- what was used


def test_only_what_stands_in_a_message_can_be_used() -> None:
    """Buttons and forms are found by the controls of the message that they stand in."""
    _, _, card, form = list_samples()

    assert hear.list_controls(card) == {"sample.solved:1", "sample.ask_desk:1", "sample.withdraw:1"}
    assert hear.list_controls(form) == frozenset()
    assert hear.find_form(form, "sample.answer:1") is form.elements[0]
    assert hear.find_form(form, "sample.answer:2") is None


def test_answers_are_told_from_what_a_form_carries_besides() -> None:
    """What was entered goes by the names of the fields, without token and nonce."""
    raw = {"csrf": ["c"], hear.FIELD + "name": ["人事課"], hear.FIELD + "field-x": ["甲"]}

    assert hear.list_entered(raw) == {"name": ["人事課"], "field-x": ["甲"]}
