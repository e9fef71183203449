"""The same desk over Socket Mode: no address of ours is open to anybody."""

from __future__ import annotations

from bot.clock import Clock
from bot.config import Settings
from bot.database.engine import Database
from knowledge.base import KnowledgeBase
from tests.slack.fake.fake import FakeSlack
from tests.slack.fake.workspace import Channel, Person
from tests.slack.stage import open_stage


def test_a_question_over_a_socket_is_answered_once(
    workspace: FakeSlack,
    database: Database,
    knowledge: KnowledgeBase,
    clock: Clock,
    settings: Settings,
    hana: Person,
    hall: Channel,
) -> None:
    """Mentions, dialogs and replays should do over a socket what they do over HTTP."""
    with open_stage(workspace, database, knowledge, clock, settings, socket=True) as stage:
        workspace.wait_until(lambda: workspace.connected)
        said = workspace.mention(hana, hall, "フレックスのコアタイムは何時間ですか")
        card = workspace.wait_for(hall, thread=said.ts)
        assert said.ack.ok
        assert workspace.send_again(said).ack.ok
        workspace.press(hana, card, "時点を変える")
        workspace.wait_for_view(hana)
        workspace.submit(hana, {"day": "2017-10-01"})
        workspace.wait_until(lambda: "平成29年10月1日時点" in card.words)

        assert len(workspace.find_posts(hall, thread=said.ts)) == 1
        assert stage.refused == {}
        stage.socket_client.auto_reconnect_enabled = False
        workspace.cut_sockets()
