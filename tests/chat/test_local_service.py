"""The local page as a chat service: what the port promises, kept by its transcript."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.local import store
from bot.chat.local.persona import People, Persona, conversation
from bot.chat.local.service import LocalService
from bot.conversation.address import Account, Conversation, Place
from bot.conversation.message import Control, FileContent, Form, Image, Message
from bot.conversation.port import NO_PACE, Away, ChatService, Refused
from bot.database.engine import Database
from tests.chat.stage import CARD, CHANNELS, MEGUMI, NOON, PERSONAS, StoppedClock, say

TELEWORK = Place(conversation("telework"))


def list_said(service: LocalService, id: str) -> list[str]:
    """The gists of what the bot has said at the top of a conversation."""
    with service.database.read() as tx:
        roots = store.list_roots(tx, id, 100)
    return [entry.message.gist for entry in roots if entry.message]


def test_it_is_a_chat_service(service: LocalService) -> None:
    """It has every call of the port, and knows at once what was posted."""
    port: ChatService = service

    assert (port.name, port.history_lag, port.pace) == ("local", timedelta(0), NO_PACE)


def test_a_post_to_a_person_goes_to_their_direct_conversation(service: LocalService) -> None:
    """An account is addressed by the conversation named @ and its id."""
    sent = service.post(MEGUMI.account, say("答え"), "d1")

    assert sent.conversation == Conversation("local", "local", "@megumi")
    assert sent.conversation.key == MEGUMI.account.key
    assert list_said(service, "@megumi") == ["答え"]


def test_posting_twice_is_posting_once(service: LocalService) -> None:
    """The same delivery id gives the first message, whatever else has happened since."""
    first = service.post(TELEWORK, say("一"), "d1")
    service.post(TELEWORK, say("二"), "d2")

    assert service.post(TELEWORK, say("一"), "d1") == first
    assert list_said(service, "telework") == ["一", "二"]


def test_a_delivery_is_looked_up_exactly(service: LocalService) -> None:
    """What was posted is found by its delivery id, and nothing else is."""
    sent = service.post(TELEWORK, say("一"), "d1")

    assert service.look_up(TELEWORK, "d1", NOON) == sent
    assert service.look_up(TELEWORK, "d2", NOON) is None


def test_a_thread_is_one_level_deep(service: LocalService) -> None:
    """A post under a reply stands in the same thread as the reply."""
    root = service.post(TELEWORK, say("根"), "d1")
    reply = service.post(replace(TELEWORK, thread=root.message), say("一"), "d2")
    service.post(replace(TELEWORK, thread=reply.message), say("二"), "d3")

    with service.database.read() as tx:
        replies = store.list_replies(tx, [int(root.message)])
    assert [e.message.gist for e in replies[int(root.message)] if e.message] == ["一", "二"]


def test_an_update_takes_the_place_of_the_message(
    service: LocalService, time: StoppedClock
) -> None:
    """The latest wording stands, at the same place, with the time of the change."""
    sent = service.post(TELEWORK, say("前"), "d1")
    time.now += timedelta(minutes=5)
    service.update(sent, say("後"))

    with service.database.read() as tx:
        entry = store.find_entry(tx, int(sent.message))
    assert entry is not None
    assert entry.message == say("後")
    assert entry.updated_at - entry.created_at == timedelta(minutes=5)


def test_a_home_is_put_in_place_of_the_last(service: LocalService) -> None:
    """One message stands on a Home, files included."""
    image = Image(FileContent("a.png", "image/png", b"png"), "図")
    service.home(MEGUMI.account, say("前"))
    service.home(MEGUMI.account, Message("後", (image,)))

    with service.database.read() as tx:
        assert store.find_home(tx, "megumi") == Message("後", (image,))


def test_it_refuses_what_it_does_not_know(service: LocalService) -> None:
    """An unknown channel, person, tenant, thread or message is refused for good."""
    sent = service.post(TELEWORK, say("一"), "d1")
    elsewhere = Place(Conversation("slack", "T1", "telework"))
    for target in (
        Place(conversation("nowhere")),
        Place(conversation("@nobody")),
        Account("local", "local", "nobody"),
        Account("local", "other", "megumi"),
        elsewhere,
        replace(TELEWORK, thread="99"),
        replace(TELEWORK, thread="x"),
        replace(TELEWORK, thread="9" * 30),
        Place(conversation("desk"), sent.message),
    ):
        with pytest.raises(Refused):
            service.post(target, say("二"), "d2")
    with pytest.raises(Refused):
        service.update(replace(sent, message="99"), say("二"))
    with pytest.raises(Refused):
        service.update(replace(sent, conversation=conversation("desk")), say("二"))
    with pytest.raises(Refused):
        service.home(Account("local", "local", "nobody"), say("二"))
    with pytest.raises(Refused):
        service.open_form("trigger", Form(Control("a.b", ""), "題", "送る", ()))
    assert list_said(service, "telework") == ["一"]


def test_a_persons_own_words_are_not_updated(service: LocalService) -> None:
    """The bot never puts words into the mouth of somebody else."""
    sent = service.post(TELEWORK, CARD, "d1")
    with service.database.write() as tx:
        id = store.add_text(tx, "telework", None, "megumi", "質問", "d2", NOON)

    with pytest.raises(Refused):
        service.update(replace(sent, message=str(id)), say("別の質問"))


def test_a_reply_may_come_before_the_question_is_shown(service: LocalService) -> None:
    """The bot can be quicker than the page: its answer waits under a message not shown yet."""
    with service.database.write() as tx:
        id = store.add_text(tx, "telework", None, "megumi", "質問", "d2", NOON)

    service.post(replace(TELEWORK, thread=str(id)), say("答え"), "d1")

    with service.database.write() as tx:
        assert store.list_roots(tx, "telework", 9) == ()
        store.show_text(tx, id)
        assert [entry.text for entry in store.list_roots(tx, "telework", 9)] == ["質問"]
        assert len(store.list_replies(tx, [id])[id]) == 1


def test_people_are_known_by_name(service: LocalService) -> None:
    """A profile has the persona's name, and no address."""
    profile = service.fetch_person(MEGUMI.account)

    assert (profile.name, profile.email) == ("田中 恵", None)
    with pytest.raises(Refused):
        service.fetch_person(Account("local", "local", "nobody"))


def test_a_database_that_fails_means_away(tmp_path: Path) -> None:
    """Where nothing can be stored, nothing was posted, and the sender may try again."""
    (tmp_path / "page.db").mkdir()
    database = Database.at(f"sqlite:///{tmp_path / 'page.db'}")
    service = LocalService(database, PERSONAS, CHANNELS, StoppedClock())

    for act in (
        lambda: service.post(TELEWORK, say("一"), "d1"),
        lambda: service.home(MEGUMI.account, say("一")),
        lambda: service.look_up(TELEWORK, "d1", NOON),
    ):
        with pytest.raises(Away):
            act()
    database.close()


def test_what_another_version_wrote_is_not_lost(service: LocalService) -> None:
    """A message in words that this version does not know stands in its place, unread."""
    sent = service.post(TELEWORK, say("一"), "d1")
    with service.database.write() as tx:
        tx.exec_driver_sql("""UPDATE local_messages SET body = '{"$": "Hologram"}'""")

    with service.database.read() as tx:
        entry = store.find_entry(tx, int(sent.message))
    assert entry is not None
    assert entry.message is None


def test_revisions_only_rise(service: LocalService) -> None:
    """Every change, of whatever kind, has a higher number than all before it."""
    seen = [0]
    for act in (
        lambda: service.post(TELEWORK, say("一"), "d1"),
        lambda: service.home(MEGUMI.account, say("家")),
        lambda: service.post(MEGUMI.account, say("二"), "d2"),
        lambda: service.home(MEGUMI.account, say("家")),
    ):
        act()
        with service.database.read() as tx:
            seen.append(store.get_revision(tx))

    assert seen == sorted(set(seen))


def test_a_stage_needs_somebody() -> None:
    """Without a persona nobody could use the page; an id must fit into an address."""
    with pytest.raises(ValueError, match="at least one"):
        People((), CHANNELS)
    for id in ("", "@megumi", "a/b", "恵"):
        with pytest.raises(ValueError, match="not an id"):
            Persona(id, "恵", "職員", None, "")
