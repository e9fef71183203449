"""Numbers, amounts and years as people write them, in one spelling: digits of our calendar."""

from __future__ import annotations

import re

_DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {"零": 0}
_TENS = {"十": 10, "百": 100, "千": 1_000}
_MYRIADS = {"万": 10**4, "億": 10**8, "兆": 10**12}
_KANJI = "".join((*_DIGITS, *_TENS, *_MYRIADS))

# Kanji are numbers only before what can be counted: 三六協定, 一般 and 第三者 are words. 一時 and
# 十分 are words too (at times, enough) unless a span follows.
_COUNTED = (
    "円|年|月|日|週|時間|時(?![間離的期点差])|分(?=間|以|前|後|おき|ごと|単位|休|刻)|秒|人|名|回|件|条|項|号|章"
    "|歳|才|割|級|泊|か月|カ月|ヶ月|ヵ月|ケ月|箇月|か所|ヶ所|箇所|パーセント|%|種類|段階"
)
_NUMBER = re.compile(
    rf"(?<![\d.,数何幾{_KANJI}])(?!一時(?!間))(?![万億兆])"
    rf"(?=\d*[{_KANJI}])([\d{_KANJI}]{{1,16}})(?={_COUNTED})"
)
_DAYS_A_WEEK = re.compile("(?<=週)[一二三四五](?![一二三四五六七八九十])")
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
_MONTHS = re.compile("(?<=[0-9数何])[カヶヵケ箇](?=月|所|年|国)")

_FIRST_YEARS = {
    "令和": 2019, "平成": 1989, "昭和": 1926, "大正": 1912, "明治": 1868,
    "r": 2019, "h": 1989, "s": 1926,
}  # fmt: skip
_ERA = "令和|平成|昭和|大正|明治|(?<![a-z0-9])[rhs]"
_ERA_DAY = re.compile(rf"({_ERA})(元|\d{{1,2}})([./])(\d{{1,2}})\3(\d{{1,2}})(?!\d)")
# R7 and H29 alone are years; S3 alone may be anything.
_ERA_YEAR = re.compile(rf"({_ERA})(元|\d{{1,2}})年|(?<![a-z0-9])([rh])(\d{{1,2}})(?![a-z0-9.-])")


def restate_numbers(text: str) -> str:
    """A text of normal widths and lower case with its numbers in plain digits, its years in ours.

    三千円, 3千円 and 3,000円 become 3000円; 令和7年 and r7年 become 2025年.
    """
    while (restated := _restate_once(text)) != text:
        text = restated
    return text


def _restate_once(text: str) -> str:
    text = _NUMBER.sub(lambda found: _plain(found[1]), text)
    text = _THOUSANDS.sub(lambda found: found[0].replace(",", ""), text)
    text = _DAYS_A_WEEK.sub(lambda found: str(_DIGITS[found[0]]), text)
    text = _MONTHS.sub("か", text)
    text = _ERA_DAY.sub(lambda d: f"{_common_year(d[1], d[2])}{int(d[4])}月{int(d[5])}日", text)
    return _ERA_YEAR.sub(lambda y: _common_year(y[1] or y[3], y[2] or y[4]), text)


def _common_year(era: str, year: str) -> str:
    return f"{_FIRST_YEARS[era] + (1 if year == '元' else int(year)) - 1}年"


def _plain(number: str) -> str:
    """A number of digits and kanji in digits alone; one that is neither stays as it is."""
    total = group = 0
    pending: int | None = None
    for part in re.findall(r"\d+|.", number):
        if part in _MYRIADS:
            total += (group + (pending or 0) or 1) * _MYRIADS[part]
            group, pending = 0, None
        elif part in _TENS:
            group += (1 if pending is None else pending) * _TENS[part]
            pending = None
        else:
            digits = str(_DIGITS.get(part, part))
            pending = int(digits) if pending is None else int(f"{pending}{digits}")
    return str(total + group + (pending or 0))
