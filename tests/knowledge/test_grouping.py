"""Questions that ask for the same should come together, and others stay apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import KnowledgeBase
from knowledge.grouping import LIKE, group

WORDS = st.frozensets(st.sampled_from("abcdefgh"), max_size=4)


def test_questions_in_other_words_come_together(knowledge: KnowledgeBase) -> None:
    """What differs in politeness, order or punctuation alone should be one group."""
    texts = (
        "テレワーク中にラジオ体操をしなければなりませんか",
        "副業先でテレワークをしてもよいですか",
        "ラジオ体操はテレワーク中にもするのでしょうか？",
        "在宅勤務のときラジオ体操って要る?",
        "副業先でテレワークしていい？",
        "。。。",
    )

    assert knowledge.group(texts) == ((0, 2, 3), (1, 4), (5,))


def test_nothing_makes_no_group(knowledge: KnowledgeBase) -> None:
    """Where nothing was asked there should be nothing."""
    assert knowledge.group(()) == ()


@given(st.lists(WORDS, max_size=12))
def test_every_text_is_in_one_group_with_its_like(texts: list[frozenset[str]]) -> None:
    """Groups should part all texts, each like the first of its own, and be in order."""
    groups = group(texts, lambda _word: 1.0)

    assert sorted(place for places in groups for place in places) == list(range(len(texts)))
    assert list(groups) == sorted(groups, key=lambda places: (-len(places), places[0]))
    for first, *rest in groups:
        for place in rest:
            shared = len(texts[first] & texts[place])
            assert 2 * shared / (len(texts[first]) + len(texts[place])) >= LIKE
