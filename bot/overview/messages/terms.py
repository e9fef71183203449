"""What the buttons of the desk's view are called, and the parts of its queue."""

from __future__ import annotations

from datetime import date

from bot.calendar import format_era
from bot.inquiry.messages.terms import STAGES
from bot.inquiry.model import Stage
from bot.overview.model import Listed, Order, Part, find_age
from knowledge.desk import Ladder

OPEN = "overview.open"
TAKE_OVER = "overview.take_over"
LIST = "overview.list"
TURN = "overview.turn"
CHOOSE = "overview.choose"
ARRANGE = "overview.arrange"
PICK = "overview.pick"
PICKED = "overview.picked"
EXPORT = "overview.export"

PART, ORDER, NUMBER = "part", "order", "number"

LIST_WORDS = frozenset({"照会一覧", "照会の一覧"})
"""What is written to the bot for a list; a reception number may follow."""
EXPORT_WORDS = frozenset({"一覧を出力", "照会一覧を出力"})
"""What is written to the bot for all of it as a file."""

PARTS = {
    Part.OPEN: "未完了すべて",
    Part.OVERDUE: "期限超過",
    Part.DUE_TODAY: "本日が期限",
    Part.MINE: "自分の担当",
    Part.UNASSIGNED: "未着手（担当者なし）",
    Part.TAKEN: "対応中",
    Part.ANSWERED: "回答済み",
    Part.CLOSED: "解決済み・終了",
    Part.ALL: "すべて",
}


ORDERS = {
    Order.DUE: "期限の近い順",
    Order.AGE: "受付の古い順",
    Order.NUMBER: "受付番号の新しい順",
}

_WORDS = 40
"""Characters of a question in a line."""


def line(entry: Listed, today: date, desks: Ladder) -> str:
    """An inquiry in a line: what was asked, by whose staff, how long ago, and by when."""
    waited = age(entry, today, desks)
    told = (
        asker(entry),
        f"受付から{waited}" if entry.received_on < today else waited,
        f"期限 {due(entry)}",
        stage(entry),
    )
    return f"{entry.number}「{excerpt(entry.text, _WORDS)}」（{'、'.join(told)}）"


def asker(entry: Listed) -> str:
    """Whose staff asked, unless they want nobody to know."""
    return "所属を出さない照会" if entry.nameless else entry.ministry or "所属未登録"


def excerpt(text: str, most: int) -> str:
    """The beginning of what was asked, on one line."""
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[:most]}…"


def age(entry: Listed, today: date, desks: Ladder) -> str:
    """How long it has been waiting, in working days and in days."""
    found = find_age(entry, today, desks.get(entry.desk).days_off)
    return f"{found.working_days}営業日（{found.days}日）" if found.days else "本日受付"


def due(entry: Listed) -> str:
    if entry.stage is Stage.ASKED_BACK:
        return "回答を待つ間は進みません"
    return format_era(entry.due_on) if entry.due_on else "定めなし"


def stage(entry: Listed) -> str:
    """Where it stands, in a word; what waits for somebody at the desk is called so."""
    return "未着手" if entry.stage is Stage.WAITING else STAGES[entry.stage]
