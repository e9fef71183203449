"""Personal data is hidden; dates, articles and law numbers are left alone."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.event import Commanded, Opened, Submitted
from bot.delivery.masking import MASK, PersonalData, mask_event, mask_text
from tests.playing import AT, account, place


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("番号は123456789018です", PersonalData.MY_NUMBER),
        ("番号は1234-5678-9018", PersonalData.MY_NUMBER),
        ("１２３４ ５６７８ ９０１８", PersonalData.MY_NUMBER),
        ("電話は03-5253-2111です", PersonalData.PHONE),
        ("内線でなく０９０−１２３４−５６７８へ", PersonalData.PHONE),
        ("(03)5253-2111まで", PersonalData.PHONE),
        ("+81-3-5253-2111", PersonalData.PHONE),
        ("taro.kasumi@example.go.jpへ返信", PersonalData.EMAIL),
        ("職員番号は A123456 です", PersonalData.STAFF_NUMBER),
        ("職員番号：00123456", PersonalData.STAFF_NUMBER),
    ],
)
def test_personal_data_is_hidden(text: str, kind: PersonalData) -> None:
    """Each kind should be replaced by the mask, and named."""
    masked, kinds = mask_text(text)

    assert MASK in masked
    assert kinds == {kind}
    assert not any(run in masked for run in ("5253", "5678", "９０１８", "example", "123456"))


@pytest.mark.parametrize(
    "text",
    [
        "令和7年4月1日から昭和22年法律第120号",
        "人事院規則15-14第3条第1項第4号",
        "給実甲1319と職職-328、2025-04-01施行",
        "月額3000円を12か月、合計36000円",
        "123456789012",  # twelve digits without the check digit of an individual number
        "7時45分から38時間45分",
        "F021と2026-00042",
        "昭和25年法律第95号、平成6年法律第33号、令和5年人事院規則1-24",
    ],
)
def test_law_numbers_and_dates_are_left_alone(text: str) -> None:
    """What a rule question is made of should reach the search as it was written."""
    assert mask_text(text) == (text, frozenset())


@given(st.text())
def test_masking_twice_changes_nothing(text: str) -> None:
    """A masked text should hold nothing more to hide."""
    once, _ = mask_text(text)

    assert mask_text(once) == (once, frozenset())


@given(st.integers(min_value=0, max_value=10**11 - 1))
def test_every_individual_number_is_hidden(body: int) -> None:
    """Any eleven digits with their right check digit should be hidden."""
    digits = [int(digit) for digit in f"{body:011d}"]
    weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]
    rest = sum(w * d for w, d in zip(weights, digits, strict=True)) % 11
    number = f"{body:011d}{0 if rest <= 1 else 11 - rest}"

    masked, kinds = mask_text(f"番号{number}。")

    assert number not in masked
    assert PersonalData.MY_NUMBER in kinds or PersonalData.PHONE in kinds


def test_commands_and_forms_are_masked_too() -> None:
    """Wherever a person can write, personal data should be hidden."""
    common = {"id": "1", "who": account("a"), "place": place("@a"), "at": AT}
    command, _ = mask_event(Commanded(**common, command="/madoguchi", text="03-5253-2111"))
    form, kinds = mask_event(
        Submitted(**common, control="a.b:c", answers={"x": "a@b.example", "d": date(2026, 1, 1)})
    )
    home, nothing = mask_event(Opened(**common))

    assert isinstance(command, Commanded)
    assert command.text == MASK
    assert isinstance(form, Submitted)
    assert dict(form.answers) == {"x": MASK, "d": date(2026, 1, 1)}
    assert kinds == {PersonalData.EMAIL}
    assert (home, nothing) == (Opened(**common), frozenset())
