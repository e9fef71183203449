"""Hides personal data in what people write, before it is stored, logged or shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

from bot.conversation.event import Commanded, Event, Said, Submitted


class PersonalData(StrEnum):
    """What a question to this desk never needs."""

    MY_NUMBER = "my_number"
    PHONE = "phone"
    EMAIL = "email"
    STAFF_NUMBER = "staff_number"


MASK = "■■■■"
Test = Callable[[re.Match[str]], bool]
"""Whether what looks like personal data is."""

_DIGIT = "[0-9０-９]"
_DASH = "[-‐‑–—−ー－ ]"
_NOT_WITHIN = f"(?<!{_DIGIT})(?<!{_DIGIT}{_DASH})"
_NOT_BEFORE = f"(?!{_DASH}?{_DIGIT})"

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+[@＠][A-Za-z0-9-]+(?:[.．][A-Za-z0-9-]+)+")
_MY_NUMBER = re.compile(
    f"{_NOT_WITHIN}{_DIGIT}{{4}}{_DASH}?{_DIGIT}{{4}}{_DASH}?{_DIGIT}{{4}}{_NOT_BEFORE}"
)
_PHONE = re.compile(
    # Domestic numbers have 10 or 11 digits and start with 0; +81 replaces the 0.
    f"{_NOT_WITHIN}(?:[+＋]81{_DASH}?|[0０])(?:{_DIGIT}{_DASH}?|[()（）]){{8,11}}{_DIGIT}{_NOT_BEFORE}"
)
_STAFF_NUMBER = re.compile(
    f"(?P<label>(?:職員|社員|個人)(?:番号|コード|ID|ＩＤ)(?:は|が|：|:|=|＝|\\s)*)(?P<number>[A-Za-z]{{0,3}}{_DIGIT}{{4,12}})"
)


def mask_event(event: Event) -> tuple[Event, frozenset[PersonalData]]:
    """The event without personal data in its text, and which kinds were hidden."""
    match event:
        case Said() | Commanded():
            text, kinds = mask_text(event.text)
            return replace(event, text=text), kinds
        case Submitted():
            masked = {
                k: mask_text(v) if isinstance(v, str) else (v, frozenset[PersonalData]())
                for k, v in event.answers.items()
            }
            answers = {name: value for name, (value, _) in masked.items()}
            kinds = frozenset[PersonalData]().union(*(found for _, found in masked.values()))
            return replace(event, answers=answers), kinds
        case _:
            return event, frozenset()


def mask_text(text: str) -> tuple[str, frozenset[PersonalData]]:
    """The text with personal data replaced by MASK; dates, articles and law numbers stay."""
    found: set[PersonalData] = set()

    def hide(kind: PersonalData, ok: Test) -> Callable[[re.Match[str]], str]:
        def replaced(match: re.Match[str]) -> str:
            if not ok(match):
                return match[0]
            found.add(kind)
            return match.groupdict().get("label", "") + MASK

        return replaced

    def always(_match: re.Match[str]) -> bool:
        return True

    text = _EMAIL.sub(hide(PersonalData.EMAIL, always), text)
    text = _STAFF_NUMBER.sub(hide(PersonalData.STAFF_NUMBER, always), text)
    text = _MY_NUMBER.sub(hide(PersonalData.MY_NUMBER, _has_check_digit), text)
    text = _PHONE.sub(hide(PersonalData.PHONE, _has_phone_length), text)
    return text, frozenset(found)


def _digits(text: str) -> list[int]:
    return [int(character) for character in text if character.isdecimal()]


def _has_check_digit(match: re.Match[str]) -> bool:
    """Whether the twelfth digit is right: 番号法の施行に関する総務省令 (平成26年) 第5条."""
    *body, check = _digits(match[0])
    weights = [n + 1 if n <= 6 else n - 5 for n in range(1, 12)]
    rest = sum(weight * digit for weight, digit in zip(weights, reversed(body), strict=True)) % 11
    return check == (0 if rest <= 1 else 11 - rest)


def _has_phone_length(match: re.Match[str]) -> bool:
    digits = _digits(match[0])
    national = digits if match[0][0] in "0０" else [0, *digits[2:]]
    return len(national) in (10, 11)
