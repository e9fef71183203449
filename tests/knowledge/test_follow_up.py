"""Which questions speak of the one before them, and what they add to it."""

from __future__ import annotations

import pytest

from knowledge.follow_up import find_continuation


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("それは非常勤も？", "非常勤も"),
        ("それはいつからですか", "いつからですか"),
        ("じゃあ、その場合の手当は？", "手当は"),
        ("非常勤も？", "非常勤"),
        ("管理職は？", "管理職"),
        ("期間業務職員の場合は？", "期間業務職員"),
        ("新人でも同じですか", "新人"),
        ("それは？", ""),
    ],
)
def test_a_question_that_points_back(text: str, added: str) -> None:
    """A pronoun, or nothing but a new case, should be read with the question before it."""
    assert find_continuation(text) == added


@pytest.mark.parametrize(
    "text",
    [
        "フレックスのコアタイムは何時間ですか",
        "在宅勤務等手当の対象になる場所を教えてください",
        "年次休暇を時間単位で取れますか",
        "超過勤務の上限は月何時間ですか。特例もありますか。",
        "",
    ],
)
def test_a_question_of_its_own(text: str) -> None:
    """A full question should stand for itself."""
    assert find_continuation(text) is None
