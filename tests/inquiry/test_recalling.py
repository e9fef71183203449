"""What the desk keeps of an inquiry, on both databases: notes and history, for the desk alone."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.chat.terminal.render import render_text
from bot.config import Settings
from bot.conversation.message import Message, Notice
from bot.database.engine import Database
from bot.inquiry.records.cases import case_steps
from bot.roster import flows as roster
from bot.roster.model import Appointment, Holding, Position, Role
from knowledge.base import KnowledgeBase
from tests.inquiry.loop import NUMBER, Desk, name, open_desk
from tests.playing import NOBODY, account, buttons

SECRET = "前例あり。局の見解は未定。"


@pytest.fixture
def desk(database: Database, knowledge: KnowledgeBase, settings: Settings) -> Desk:
    """An inquiry of Tuesday, 6 October 2026, taken over by somebody who holds a position."""
    desk = open_desk(database, knowledge, settings, 2026, 10, 6)
    position = Position("内閣官房", "内閣人事局 参事官補佐", Role.DESK_OFFICER)
    since = desk.hand.at.date().replace(month=4)
    held = Holding(position, "a@go.example", "参事官補佐", Appointment.REGULAR, since, None)
    with database.write() as tx:
        changes, _ = roster.examine(tx, [held], whole=False)
        roster.enter(tx, changes, NOBODY, desk.hand.at)
        assert roster.link_account(tx, account("holder"), "a@go.example", NOBODY, desk.hand.at)
    desk.refer(where="hall/1")
    desk.take_over("holder")
    return desk


def keep(desk: Desk, text: str = SECRET, who: str = "holder") -> str:
    return desk.fill(who, f"inquiry.compose_memo:{NUMBER}", text=text)


def recount(desk: Desk, who: str = "desk2") -> Message:
    told = desk.press(who, f"inquiry.recount:{NUMBER}")
    assert told == Notice("経過を、あなたとの会話に送りました。")
    return desk.last_in(f"@{who}")


def test_a_note_stands_on_the_card_and_nowhere_else(desk: Desk) -> None:
    """The desk should read who noted what and when; the asker should never read it."""
    assert keep(desk) == "メモを残しました。窓口の担当者だけが読めます。"
    desk.reply("holder")

    card = render_text(desk.card())
    assert "メモ（令和8年10月6日 10:00、内閣官房 内閣人事局 参事官補佐）" in card
    assert SECRET in card
    others = [line for line in desk.bot.room.lines if line.message != desk.card()]
    assert not any(SECRET in str(line.message) for line in others)


def test_anybody_of_the_desk_notes_and_nobody_else(desk: Desk) -> None:
    """A colleague should be able to leave word; whoever is not of the desk should not."""
    keep(desk, "電話で問い合わせ中。", "desk2")
    for what in ("compose_memo", "recount"):
        refused = desk.press("asker", f"inquiry.{what}:{NUMBER}")
        assert isinstance(refused, Notice)
        assert "登録されている方だけ" in refused.text

    assert "内閣官房 窓口担当" in render_text(desk.card())


def test_the_card_shows_the_last_notes(desk: Desk) -> None:
    """Where there are many, the card should stay short: the history has them all."""
    for number in range(5):
        keep(desk, f"メモ{number}")
    card, history = render_text(desk.card()), render_text(recount(desk))

    assert [f"メモ{number}" in card for number in range(5)] == [False, False, True, True, True]
    assert all(f"メモ{number}" in history for number in range(5))


def test_the_history_is_whole(desk: Desk) -> None:
    """Every step, who took it in which position, when, what was written, and what was waited."""
    keep(desk)
    desk.fill("holder", f"inquiry.ask_back:{NUMBER}", text="フレックスですか。")
    desk.hand.move(10, 9, hour=14)
    desk.tick()
    desk.hand.move(10, 13, hour=9)
    query = next(m for m in desk.bot.room.messages_in("hall") if "確認したいこと" in m.gist)
    desk.fill("asker", buttons(query)["確認に答える"].control, text="はい。")
    desk.reply("holder", text="一度目の回答。")
    reply = desk.last_in("hall")
    desk.press("asker", buttons(reply)["まだ解決していない"].control)
    desk.reply("holder", text="二度目の回答。")

    officer = "内閣官房 内閣人事局 参事官補佐"
    told = render_text(recount(desk))
    wanted = [
        f"受付番号 {NUMBER} の経過",
        "令和8年10月6日 10:00 質問された方が照会しました（内閣人事局 照会窓口）。",
        f"令和8年10月6日 10:00 {officer}が引き受けました。",
        f"令和8年10月6日 10:00 {officer}がメモを残しました。",
        SECRET,
        f"令和8年10月6日 10:00 {officer}が質問された方に確認しました。",
        "フレックスですか。",
        "令和8年10月9日 14:00 自動処理が確認への回答を再度お願いしました。",
        "令和8年10月13日 09:00 質問された方が確認に答えました。"
        "令和8年10月6日 10:00から令和8年10月13日 09:00まで、回答の期限を止めました。",
        "はい。",
        f"令和8年10月13日 09:00 {officer}が回答を発出しました。",
        "一度目の回答。",
        "令和8年10月13日 09:00 質問された方が「まだ解決していない」を押しました。",
        f"令和8年10月13日 09:00 {officer}が回答を発出しました。",
        "二度目の回答。",
    ]
    flat, place = "".join(told.split()), 0
    for piece in wanted:
        place = flat.find("".join(piece.split()), place) + 1
        assert place, f"{piece} is not where it should be in\n{told}"
    assert "参事官補佐" not in render_text(desk.last_in("hall"))


def test_the_history_tells_whose_answer_it_waited_for(desk: Desk) -> None:
    """Merging and parting should be told with the number of the other inquiry."""
    desk.refer("second")
    desk.merge(1, 2)
    desk.press("desk2", f"inquiry.unmerge:{name(2)}")
    assert isinstance(desk.press("desk2", f"inquiry.recount:{name(2)}"), Notice)
    told = render_text(desk.last_in("@desk2"))

    main = render_text(recount(desk))
    for history, other in ((told, NUMBER), (main, name(2))):
        assert f"内閣官房 窓口担当が同じ照会としてまとめました（{other}）。" in history
        assert f"内閣官房 窓口担当がまとめを解きました（{other}）。" in history


def test_what_an_older_version_kept_is_told_as_far_as_it_goes(desk: Desk) -> None:
    """Steps without what they concern should be told without it."""
    with desk.bot.database.write() as tx:
        tx.execute(sa.update(case_steps).values(about=None, desk=None))

    assert "引き受けました。" in render_text(recount(desk))
