"""The terminal as a chat service: posts once, finds what it posted, refuses what it cannot do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.chat.terminal.people import conversation, search
from bot.chat.terminal.service import TerminalService, home_of
from bot.clock import Clock
from bot.conversation.address import Account, Conversation, Place, Target
from bot.conversation.message import Form, Message, Paragraph
from bot.conversation.port import ChatService, Refused, Sent
from tests.terminal.stage import OFFICER, OFFICIAL, ROOMS, form_of, make_people

DESK = Place(conversation("desk"))


@pytest.fixture
def service(clock: Clock) -> TerminalService:
    return TerminalService(make_people(), clock.now)


def words(text: str) -> Message:
    return Message(text, (Paragraph.of(text),))


def test_it_is_a_chat_service(service: TerminalService) -> None:
    """It has all that the sender asks of a chat service."""
    port: ChatService = service

    assert port.name == "terminal"
    assert port.history_lag.total_seconds() == 0
    assert port.fetch_person(OFFICIAL.account).name == "環境省の職員"


def test_a_delivery_is_posted_once(service: TerminalService) -> None:
    """The same delivery twice gives the first message; a look-up finds it, and no other."""
    first = service.post(DESK, words("一"), "d1")
    again = service.post(DESK, words("一"), "d1")

    assert first == again
    assert len(service.list_entries("desk")) == 1
    assert service.look_up(DESK, "d1", service.now()) == first
    assert service.look_up(DESK, "d2", service.now()) is None


def test_a_post_to_a_person_goes_to_them_directly(service: TerminalService) -> None:
    """An account's post stands in its direct conversation."""
    service.post(OFFICIAL.account, words("一"), "d1")

    assert [e.message for e in service.list_entries(OFFICIAL.direct)] == [words("一")]


def test_an_update_takes_the_place(service: TerminalService) -> None:
    """A new wording stands where the earlier one stood, and is news with what it was."""
    sent = service.post(DESK, words("一"), "d1")
    service.update(sent, words("二"))

    (entry,) = service.list_entries("desk")
    assert entry.message == words("二")
    assert service.list_news(1)[0].before == words("一")


def test_a_thread_is_one_level_deep(service: TerminalService) -> None:
    """An answer to an answer hangs under the first message."""
    said = service.say(OFFICIAL, "telework", "質問")
    answer = service.post(Place(conversation("telework"), said.id), words("回答"), "d1")
    service.post(Place(conversation("telework"), answer.message), words("補足"), "d2")

    assert {entry.root for entry in service.list_entries("telework")} == {said.id}


def test_a_home_is_one_entry(service: TerminalService) -> None:
    """The latest Home stands alone."""
    service.home(OFFICIAL.account, words("一"))
    service.home(OFFICIAL.account, words("二"))

    assert [e.message for e in service.list_entries(home_of(OFFICIAL))] == [words("二")]


@pytest.mark.parametrize(
    "target",
    [
        Account("terminal", "local", "nobody"),
        Account("local", "local", OFFICIAL.id),
        Place(Conversation("terminal", "elsewhere", "desk")),
        Place(conversation("no-such-room")),
        Place(conversation("@nobody")),
        Place(conversation("desk"), "no-such-entry"),
    ],
)
def test_a_wrong_target_is_refused(service: TerminalService, target: Target) -> None:
    """Who or what is not there is refused for good, and nothing is posted."""
    with pytest.raises(Refused):
        service.post(target, words("一"), "d1")

    assert service.list_news(0) == ()


def test_what_is_not_the_bots_stays(service: TerminalService) -> None:
    """A person's text, another session's message, and a form out of nowhere are refused."""
    said = service.say(OFFICIAL, "telework", "質問")
    tries: list[Callable[[], None]] = [
        lambda: service.update(Sent(conversation("telework"), said.id), words("一")),
        lambda: service.update(Sent(conversation("desk"), "1"), words("一")),
        lambda: service.open_form("t", form_with_nothing()),
    ]
    for attempt in tries:
        with pytest.raises(Refused):
            attempt()


def form_with_nothing() -> Form:
    return form_of()


def test_each_session_names_its_entries_anew(clock: Clock) -> None:
    """An id kept in a database from an earlier session names no entry of this one."""
    ids = {TerminalService(make_people(), clock.now).say(OFFICIAL, "x", "").id for _ in range(9)}

    assert len(ids) == 9


def test_news_wakes_the_screen(service: TerminalService) -> None:
    """Whatever the bot does wakes who listens; a repetition does not."""
    woken: list[int] = []
    service.listen(lambda: woken.append(1))
    sent = service.post(DESK, words("一"), "d1")
    service.post(DESK, words("一"), "d1")
    service.update(sent, words("二"))
    service.home(OFFICER.account, words("三"))

    assert len(woken) == 3


@pytest.mark.parametrize(
    ("text", "found"),
    [("照会", ["desk"]), ("２", ["desk"]), ("ＤＥＳＫ", ["desk"]), ("窓", ["desk"]), ("無", [])],
)
def test_a_room_is_found_by_what_is_typed(text: str, found: list[str]) -> None:
    """A part of the name, the id or the number in the list will do, in any width."""
    assert [room.id for room in search(ROOMS, text)] == found
