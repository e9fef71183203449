"""Values of the neck survive storage."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import event, message
from bot.conversation.address import Account, Conversation, Place
from bot.conversation.wire import Unreadable, decode, encode

TEXT = st.text(max_size=20)
NAME = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
FILES = st.builds(message.FileContent, TEXT, TEXT, st.binary(max_size=20))
SPANS = st.lists(
    st.one_of(
        TEXT,
        st.builds(message.Strong, TEXT),
        st.builds(message.Link, TEXT, TEXT.map(lambda text: f"https://{text}")),
    ),
    max_size=3,
).map(tuple)
CONTROLS = st.builds(message.Control, st.just("desk.refer"), NAME)
ELEMENTS = st.one_of(
    st.builds(message.Heading, TEXT),
    st.builds(message.Paragraph, SPANS),
    st.builds(message.Note, SPANS, st.sampled_from(message.Tone)),
    st.builds(message.Fields, st.lists(st.tuples(TEXT, SPANS), max_size=3).map(tuple)),
    st.builds(message.Image, FILES, TEXT),
    st.builds(
        message.Buttons,
        st.lists(
            st.builds(message.Button, CONTROLS, TEXT, st.sampled_from(message.Weight)), max_size=3
        ).map(tuple),
    ),
)
MESSAGES = st.builds(message.Message, TEXT, st.lists(ELEMENTS, max_size=4).map(tuple))
PLACES = st.builds(Place, st.builds(Conversation, NAME, NAME, NAME), st.none() | NAME)
ACCOUNTS = st.builds(Account, NAME, NAME, NAME)
TIMES = st.datetimes(timezones=st.just(UTC))
QUARTERS = st.builds(message.Quarter, st.integers(2000, 2100), st.integers(1, 4))
ANSWERS = st.one_of(
    st.none(), TEXT, st.integers(), st.booleans(), st.dates(), QUARTERS, FILES,
    st.lists(TEXT, max_size=3).map(tuple),
)  # fmt: skip
EVENTS = st.builds(
    event.Submitted,
    id=NAME,
    who=ACCOUNTS,
    place=PLACES,
    at=TIMES,
    control=NAME,
    answers=st.dictionaries(NAME, ANSWERS, max_size=4),
)


def through(value: object) -> object:
    text, files = encode(value)
    return decode(text, lambda digest: files[digest].data)


@given(MESSAGES)
def test_messages_come_back_as_they_were(value: message.Message) -> None:
    """A message should be the same after it was stored, its files included."""
    assert through(value) == value


@given(EVENTS)
def test_events_come_back_as_they_were(value: event.Submitted) -> None:
    """An event with any answers should be the same after it was stored."""
    assert through(value) == value


def test_every_kind_of_field_comes_back() -> None:
    """A form with each kind of field should be the same after it was stored."""
    form = message.Form(
        message.Control("survey.respond", "t"),
        "調査",
        "送る",
        (
            message.TextField(name="a", label="理由", multiline=True),
            message.NumberField(name="b", label="数", minimum=0, maximum=100, unit="%"),
            message.DateField(name="c", label="日", initial=date(2026, 1, 1)),
            message.OneOfField(name="d", label="一つ", options=(message.Option("1", "はい"),)),
            message.SeveralOfField(name="e", label="複数", options=(message.Option("1", "い"),)),
            message.QuarterField(
                name="f",
                label="四半期",
                earliest=message.Quarter(2017, 1),
                latest=message.Quarter(2020, 4),
            ),
            message.FileField(name="g", label="添付", media_types=("text/csv",), max_bytes=9),
        ),
    )

    assert through(form) == form


def test_a_time_keeps_its_instant() -> None:
    """A time of another zone should be the same instant after it was stored."""
    tokyo = datetime(2026, 1, 1, 9, tzinfo=timezone(timedelta(hours=9)))

    assert through((tokyo,)) == (tokyo,)


@pytest.mark.parametrize("text", ['{"$": "Hologram"}', "{", '{"$": "Heading"}', '{"a": 1}'])
def test_words_of_another_version_are_unreadable(text: str) -> None:
    """What this version cannot read should be said so, not guessed at."""
    with pytest.raises(Unreadable):
        decode(text, lambda _digest: b"")


def test_what_is_no_word_of_the_neck_is_refused() -> None:
    """Only the neck's own values should ever be stored."""
    with pytest.raises(TypeError, match="not a word of the neck"):
        encode(object())
