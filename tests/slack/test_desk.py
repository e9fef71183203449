"""The desk in Slack, from what somebody types to what they see, over HTTP and a real database."""

from __future__ import annotations

import sqlalchemy as sa

from bot.database.engine import Database
from bot.delivery.inbox import inbox
from bot.roster.model import Role
from tests.slack.fake.workspace import Channel, Message, Person
from tests.slack.stage import Stage

CORE_TIME = "フレックスのコアタイムは何時間ですか"
CONCLUSION = "コアタイム"


def ask(stage: Stage, who: Person, where: Channel, text: str = CORE_TIME) -> Message:
    """A question in a channel, and the card that came under it."""
    delivery = stage.slack.mention(who, where, text)
    assert delivery.ack.ok
    return stage.slack.wait_for(where, thread=delivery.ts)


def test_a_mention_is_answered_in_its_thread(stage: Stage, hana: Person, hall: Channel) -> None:
    """A question in a channel should be answered under it, with ground and buttons."""
    card = ask(stage, hana, hall)

    assert "2時間以上4時間以下" in card.words
    assert "根拠" in card.words
    assert "担当者に照会する" in card.words


def test_a_direct_message_is_answered_in_its_thread(stage: Stage, hana: Person) -> None:
    """A question to the bot alone should be answered there and seen by nobody else."""
    said = stage.slack.direct(hana, CORE_TIME)
    card = stage.slack.wait_for(hana, CONCLUSION)

    assert card.thread == said.ts


def test_an_inquiry_reaches_the_desk_and_the_card_says_so(
    stage: Stage, hana: Person, hall: Channel, desk: Channel
) -> None:
    """A pressed button should show what was pressed, and by whom; the desk gets the question."""
    card = ask(stage, hana, hall)
    assert stage.slack.press(hana, card, "担当者に照会する").ack.ok

    told = stage.slack.wait_for(desk, "2026-00001")
    assert CORE_TIME in told.words
    stage.slack.wait_until(lambda: "受付番号は 2026-00001" in card.words)
    assert "ご質問された方が「担当者に照会する」を押しました" in card.words
    assert "解決した" not in [block.get("text") for block in card.blocks]


def test_somebody_elses_press_is_refused_to_them_alone(
    stage: Stage, hana: Person, hall: Channel
) -> None:
    """Whoever did not ask should be told so directly, and the channel should not hear of it."""
    taro = stage.slack.add_person("taro", "財務 太郎")
    card = ask(stage, hana, hall)
    stage.slack.press(taro, card, "解決した")

    stage.slack.wait_for(taro, "ご質問された方だけが押せます")
    assert stage.slack.find_posts(hall, "だけが押せます") == []


def test_a_dialog_opens_and_its_answer_changes_the_card(
    stage: Stage, hana: Person, hall: Channel
) -> None:
    """「時点を変える」 should open a dialog in time, and the card show the rule of that day."""
    card = ask(stage, hana, hall)
    stage.slack.press(hana, card, "時点を変える")
    stage.slack.wait_for_view(hana)
    assert stage.slack.submit(hana, {"day": "2017-10-01"}).ack.ok

    stage.slack.wait_until(lambda: "平成29年10月1日時点" in card.words)


def test_a_trigger_that_has_gone_by_brings_the_form_as_a_message(
    stage: Stage, hana: Person, hall: Channel
) -> None:
    """A dialog that could not be opened in time should arrive as a button that opens it."""
    card = ask(stage, hana, hall)
    stage.slack.fail_next("expired_trigger_id", "views.open")
    stage.slack.press(hana, card, "時点を変える")
    late = stage.slack.wait_for(hana, "時点を変える")
    stage.slack.press(hana, late, "記入する")

    stage.slack.wait_for_view(hana)
    stage.slack.submit(hana, {"day": "2017-10-01"})
    stage.slack.wait_until(lambda: "平成29年10月1日時点" in card.words)


def test_a_command_is_answered_directly_and_without_words_opens_a_form(
    stage: Stage, hana: Person, hall: Channel
) -> None:
    """/madoguchi should answer the asker alone, wherever it was typed."""
    stage.slack.command(hana, hall, "/madoguchi", CORE_TIME)
    stage.slack.wait_for(hana, CONCLUSION)
    stage.slack.command(hana, hall, "/madoguchi")
    stage.slack.wait_for_view(hana)
    stage.slack.submit(hana, {"question": "勤務間インターバルは何時間必要ですか"})

    stage.slack.wait_for(hana, "インターバル")
    assert stage.slack.find_posts(hall) == []


def test_a_shortcut_brings_a_message_to_the_desk(stage: Stage, hana: Person, hall: Channel) -> None:
    """「窓口に照会」 should put a colleague's words into a form, to be looked through and asked."""
    said = stage.slack.slack.write(hana, hall, CORE_TIME)
    stage.slack.shortcut(hana, said, "refer")
    view = stage.slack.wait_for_view(hana)
    assert CORE_TIME in str(view.given)
    stage.slack.submit(hana, {})

    stage.slack.wait_for(hana, CONCLUSION)


def test_a_home_shows_what_one_asked(stage: Stage, hana: Person, hall: Channel) -> None:
    """Whoever opens the Home tab should find their questions, and ask the next one from there."""
    ask(stage, hana, hall)
    stage.slack.open_home(hana)
    stage.slack.wait_until(lambda: CORE_TIME in str(stage.slack.home(hana)))
    stage.slack.press_home(hana, "質問する")
    stage.slack.wait_for_view(hana)
    stage.slack.submit(hana, {"question": CORE_TIME})

    stage.slack.wait_for(hana, CONCLUSION)


def test_a_home_is_by_role(stage: Stage, hana: Person, hall: Channel) -> None:
    """A desk officer's Home should show what was referred; an official's should not."""
    stage.enrol("U0OFFICER", "内閣官房", Role.DESK_OFFICER)
    card = ask(stage, hana, hall)
    stage.slack.press(hana, card, "担当者に照会する")
    stage.slack.wait_until(lambda: "2026-00001" in card.words)
    stage.slack.open_home("U0OFFICER")
    stage.slack.open_home(hana)

    stage.slack.wait_until(lambda: "照会の一覧" in str(stage.slack.home("U0OFFICER")))
    stage.slack.wait_until(lambda: stage.slack.home(hana))
    assert "照会の一覧" not in str(stage.slack.home(hana))


def test_what_people_write_is_shown_as_they_wrote_it(
    stage: Stage, hana: Person, hall: Channel, desk: Channel
) -> None:
    """No text of a user may mention a channel or become markup, wherever it is shown again."""
    text = "<!channel> *在宅* の <https://evil.example|規程> は & どこ ```ですか"
    card = ask(stage, hana, hall, text)
    stage.slack.press(hana, card, "担当者に照会する")

    told = stage.slack.wait_for(desk, "2026-00001")
    assert text in told.words


def test_an_unknown_button_is_acknowledged_and_explained(
    stage: Stage, hana: Person, hall: Channel
) -> None:
    """A button of another age should get a 200 and a word, never an error."""
    card = ask(stage, hana, hall)
    old = {"type": "button", "action_id": "old", "value": "nonsense"}
    button = {**old, "text": {"type": "plain_text", "text": "昔"}}
    card.body["blocks"].append({"type": "actions", "block_id": "old", "elements": [button]})
    assert stage.slack.press(hana, card, "old").ack.ok

    stage.slack.wait_for(hana, "いまは受け付けていません")


def test_an_event_that_comes_again_is_answered_once(
    stage: Stage, hana: Person, hall: Channel, database: Database
) -> None:
    """Slack's redelivery, or a replay, should be acknowledged and end in the inbox."""
    delivery = stage.slack.mention(hana, hall, CORE_TIME)
    stage.slack.wait_for(hall, thread=delivery.ts)
    for _ in range(3):
        assert stage.slack.send_again(delivery).ack.ok
    ask(stage, hana, hall, "勤務間インターバルは何時間必要ですか")

    assert len(stage.slack.find_posts(hall, CONCLUSION, delivery.ts)) == 1
    with database.read() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(inbox)) == 2
