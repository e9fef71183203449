"""Questions that only make sense after the one before them: 「それは非常勤も？」."""

from __future__ import annotations

import re

_LEAD = r"(?:では|じゃあ|じゃ|あと|また|ちなみに|なお|で)?[、,\s]*"
_POINTER = re.compile(
    rf"^{_LEAD}(?:それ|そちら|その(?:とき|時|場合|日)?|そう|これ|この(?:場合)?|同じ(?:く)?|上記|前の|先ほど|さっき)"
    r"(?:ら)?(?:って|は|が|も|の|で|を|に)?[、,\s]*"
)
# Nothing but a new case, up to some fifteen characters: 「非常勤も？」「管理職の場合は？」.
_CASE = re.compile(
    rf"^{_LEAD}(?P<case>[^。？?、]{{1,15}}?)(?:も|は|の場合は?|だと|なら|でも)"
    r"(?:同じですか|同じ|ですか|どうですか|どう)?[。？?]*$"
)


def find_continuation(text: str) -> str | None:
    """What a question adds to the one before it; None where it stands for itself.

    An empty string where it adds no word of its own: 「それは？」.
    """
    plain = text.strip()
    pointer = _POINTER.match(plain)
    if pointer:
        return plain[pointer.end() :].strip("？?。、 ")
    case = _CASE.match(plain)
    return case["case"] if case else None
