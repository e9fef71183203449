"""The whole loop in Slack: a person answers, and two presses later the bot knows it."""

from __future__ import annotations

import pytest

from bot.clock import Clock
from bot.config import Settings
from bot.database.engine import Database
from bot.roster.model import Role
from bot.shelf.shelf import Shelf
from knowledge.base import KnowledgeBase
from knowledge.library import content_folder
from tests.conftest import VECTORS
from tests.slack.fake.chat import remove
from tests.slack.fake.fake import FakeSlack
from tests.slack.fake.workspace import BOT, Channel, Person
from tests.slack.stage import Stage, open_stage
from tests.slack.test_audit import list_refused

QUESTION = "テレワーク中にラジオ体操をしなければなりませんか"


def test_an_answer_of_a_person_becomes_knowledge(
    workspace: FakeSlack,
    database: Database,
    knowledge: KnowledgeBase,
    clock: Clock,
    settings: Settings,
    hana: Person,
    hall: Channel,
    desk: Channel,
) -> None:
    """From an unknown question to an article that answers the next one, all in Slack."""
    slack = workspace
    officer, approver = slack.get_person("U0OFFICER"), slack.add_person("approver", "承認 者")
    here = settings.model_copy(update={"desk_channel": desk.id})
    shelf = Shelf(content_folder(), database, lambda found: KnowledgeBase(found, cache=VECTORS))
    with open_stage(slack, database, knowledge, clock, here, shelf=shelf) as stage:
        stage.enrol(hana.id, "環境省")
        stage.enrol(officer.id, "内閣官房", Role.DESK_OFFICER)
        stage.enrol(approver.id, "内閣官房", Role.APPROVER)

        # Asked in a channel, not known, referred.
        said = slack.mention(hana, hall, QUESTION)
        card = slack.wait_for(hall, thread=said.ts)
        slack.press(hana, card, "担当者に照会する")
        inquiry = slack.wait_for(desk, "担当者を待っています")

        # An official cannot do the desk's work, and is told so alone.
        slack.press(hana, inquiry, "引き受ける")
        slack.wait_for(hana, "窓口担当として登録されている方だけ")

        # Taken over and answered, in the asker's thread.
        slack.press(officer, inquiry, "引き受ける")
        slack.wait_until(lambda: "対応中（内閣人事局 照会窓口の担当者）" in inquiry.words)
        slack.press(officer, inquiry, "回答する")
        slack.wait_for_view(officer)
        assert slack.submit(officer, {"text": "ラジオ体操は任意です。"}).ack.ok
        reply = slack.wait_for(hall, "照会への参考回答", thread=said.ts)
        assert "ラジオ体操は任意です。" in reply.words
        assert "窓口 担当" not in reply.words
        slack.press(hana, reply, "解決した")
        slack.wait_until(lambda: "「解決した」を押しました" in reply.words)

        # One press proposes, a second person approves.
        slack.wait_until(lambda: "解決済み" in inquiry.words)
        slack.cancel(officer)  # what told them that the answer was sent
        slack.press(officer, inquiry, "記事にする")
        slack.wait_for_view(officer)
        filled = {
            "title": "テレワーク中のラジオ体操",
            "basis": "照会窓口の整理",
            "issuer": "内閣人事局",
            "applies_to": "一般職の国家公務員",
            "questions": "テレワーク中にラジオ体操は必要ですか\n在宅でも体操は必要ですか",
        }
        assert slack.submit(officer, filled).ack.ok
        draft = slack.wait_for(desk, "記事の案があります")
        slack.press(officer, draft, "承認する")
        slack.wait_for(officer, "ご自身が出した案は承認できません")
        slack.press(approver, draft, "承認する")
        slack.wait_until(lambda: "承認され、公開されました" in draft.words)

        # The next one who asks, in other words, has the answer.
        taro = slack.add_person("taro", "財務 太郎")
        shelf.refresh()
        slack.direct(taro, "在宅の日も体操って必要ですか")
        answer = slack.wait_for(taro, "ラジオ体操は任意です。")
        assert "照会窓口の整理" in answer.words
    assert list_refused(database) == [
        (hana.id, "環境省", "inquiry.take_over", "NotAtDesk"),
        (officer.id, "内閣官房", "inquiry.approve", "OwnProposal"),
    ]


@pytest.mark.parametrize("how", ["archived", "without the bot", "without the thread"])
def test_an_answer_finds_its_asker_where_the_thread_is_gone(
    how: str, workspace: FakeSlack, stage: Stage, hana: Person, hall: Channel, desk: Channel
) -> None:
    """What Slack refuses for a conversation should reach the asker directly, once."""
    slack, officer = workspace, workspace.get_person("U0OFFICER")
    stage.enrol(officer.id, "内閣官房", Role.DESK_OFFICER)
    said = slack.mention(hana, hall, QUESTION)
    slack.press(hana, slack.wait_for(hall, thread=said.ts), "担当者に照会する")
    inquiry = slack.wait_for(desk, "担当者を待っています")
    slack.press(officer, inquiry, "引き受ける")
    slack.wait_until(lambda: "対応中" in inquiry.words)
    slack.press(officer, inquiry, "回答する")
    slack.wait_for_view(officer)
    match how:
        case "archived":
            hall.archived = True
        case "without the bot":
            hall.private = True
            hall.members.remove(BOT)
        case _:
            for message in reversed(list(hall.messages)):
                remove(hall, message)
    assert slack.submit(officer, {"text": "ラジオ体操は任意です。"}).ack.ok

    reply = slack.wait_for(hana, "照会への参考回答")
    assert "元の会話に投稿できなかったため" in reply.words
    slack.press(hana, reply, "解決した")
    slack.wait_until(lambda: "「解決した」を押しました" in reply.words)
