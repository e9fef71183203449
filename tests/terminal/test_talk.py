"""The conversation in the terminal, typed as plain lines: the whole round through the bot."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.chat.gallery import list_samples
from bot.chat.terminal.people import conversation
from bot.conversation.address import Place
from bot.conversation.event import Event
from bot.conversation.message import Message, Paragraph
from bot.conversation.port import NotTaken
from bot.router import Router
from tests.terminal.stage import (
    NEWCOMER,
    OFFICER,
    OFFICIAL,
    Scripted,
    Stage,
    cells,
    find_controls,
    message_of,
)

QUESTION = "コアタイムは何時間ですか"
SOLVED, REFER, CHOOSE = "<解決した>", "<担当者に照会する>", "<所属府省を選ぶ>"


def test_a_question_is_answered(stage: Stage) -> None:
    """What is asked is shown with who asks, and answered with its ground and numbered buttons."""
    shown = stage.talk(QUESTION)

    assert shown.startswith(f"環境省の職員> {QUESTION}\n")
    for piece in ("2時間以上4時間以下", "人事院規則15-14", "【ご注意】", "担当者に照会する"):
        assert piece in shown


def test_a_press_by_number_reaches_the_desk(stage: Stage) -> None:
    """The official refers by number; the officer is told, goes to the desk's room, and sees it."""
    shown = stage.talk(QUESTION, REFER, "/who 窓口担当", "/rooms 照会窓口")

    assert "「担当者に照会する」を押しました。" in shown
    assert "照会窓口（未読1件）" in shown
    _, _, room = shown.partition("-- 照会窓口 --")
    assert f"> {QUESTION}" in room
    assert "2026-00001" in room


def test_only_what_is_new_of_a_card_is_shown_again(stage: Stage) -> None:
    """A card that was closed says what became of it, not the whole answer once more."""
    shown = stage.talk(QUESTION, SOLVED)

    assert shown.count("2時間以上4時間以下") == 1
    assert "更新" in shown
    assert "解決した" in shown.partition("更新")[2]


def test_a_closed_card_gives_its_numbers_up(stage: Stage) -> None:
    """Its number presses nothing any more, not even on an older card; /menu names the older."""
    shown = stage.talk(QUESTION, QUESTION, SOLVED, "1", "/menu")

    assert shown.count("ご質問された方が「解決した」を押しました。") == 1
    assert "番号 1 のボタンはありません。" in shown
    assert "[1] 解決した（" in shown.partition("番号 1 の")[2]


def test_a_form_is_filled_in_a_dialog(stage: Stage) -> None:
    """A newcomer says where they belong, by a part of the name; the bot answers in a notice."""
    shown = stage.talk(QUESTION, "/menu", "6", "宇宙省", "国土", who=NEWCOMER)

    assert "(1/1) 所属府省（必須）" in shown
    assert "1から22までの番号か、選択肢の名前" in shown
    assert "「国土交通省」として登録しました" in shown


def test_a_question_from_home_is_answered_in_the_conversation(stage: Stage) -> None:
    """On Home one is told that the answer came elsewhere, and finds it there."""
    shown = stage.talk("/home", "<質問する>", QUESTION, "", "/rooms 窓口に相談", width=None)

    home, _, room = shown.partition("-- 窓口に相談 --")
    assert "ご質問を受け付けました。回答は、この窓口との会話に届きます。" in home
    assert "「窓口に相談」に新しいメッセージがあります" in home
    assert "2時間以上4時間以下" in room


def test_a_form_left_at_the_end_of_input_is_not_sent(stage: Stage) -> None:
    """Where the input ends within a form, nothing is sent, and that is said."""
    assert "何も送信していません" in stage.talk(QUESTION, CHOOSE, who=NEWCOMER)


def test_a_question_in_a_room_hangs_in_its_thread(stage: Stage) -> None:
    """In a room the answer says what it answers, and a reply goes on in the thread."""
    shown = stage.talk("/rooms テレワーク", QUESTION, "/reply 月曜日だけですか")

    assert "「コアタイムは何時間…」への返信" in shown
    assert len({e.root for e in stage.service.list_entries("telework")}) == 1


def test_what_comes_elsewhere_is_told(stage: Stage) -> None:
    """News of another room is one line with its gist; in a room one does not see, nothing."""
    stage.service.post(Place(conversation("telework")), words("全員に\nお知らせ"), "d1")
    stage.service.post(Place(conversation("desk")), words("秘密"), "d2")
    shown = stage.talk(width=None)

    assert "「テレワーク相談」に新しいメッセージがあります: 全員に お知らせ" in shown
    assert "秘密" not in shown


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/quti", "「/quit」のことでしょうか"),
        ("/", "という操作はありません"),
        ("7", "番号 7 のボタンはありません"),
        ("/open", "表示できる説明がありません"),
        ("/open 3", "表示できる説明がありません"),
        ("/save", "「/save 番号 ファイル名」"),
        ("/save 1 x", "「/save 番号 ファイル名」"),
        ("/menu", "押せるボタンはありません"),
        ("/who 誰か", "その名前の人物は見つかりません"),
        ("/who 職員", "2件あります"),
        ("/who", "[3] 内閣人事局の窓口担当"),
        ("/rooms", "[2] テレワーク相談"),
        ("/rooms 照会窓口", "いまの人物には見つかりません"),
        ("/reply 続き", "返信できるメッセージが"),
        ("/cancel", "いま記入中のものはありません"),
        ("/home", "ご質問はまだありません"),
        ("／ｈｅｌｐ", "質問は、そのまま入力して"),
        ("あ" * 100_001, "長すぎます"),
    ],
)
def test_whatever_is_typed_is_answered(stage: Stage, line: str, told: str) -> None:
    """A command says what it does or why it cannot, in words."""
    assert told in stage.talk(line, width=100)


def test_empty_lines_say_nothing(stage: Stage) -> None:
    """Nothing typed is nothing said."""
    assert stage.talk("", "　") == "環境省の職員> \n環境省の職員> \n"


def test_quit_leaves_the_rest_unread(stage: Stage) -> None:
    """/quit ends it there and then."""
    assert "コアタイム" not in stage.talk("/quit", QUESTION)


def test_a_fold_is_opened_by_its_number(stage: Stage) -> None:
    """What was folded is shown whole, by number or as the newest card's."""
    stage.service.post(OFFICIAL.account, list_samples()[0], "d1")

    assert "休憩時間は、勤務時間の途中に" in stage.talk("/open １")
    assert "休憩時間は、勤務時間の途中に" in stage.talk("/open")


def test_a_file_is_saved_once(stage: Stage, tmp_path: Path) -> None:
    """A file is saved where one says, under its own name in a folder, and nothing overwritten."""
    stage.service.post(OFFICIAL.account, list_samples()[1], "d1")
    shown = stage.talk(
        f"/save 2 {tmp_path}",
        f"/save 2 {tmp_path}",
        f"/save 1 {tmp_path}/図 1.png",
        f"/save 1 {tmp_path}/none/x.png",
        width=None,
    )

    assert (tmp_path / "実施府省数.csv").read_text(encoding="utf-8").startswith("年度,府省数")
    assert (tmp_path / "図 1.png").read_bytes().startswith(b"\x89PNG")
    assert "すでにあります" in shown
    assert "保存できません" in shown


def test_a_files_own_name_leads_nowhere_else(stage: Stage, tmp_path: Path) -> None:
    """A name with a path in it is saved in the folder that was chosen."""
    stage.service.post(OFFICIAL.account, message_of("../../\x1b.ssh/config"), "d1")
    stage.talk(f"/save 1 {tmp_path}")

    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".db"] != []
    assert (tmp_path / "config").is_file()


def test_somebody_elses_text_cannot_drive_the_terminal(stage: Stage) -> None:
    """An official's escape sequences reach the desk officer's screen as marks."""
    evil = "霞が関の\x1b]0;x\x07ランチ\x9b2Jの店\u202e"
    shown = stage.talk(evil, REFER, "/who 窓口担当", "/rooms 照会窓口")

    assert find_controls(shown) == []
    assert "ランチ" in shown.partition("-- 照会窓口 --")[2]


def test_forty_cells_are_enough(stage: Stage) -> None:
    """On a narrow terminal nothing but an address sticks out, and no line starts with 、 or 。"""
    shown = stage.talk(QUESTION, REFER, "/help", "/rooms", "/who 窓口担当", "/rooms 3", width=40)
    lines = [line for line in shown.splitlines() if "https://" not in line and "> " not in line]

    assert [line for line in lines if cells(line) > 40] == []
    assert [line for line in lines if line.strip()[:1] in ("、", "。")] == []


def test_what_cannot_be_taken_is_taken_back(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the event cannot be stored, it is told, and does not stand in the transcript."""

    def refuse(_self: Router, _event: Event) -> bool:
        raise NotTaken("away")

    monkeypatch.setattr(Router, "accept", refuse)
    shown = stage.talk(QUESTION)

    assert "ただいま受け付けられませんでした" in shown
    assert stage.service.list_entries(OFFICIAL.direct) == ()


def test_entering_shows_the_newest_entries(stage: Stage) -> None:
    """A long conversation begins with how much came before."""
    for number in range(14):
        stage.service.post(Place(conversation("desk")), words(f"第{number}号"), f"d{number}")
    screen = Scripted(["/rooms 照会窓口"])
    stage.run(screen, OFFICER)

    _, _, room = screen.text.partition("-- 照会窓口 --")
    assert "これより前に4件あります。" in room
    assert "第3号" not in room
    assert "第13号" in room


def test_the_bar_says_who_and_where(stage: Stage) -> None:
    """Below the prompt stands who one is, where, and how much is unread elsewhere."""
    stage.service.post(Place(conversation("desk")), words("照会"), "d1")
    screen = Scripted(["/rooms 照会窓口", "/who 環境省"])
    stage.run(screen, OFFICER)

    assert [bar.split()[:3] for bar in screen.bars] == [
        ["内閣人事局の窓口担当", "窓口に相談", "未読1件"],
        ["内閣人事局の窓口担当", "照会窓口", "/help"],
        ["環境省の職員", "窓口に相談", "/help"],
    ]


def words(text: str) -> Message:
    return Message(text, (Paragraph.of(text),))
