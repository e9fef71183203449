"""The fake of Slack refuses what Slack refuses, fails as Slack fails, and remembers what was so."""

from __future__ import annotations

import http.server
import json
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.webhook import WebhookClient

from tests.slack.fake.fake import FakeSlack
from tests.slack.fake.forms import ClientRefuses, NotThere
from tests.slack.fake.postman import Manner
from tests.slack.fake.rules import Fault
from tests.slack.fake.slack import BadAnswer
from tests.slack.fake.workspace import Channel, Person

QUIET: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        yield slack


@pytest.fixture
def client(slack: FakeSlack) -> WebClient:
    return WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[], timeout=5)


@pytest.fixture
def channel(slack: FakeSlack) -> Channel:
    return slack.add_channel("telework")


@pytest.fixture
def megumi(slack: FakeSlack) -> Person:
    return slack.add_person("megumi", "田中 恵", email="megumi@example.go.jp")


def say(client: WebClient, channel: str, text: str = "答え", **more: Any) -> str:
    """Post as our house does; the ts."""
    return str(client.chat_postMessage(channel=channel, text=text, **QUIET, **more)["ts"])


def refusal(error: pytest.ExceptionInfo[SlackApiError]) -> str:
    return str(error.value.response["error"])


BUTTON = {
    "type": "button",
    "action_id": "press",
    "text": {"type": "plain_text", "text": "担当者に照会する"},
    "value": "desk.escalate:t1",
}
CARD = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "解決しましたか。"}},
    {"type": "actions", "elements": [BUTTON]},
]


MENTION = {"type": "mrkdwn", "text": "至急 <!here>"}


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def ask(id: str, kind: str, **more: Any) -> dict[str, Any]:
    """A field of a form."""
    element = {"type": kind, "action_id": "a", **more}
    return {"type": "input", "block_id": id, "label": plain(id), "element": element}


def form(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    asked = list(blocks) or [ask("wish", "plain_text_input", max_length=10)]
    return {
        "type": "modal",
        "callback_id": "desk.form:t1",
        "private_metadata": "kept",
        "title": plain("照会"),
        "submit": plain("送る"),
        "blocks": asked,
        **more,
    }


# ---------------------------------------------------------------- tokens and scopes


def test_who_the_bot_is_and_what_it_may(client: WebClient) -> None:
    """auth.test should tell the ids, and the scopes in a header."""
    told = client.auth_test()

    assert (told["team_id"], told["user_id"]) == ("T0GOVERNMENT", "U0MADOGUCHI")
    assert "chat:write" in told.headers["x-oauth-scopes"].split(",")


@pytest.mark.parametrize(
    ("token", "error"),
    [("", "not_authed"), ("xoxb-other", "invalid_auth"), ("xapp-fake", "not_allowed_token_type")],
)
def test_a_call_needs_the_right_token(slack: FakeSlack, token: str, error: str) -> None:
    """No token, an unknown one and one of another kind are each refused by name."""
    client = WebClient(token or None, base_url=slack.api_url, retry_handlers=[])

    with pytest.raises(SlackApiError) as refused:
        client.auth_test()
    assert refusal(refused) == error


@pytest.mark.parametrize(
    ("scope", "call"),
    [
        ("chat:write", lambda c: say(c, "C0TELEWORK")),
        ("channels:history", lambda c: c.conversations_history(channel="C0TELEWORK")),
        ("channels:read", lambda c: c.conversations_info(channel="C0TELEWORK")),
        ("im:write", lambda c: c.conversations_open(users="U0MEGUMI")),
        ("users:read", lambda c: c.users_info(user="U0MEGUMI")),
        ("users:read.email", lambda c: c.users_lookupByEmail(email="megumi@example.go.jp")),
        ("files:write", lambda c: c.files_getUploadURLExternal(filename="a.csv", length=1)),
        ("files:read", lambda c: c.files_info(file="F1")),
    ],
)
def test_a_method_needs_its_scope(
    slack: FakeSlack, client: WebClient, channel: Channel, megumi: Person, scope: str, call: Any
) -> None:
    """A token without the scope is told which one is missing and which it has."""
    slack.revoke(scope)

    with pytest.raises(SlackApiError) as refused:
        call(client)
    assert refusal(refused) == "missing_scope"
    assert refused.value.response["needed"] == scope
    assert scope not in refused.value.response["provided"].split(",")


def test_an_address_needs_a_scope_of_its_own(
    slack: FakeSlack, client: WebClient, megumi: Person
) -> None:
    """users.info leaves the address out for who may not read it."""
    assert client.users_info(user=megumi.id)["user"]["profile"]["email"] == megumi.email

    slack.revoke("users:read.email")

    assert "email" not in client.users_info(user=megumi.id)["user"]["profile"]


def test_an_unknown_method_is_refused(client: WebClient) -> None:
    """A misspelt method is no success."""
    with pytest.raises(SlackApiError) as refused:
        client.api_call("chat.postMassage")
    assert refusal(refused) == "unknown_method"


# ---------------------------------------------------------------- posting


def refused_post(client: WebClient, channel: str, **given: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        # Not by its own method, which warns of what Slack is here to refuse.
        client.api_call(
            "chat.postMessage", json={"channel": channel, "text": "答え", **QUIET, **given}
        )
    return refusal(refused)


def test_it_refuses_a_place_that_it_cannot_post_to(slack: FakeSlack, client: WebClient) -> None:
    """Unknown, archived, foreign and private places, and people who are gone, by Slack's names."""
    slack.add_channel("old", archived=True)
    slack.add_channel("others", with_bot=False)
    slack.add_channel("secret", private=True, with_bot=False)
    slack.add_person("gone", deleted=True)

    assert refused_post(client, "C0NOWHERE") == "channel_not_found"
    assert refused_post(client, "C0OLD") == "is_archived"
    assert refused_post(client, "C0OTHERS") == "not_in_channel"
    assert refused_post(client, "C0SECRET") == "channel_not_found"
    assert refused_post(client, "U0GONE") == "user_disabled"
    assert refused_post(client, slack.bot) == "cannot_dm_bot"
    assert slack.posts == []


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "あ" * 40_001}, "msg_too_long"),
        ({"blocks": "[{"}, "invalid_blocks_format"),
        ({"blocks": "{}"}, "invalid_blocks_format"),
        ({"metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        ({"metadata": {"event_type": "a b", "event_payload": {}}}, "invalid_metadata_format"),
        ({"metadata": "{"}, "invalid_metadata_format"),
        ({"thread_ts": "1"}, "invalid_thread_ts"),
        ({"thread_ts": "1700000000.000001"}, "thread_not_found"),
        ({"unfurl_links": True}, "house_rule"),
        ({"unfurl_media": None}, "house_rule"),
        ({"link_names": True}, "house_rule"),
        ({"text": "<!channel> 至急"}, "house_rule"),
        ({"blocks": [{"type": "section", "text": MENTION}]}, "house_rule"),
    ],
)
def test_it_refuses_a_message_that_breaks_a_rule(
    slack: FakeSlack, client: WebClient, channel: Channel, given: dict[str, Any], error: str
) -> None:
    """Each rule has its error, and nothing is accepted."""
    assert refused_post(client, channel.id, **given) == error
    assert slack.posts == []


def test_words_of_rich_text_mention_nobody(client: WebClient, channel: Channel) -> None:
    """What somebody wrote stands in rich text as it is: only an element can mention there."""
    words = {"type": "text", "text": "<!channel>"}
    everybody = {"type": "broadcast", "range": "channel"}

    say(client, channel.id, blocks=rich_text(words))
    assert refused_post(client, channel.id, blocks=rich_text(everybody)) == "house_rule"


def rich_text(*runs: dict[str, Any]) -> list[dict[str, Any]]:
    section = {"type": "rich_text_section", "elements": list(runs)}
    return [{"type": "rich_text", "elements": [section]}]


def test_blocks_over_a_limit_are_refused_with_reasons(client: WebClient, channel: Channel) -> None:
    """invalid_blocks should say where, as Slack does."""
    blocks = [{"type": "header", "text": plain("あ" * 151)}]
    with pytest.raises(SlackApiError) as refused:
        say(client, channel.id, blocks=blocks)

    assert refusal(refused) == "invalid_blocks"
    (reason,) = refused.value.response["errors"]
    assert "header" in reason or "blocks" in reason


def test_a_message_has_the_shape_of_slacks(
    slack: FakeSlack, client: WebClient, channel: Channel
) -> None:
    """History gives back text, blocks with ids, and metadata only if asked for."""
    told = {"event_type": "delivery", "event_payload": {"delivery_id": "d1"}}
    ts = say(client, channel.id, blocks=CARD, metadata=told)

    (short,) = client.conversations_history(channel=channel.id)["messages"]
    (whole,) = client.conversations_history(channel=channel.id, include_all_metadata=True)[
        "messages"
    ]
    assert (short["ts"], short["text"], short["user"]) == (ts, "答え", slack.bot)
    assert all(block["block_id"] for block in short["blocks"])
    assert "metadata" not in short
    assert whole["metadata"] == told
    assert slack.posts[0].delivery == "d1"


def test_a_post_to_a_person_opens_their_conversation(client: WebClient, megumi: Person) -> None:
    """A user's id as channel leads to the same direct conversation as conversations.open."""
    posted = client.chat_postMessage(channel=megumi.id, text="答え", **QUIET)

    assert posted["channel"] == client.conversations_open(users=megumi.id)["channel"]["id"]


def test_an_update_keeps_what_is_not_given(
    slack: FakeSlack, client: WebClient, channel: Channel, megumi: Person
) -> None:
    """chat.update rewords the bot's own messages, and no others."""
    ts = say(client, channel.id, blocks=CARD)
    client.chat_update(channel=channel.id, ts=ts, text="新しい答え")

    assert slack.messages(channel)[0].text == "新しい答え"
    assert len(slack.messages(channel)[0].blocks) == len(CARD)
    for wrong, error in [
        ("1700000000.000001", "message_not_found"),
        (slack.mention(megumi, channel, "質問").ts, "cant_update_message"),
    ]:
        with pytest.raises(SlackApiError) as refused:
            client.chat_update(channel=channel.id, ts=wrong, text="x")
        assert refusal(refused) == error


def test_a_deleted_message_is_gone(slack: FakeSlack, client: WebClient, channel: Channel) -> None:
    """chat.delete removes a message, but leaves a stone where replies hang under it."""
    root, other = say(client, channel.id), say(client, channel.id)
    say(client, channel.id, thread_ts=root)
    client.chat_delete(channel=channel.id, ts=root)
    client.chat_delete(channel=channel.id, ts=other)

    (left,) = slack.messages(channel)
    assert left.body["subtype"] == "tombstone"


# ---------------------------------------------------------------- history


def test_history_leaves_replies_to_their_thread(client: WebClient, channel: Channel) -> None:
    """history holds the roots, replies the root and what hangs under it."""
    root = say(client, channel.id)
    reply = say(client, channel.id, thread_ts=root)

    history = client.conversations_history(channel=channel.id)["messages"]
    thread = client.conversations_replies(channel=channel.id, ts=root)["messages"]
    assert [message["ts"] for message in history] == [root]
    assert history[0]["reply_count"] == 1
    assert [message["ts"] for message in thread] == [root, reply]
    with pytest.raises(SlackApiError) as refused:
        say(client, channel.id, thread_ts=reply)
    assert refusal(refused) == "cannot_reply_to_message"


def test_a_thread_under_nothing_is_for_load_alone(
    slack: FakeSlack, client: WebClient, channel: Channel
) -> None:
    """Where any thread is allowed, it is read as it was written."""
    slack.configure(any_thread=True)
    reply = say(client, channel.id, thread_ts="1700000000.000001")

    (found,) = client.conversations_replies(channel=channel.id, ts="1700000000.000001")["messages"]
    assert found["ts"] == reply


def test_history_comes_in_pages_newest_first(client: WebClient, channel: Channel) -> None:
    """A cursor leads from page to page; times bound what is found, without their ends."""
    sent = [say(client, channel.id, str(number)) for number in range(5)]

    pages = client.conversations_history(channel=channel.id, limit=2)
    after = client.conversations_history(channel=channel.id, oldest=sent[2])["messages"]
    since = client.conversations_history(channel=channel.id, oldest=sent[2], inclusive=True)
    assert [m["ts"] for page in pages for m in page["messages"]] == sent[::-1]
    assert [m["ts"] for m in after] == sent[:2:-1]
    assert len(since["messages"]) == 3


def test_history_lags_behind(slack: FakeSlack, client: WebClient, channel: Channel) -> None:
    """What was posted just now is not in history yet, though it was accepted."""
    slack.configure(history_lag=60)
    root = say(client, channel.id)

    assert client.conversations_history(channel=channel.id)["messages"] == []
    assert [post.ts for post in slack.posts] == [root]


# ---------------------------------------------------------------- limits and faults


def failed(client: WebClient, channel: Channel, **more: Any) -> SlackApiError:
    with pytest.raises(SlackApiError) as error:
        say(client, channel.id, **more)
    return error.value


def test_a_channel_takes_one_post_a_second(
    slack: FakeSlack, client: WebClient, channel: Channel
) -> None:
    """The second post at once is limited, with Retry-After, and another channel's is not."""
    slack.configure(channel_pause=1)
    other = slack.add_channel("other")
    say(client, channel.id)

    limited = failed(client, channel).response
    say(client, other.id)
    assert (limited.status_code, limited["error"]) == (429, "ratelimited")
    assert limited.headers["Retry-After"] == "1"
    assert slack.stats["http429_channel"] == 1


def test_a_workspace_takes_a_burst_and_no_more(slack: FakeSlack, client: WebClient) -> None:
    """The rate of the whole workspace holds over all channels."""
    slack.configure(workspace_per_second=0.1, workspace_burst=2)
    for number in range(3):
        say(client, slack.add_channel(f"c{number}").id)

    assert failed(client, slack.add_channel("last")).response.status_code == 429
    assert slack.stats["http429_workspace"] == 1


def test_history_has_a_tier(slack: FakeSlack, client: WebClient, channel: Channel) -> None:
    """Calls of a method beyond those of a minute are limited."""
    slack.configure(per_minute={"conversations.history": 1})
    client.conversations_history(channel=channel.id)

    with pytest.raises(SlackApiError) as limited:
        client.conversations_history(channel=channel.id)
    assert refusal(limited) == "ratelimited"
    assert int(limited.value.response.headers["Retry-After"]) > 50


def test_every_kth_post_is_limited(slack: FakeSlack, client: WebClient, channel: Channel) -> None:
    """A set share of posts is limited, whatever the pace."""
    slack.configure(limit_every=2)
    say(client, channel.id)

    assert failed(client, channel).response.status_code == 429
    say(client, channel.id)


@pytest.mark.parametrize(
    ("fault", "status", "accepted"),
    [
        (Fault.FAIL_BEFORE, 500, 0),
        (Fault.FAIL_AFTER, 500, 1),
        (Fault.ERROR_AFTER, 200, 1),
        (Fault.LIMITED, 429, 0),
        ("fatal_error", 200, 0),
    ],
)
def test_a_planned_fault_befalls_the_next_call(
    slack: FakeSlack, client: WebClient, channel: Channel, fault: str, status: int, accepted: int
) -> None:
    """The sender sees a failure; the log alone knows whether it was accepted."""
    slack.fail_next(fault)

    assert failed(client, channel).response.status_code == status
    assert len(slack.posts) == accepted
    say(client, channel.id)


def test_a_connection_may_drop_after_accepting(
    slack: FakeSlack, client: WebClient, channel: Channel
) -> None:
    """The sender hears nothing, and the post stands."""
    slack.fail_next(Fault.DROP)

    with pytest.raises(OSError, match=r"closed|reset"):
        say(client, channel.id)
    assert len(slack.posts) == 1


def test_faults_follow_their_seed(client: WebClient, slack: FakeSlack, channel: Channel) -> None:
    """The same seed gives the same faults."""
    seen = []
    for _ in range(2):
        slack.reset(fail_after=0.5, seed=7)
        outcome = []
        for number in range(12):
            try:
                say(client, channel.id, str(number))
                outcome.append(True)
            except SlackApiError:
                outcome.append(False)
        seen.append(outcome)

    assert seen[0] == seen[1]
    assert set(seen[0]) == {True, False}


@pytest.mark.parametrize("down", ["refused", "reset"])
def test_the_service_may_be_down(
    slack: FakeSlack, client: WebClient, channel: Channel, down: str
) -> None:
    """Nobody answers for a while, and then as before."""
    slack.configure(down=down)
    with pytest.raises(OSError, match=r"refused|closed|reset"):
        say(client, channel.id)

    slack.configure(down="")

    say(client, channel.id)
    assert len(slack.posts) == 1


def test_the_service_may_say_that_it_is_away(
    slack: FakeSlack, client: WebClient, channel: Channel
) -> None:
    """A gateway's page comes with 503."""
    slack.configure(down="503")

    assert failed(client, channel).response.status_code == 503


# ---------------------------------------------------------------- views


def test_a_trigger_opens_one_view(slack: FakeSlack, client: WebClient, megumi: Person) -> None:
    """Unknown, used and expired triggers are told apart."""
    trigger = slack.make_trigger(megumi)
    opened = client.views_open(trigger_id=trigger, view=form())
    slack.configure(trigger_life=-1)
    late = slack.make_trigger(megumi)

    for wrong, error in [
        (trigger, "exchanged_trigger_id"),
        (late, "expired_trigger_id"),
        ("1.2.x", "invalid_trigger_id"),
    ]:
        with pytest.raises(SlackApiError) as refused:
            client.views_open(trigger_id=wrong, view=form())
        assert refusal(refused) == error
    shown = slack.view(megumi)
    assert shown is not None
    assert (shown.id, shown.hash) == (opened["view"]["id"], opened["view"]["hash"])


def test_a_view_is_checked(slack: FakeSlack, client: WebClient, megumi: Person) -> None:
    """A view over a limit is refused with reasons, and its trigger may be used again."""
    trigger = slack.make_trigger(megumi)
    with pytest.raises(SlackApiError) as refused:
        client.views_open(trigger_id=trigger, view=form(title=plain("あ" * 25)))

    assert refusal(refused) == "invalid_arguments"
    assert refused.value.response["response_metadata"]["messages"]
    client.views_open(trigger_id=trigger, view=form())


def test_an_old_hash_is_a_conflict(slack: FakeSlack, client: WebClient, megumi: Person) -> None:
    """A view changed meanwhile is not overwritten; one that is closed is not found."""
    view = client.views_open(trigger_id=slack.make_trigger(megumi), view=form())["view"]
    client.views_update(view_id=view["id"], hash=view["hash"], view=form())

    with pytest.raises(SlackApiError) as refused:
        client.views_update(view_id=view["id"], hash=view["hash"], view=form())
    assert refusal(refused) == "hash_conflict"
    slack.cancel(megumi)
    with pytest.raises(SlackApiError) as refused:
        client.views_update(view_id=view["id"], view=form())
    assert refusal(refused) == "not_found"


def test_three_views_lie_on_each_other(slack: FakeSlack, client: WebClient, megumi: Person) -> None:
    """A fourth is refused."""
    client.views_open(trigger_id=slack.make_trigger(megumi), view=form())
    for _ in range(2):
        client.views_push(trigger_id=slack.make_trigger(megumi), view=form())

    with pytest.raises(SlackApiError) as refused:
        client.views_push(trigger_id=slack.make_trigger(megumi), view=form())
    assert refusal(refused) == "push_limit_reached"


def test_a_home_belongs_to_a_person(slack: FakeSlack, client: WebClient, megumi: Person) -> None:
    """The latest view stands on a Home; a dialog is no Home, and nobody has none."""
    for text in ("前", "後"):
        client.views_publish(
            user_id=megumi.id, view={"type": "home", "blocks": [{**CARD[0], "text": plain(text)}]}
        )

    home = slack.home(megumi)
    assert home is not None
    assert home["blocks"][0]["text"]["text"] == "後"
    for user, view in [(megumi.id, form()), ("U0NOBODY", {"type": "home", "blocks": CARD})]:
        with pytest.raises(SlackApiError) as refused:
            client.views_publish(user_id=user, view=view)
        assert refusal(refused) == "invalid_arguments"


# ---------------------------------------------------------------- files


def test_an_upload_becomes_a_message(slack: FakeSlack, client: WebClient, channel: Channel) -> None:
    """The answer has no ts; history shows the message with its file."""
    root = say(client, channel.id)
    done = client.files_upload_v2(
        content="省,数\n", filename="table.csv", title="一覧", channel=channel.id, thread_ts=root
    )

    assert "ts" not in done["file"]
    (_, message) = client.conversations_replies(channel=channel.id, ts=root)["messages"]
    (file,) = message["files"]
    assert (file["name"], file["title"]) == ("table.csv", "一覧")
    assert slack.file(file["id"]).data == "省,数\n".encode()
    (share,) = client.files_info(file=file["id"])["file"]["shares"]["public"][channel.id]
    assert share["ts"] == message["ts"]


def test_an_upload_is_complete_once(client: WebClient, channel: Channel) -> None:
    """What was not uploaded, or was completed before, is not found."""
    empty = client.files_getUploadURLExternal(filename="a.csv", length=3)["file_id"]
    done = client.files_upload_v2(content="abc", filename="a.csv")["file"]["id"]

    for id in (empty, done, "F1"):
        with pytest.raises(SlackApiError) as refused:
            client.files_completeUploadExternal(files=[{"id": id}], channel_id=channel.id)
        assert refusal(refused) == "file_not_found"


def test_a_picture_in_blocks_must_be_uploaded(
    slack: FakeSlack, client: WebClient, channel: Channel
) -> None:
    """An image block may name a completed picture, and nothing else."""
    csv = client.files_upload_v2(content="abc", filename="a.csv")["file"]["id"]
    png = client.files_upload_v2(content=b"png", filename="a.png")["file"]["id"]

    for id, accepted in [("F1", 0), (csv, 0), (png, 1)]:
        blocks = [{"type": "image", "alt_text": "図", "slack_file": {"id": id}}]
        if accepted:
            say(client, channel.id, blocks=blocks)
        else:
            assert refused_post(client, channel.id, blocks=blocks) == "invalid_blocks"


# ---------------------------------------------------------------- a bot to send to


@dataclass
class Bot:
    """The smallest bot: keeps what it hears, checks who says it, answers what it is told to."""

    secret: str
    heard: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    answer: dict[str, Any] | None = None
    trusted: list[bool] = field(default_factory=list)
    url: str = ""

    def take(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        genuine = SignatureVerifier(self.secret).is_valid_request(body, headers)
        self.trusted.append(genuine)
        self.heard.append((headers, read_body(headers, body)))
        status = self.statuses.pop(0) if self.statuses else 200
        return status, b"" if self.answer is None else json.dumps(self.answer).encode()

    @property
    def last(self) -> dict[str, Any]:
        return self.heard[-1][1]


def read_body(headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """A payload, in whichever way it came; what is broken, as text."""
    try:
        if headers["content-type"] == "application/json":
            return dict(json.loads(body))
        flat = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        return dict(json.loads(flat["payload"])) if "payload" in flat else flat
    except ValueError:
        return {"broken": body}


@pytest.fixture
def bot(slack: FakeSlack) -> Iterator[Bot]:
    bot = Bot(slack.signing_secret)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            names = {name.lower(): value for name, value in self.headers.items()}
            status, answer = bot.take(names, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: Any) -> None:
            """Say nothing: the bot keeps what it hears."""

    class Server(http.server.ThreadingHTTPServer):
        request_queue_size = 200

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        bot.url = f"http://127.0.0.1:{server.server_port}/slack/events"
        slack.send_events_to(bot.url)
        yield bot
        server.shutdown()
        thread.join()


# ---------------------------------------------------------------- events


def test_a_mention_is_sent_as_slack_sends_it(
    slack: FakeSlack, bot: Bot, channel: Channel, megumi: Person
) -> None:
    """Signed, in an envelope with ids, its text escaped and led by the mention."""
    said = slack.mention(megumi, channel, "a<b & c")

    assert said.ack.ok
    assert bot.trusted == [True]
    event = bot.last["event"]
    assert event["type"] == "app_mention"
    assert event["text"] == "<@U0MADOGUCHI> a&lt;b &amp; c"
    assert (event["ts"], event["channel"], event["user"]) == (said.ts, channel.id, megumi.id)
    assert "thread_ts" not in event
    assert bot.last["event_id"] == said.payload.id
    assert bot.last["authorizations"][0]["team_id"] == slack.team


def test_a_direct_message_is_one_of_type_im(slack: FakeSlack, bot: Bot, megumi: Person) -> None:
    """In a thread it says which."""
    root = slack.direct(megumi, "質問")
    slack.direct(megumi, "続き", thread=root.ts)

    event = bot.last["event"]
    assert (event["type"], event["channel_type"]) == ("message", "im")
    assert (event["thread_ts"], event["text"]) == (root.ts, "続き")


def test_the_bots_answer_hangs_under_what_was_said(
    slack: FakeSlack, bot: Bot, client: WebClient, channel: Channel, megumi: Person
) -> None:
    """The ts of an event is a message that a thread may hang under."""
    said = slack.mention(megumi, channel, "質問")
    say(client, channel.id, thread_ts=said.ts)

    assert [message.text for message in slack.thread(channel, said.ts)] == ["答え"]
    assert slack.wait_for(channel, "答え", thread=said.ts).thread == said.ts


@pytest.mark.parametrize(
    ("statuses", "tries"), [([500, 500], 3), ([503] * 9, 4), ([404, 404, 404], 4)]
)
def test_an_event_that_is_not_taken_comes_again(
    slack: FakeSlack, bot: Bot, channel: Channel, megumi: Person, statuses: list[int], tries: int
) -> None:
    """Up to three times more, with the number and the reason, and the same event id."""
    bot.statuses = statuses
    slack.configure(retry_scale=0.0)
    said = slack.mention(megumi, channel, "質問")

    assert len(said.ack.attempts) == tries
    numbers = [headers.get("x-slack-retry-num") for headers, _ in bot.heard]
    assert numbers == [None, *map(str, range(1, tries))]
    assert bot.heard[1][0]["x-slack-retry-reason"] == "http_error"
    assert len({body["event_id"] for _, body in bot.heard}) == 1


def test_a_press_does_not_come_again(
    slack: FakeSlack, bot: Bot, client: WebClient, channel: Channel, megumi: Person
) -> None:
    """Who pressed sees that it failed, and presses again if they like."""
    say(client, channel.id, blocks=CARD)
    bot.statuses = [500]

    assert (
        len(slack.press(megumi, slack.messages(channel)[0], "担当者に照会する").ack.attempts) == 1
    )


def test_a_bot_that_is_away_is_a_failed_connection(
    slack: FakeSlack, bot: Bot, channel: Channel, megumi: Person
) -> None:
    """Every try is recorded with its reason."""
    slack.configure(retry_scale=0.0)
    slack.send_events_to("http://127.0.0.1:9/slack/events")

    tries = slack.mention(megumi, channel, "質問").ack.attempts
    assert [attempt.reason for attempt in tries] == ["connection_failed"] * 4


def test_a_silent_bot_is_given_up(slack: FakeSlack, channel: Channel, megumi: Person) -> None:
    """No answer in time counts as none."""
    slack.configure(ack_within=0.05, retry_after=())
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as deaf:
        slack.send_events_to(f"http://127.0.0.1:{deaf.server_port}/")
        (only,) = slack.mention(megumi, channel, "質問").ack.attempts

    assert only.reason == "http_timeout"


@pytest.mark.parametrize(
    ("manner", "trusted"),
    [
        (Manner(forged=True), False),
        (Manner(unsigned=True), False),
        (Manner(age=3600), False),
        (Manner(team="T0STRANGERS"), True),
        (Manner(truncated=True), True),
        (Manner(malformed=True), True),
        (Manner(padding=100_000), True),
    ],
)
def test_an_event_may_be_sent_wrongly(
    slack: FakeSlack, bot: Bot, channel: Channel, megumi: Person, manner: Manner, trusted: bool
) -> None:
    """What is forged or old has no valid signature; what is broken has one; none comes again."""
    bot.statuses = [401]
    said = slack.mention(megumi, channel, "質問", manner=manner)

    assert len(said.ack.attempts) == 1
    assert bot.trusted == [trusted]
    assert ("broken" in bot.last) == (manner.truncated or manner.malformed)
    if manner.team:
        assert bot.last["team_id"] == manner.team


def test_an_event_may_be_replayed(
    slack: FakeSlack, bot: Bot, channel: Channel, megumi: Person
) -> None:
    """The same event again has the same id and body."""
    said = slack.mention(megumi, channel, "質問")
    slack.send_again(said)

    assert bot.heard[0][1] == bot.heard[1][1]


def test_the_address_is_verified(slack: FakeSlack, bot: Bot) -> None:
    """url_verification brings a challenge, and the answer is recorded."""
    bot.answer = {"challenge": "c1"}

    assert slack.verify_url("c1").ack.json == {"challenge": "c1"}


def test_an_organisation_has_its_id_everywhere(bot: Bot, megumi: Person) -> None:
    """With an install to all of an organisation, events and presses name it."""
    with FakeSlack(enterprise="E0GOVERNMENT", events_to=bot.url) as slack:
        person, channel = slack.add_person("ken"), slack.add_channel("telework")
        slack.mention(person, channel, "質問")
        (authorization,) = bot.last["authorizations"]
        slack.command(person, channel, "/madoguchi")

    assert authorization["enterprise_id"] == "E0GOVERNMENT"
    assert authorization["is_enterprise_install"] is True
    assert bot.last["enterprise_id"] == "E0GOVERNMENT"


# ---------------------------------------------------------------- commands, presses, forms


def test_a_command_brings_a_trigger_and_an_address(
    slack: FakeSlack, bot: Bot, client: WebClient, channel: Channel, megumi: Person
) -> None:
    """The trigger opens a view for who typed it; the address takes five answers."""
    slack.command(megumi, channel, "/madoguchi", "照会")
    client.views_open(trigger_id=bot.last["trigger_id"], view=form())

    assert (bot.last["command"], bot.last["text"]) == ("/madoguchi", "照会")
    assert slack.view(megumi) is not None
    caller = WebClient(base_url=slack.api_url)
    for _ in range(5):
        post(caller, bot.last["response_url"], {"text": "受け付けました"})
    with pytest.raises(SlackApiError):
        post(caller, bot.last["response_url"], {"text": "六回目"})
    assert len(slack.responses(megumi)) == 5


def post(client: WebClient, url: str, body: dict[str, Any]) -> None:
    """Answer at an address for responses. Raises SlackApiError unless it is taken."""
    answered = WebhookClient(url).send_dict(body)
    if answered.status_code != 200:
        raise SlackApiError(answered.body, {"error": answered.body})


def test_a_press_brings_what_stands_in_the_message(
    slack: FakeSlack, bot: Bot, client: WebClient, channel: Channel, megumi: Person
) -> None:
    """The button's own value and ids, the message with its thread, a trigger."""
    root = say(client, channel.id)
    say(client, channel.id, blocks=CARD, thread_ts=root)
    (card,) = slack.thread(channel, root)
    slack.press(megumi, card, "担当者に照会する")

    (action,) = bot.last["actions"]
    assert (action["value"], action["action_id"]) == ("desk.escalate:t1", "press")
    assert action["block_id"] == card.blocks[1]["block_id"]
    assert bot.last["container"]["thread_ts"] == root
    assert bot.last["message"]["thread_ts"] == root
    assert client.views_open(trigger_id=bot.last["trigger_id"], view=form())["ok"]


def test_only_what_is_shown_can_be_pressed(
    slack: FakeSlack, bot: Bot, client: WebClient, channel: Channel, megumi: Person
) -> None:
    """A button that does not stand there is no button."""
    say(client, channel.id, blocks=CARD)

    with pytest.raises(NotThere, match="担当者に照会する"):
        slack.press(megumi, slack.messages(channel)[0], "消す")
    assert bot.heard == []


def test_a_home_has_buttons_too(
    slack: FakeSlack, bot: Bot, client: WebClient, megumi: Person
) -> None:
    """A press there brings the view, and no message."""
    client.views_publish(user_id=megumi.id, view={"type": "home", "blocks": CARD})
    slack.press_home(megumi, "担当者に照会する")

    assert bot.last["container"]["type"] == "view"
    assert bot.last["view"]["type"] == "home"
    assert "message" not in bot.last


def test_opening_the_home_is_an_event(slack: FakeSlack, bot: Bot, megumi: Person) -> None:
    """It says whose it is, and which tab."""
    slack.open_home(megumi)

    event = bot.last["event"]
    assert (event["type"], event["user"], event["tab"]) == ("app_home_opened", megumi.id, "home")


def test_a_shortcut_brings_the_message(
    slack: FakeSlack, bot: Bot, channel: Channel, megumi: Person
) -> None:
    """A message shortcut names the message that it was taken on."""
    said = slack.mention(megumi, channel, "質問")
    assert said.message is not None
    slack.shortcut(megumi, said.message, "desk.inquire")

    assert (bot.last["type"], bot.last["callback_id"]) == ("message_action", "desk.inquire")
    assert (bot.last["message_ts"], bot.last["message"]["text"]) == (said.ts, said.message.text)


def open_form(slack: FakeSlack, client: WebClient, person: Person, view: dict[str, Any]) -> None:
    client.views_open(trigger_id=slack.make_trigger(person), view=view)


def test_a_form_is_filled_and_sent(
    slack: FakeSlack, bot: Bot, client: WebClient, megumi: Person
) -> None:
    """Every kind of field stands in the state as Slack writes it; an empty answer closes."""
    options = [{"text": plain("あり"), "value": "1"}, {"text": plain("なし"), "value": "0"}]
    fields = (
        ask("wish", "plain_text_input"),
        ask("days", "number_input", is_decimal_allowed=False, min_value="0", max_value="5"),
        ask("from", "datepicker"),
        ask("one", "static_select", options=options),
        ask("some", "checkboxes", options=options),
        ask("proof", "file_input", filetypes=["csv"], max_files=1),
        {**ask("more", "plain_text_input"), "optional": True},
    )
    open_form(slack, client, megumi, form(*fields))
    file = slack.upload("a.csv", b"a,b")
    slack.submit(
        megumi,
        {"wish": "希望", "days": 3, "from": "2017-05-08", "one": "あり", "some": ["0"]}
        | {"proof": [file]},
    )

    state = {
        block: next(iter(v.values())) for block, v in bot.last["view"]["state"]["values"].items()
    }
    assert state["wish"] == {"type": "plain_text_input", "value": "希望"}
    assert state["days"]["value"] == "3"
    assert state["from"]["selected_date"] == "2017-05-08"
    assert state["one"]["selected_option"]["value"] == "1"
    assert [option["value"] for option in state["some"]["selected_options"]] == ["0"]
    assert state["proof"]["files"][0]["id"] == file["id"]
    assert state["more"]["value"] is None
    assert bot.last["view"]["private_metadata"] == "kept"
    assert slack.view(megumi) is None


@pytest.mark.parametrize(
    ("block", "answer"),
    [
        (ask("x", "plain_text_input"), None),
        (ask("x", "plain_text_input", max_length=2), "三文字"),
        (ask("x", "plain_text_input", min_length=2), "一"),
        (ask("x", "number_input", is_decimal_allowed=False), "1.5"),
        (ask("x", "number_input", is_decimal_allowed=True, max_value="5"), "6"),
        (ask("x", "number_input", is_decimal_allowed=True, min_value="5"), "4"),
        (ask("x", "datepicker"), "明日"),
    ],
)
def test_the_client_holds_a_faulty_form_back(
    slack: FakeSlack, bot: Bot, client: WebClient, megumi: Person, block: Any, answer: Any
) -> None:
    """What Slack's own client checks never reaches the bot."""
    open_form(slack, client, megumi, form(block))

    with pytest.raises(ClientRefuses):
        slack.submit(megumi, {"x": answer})
    assert bot.heard == []


def test_errors_keep_the_form_open(
    slack: FakeSlack, bot: Bot, client: WebClient, megumi: Person
) -> None:
    """Errors stand at inputs; errors for anything else are no answer."""
    open_form(slack, client, megumi, form())
    bot.answer = {"response_action": "errors", "errors": {"wish": "短すぎます。"}}
    sent = slack.submit(megumi, {"wish": "希望"})

    assert sent.errors == {"wish": "短すぎます。"}
    assert slack.view(megumi) is not None
    for wrong in ({"response_action": "errors", "errors": {"other": "誤り"}}, {"ok": True}):
        bot.answer = wrong
        with pytest.raises(BadAnswer):
            slack.submit(megumi, {"wish": "希望"})


def test_a_form_may_be_replaced_by_the_answer(
    slack: FakeSlack, bot: Bot, client: WebClient, megumi: Person
) -> None:
    """update rewords it, push lays another on it, clear closes all."""
    open_form(slack, client, megumi, form())
    bot.answer = {"response_action": "update", "view": form(title=plain("二"))}
    slack.submit(megumi, {"wish": "希望"})
    bot.answer = {"response_action": "push", "view": form(title=plain("三"))}
    slack.submit(megumi, {"wish": "希望"})
    shown = slack.view(megumi)
    assert shown is not None
    assert (shown.given["title"]["text"], shown.previous is None) == ("三", False)

    bot.answer = {"response_action": "clear"}
    slack.submit(megumi, {"wish": "希望"})
    assert slack.view(megumi) is None


# ---------------------------------------------------------------- many, and from outside


def test_many_events_at_a_set_rate(slack: FakeSlack, bot: Bot) -> None:
    """Each is its own, and each is taken."""
    taken = slack.flood(60, 1000, kinds=("mention", "direct", "command"))

    assert all(delivery.ack.ok for delivery in taken)
    assert len({delivery.payload.id for delivery in taken}) == 60
    assert len(bot.heard) == 60


def call(slack: FakeSlack, path: str, body: dict[str, Any] | None = None) -> Any:
    """What a harness in another process does."""
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(slack.url + path, data)) as answer:
        return json.load(answer)


def test_a_harness_drives_it_in_its_own_words(slack: FakeSlack) -> None:
    """Its reset, its figures and its log are those that the kill harness reads."""
    call(slack, "/_reset", {"CHANNEL_S": 0, "P_500A": 1.0})
    anybody = WebClient("xoxb-any", base_url=slack.api_url, retry_handlers=[])
    for _ in range(2):
        with pytest.raises(SlackApiError):
            anybody.chat_postMessage(
                channel="c7",
                metadata={"event_type": "d", "event_payload": {"delivery_id": "m0"}},
                text="digest 0",
            )

    stats, rows = call(slack, "/_stats"), call(slack, "/_log")
    assert [row[1:3] for row in rows] == [["c7", "m0"], ["c7", "m0"]]
    assert (stats["accepted"], stats["distinct"], stats["extra_posts"]) == (2, 1, 1)
    assert stats["seconds"] >= 0


def test_it_is_configured_and_driven_from_outside(slack: FakeSlack, bot: Bot) -> None:
    """Rules, people, channels and what they say, over HTTP."""
    call(slack, "/_configure", {"limit_every": 1})
    call(slack, "/_person", {"name": "ken"})
    call(slack, "/_channel", {"name": "desk"})
    call(slack, "/_say", {"user": "U0KEN", "channel": "C0DESK", "text": "質問"})
    slack.wait_until(lambda: slack.deliveries)

    assert call(slack, "/_acks")["acknowledged"] == 1
    assert call(slack, "/_messages?channel=C0DESK")[0]["text"] == "<@U0MADOGUCHI> 質問"
    client = WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    assert failed(client, slack.get_channel("C0DESK")).response.status_code == 429


# ---------------------------------------------------------------- Socket Mode


def test_events_come_over_a_socket(slack: FakeSlack, channel: Channel, megumi: Person) -> None:
    """An envelope is acknowledged; on request the bot connects anew."""
    web = WebClient(base_url=slack.api_url)
    bot = SocketModeClient(slack.app_token, web_client=web, ping_interval=0.5)

    def take(client: Any, request: Any) -> None:
        answer = {"text": "受け付けました"} if request.type == "slash_commands" else None
        client.send_socket_mode_response(SocketModeResponse(request.envelope_id, answer))

    bot.socket_mode_request_listeners.append(take)
    bot.connect()
    try:
        slack.wait_until(lambda: slack.connected == 1)
        assert len(slack.mention(megumi, channel, "質問").ack.attempts) == 1
        command = slack.command(megumi, channel, "/madoguchi")
        assert command.ack.json == {"text": "受け付けました"}
        slack.ask_to_reconnect()
        slack.wait_until(lambda: slack.slack.sockets.opened == 2 and slack.connected == 1)
        assert slack.mention(megumi, channel, "続き").ack.ok
    finally:
        # The SDK waits three seconds for whatever may still come, unless the connection has ended.
        bot.auto_reconnect_enabled = False
        slack.cut_sockets()
        bot.close()


def test_a_socket_that_is_gone_is_a_failed_connection(
    slack: FakeSlack, channel: Channel, megumi: Person
) -> None:
    """Without a connection no event arrives."""
    assert slack.mention(megumi, channel, "質問").ack.attempts[-1].reason == "connection_failed"


def test_a_socket_needs_an_app_token(slack: FakeSlack, client: WebClient) -> None:
    """A bot token opens none."""
    with pytest.raises(SlackApiError) as refused:
        client.apps_connections_open(app_token=slack.bot_token)
    assert refusal(refused) == "not_allowed_token_type"
