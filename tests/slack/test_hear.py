"""Slack's payloads as neutral events: what counts, whose it is, and what is left alone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.chat.slack.hear import FormAsked, Malformed, Stranger, hear, read_text
from bot.chat.slack.render import render_form
from bot.conversation.address import Account, Conversation, Place
from bot.conversation.event import Commanded, Opened, Pressed, Said, Submitted
from bot.conversation.message import Control, DateField, FieldErrors, Form, TextField
from bot.conversation.port import Sent

AT = datetime(2026, 10, 6, 3, 0, tzinfo=UTC)
TEAMS = ("T1",)
WHO = Account("slack", "T1", "U1")
HALL = Conversation("slack", "T1", "C1")
DIRECT = Place(Conversation("slack", "T1", "@U1"))


def event(**given: Any) -> dict[str, Any]:
    inner = {"user": "U1", "channel": "C1", "ts": "1759.0001", "team": "T1", **given}
    return {
        "type": "event_callback",
        "team_id": "T1",
        "event_id": "Ev1",
        "event": inner,
        "authorizations": [{"user_id": "UBOT"}],
    }


def mention(text: str = "<@UBOT> 質問です", **given: Any) -> dict[str, Any]:
    return event(type="app_mention", text=text, **given)


def action(**given: Any) -> dict[str, Any]:
    pressed = {"type": "button", "action_id": "press_0", "value": "desk.resolve:t", **given}
    return {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1", "team_id": "T1"},
        "trigger_id": "tr1",
        "container": {"type": "message", "message_ts": "1759.2", "channel_id": "C1"},
        "message": {"ts": "1759.2", "thread_ts": "1759.1"},
        "actions": [pressed],
    }


def test_a_mention_is_answered_in_its_thread() -> None:
    """A question in a channel should lose the bot's name and keep its place."""
    assert hear(mention(), TEAMS, AT) == Said(
        id="Ev1",
        who=WHO,
        place=Place(HALL, "1759.0001"),
        at=AT,
        message="1759.0001",
        text="質問です",
    )


def test_a_mention_in_a_thread_stays_there() -> None:
    """A follow-up should belong to the thread that it was asked in."""
    said = hear(mention(thread_ts="1758.0"), TEAMS, AT)
    assert isinstance(said, Said)
    assert said.place == Place(HALL, "1758.0")


def test_a_direct_message_needs_no_name() -> None:
    """What is written to the bot alone should be a question as it stands."""
    body = event(type="message", channel_type="im", channel="D1", text="質問です")
    said = hear(body, TEAMS, AT)
    assert isinstance(said, Said)
    assert (said.text, said.place.conversation.id) == ("質問です", "D1")


@pytest.mark.parametrize(
    "body",
    [
        event(type="message", channel_type="channel", text="雑談"),
        event(type="message", channel_type="im", text="編集", subtype="message_changed"),
        event(type="message", channel_type="im", text="回答", bot_id="B1"),
        mention(bot_id="B1"),
        event(type="app_home_opened", tab="messages"),
        event(type="reaction_added"),
        {"type": "view_closed", "team": {"id": "T1"}},
        {"type": "url_verification", "challenge": "x"},
        action(type="static_select", value=None),
    ],
)
def test_what_is_not_for_the_bot_is_left_alone(body: dict[str, Any]) -> None:
    """Bots, edits, others' talk and other kinds should be acknowledged and forgotten."""
    assert hear(body, TEAMS, AT) is None


def test_an_opened_home_is_heard() -> None:
    """Whoever opens the Home tab should be known by their direct conversation."""
    assert hear(event(type="app_home_opened", tab="home"), TEAMS, AT) == Opened(
        id="Ev1", who=WHO, place=DIRECT, at=AT
    )


def test_a_command_is_answered_directly() -> None:
    """A command shows to nobody else in the channel, so its answer goes to the asker alone."""
    body = {
        "command": "/madoguchi",
        "text": "コアタイムは &lt;何時間&gt;",
        "team_id": "T1",
        "user_id": "U1",
        "trigger_id": "tr1",
    }
    assert hear(body, TEAMS, AT) == Commanded(
        id="command:tr1",
        who=WHO,
        place=DIRECT,
        at=AT,
        command="madoguchi",
        text="コアタイムは <何時間>",
        trigger="tr1",
    )


def test_a_shortcut_brings_a_messages_words() -> None:
    """窓口に照会 should carry the words of the message that it was used on."""
    body = {
        "type": "message_action",
        "callback_id": "refer",
        "team": {"id": "T1"},
        "user": {"id": "U1", "team_id": "T1"},
        "trigger_id": "tr1",
        "message": {"text": "<@U2> コアタイムは？"},
    }
    heard = hear(body, TEAMS, AT)
    assert isinstance(heard, Commanded)
    assert (heard.command, heard.text) == ("refer", "@U2 コアタイムは？")
    assert hear({**body, "callback_id": "other"}, TEAMS, AT) is None


def test_a_press_belongs_to_the_thread_of_its_message() -> None:
    """What a press leads to should stand where its message stands."""
    assert hear(action(), TEAMS, AT) == Pressed(
        id="press:tr1",
        who=WHO,
        place=Place(HALL, "1759.1"),
        at=AT,
        control="desk.resolve:t",
        message="1759.2",
        trigger="tr1",
    )


def test_a_press_on_a_home_belongs_to_the_direct_conversation() -> None:
    """A Home has no message, and its buttons work all the same."""
    pressed = hear({**action(), "container": {"type": "view"}, "message": None}, TEAMS, AT)
    assert isinstance(pressed, Pressed)
    assert (pressed.place, pressed.message) == (DIRECT, None)


def test_a_button_for_a_form_asks_for_the_form() -> None:
    """A form in a message should be opened without an event: nothing is decided yet."""
    assert hear(action(action_id="open_form_0", value="x.form:1"), TEAMS, AT) == FormAsked(
        Sent(HALL, "1759.2"), "x.form:1", Place(HALL, "1759.1"), "tr1"
    )


# ---------------------------------------------------------------- whose it is


@pytest.mark.parametrize(
    ("teams", "change", "tenant"),
    [
        (("T1",), {}, "T1"),
        (("E1",), {"enterprise_id": "E1"}, "E1"),
        (("E1", "T1"), {"enterprise_id": "E1"}, "E1"),
        (("T1", "T2"), {"team_id": "T2"}, "T2"),
    ],
)
def test_an_organisation_wide_install_is_one_tenant(
    teams: tuple[str, ...], change: dict[str, str], tenant: str
) -> None:
    """Ids are unique in all of an organisation: its workspaces should share everything."""
    said = hear({**mention(), **change}, teams, AT)
    assert isinstance(said, Said)
    assert said.who.tenant == tenant


@pytest.mark.parametrize(
    "body",
    [
        {**mention(), "team_id": "T9"},
        {**mention(team="T9"), "is_ext_shared_channel": True},
        mention(user_team="T9"),
        {**action(), "user": {"id": "U9", "team_id": "T9"}},
        {"command": "/madoguchi", "team_id": "T9", "user_id": "U9", "trigger_id": "t"},
    ],
)
def test_strangers_are_refused(body: dict[str, Any]) -> None:
    """Another's workspace, and guests of a shared channel, should not be answered."""
    with pytest.raises(Stranger, match="T9"):
        hear(body, TEAMS, AT)


@pytest.mark.parametrize(
    "body",
    [
        {"type": "event_callback", "team_id": "T1"},
        {**action(), "actions": []},
        {"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U1"}},
        {**mention(), "event": "text"},
    ],
)
def test_what_slack_never_sends_is_malformed(body: dict[str, Any]) -> None:
    """A payload without its parts should be refused by what is missing, not by what it says."""
    with pytest.raises(Malformed):
        hear(body, TEAMS, AT)


# ---------------------------------------------------------------- forms


def submission(blocks: list[dict[str, Any]], values: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": "U1", "team_id": "T1"},
        "view": {
            "id": "V1",
            "hash": "156.h",
            "callback_id": "desk.answer_as_of:t",
            "private_metadata": '{"conversation": "C1", "thread": "1759.1"}',
            "blocks": blocks,
            "state": {"values": values},
        },
    }


def test_a_form_gives_its_answers_in_their_kinds() -> None:
    """A submitted dialog should be a neutral event at the place where it was opened."""
    form = Form(
        Control("desk.answer_as_of", "t"),
        "時点",
        "答える",
        (DateField(name="day", label="時点"), TextField(name="why", label="理由", required=False)),
    )
    view = render_form(form, "")
    picked = {"day": {view["blocks"][0]["element"]["action_id"]: {"selected_date": "2022-10-01"}}}
    assert hear(submission(view["blocks"], picked), TEAMS, AT) == Submitted(
        id="view:V1:156.h",
        who=WHO,
        place=Place(HALL, "1759.1"),
        at=AT,
        control="desk.answer_as_of:t",
        answers={"day": date(2022, 10, 1), "why": None},
    )


def test_answers_that_cannot_be_taken_are_told_by_field() -> None:
    """A day that the form does not allow should be told beside its field, and nothing be stored."""
    field = DateField(name="day", label="時点", latest=date(2020, 3, 31))
    view = render_form(Form(Control("a.b", "t"), "時点", "答える", (field,)), "")
    picked = {"day": {"x": {"selected_date": "2022-10-01"}}}
    errors = hear(submission(view["blocks"], picked), TEAMS, AT)
    assert isinstance(errors, FieldErrors)
    assert list(errors.errors) == ["day"]


# ---------------------------------------------------------------- text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<@UBOT> 在宅勤務", "在宅勤務"),
        ("在宅 <@UBOT> 勤務", "在宅  勤務"),
        ("<@U2|yamada>さん", "@yamadaさん"),
        ("<#C1|telework>で", "#teleworkで"),
        ("<https://example.go.jp|規程>", "規程"),
        ("<https://example.go.jp>", "https://example.go.jp"),
        ("<!here> 皆さん", "@here 皆さん"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("一行\r\n二行\x00", "一行\n二行"),
        ("&lt;@UBOT&gt;", "<@UBOT>"),
    ],
)
def test_text_is_read_without_slacks_marks(raw: str, text: str) -> None:
    """What somebody typed should come out as they saw it."""
    assert read_text(raw, "UBOT") == text
