"""The page's own Japanese wording, apart from its templates: faults, states, times, quarters."""

from __future__ import annotations

from datetime import date, datetime

from bot.calendar import TOKYO, format_era
from bot.conversation.message import Quarter, Tone

BOT_NAME = "テレワーク窓口"
DIRECT_NAME = "窓口に相談"
DIRECT_ABOUT = "窓口ボットとの1対1の会話です。ほかの人には見えません。"
NO_MINISTRY = "所属未登録"

# ---------------------------------------------------------------- what came of a post

LATER = "受け付けました。結果は会話に届きます。"
SAMPLE = "見本のため、何も送信していません。"

TEXT_EMPTY = "メッセージを入力してください。"
TEXT_TOO_LONG = "メッセージが長すぎます。10万文字以内に分けてお送りください。"
POST_TOO_LARGE = "送信する内容が大きすぎます。ファイルを小さくするか、文章を分けてください。"
NOT_TAKEN = (
    "ただいま受け付けられませんでした。入力した内容は残っています。"
    "少し待ってからもう一度お送りください。"
)
FORM_FAULTS = "入力内容に誤りがあります。赤字の項目を確認してください。"

STALE = "画面の有効期限が切れました。ページを読み込み直してから、もう一度操作してください。"
FORGED = "この操作は受け付けられません。メッセージが更新されたか、ボタンが存在しません。"
SEAL_BROKEN = (
    "この入力画面の有効期限が切れました。入力した内容は残っています。"
    "いったん閉じて、元のボタンをもう一度押してください。"
)
NOT_A_MEMBER = "この会話に参加していないため、表示や投稿ができません。"
NO_PERSONA = "この人物は登録されていません。"
NO_CONVERSATION = "この会話は見つかりません。"
NOT_FOUND = "ページが見つかりません。"
UNREADABLE = "このメッセージは、お使いの版では表示できません。"
BROKEN = "申し訳ありません。ページで問題が起きました。少し待ってから読み込み直してください。"
DATABASE_AWAY = "ただいまデータベースを利用できません。少し待ってから読み込み直してください。"

# ---------------------------------------------------------------- fields

REQUIRED_TEXT = "入力してください。"
REQUIRED_CHOICE = "選択してください。"
REQUIRED_FILE = "ファイルを選択してください。"
NOT_A_NUMBER = "数字で入力してください。"
NOT_WHOLE = "小数を使わず、整数で入力してください。"
NOT_A_DATE = "日付を「2017年10月1日」または「2017-10-01」の形で入力してください。"
NOT_AN_OPTION = "表示されている選択肢から選んでください。"
FILE_EMPTY = "ファイルが空です。別のファイルを選んでください。"
ONE_LINE_ONLY = "改行を入れずに入力してください。"


def text_too_long(limit: int, length: int) -> str:
    return f"{limit:,}文字以内で入力してください(いま{length:,}文字です)。"


def out_of_range(minimum: float, maximum: float, unit: str | None) -> str:
    return f"{number(minimum)}から{number(maximum)}までの数字で入力してください{_unit(unit)}。"


def range_hint(minimum: float, maximum: float, unit: str | None) -> str:
    return f"{number(minimum)}から{number(maximum)}まで{_unit(unit)}"


def date_too_early(earliest: date) -> str:
    return f"{day(earliest)}以降の日付を入力してください。"


def date_too_late(latest: date) -> str:
    return f"{day(latest)}以前の日付を入力してください。"


def file_too_large(limit: int) -> str:
    return f"{size(limit)}以下のファイルを選択してください。"


def file_of_other_kind(media_types: tuple[str, ...]) -> str:
    return f"{kinds(media_types)}のファイルを選択してください。"


def file_hint(media_types: tuple[str, ...], limit: int) -> str:
    return f"{kinds(media_types)}、{size(limit)}まで"


def length_hint(limit: int) -> str:
    return f"{limit:,}文字まで"


# ---------------------------------------------------------------- values


def number(value: float) -> str:
    """Without a pointless `.0`, with commas between thousands."""
    return f"{int(value):,}" if value == int(value) else f"{value:,}"


def quarter(value: Quarter) -> str:
    months = ("4~6月", "7~9月", "10~12月", "1~3月")[value.number - 1]
    return f"{value.fiscal_year}年度 第{value.number}四半期({months})"


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


def unread(count: int) -> str:
    """For screen readers, beside the number."""
    return f"未読{count}件"


def clock_time(at: datetime) -> str:
    there = at.astimezone(TOKYO)
    return f"{there.hour}:{there.minute:02}"


def full_time(at: datetime) -> str:
    there = at.astimezone(TOKYO)
    return f"{era_day(there.date())} {there.hour}時{there.minute:02}分"


def day(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日({_weekday(value)})"


def era_day(value: date) -> str:
    """As a ministry dates its papers: 令和8年11月24日（火）."""
    return f"{format_era(value)}（{_weekday(value)}）"


def date_of(at: datetime) -> str:
    return format_era(at.astimezone(TOKYO).date())


def weekday_of(at: datetime) -> str:
    return f"（{_weekday(at.astimezone(TOKYO).date())}）"


def day_of(at: datetime) -> str:
    return era_day(at.astimezone(TOKYO).date())


def iso_day_of(at: datetime) -> str:
    return at.astimezone(TOKYO).date().isoformat()


def ministry(name: str | None) -> str:
    return name or NO_MINISTRY


def _weekday(value: date) -> str:
    return "月火水木金土日"[value.weekday()]


def _unit(unit: str | None) -> str:
    return f"(単位: {unit})" if unit else ""
