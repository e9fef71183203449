"""What the bot refuses of what comes to Slack's address: counted, logged without content."""

from __future__ import annotations

import logging

import httpx
import pytest
import sqlalchemy as sa

from bot.chat.slack.receive import MAX_BODY
from bot.delivery.inbox import inbox
from tests.slack.fake import payloads
from tests.slack.fake.postman import Manner
from tests.slack.fake.workspace import Channel, Person
from tests.slack.stage import Stage

SECRET_WORDS = "だれにも見せない質問"


def count_taken(stage: Stage) -> int:
    with stage.app.database.read() as tx:
        return tx.execute(sa.select(sa.func.count()).select_from(inbox)).scalar_one()


@pytest.mark.parametrize(
    ("manner", "status", "reason"),
    [
        (Manner(forged=True), 401, "not_signed"),
        (Manner(unsigned=True), 401, "not_signed"),
        (Manner(age=301), 401, "not_signed"),
        (Manner(age=-301), 401, "not_signed"),
        (Manner(team="T9"), 403, "stranger"),
        (Manner(padding=MAX_BODY), 413, "too_large"),
        (Manner(malformed=True), 400, "malformed"),
        (Manner(truncated=True), 400, "malformed"),
    ],
    ids=str,
)
def test_what_is_not_from_slack_is_refused(
    manner: Manner,
    status: int,
    reason: str,
    stage: Stage,
    hana: Person,
    hall: Channel,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A request that Slack did not send should be refused and counted, and leave no word behind."""
    with caplog.at_level(logging.DEBUG):
        delivery = stage.slack.mention(hana, hall, SECRET_WORDS, manner=manner)

    assert delivery.ack.status == status
    assert stage.refused == {reason: 1}
    assert count_taken(stage) == 0
    told = capsys.readouterr()
    assert SECRET_WORDS not in caplog.text + told.out + told.err


@pytest.mark.parametrize("timestamp", ["", "yesterday", "１２３", "9" * 400])
def test_a_garbled_timestamp_is_no_signature(timestamp: str, stage: Stage) -> None:
    """Headers that no service writes should be refused like any forgery, not break the bot."""
    headers = {"X-Slack-Request-Timestamp": timestamp.encode(), "X-Slack-Signature": b"v0=00"}
    answer = httpx.post(stage.url, content=b"{}", headers=headers, verify=False)

    assert answer.status_code == 401
    assert stage.refused == {"not_signed": 1}


def test_bytes_that_are_no_text_are_refused(stage: Stage) -> None:
    """A body that is not even text should be refused before anybody reads it."""
    headers = {"X-Slack-Request-Timestamp": "1", "X-Slack-Signature": "v0=00"}
    answer = httpx.post(stage.url, content=b"\xff\xfe\x00", headers=headers, verify=False)

    assert answer.status_code == 401


def test_a_guest_of_a_shared_channel_is_taken_and_not_answered(stage: Stage, hall: Channel) -> None:
    """Slack sends us such events rightly, so they get a 200; strangers still get no answer."""
    guest = stage.slack.add_person("guest", team="T9GUEST")
    body = {"type": "app_mention", "user": guest.id, "channel": hall.id, "text": SECRET_WORDS}
    event = {**body, "ts": "1.1", "event_ts": "1.1", "team": "T9GUEST", "user_team": "T9GUEST"}
    payload = payloads.wrap_event(stage.slack.slack.workspace, event)
    payload.value["is_ext_shared_channel"] = True

    assert stage.slack.send(payload).ack.status == 200
    assert stage.refused == {"stranger": 1}
    assert count_taken(stage) == 0


def test_slack_may_ask_whether_the_address_is_ours(stage: Stage) -> None:
    """The challenge at the install should be answered, once it is signed."""
    assert stage.slack.verify_url("abc").ack.json == {"challenge": "abc"}
    assert stage.slack.verify_url("abc", manner=Manner(forged=True)).ack.status == 401
