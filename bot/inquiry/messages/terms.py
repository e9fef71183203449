"""What the buttons, forms and stages of an inquiry are called."""

from __future__ import annotations

from datetime import datetime

from bot.calendar import TOKYO, format_closure, format_era
from bot.desk.model import Promise
from bot.inquiry.model import Inquiry, Stage, Standing

REFER = "inquiry.refer"
TAKE_OVER = "inquiry.take_over"
HAND_BACK = "inquiry.hand_back"
MOVE = "inquiry.move"
HAND_ON = "inquiry.hand_on"
ASK_BACK = "inquiry.ask_back"
QUERY = "inquiry.query"
DROP_QUERY = "inquiry.drop_query"
LAPSE = "inquiry.lapse"
COMPOSE_ANSWER = "inquiry.compose_answer"
ANSWER_BACK = "inquiry.answer_back"
MERGE = "inquiry.merge"
UNMERGE = "inquiry.unmerge"
FIND_ALIKE = "inquiry.find_alike"
COMPOSE_MEMO = "inquiry.compose_memo"
KEEP_MEMO = "inquiry.keep_memo"
RECOUNT = "inquiry.recount"
COMPOSE = "inquiry.compose"
REPLY = "inquiry.reply"
ISSUE = "inquiry.issue"
COMPOSE_RETURN = "inquiry.compose_return"
RETURN = "inquiry.return"
WITHDRAW = "inquiry.withdraw"
SETTLE = "inquiry.settle"
REOPEN = "inquiry.reopen"
DRAFT = "inquiry.draft"
"""Answered by whoever makes articles of replies."""

TEXT, BASIS, STANDING = "text", "basis", "standing"
SOURCES, ARTICLES, REASON = "sources", "articles", "reason"
DESK = "desk"

STANDINGS = {Standing.ADVICE: "参考回答", Standing.OFFICIAL: "正式回答"}
STAGES = {
    Stage.WAITING: "担当者を待っています",
    Stage.TAKEN: "対応中",
    Stage.ASKED_BACK: "質問された方の回答待ち",
    Stage.CHECKING: "回答案の確認中",
    Stage.MERGED: "ほかの照会とまとめて対応中",
    Stage.ANSWERED: "回答済み",
    Stage.CLOSED: "解決済み",
    Stage.LAPSED: "回答がないため終了",
}
MOST = 3
"""So much of a kind is shown at once."""


def list_promised(promise: Promise) -> tuple[str, ...]:
    """By when an answer is to come, and what the asker may not think of, a sentence each."""
    told = [f"{format_era(promise.due_on)}までに回答する予定です。"]
    told += [f"{format_closure(closure)}は閉庁日です。" for closure in promise.closures]
    if promise.hours:
        told.append(f"受付時間：{promise.hours}")
    return tuple(told)


def moment(at: datetime) -> str:
    """An instant in Tokyo: 令和8年10月6日 12:05."""
    here = at.astimezone(TOKYO)
    return f"{format_era(here.date())} {here:%H:%M}"


def stage(inquiry: Inquiry) -> str:
    called = STAGES[inquiry.stage]
    if inquiry.main is not None:
        return f"{called}（受付番号 {inquiry.main}）"
    return f"{called}（{inquiry.office}の担当者）" if inquiry.office else called
