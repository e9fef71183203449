"""Text on a terminal: it cannot drive it, and breaks where Japanese breaks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.terminal.lines import Run, Style, measure, plain, shorten, tame, wrap
from tests.terminal.stage import cells, find_controls

UNHURRIED = settings(deadline=None)
"""A busy machine is no fault of the text."""
JAPANESE = st.text("あいうアイウー々漢字、。「」（）・ｱﾞa1 ,.", min_size=1, max_size=80)


@UNHURRIED
@given(st.text(st.characters(), max_size=60))
def test_nothing_but_a_newline_is_left_of_controls(text: str) -> None:
    """Whatever was written, no control, format or surrogate character but newline is left."""
    assert find_controls(tame(text)) == []
    assert find_controls(Run(text).text) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m赤\x1b[0m", "\ufffd[31m赤\ufffd[0m"),
        ("\x9b2J", "\ufffd2J"),
        ("\x07\x08\x7f", "\ufffd\ufffd\ufffd"),
        ("一\r\n二\r三\u2028四", "一\n二\n三\n四"),
        ("a\tb", "a    b"),
        ("abc\u202edef\u2066g", "abcdefg"),
        ("\ud800", "\ufffd"),
    ],
)
def test_a_control_leaves_a_mark(text: str, shown: str) -> None:
    """Nobody is shown less than what was written, only harmlessly."""
    assert tame(text) == shown


@UNHURRIED
@given(JAPANESE, st.integers(min_value=12, max_value=60))
def test_no_line_is_wider_than_there_is_room(text: str, width: int) -> None:
    """Lines with their prefixes fit into the width, by another library's count."""
    lines = wrap((Run(text),), width, Run("・"), "  ")

    assert all(cells(plain(line)) <= width for line in lines)


@UNHURRIED
@given(JAPANESE, st.integers(min_value=8, max_value=60))
def test_wrapping_loses_nothing_but_spaces(text: str, width: int) -> None:
    """What is broken into lines is still the same text."""
    lines = wrap((Run(text),), width)

    assert "".join(map(plain, lines)).replace(" ", "") == text.replace(" ", "")


@UNHURRIED
@given(st.lists(st.sampled_from(["漢字", "「カナ」", "です。", "、", "テレワーク", "（注）"])))
def test_no_line_starts_with_a_closing_sign(words: list[str]) -> None:
    """Lines of Japanese begin with no 、 。 」 ） ー, and end with no 「 （."""
    # Runs of 、 alone must break somewhere.
    text = "".join(words).replace("、、", "").replace("。、", "。").replace("）、", "）")
    lines = [plain(line) for line in wrap((Run(text),), 20) if line]

    assert not any(line[0] in "、。」）ー" for line in lines[1:])
    assert not any(line[-1] in "「（" for line in lines)


def test_a_latin_word_stays_whole() -> None:
    """A word moves to the next line rather than being cut."""
    lines = wrap((Run("規則15-14のtelework規定"),), 12)

    assert [plain(line) for line in lines] == ["規則15-14の", "telework規定"]


def test_styles_survive_wrapping() -> None:
    """Each piece keeps its style over the end of a line."""
    lines = wrap((Run("ああ"), Run("いいいい", Style.STRONG)), 8)

    assert lines == (
        (Run("ああ"), Run("いい", Style.STRONG)),
        (Run("いい", Style.STRONG),),
    )


@UNHURRIED
@given(JAPANESE, st.integers(min_value=4, max_value=40))
def test_shortened_text_fits(text: str, width: int) -> None:
    """A gist is one line of at most the width."""
    assert measure(shorten(text, width)) <= width
