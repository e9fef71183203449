"""The terminal's own Japanese wording: how it is used, what came of it, what a form asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from bot.calendar import TOKYO, format_era
from bot.chat.messages import dates_hint, day, file_hint, number, quarter, size
from bot.conversation.event import Answer
from bot.conversation.message import (
    DateField,
    FileContent,
    FileField,
    FormField,
    NumberField,
    Option,
    Quarter,
    QuarterField,
    SeveralOfField,
    TextField,
)

BOT_NAME = "テレワーク窓口"
DIRECT_NAME = "窓口に相談"
DIRECT_ABOUT = "窓口ボットとの1対1の会話です。ほかの人には見えません。"
HOME_NAME = "ホーム"
HOME_ABOUT = "あなたに関係することがまとまっています。"
HOME_EMPTY = "ホームには、まだ何も届いていません。"

# ---------------------------------------------------------------- welcome and help

WELCOME = (
    "国家公務員のテレワークの制度について、質問をふだんの言葉で入力すると、根拠となる規定を添えて"
    "お答えします。確かな根拠がないときは推測せず、担当者への照会をご案内します。"
)
FICTION = "人物と照会は架空のもので、実在の府省には届きません。"
EXAMPLES_LEAD = "質問の例（番号を入力すると、そのまま質問します）"
EXAMPLES = (
    "フレックスのコアタイムは何時間ですか",
    "在宅勤務中の電気代や通信費は支給されますか",
    "在宅勤務の日に出張はできますか",
)
WAYS = "/help 使い方   /who 人物を替える   /rooms 会話を移る   /quit 終わる"

COMMANDS = {
    "help": ("", "この使い方を表示します。"),
    "who": ("人物", "人物を替えます。名前の一部か番号で選べます。"),
    "rooms": ("会話", "会話の一覧を表示し、別の会話へ移ります。"),
    "menu": ("", "この会話で押せるボタンをすべて表示します。"),
    "reply": ("文章", "直前のメッセージのスレッドに返信します。"),
    "open": ("番号", "たたまれた説明を表示します。番号がなければ、最新のものです。"),
    "save": ("番号 ファイル名", "図やファイルを保存します。"),
    "home": ("", "ホームを表示します。"),
    "cancel": ("", "記入を中止します。Escキーでも中止できます。"),
    "quit": ("", "終わります。Ctrl+D でも終わります。"),
}
"""Each command: what stands behind it, and what it does."""
HELP_LEAD = "質問は、そのまま入力して Enter を押してください。"
HELP_NUMBERS = (
    "［1］のような番号の付いたボタンは、番号を入力すると押せます。Tabキーで候補が出ます。"
)


def today(at: datetime) -> str:
    return f"本日は{format_era(at.astimezone(TOKYO).date())}です。"


def you_are(name: str, about: str) -> str:
    return f"いまは「{name}」です。{about}"


GOODBYE = "ご利用ありがとうございました。"

# ---------------------------------------------------------------- what came of it

NOT_TAKEN = "ただいま受け付けられませんでした。少し待ってから、もう一度お試しください。"
TEXT_TOO_LONG = "文章が長すぎます。10万文字以内に分けてお送りください。"
NOBODY = "その名前の人物は見つかりません。"
NO_ROOM = "その名前の会話は、いまの人物には見つかりません。"
NOTHING_TO_PRESS = "この会話に、いま押せるボタンはありません。"
NOTHING_TO_OPEN = "表示できる説明がありません。"
NOTHING_TO_CANCEL = "いま記入中のものはありません。"
NOTHING_TO_REPLY = "返信できるメッセージが、この会話にありません。"
REPLY_EMPTY = "「/reply 」に続けて、返信の文章を入力してください。"
ROOM_EMPTY = "まだメッセージはありません。"
UPDATED = "更新"


def no_command(name: str, near: str | None) -> str:
    hint = f"「/{near}」のことでしょうか。" if near else ""
    return f"「/{name}」という操作はありません。{hint}使い方は /help で表示します。"


def no_button(number: int, count: int) -> str:
    if not count:
        return f"番号 {number} のボタンはありません。/menu で、押せるボタンを確認できます。"
    return f"番号 {number} のボタンはありません。1から{count}までの番号を入力してください。"


def pressed(label: str) -> str:
    return f"「{label}」を押しました。"


def several(count: int) -> str:
    return f"{count}件あります。番号か、もう少し長い名前で選んでください。"


def who_lead(name: str) -> str:
    return f"いまは「{name}」です。「/who 番号」または「/who 名前」で替わります。"


ROOMS_LEAD = "「/rooms 番号」または「/rooms 名前」で移ります。"


def room_line(name: str, unread: int, here: bool) -> str:
    marks = [f"未読{unread}件"] if unread else []
    marks += ["いまここ"] if here else []
    return f"{name}（{'、'.join(marks)}）" if marks else name


def elsewhere(room: str, gist: str) -> str:
    return f"「{room}」に新しいメッセージがあります: {gist}"


def unread(rooms: Iterable[str]) -> str:
    return f"未読のメッセージがあります: {'、'.join(rooms)}。/rooms で移れます。"


def status(persona: str, room: str, unread: int) -> str:
    """What stands below the prompt."""
    new = f"   未読{unread}件" if unread else ""
    return f" {persona}   {room}{new}   /help 使い方"


def on_card(label: str, gist: str) -> str:
    return f"{label}（{gist}）"


def reply_to(text: str) -> str:
    return f"「{text}」への返信"


def earlier(count: int) -> str:
    return f"これより前に{count}件あります。"


def saved(path: str, count: int) -> str:
    return f"{path} に保存しました（{size(count)}）。"


def file_exists(path: str) -> str:
    return f"{path} はすでにあります。別の名前を指定してください。"


def not_saved(path: str) -> str:
    return f"{path} に保存できません。場所と書き込みの権限を確認してください。"


SAVE_HOW = "「/save 番号 ファイル名」の形で入力してください。ファイル名は省略できます。"


def clock_time(at: datetime) -> str:
    there = at.astimezone(TOKYO)
    return f"{there.hour}:{there.minute:02}"


# ---------------------------------------------------------------- forms

FORM_HOW = (
    "1項目ずつ入力します。任意の項目は、そのまま Enter で飛ばせます。"
    "/back で前の項目に戻り、Escキーか /cancel で中止します。"
)
FORM_CANCELLED = "記入を中止しました。何も送信していません。"
FORM_FAULTS = "確認が必要な項目があります。"
MULTILINE_HOW = "何行でも入力できます。空の行で終わります。"
CONFIRM_HOW = "よろしければ、そのまま Enter を押してください。"
KEEP = "そのまま Enter で確定します。"
CLEAR = "「-」で空にします。"

FILE_MISSING = "ファイルが見つからないか、読めません。場所を確認してください。"


def not_an_option(count: int) -> str:
    return f"1から{count}までの番号か、選択肢の名前を入力してください。"


def ambiguous(options: tuple[Option, ...]) -> str:
    named = "、".join(option.label for option in options)
    return f"どれかお選びください: {named}"


def field_title(field: FormField, number: int, count: int) -> str:
    needed = "必須" if field.required else "任意"
    return f"({number}/{count}) {field.label}（{needed}）"


def field_rule(field: FormField) -> str | None:
    """What a field takes, said before anything is entered."""
    match field:
        case TextField(multiline=True):
            return f"{field.max_length:,}文字まで。{MULTILINE_HOW}"
        case TextField():
            return f"{field.max_length:,}文字まで"
        case NumberField():
            return f"{_range(field)}の{'整数' if field.whole else '数字'}"
        case DateField():
            return f"例: 2017年10月1日、2017-10-01{_dates(field)}"
        case QuarterField():
            return f"例: 2018Q2（{quarter(field.earliest)}から{quarter(field.latest)}まで）"
        case SeveralOfField():
            return "当てはまる番号をすべて、空白で区切って入力してください。"
        case FileField():
            return f"ファイルの場所（{file_hint(field.media_types, field.max_bytes)}）"
        case _:
            return "番号か名前で選んでください。"


def present(answer: str, required: bool) -> str:
    return f"いまの内容: {answer}（{KEEP}{'' if required else CLEAR}）"


def answer_text(field: FormField, answer: Answer) -> str:
    """An answer as a reader sees it."""
    match answer:
        case None | () | "":
            return "（なし）"
        case Quarter():
            return quarter(answer)
        case date():
            return day(answer)
        case FileContent():
            return f"{answer.name}（{size(len(answer.data))}）"
        case tuple():
            return "、".join(_label(field, value) for value in answer)
        case int() | float():
            unit = field.unit if isinstance(field, NumberField) else None
            return f"{number(answer)}{unit or ''}"
        case _:
            return _label(field, str(answer))


def _label(field: FormField, value: str) -> str:
    options = getattr(field, "options", ())
    return next((option.label for option in options if option.value == value), value)


# ---------------------------------------------------------------- values


def _range(field: NumberField) -> str:
    unit = f"（単位: {field.unit}）" if field.unit else ""
    return f"{number(field.minimum)}から{number(field.maximum)}まで{unit}"


def _dates(field: DateField) -> str:
    limits = dates_hint(field.earliest, field.latest)
    return f"（{limits}）" if limits else ""
