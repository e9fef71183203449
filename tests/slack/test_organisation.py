"""One install for all workspaces of an organisation (Enterprise Grid)."""

from __future__ import annotations

import sqlalchemy as sa

from bot.chat.slack.install import SCOPES, check_install
from bot.clock import Clock
from bot.config import Settings
from bot.database.engine import Database
from bot.delivery.inbox import inbox
from knowledge.base import KnowledgeBase
from tests.slack.fake.fake import FakeSlack
from tests.slack.stage import make_service, open_stage

ORGANISATION = "E0GOVERNMENT"


def test_an_organisation_is_one_tenant(
    database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings
) -> None:
    """With the organisation on the list, its people should be answered, presses and dialogs too."""
    with FakeSlack(scopes=tuple(SCOPES), enterprise=ORGANISATION) as slack:
        check_install(make_service(slack), (ORGANISATION,))
        hana = slack.add_person("hana", "環境 花")
        hall = slack.add_channel("telework", [hana])
        teams = (ORGANISATION,)
        with open_stage(slack, database, knowledge, clock, settings, teams=teams) as stage:
            said = slack.mention(hana, hall, "フレックスのコアタイムは何時間ですか")
            card = slack.wait_for(hall, thread=said.ts)
            slack.press(hana, card, "時点を変える")
            slack.wait_for_view(hana)
            slack.submit(hana, {"day": "2017-10-01"})
            slack.wait_until(lambda: "平成29年10月1日時点" in card.words)

            assert stage.refused == {}
            with database.read() as tx:
                tenants = tx.scalars(sa.select(inbox.c.tenant).distinct()).all()
            assert tenants == [ORGANISATION]
