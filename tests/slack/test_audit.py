"""Who presses in Slack what is not theirs to press: refused, told why, and kept in the log."""

from __future__ import annotations

import sqlalchemy as sa

from bot.audit.records import audit
from bot.clock import Clock
from bot.config import Settings
from bot.database.engine import Database
from bot.roster.model import Role
from knowledge.base import KnowledgeBase
from tests.slack.fake import forms, payloads
from tests.slack.fake.fake import FakeSlack
from tests.slack.fake.workspace import Channel, Message, Person
from tests.slack.stage import open_stage


def forge(slack: FakeSlack, who: Person, message: Message, label: str, control: str) -> None:
    """Send what Slack signs for a press, with an id in it that stands on no button."""
    action = {**forms.get_button(message.blocks, label), "value": control}
    channel, trigger = slack.get_channel(message.channel), f"forged.{who.id}"
    made = payloads.make_press(slack.slack.workspace, who, channel, message, action, trigger, "")
    slack.send(made, message=message)


def list_refused(database: Database) -> list[tuple[str, str, str, str]]:
    """What the audit log keeps of what was refused."""
    refused = sa.select(audit).where(audit.c.refusal.is_not(None)).order_by(audit.c.id)
    with database.read() as tx:
        rows = tx.execute(refused).all()
    return [(row.account, row.ministry, row.what, row.refusal) for row in rows]


def test_what_is_not_ones_to_press_is_refused_told_and_kept(
    workspace: FakeSlack,
    database: Database,
    knowledge: KnowledgeBase,
    clock: Clock,
    settings: Settings,
    hana: Person,
    desk: Channel,
) -> None:
    """An official and another ministry's officer should be told no, whatever a payload says."""
    slack = workspace
    officer, other = slack.get_person("U0OFFICER"), slack.add_person("other", "財務 担当")
    here = settings.model_copy(update={"desk_channels": {"kankyosho-jinji": desk.id}})
    with open_stage(slack, database, knowledge, clock, here) as stage:
        stage.enrol(hana.id, "環境省")
        stage.enrol(officer.id, "環境省", Role.DESK_OFFICER)
        stage.enrol(other.id, "財務省", Role.DESK_OFFICER)
        slack.direct(hana, "テレワーク中にラジオ体操をしなければなりませんか")
        slack.press(hana, slack.wait_for(hana), "担当者に照会する")
        inquiry = slack.wait_for(desk, "担当者を待っています")

        # Neither is a member of the desk's channel: both payloads are forged.
        forge(slack, hana, inquiry, "引き受ける", "inquiry.compose:2026-00001")
        slack.wait_for(hana, "窓口担当として登録されている方だけ")
        forge(slack, other, inquiry, "引き受ける", "inquiry.compose:2026-00001")
        slack.wait_for(other, "環境省 人事担当")

    assert list_refused(database) == [
        (hana.id, "環境省", "inquiry.compose", "NotAtDesk"),
        (other.id, "財務省", "inquiry.compose", "NotYourDesk"),
    ]
