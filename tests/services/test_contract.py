"""What the port promises, on every chat service: the same cases for all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.gallery import list_samples
from bot.clock import real_now
from bot.conversation.address import Place, Target
from bot.conversation.message import (
    Bullets,
    Button,
    Buttons,
    Control,
    Element,
    Fields,
    File,
    FileContent,
    Fold,
    Heading,
    Image,
    Message,
    Note,
    Paragraph,
    Quote,
    Strong,
    Table,
)
from bot.conversation.port import Away, ChatService, InDoubt, Refused, Sent, TooLate
from tests.services.lodgings import LocalLodging, Lodging, SlackLodging
from tests.slack.fake.fake import FakeSlack

PNG = next(
    element.content.data
    for sample in list_samples()
    for element in sample.elements
    if isinstance(element, Image)
)
WRITTEN = "<!channel> <@U0MEGUMI> *太字* _斜体_ `符号` <b>&amp;</b> <https://evil.example|ここ>"
"""What somebody may write; a reader has to see just this."""


@pytest.fixture(params=["local", "slack"])
def lodging(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lodging]:
    with ExitStack() as stack:
        if request.param == "local":
            local = LocalLodging(tmp_path / "page.db")
            stack.callback(local.close)
            yield local
        else:
            yield SlackLodging(stack.enter_context(FakeSlack()))


def say(*texts: str) -> Message:
    return Message(texts[0], tuple(Paragraph.of(text) for text in texts))


def always() -> bool:
    """The post is its sender's."""
    return True


def post(lodging: Lodging, target: Target, message: Message, id: str = "d1") -> Sent:
    return lodging.service.post(target, message, id, always)


def look_up(lodging: Lodging, target: Target, id: str) -> Sent | None:
    """As the sender does: from when it was decided on."""
    return lodging.service.look_up(target, id, real_now() - timedelta(minutes=1))


def with_files(text: str = "資料です。") -> Message:
    table = FileContent("一覧.csv", "text/csv", "省,数\n".encode())
    picture = FileContent("図.png", "image/png", PNG)
    return Message(text, (Paragraph.of(text), File(table, "一覧"), Image(picture, "推移の図")))


# ---------------------------------------------------------------- posting


def test_it_keeps_to_the_port(lodging: Lodging) -> None:
    """Its name is that of its addresses, and it says how far its history lags behind."""
    port: ChatService = lodging.service

    assert port.name == lodging.place.service == lodging.person.service
    assert port.history_lag >= timedelta(0)
    assert port.pace.conversation >= timedelta(0)


def test_a_post_stands_where_it_was_sent(lodging: Lodging) -> None:
    """At the top of a conversation, and nowhere else."""
    sent = post(lodging, lodging.place, say("答えです。"))

    (seen,) = lodging.list_seen(lodging.place.conversation)
    assert "答えです。" in seen
    assert sent.conversation == lodging.place.conversation
    assert lodging.list_seen(lodging.elsewhere.conversation) == []


def test_posts_stand_in_order(lodging: Lodging) -> None:
    """What was posted first stands first."""
    for number in range(3):
        post(lodging, lodging.place, say(f"第{number}"), f"d{number}")

    seen = lodging.list_seen(lodging.place.conversation)
    assert [f"第{number}" in one for number, one in enumerate(seen)] == [True] * 3


def test_a_reply_hangs_under_its_message(lodging: Lodging) -> None:
    """A post to a thread is not at the top."""
    root = post(lodging, lodging.place, say("質問"))
    reply = post(lodging, replace(lodging.place, thread=root.message), say("答え"), "d2")

    (seen,) = lodging.list_seen(lodging.place.conversation, root.message)
    assert "答え" in seen
    assert len(lodging.list_seen(lodging.place.conversation)) == 1
    assert reply.conversation == root.conversation
    assert reply.message != root.message


def test_a_post_to_a_person_is_theirs_alone(lodging: Lodging) -> None:
    """An account leads to a conversation of its own, which takes replies as any other."""
    sent = post(lodging, lodging.person, say("あなたへ"))
    post(lodging, Place(sent.conversation, sent.message), say("続き"), "d2")

    assert len(lodging.list_seen(sent.conversation)) == 1
    assert len(lodging.list_seen(sent.conversation, sent.message)) == 1
    assert lodging.list_seen(lodging.place.conversation) == []


@pytest.mark.parametrize("number", range(len(list_samples())))
def test_every_sample_is_taken(lodging: Lodging, number: int) -> None:
    """Messages that hold all elements are posted, put in place of others, and stand on a Home."""
    sample = list_samples()[number]
    sent = post(lodging, lodging.place, sample)
    lodging.service.update(sent, sample)
    lodging.service.home(lodging.person, sample)

    assert len(lodging.list_seen(lodging.place.conversation)) == 1
    assert lodging.read_home()


# ---------------------------------------------------------------- looking up


@pytest.mark.parametrize("kind", ["place", "thread", "person"])
@pytest.mark.parametrize("message", [say("答え"), with_files()], ids=["words", "files"])
def test_a_delivery_is_found_by_its_id(lodging: Lodging, kind: str, message: Message) -> None:
    """Wherever and whatever it was, the look-up gives what the post gave, and None for others."""
    root = post(lodging, lodging.place, say("質問"), "root")
    targets: dict[str, Target] = {
        "place": lodging.place,
        "thread": replace(lodging.place, thread=root.message),
        "person": lodging.person,
    }
    sent = post(lodging, targets[kind], message, "d1")

    assert look_up(lodging, targets[kind], "d1") == sent
    assert look_up(lodging, targets[kind], "d2") is None


@pytest.mark.parametrize("message", [say("答え"), with_files()], ids=["words", "files"])
def test_a_doubt_is_resolved_by_looking_up(lodging: Lodging, message: Message) -> None:
    """A post whose answer was lost is found, and need not be posted again."""
    lodging.lose_answer()
    with suppress(InDoubt):
        post(lodging, lodging.place, message)

    found = look_up(lodging, lodging.place, "d1")
    assert found is not None
    lodging.service.update(found, say("続報"))
    (seen,) = lodging.list_seen(lodging.place.conversation)
    assert "続報" in seen


@pytest.mark.parametrize("message", [say("答え"), with_files()], ids=["words", "files"])
def test_a_post_that_is_no_longer_its_senders_does_not_leave(
    lodging: Lodging, message: Message
) -> None:
    """Whoever lost the lease posts nothing: somebody else may have."""
    with pytest.raises(TooLate):
        lodging.service.post(lodging.place, message, "d1", lambda: False)

    assert lodging.list_seen(lodging.place.conversation) == []
    assert look_up(lodging, lodging.place, "d1") is None


# ---------------------------------------------------------------- rewording


def test_an_update_takes_the_place_of_the_message(lodging: Lodging) -> None:
    """The latest wording stands, in the same place, and the delivery is still found."""
    card = Message("尋ねる", (Buttons((Button(Control("a.b", "1"), "はい"),)),))
    sent = post(lodging, lodging.place, card)
    for text in ("前", "後"):
        lodging.service.update(sent, say(text))

    (seen,) = lodging.list_seen(lodging.place.conversation)
    assert "後" in seen
    assert "はい" not in seen
    assert look_up(lodging, lodging.place, "d1") == sent


def test_a_reply_is_reworded_in_its_thread(lodging: Lodging) -> None:
    """An update finds a message wherever it stands."""
    root = post(lodging, lodging.place, say("質問"))
    reply = post(lodging, replace(lodging.place, thread=root.message), say("前"), "d2")
    lodging.service.update(reply, say("後"))

    (seen,) = lodging.list_seen(lodging.place.conversation, root.message)
    assert "後" in seen


def test_a_home_holds_the_latest(lodging: Lodging) -> None:
    """One message stands on a Home."""
    for text in ("前です。", "後です。"):
        lodging.service.home(lodging.person, say(text))

    assert "後です。" in lodging.read_home()
    assert "前です。" not in lodging.read_home()


# ---------------------------------------------------------------- what arrives


def test_files_and_pictures_arrive_whole(lodging: Lodging) -> None:
    """Byte for byte, with the words of their message."""
    sent = post(lodging, lodging.place, with_files("資料です。"))

    assert sorted(lodging.list_files(sent)) == sorted(["省,数\n".encode(), PNG])
    (seen,) = lodging.list_seen(lodging.place.conversation)
    assert "資料です。" in seen


def test_what_was_written_is_shown_as_it_was_written(lodging: Lodging) -> None:
    """Nothing that a user writes becomes markup or a mention, in whichever element it stands."""
    spans = (WRITTEN, Strong(WRITTEN))
    elements: tuple[Element, ...] = (
        Paragraph(spans),
        Quote(WRITTEN),
        Bullets((spans,)),
        Note(spans),
        Fold("要旨", spans),
        Fields((("項目", spans),)),
        Table(("列",), ((WRITTEN,),), "表"),
        Heading(WRITTEN),
    )
    for number, element in enumerate(elements):
        post(lodging, lodging.place, Message(WRITTEN, (element,)), f"d{number}")
    lodging.service.home(lodging.person, Message(WRITTEN, elements))

    seen = lodging.list_seen(lodging.place.conversation)
    assert [WRITTEN in one for one in seen] == [True] * len(elements)
    assert WRITTEN in lodging.read_home()


# ---------------------------------------------------------------- how it may fail


def test_what_is_not_there_is_refused_for_good(lodging: Lodging) -> None:
    """An unknown channel, person, thread or message: repeating would not help."""
    where = lodging.place.conversation
    sent = post(lodging, lodging.place, say("答え"))
    nowhere = replace(where, id="C0NOWHERE")
    nobody = replace(lodging.person, id="U0NOBODY")

    for target in (Place(nowhere), nobody, Place(where, "1700000000.000001")):
        with pytest.raises(Refused):
            post(lodging, target, say("無"), "d2")
    for wrong in (replace(sent, message="1700000000.000001"), replace(sent, conversation=nowhere)):
        with pytest.raises(Refused):
            lodging.service.update(wrong, say("無"))
    with pytest.raises(Refused):
        lodging.service.home(nobody, say("無"))
    assert len(lodging.list_seen(where)) == 1


def test_a_service_that_is_away_has_posted_nothing(lodging: Lodging) -> None:
    """While nothing can be reached every call says so; afterwards all is as before."""
    sent = post(lodging, lodging.place, say("前"))
    with lodging.gone():
        for act in (
            lambda: post(lodging, lodging.place, say("後"), "d2"),
            lambda: lodging.service.update(sent, say("後")),
            lambda: lodging.service.home(lodging.person, say("後")),
        ):
            with pytest.raises(Away):
                act()

    (seen,) = lodging.list_seen(lodging.place.conversation)
    assert "前" in seen
    assert look_up(lodging, lodging.place, "d2") is None


def test_a_person_has_a_name(lodging: Lodging) -> None:
    """A profile is of the account that was asked for; who is not there has none."""
    profile = lodging.service.fetch_person(lodging.person)

    assert (profile.account, profile.name) == (lodging.person, lodging.person_name)
    with pytest.raises(Refused):
        lodging.service.fetch_person(replace(lodging.person, id="U0NOBODY"))
