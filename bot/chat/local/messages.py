"""The page's own Japanese wording, apart from its templates: faults, states, times, quarters."""

from __future__ import annotations

from datetime import date, datetime

from bot.calendar import TOKYO, format_era

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

# ---------------------------------------------------------------- values


def unread(count: int) -> str:
    """For screen readers, beside the number."""
    return f"未読{count}件"


def clock_time(at: datetime) -> str:
    there = at.astimezone(TOKYO)
    return f"{there.hour}:{there.minute:02}"


def full_time(at: datetime) -> str:
    there = at.astimezone(TOKYO)
    return f"{era_day(there.date())} {there.hour}時{there.minute:02}分"


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
