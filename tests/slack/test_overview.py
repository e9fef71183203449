"""The desk's view in Slack: a full Home, a list by a command, files in one's own conversation."""

from __future__ import annotations

from bot.clock import Clock
from bot.roster.model import Role
from tests.overview.crowd import add_inquiries, add_questions
from tests.slack.fake.workspace import Channel, Person
from tests.slack.stage import Stage
from tests.slack.test_desk import ask

OFFICER = "U0OFFICER"


def test_a_full_home_is_one_that_slack_takes(
    stage: Stage, clock: Clock, hana: Person, hall: Channel
) -> None:
    """With every part full, the Home should stand in Slack whole, and be pressed there."""
    stage.enrol(OFFICER, "内閣官房", Role.DESK_OFFICER)
    card = ask(stage, hana, hall)
    stage.slack.press(hana, card, "担当者に照会する")
    stage.slack.wait_until(lambda: "2026-00001" in card.words)
    add_inquiries(stage.app.database, 200, clock.now(), first=1)
    add_questions(stage.app.database, 60, clock.now())
    stage.slack.open_home(OFFICER)
    stage.slack.wait_until(lambda: "評価の低い回答" in str(stage.slack.home(OFFICER)))

    home = stage.slack.home(OFFICER)
    assert home is not None
    assert len(home["blocks"]) < 60
    assert "照会の一覧（未完了 201件）" in str(home)


def test_an_inquiry_is_taken_over_on_the_home(stage: Stage, hana: Person, hall: Channel) -> None:
    """A press on the Home should change the desk's card and the Home itself."""
    stage.enrol(OFFICER, "内閣官房", Role.DESK_OFFICER)
    card = ask(stage, hana, hall)
    stage.slack.press(hana, card, "担当者に照会する")
    stage.slack.wait_until(lambda: "2026-00001" in card.words)
    stage.slack.open_home(OFFICER)
    stage.slack.wait_until(lambda: "2026-00001 を引き受ける" in str(stage.slack.home(OFFICER)))
    stage.slack.press_home(OFFICER, "2026-00001 を引き受ける")

    stage.slack.wait_until(lambda: "自分の担当（1件）" in str(stage.slack.home(OFFICER)))
    assert "引き受ける" not in str(stage.slack.home(OFFICER))


def test_a_command_lists_and_exports(stage: Stage, clock: Clock, hall: Channel) -> None:
    """The command's word should bring the list to oneself, page by page, and all of it as files."""
    stage.enrol(OFFICER, "内閣官房", Role.DESK_OFFICER)
    add_inquiries(stage.app.database, 60, clock.now())
    officer = stage.slack.get_person(OFFICER)
    stage.slack.command(officer, hall, "/madoguchi", "照会一覧")
    page = stage.slack.wait_for(officer, "1～25件目（全60件）")
    stage.slack.press(officer, page, "次の25件")
    stage.slack.wait_until(lambda: "26～50件目（全60件）" in page.words)
    stage.slack.press(officer, page, "一覧を出力")

    sent = stage.slack.wait_for(officer, "照会の一覧です（60件）")
    assert "取り扱いにご注意ください" in sent.words
