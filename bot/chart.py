"""Draws bar charts as PNG, in Japanese where the machine has letters for it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFont

MEDIA_TYPE = "image/png"
FONTS = (
    # Of Debian and Fedora, of macOS, of Windows: found by name where each keeps its fonts.
    *("NotoSansCJK-Regular.ttc", "NotoSansCJKjp-Regular.otf", "NotoSansJP-Regular.otf"),
    *("NotoSansJP-Regular.ttf", "ipagp.ttf", "ipaexg.ttf", "VL-PGothic-Regular.ttf"),
    *("Hiragino Sans GB.ttc", "ヒラギノ角ゴシック W3.ttc", "YuGothM.ttc", "meiryo.ttc"),
)
_SAMPLE = "回受週件"
"""Letters that tell a font with Japanese from one that draws empty boxes for it."""
_SIZE = (960, 480)
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 24, 96, 56
_INK, _PALE, _PAPER = "#1a1a1c", "#d8d8db", "#ffffff"
_COLOURS = ("#0017c1", "#f5a623", "#5c5c66")
"""Dark, light and middle, so that they differ in grey too; each bar bears its number besides."""

Font = ImageFont.FreeTypeFont


@dataclass(frozen=True, slots=True)
class Series:
    """Bars of one kind, one for each label."""

    name: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn: groups of bars, one group above each label."""

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]


@cache
def has_letters(fonts: tuple[str, ...] = FONTS) -> bool:
    """Whether this machine can write Japanese in a picture."""
    return _find_font(fonts, 20) is not None


def draw(chart: Chart, fonts: tuple[str, ...] = FONTS) -> bytes | None:
    """The chart as PNG; None where there are no letters for it: better no picture than boxes."""
    title, text = _find_font(fonts, 26), _find_font(fonts, 18)
    if title is None or text is None:
        return None
    picture = Image.new("RGB", _SIZE, _PAPER)
    pen = ImageDraw.Draw(picture)
    pen.text((_LEFT, 20), chart.title, _INK, title)
    _draw_legend(pen, chart.series, text)
    _draw_bars(pen, chart, text)
    out = io.BytesIO()
    picture.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _draw_legend(pen: ImageDraw.ImageDraw, series: Iterable[Series], text: Font) -> None:
    x = float(_LEFT)
    for one, colour in zip(series, _COLOURS, strict=False):
        pen.rectangle((x, 66, x + 16, 82), colour, _INK)
        pen.text((x + 24, 74), one.name, _INK, text, anchor="lm")
        x += 56 + pen.textlength(one.name, text)


def _draw_bars(pen: ImageDraw.ImageDraw, chart: Chart, text: Font) -> None:
    width, height = _SIZE
    floor, most = height - _BOTTOM, max((max(one.values) for one in chart.series), default=0)
    scale = (floor - _TOP - 24) / max(most, 1)
    step = (width - _LEFT - _RIGHT) / max(len(chart.labels), 1)
    bar = step * 0.8 / max(len(chart.series), 1)
    for place, label in enumerate(chart.labels):
        left = _LEFT + place * step + step * 0.1
        for number, one in enumerate(chart.series):
            x, top = left + number * bar, floor - one.values[place] * scale
            pen.rectangle((x, top, x + bar - 2, floor), _COLOURS[number % len(_COLOURS)], _INK)
            pen.text((x + bar / 2, top - 4), str(one.values[place]), _INK, text, anchor="ms")
        pen.text((left + step * 0.4, floor + 10), label, _INK, text, anchor="ma")
    pen.line((_LEFT, floor, width - _RIGHT, floor), _INK, 2)


def _find_font(fonts: Iterable[str], size: int) -> Font | None:
    """The first of these fonts that the machine has, and that has Japanese."""
    for name in fonts:
        try:
            font = ImageFont.truetype(name, size)
        except OSError:
            continue
        # What a font lacks it draws as one and the same box.
        if len({bytes(font.getmask(letter)) for letter in _SAMPLE}) == len(_SAMPLE):
            return font
    return None
