"""Names of ministries as people write them."""

from __future__ import annotations

import pytest

from knowledge.base import KnowledgeBase
from knowledge.ministry import Ministry, find_ministry, list_similar_ministries


@pytest.fixture(scope="module")
def ministries(knowledge: KnowledgeBase) -> tuple[Ministry, ...]:
    """The 22 that ship."""
    return knowledge.library.ministries


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("環境省", "環境省"),
        ("環境", "環境省"),
        ("かんきょうしょう", "環境省"),
        ("厚労省の職員です", "厚生労働省"),
        ("国交省と環境省の違い", "国土交通省"),
        ("公取委ではどうですか", "公正取引委員会"),
        ("個情委", "個人情報保護委員会"),
        ("内閣官房から内閣府へ異動", "内閣官房"),
        ("人事院に聞きました", "人事院"),
        ("ｹｲｻﾝ省", None),
        ("人事院規則15-14の第6条", None),
        ("財務省令の改正", None),
        ("リモートアクセス環境が整わない", None),
        ("法務の仕事を在宅で", None),
        ("", None),
    ],
)
def test_a_ministry_is_found_where_a_text_names_it(
    ministries: tuple[Ministry, ...], text: str, name: str | None
) -> None:
    """Names count anywhere, everyday words alone, and a rule's name is no ministry."""
    found = find_ministry(text, ministries)

    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("厚生労動省", "厚生労働省"),
        ("経済産業性", "経済産業省"),
        ("こうせいろうどうしよう", "厚生労働省"),
        ("公正取引員会", "公正取引委員会"),
    ],
)
def test_a_misspelt_ministry_is_offered(
    ministries: tuple[Ministry, ...], typed: str, name: str
) -> None:
    """The ministry that was most likely meant comes first."""
    assert list_similar_ministries(typed, ministries)[0].name == name


@pytest.mark.parametrize("typed", ["", "在宅勤務等手当", "ランチ"])
def test_what_is_no_name_is_like_none(ministries: tuple[Ministry, ...], typed: str) -> None:
    """Nothing is offered for a text that resembles no name."""
    assert list_similar_ministries(typed, ministries) == ()


def test_every_spelling_finds_its_own_ministry(ministries: tuple[Ministry, ...]) -> None:
    """No official name, short name or reading is taken for another ministry."""
    for ministry in ministries:
        for spelling in (ministry.name, *ministry.short_names, ministry.reading):
            assert find_ministry(spelling, ministries) == ministry
