"""Wording that chat services share: faults of answers, and values as people write them."""

from __future__ import annotations

from datetime import date

from bot.conversation.message import (
    DateField,
    FormField,
    NumberField,
    Quarter,
    QuarterField,
    TextField,
    Tone,
)

# ---------------------------------------------------------------- what is wrong with an answer

REQUIRED_TEXT = "入力してください。"
REQUIRED_CHOICE = "選択してください。"
REQUIRED_FILE = "ファイルを選択してください。"
NOT_A_NUMBER = "数字で入力してください。"
NOT_WHOLE = "小数を使わず、整数で入力してください。"
NOT_A_DATE = "日付を「2017年10月1日」または「2017-10-01」の形で入力してください。"
NOT_A_QUARTER = "四半期を「2018年度第2四半期」または「2018Q2」の形で入力してください。"
NOT_AN_OPTION = "表示されている選択肢から選んでください。"
FILE_EMPTY = "ファイルが空です。別のファイルを選んでください。"
ONE_LINE_ONLY = "改行を入れずに入力してください。"


def text_too_long(limit: int, length: int) -> str:
    return f"{limit:,}文字以内で入力してください(いま{length:,}文字です)。"


def out_of_range(minimum: float, maximum: float, unit: str | None) -> str:
    return f"{number(minimum)}から{number(maximum)}までの数字で入力してください{_unit(unit)}。"


def date_too_early(earliest: date) -> str:
    return f"{day(earliest)}以降の日付を入力してください。"


def date_too_late(latest: date) -> str:
    return f"{day(latest)}以前の日付を入力してください。"


def quarter_out_of_range(field: QuarterField) -> str:
    return f"{quarter(field.earliest)}から{quarter(field.latest)}までの四半期を選んでください。"


def file_too_large(limit: int) -> str:
    return f"{size(limit)}以下のファイルを選択してください。"


def file_of_other_kind(media_types: tuple[str, ...]) -> str:
    return f"{kinds(media_types)}のファイルを選択してください。"


# ---------------------------------------------------------------- what a field takes


def range_hint(minimum: float, maximum: float, unit: str | None) -> str:
    return f"{number(minimum)}から{number(maximum)}まで{_unit(unit)}"


def dates_hint(earliest: date | None, latest: date | None) -> str | None:
    first = f"{day(earliest)}以降" if earliest else ""
    last = f"{day(latest)}以前" if latest else ""
    return "、".join(filter(None, (first, last))) or None


def file_hint(media_types: tuple[str, ...], limit: int) -> str:
    return f"{kinds(media_types)}、{size(limit)}まで"


def length_hint(limit: int) -> str:
    return f"{limit:,}文字まで"


# ---------------------------------------------------------------- what has no room

BULLET = "・"
TABLE = "表"
MORE = "続きを読む"
REST = "メッセージの続き"
REST_IN_FILE = "長いため、続きは添付のテキストファイル「メッセージの続き」に収めました。"
REST_LEFT_OUT = "長いため、ここまでを表示しています。続きは表示できません。"
FILL_IN = "記入する"
CHOOSE = "選択してください"
NO_FILE_TAKEN = "この画面ではファイルを受け取れません。"
NOTHING = "（表示する内容がありません）"


def table_in_file(caption: str) -> str:
    return f"{_titled(TABLE, caption)}は大きいため、添付のCSVファイルに収めました。"


def table_left_out(caption: str) -> str:
    return f"{_titled(TABLE, caption)}は大きいため、ここには表示できません。"


def file_left_out(title: str) -> str:
    return f"{_titled('ファイル', title)}は、ここには表示できません。"


def buttons_left_out(names: tuple[str, ...]) -> str:
    return f"数が多いため、表示できない操作があります: {'、'.join(names)}"


def field_left_out(label: str) -> str:
    return f"「{label}」は、この画面では回答できません。"


def options_left_out(label: str, count: int) -> str:
    return f"「{label}」の選択肢のうち{count}件は、表示できません。"


def _titled(kind: str, title: str) -> str:
    return f"{kind}「{title}」" if title else kind


def field_hint(field: FormField) -> str | None:
    """What helps with a field, and what it takes, said before something else is entered."""
    return "　".join(filter(None, (field.hint, _limits(field)))) or None


def _limits(field: FormField) -> str | None:
    match field:
        case NumberField():
            return range_hint(field.minimum, field.maximum, field.unit)
        case DateField():
            return dates_hint(field.earliest, field.latest)
        case TextField() if field.max_length < 1000:
            return length_hint(field.max_length)
    return None


# ---------------------------------------------------------------- values


def number(value: float) -> str:
    """Without a pointless `.0`, with commas between thousands."""
    return f"{int(value):,}" if value == int(value) else f"{value:,}"


def quarter(value: Quarter) -> str:
    return f"{value.fiscal_year}年度第{value.number}四半期"


def quarter_choice(value: Quarter) -> str:
    """A quarter among others to choose from, with its months."""
    months = ("4~6月", "7~9月", "10~12月", "1~3月")[value.number - 1]
    return f"{value.fiscal_year}年度 第{value.number}四半期({months})"


def day(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def size(count: int) -> str:
    """Bytes as a reader counts them."""
    if count < 1024:
        return f"{count}バイト"
    if count < 1024 * 1024:
        return f"{round(count / 1024)}KB"
    return f"{count / 1024 / 1024:.1f}".removesuffix(".0") + "MB"


_KINDS = {
    "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "application/yaml": "YAML",
    "image/gif": "GIF画像",
    "image/jpeg": "JPEG画像",
    "image/png": "PNG画像",
    "text/csv": "CSV",
    "text/markdown": "Markdown",
    "text/plain": "テキスト",
}


def kinds(media_types: tuple[str, ...]) -> str:
    """Kinds of files by the names that people use."""
    return "・".join(_KINDS.get(media_type, media_type) for media_type in media_types)


def tone(value: Tone) -> str:
    return {Tone.INFO: "お知らせ", Tone.CAUTION: "ご注意"}[value]


def _unit(unit: str | None) -> str:
    return f"(単位: {unit})" if unit else ""
