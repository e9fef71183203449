"""The point of time that a question asks about."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.dates import find_day


@pytest.mark.parametrize(
    ("text", "day", "rest"),
    [
        ("2022年10月時点のコアタイムは", date(2022, 10, 1), "コアタイムは"),
        ("コアタイムは2022年10月15日時点では何時間?", date(2022, 10, 15), "コアタイムは何時間?"),
        ("令和4年10月1日現在のフレックス", date(2022, 10, 1), "フレックス"),
        ("平成元年当時の休暇", date(1989, 12, 31), "休暇"),
        ("R5.4.1時点の規定", date(2023, 4, 1), "規定"),
        ("２０１７年１０月１日時点では在宅勤務は", date(2017, 10, 1), "在宅勤務は"),
        ("2020年度当時のテレワーク", date(2021, 3, 31), "テレワーク"),
        ("2019/4/1の時点で残業の上限は", date(2019, 4, 1), "残業の上限は"),
        ("2022年頃のコアタイム", date(2022, 12, 31), "コアタイム"),
    ],
)
def test_a_point_of_time_is_found(text: str, day: date, rest: str) -> None:
    """A day with a word that makes it the point of time should be found, and taken out."""
    found = find_day(text)

    assert found is not None
    assert (found.day, found.rest) == (day, rest)


@pytest.mark.parametrize(
    "text",
    [
        "2026年4月から公務員の副業が広がると聞いた。どう変わる",
        "フレックスのコアタイムは何時間ですか",
        "2020年までに全省でリモートアクセスが入りましたか",
        "昼の12時の時点で",
        "2022年13月時点",
        "第15条の2の時点",
        "",
    ],
)
def test_a_question_about_now_names_no_point_of_time(text: str) -> None:
    """A day that is only spoken of should not move the answer into the past."""
    assert find_day(text) is None


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    """Whatever is written should give a day or none, and never raise."""
    found = find_day(text)

    assert found is None or isinstance(found.day, date)
