"""Questions that may ask for the same should be found, the most alike first."""

from __future__ import annotations

from knowledge.base import KnowledgeBase

ASKED = "テレワーク中にラジオ体操をしなければなりませんか"
OTHERS = (
    "在宅勤務のときラジオ体操って要る?",
    "副業先でテレワークをしてもよいですか",
    "テレワーク中にラジオ体操をしなければなりませんか？",
    "",
    "フレックスのコアタイムは何時間ですか",
)


def test_the_same_in_other_words_is_found(knowledge: KnowledgeBase) -> None:
    """A copy should come first, other words for it next, and what is about something else not."""
    assert knowledge.list_alike(ASKED, OTHERS, 3) == (2, 0)


def test_no_more_are_given_than_somebody_looks_at(knowledge: KnowledgeBase) -> None:
    """The limit should cut what is least alike."""
    assert knowledge.list_alike(ASKED, OTHERS, 1) == (2,)


def test_what_has_no_words_that_anybody_knows_is_still_found_again(
    knowledge: KnowledgeBase,
) -> None:
    """The same odd text should be found by its letters, and an empty one nowhere."""
    odd = "ぬ" * 30

    assert knowledge.list_alike(odd, ("ぬ" * 29, "め" * 30), 3) == (0,)
    assert knowledge.list_alike("。", ("", "テレワーク"), 3) == ()
