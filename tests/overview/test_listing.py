"""The list of inquiries, on both databases: every one of them once, and for its opener alone."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.slack.render import render_message, render_update
from bot.clock import Clock
from bot.config import Settings
from bot.conversation.event import Said
from bot.conversation.message import Control, Form, Message, Notice, OpenForm, Table
from bot.database.engine import Database
from bot.inquiry.records.cases import cases
from bot.overview.listeners import on_list_words
from bot.overview.model import PAGE_SIZE, Part, bound_page, parse_number
from bot.roster.model import Role
from knowledge.base import KnowledgeBase
from tests.overview.counting import counting
from tests.overview.crowd import add_inquiries
from tests.playing import AT, Bot, account, buttons, place

GONE = Notice("この一覧は使えません。「照会一覧」と送ると、新しい一覧が届きます。")
NOT_AT_DESK = Notice("この操作は、名簿に窓口担当として登録されている方だけができます。")


@pytest.fixture
def bot(database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings) -> Bot:
    bot = Bot(database, knowledge, clock, settings)
    bot.enrol("asker", "環境省")
    bot.enrol("officer", "内閣官房", Role.DESK_OFFICER)
    bot.enrol("second", "内閣官房", Role.DESK_OFFICER)
    return bot


def list_numbers(message: Message) -> list[str]:
    (table,) = (element for element in message.elements if isinstance(element, Table))
    return [row[0] for row in table.rows]


def get_list(bot: Bot, who: str = "officer") -> Message:
    """What stands in somebody's list now."""
    return next(m for m in reversed(bot.room.messages_in(f"@{who}")) if "照会の一覧" in m.gist)


@pytest.mark.parametrize("order", ["due", "age", "number"])
def test_pages_hold_every_inquiry_once(bot: Bot, order: str) -> None:
    """Who turns from page to page should see all, in order, and come back."""
    add_inquiries(bot.database, 60, bot.context.now())
    bot.say("officer", "照会一覧")
    arrange(bot, order=order)
    pages = [get_list(bot)]
    for label in ("次の25件", "次の10件"):
        bot.press("officer", buttons(pages[-1])[label])
        pages.append(get_list(bot))

    numbers = [number for page in pages for number in list_numbers(page)]
    with bot.database.read() as tx:
        by = {
            "due": (cases.c.due_on, cases.c.id),
            "age": (cases.c.id,),
            "number": (cases.c.number.desc(),),
        }
        assert numbers == tx.scalars(sa.select(cases.c.number).order_by(*by[order])).all()
    assert list(map(list_labels, pages)) == [["次の25件"], ["前の25件", "次の10件"], ["前の25件"]]
    bot.press("officer", buttons(pages[-1])["前の25件"])
    assert list_numbers(get_list(bot)) == numbers[25:50]


def list_labels(page: Message) -> list[str]:
    return [label for label in buttons(page) if "の" in label and label[0] in "前次"]


def arrange(bot: Bot, part: str = "open", order: str = "due", who: str = "officer") -> None:
    opened = bot.press(who, buttons(get_list(bot, who))["並べ替え・絞り込み"])
    assert isinstance(opened, OpenForm)
    bot.submit(who, opened.form, part=part, order=order, number=None)


TODAY = date(2026, 10, 6)
OPEN = cases.c.stage.in_(("waiting", "taken"))
PARTS = {
    "open": OPEN,
    "mine": OPEN & cases.c.holder_account.is_not(None),
    "unassigned": OPEN & cases.c.holder_account.is_(None),
    "taken": cases.c.stage == "taken",
    "due_today": OPEN & (cases.c.due_on == TODAY),
    "overdue": OPEN & (cases.c.due_on < TODAY),
    "answered": cases.c.stage == "answered",
    "closed": cases.c.stage.in_(("closed", "lapsed")),
    "all": sa.true(),
}


def test_a_part_holds_what_it_says(bot: Bot) -> None:
    """Each part should have those inquiries, and count them."""
    add_inquiries(bot.database, 20, bot.context.now())
    with bot.database.write() as tx:
        those = cases.c.number > "2026-00015"
        tx.execute(sa.update(cases).where(those).values(stage="answered"))
    bot.say("officer", "照会一覧")
    assert set(PARTS) == set(Part)
    for part, condition in PARTS.items():
        with bot.database.read() as tx:
            wanted = set(tx.scalars(sa.select(cases.c.number).where(condition)))
        arrange(bot, part)
        shown = get_list(bot)
        assert wanted == (set(list_numbers(shown)) if wanted else set()), part
        assert f"、{len(wanted)}件）" in shown.gist


def test_a_list_is_its_openers_own(bot: Bot) -> None:
    """A forged press in another's list should show nothing, to colleagues as to officials."""
    add_inquiries(bot.database, 60, bot.context.now())
    bot.say("officer", "照会一覧")
    before = get_list(bot)
    turn = buttons(before)["次の25件"].control
    for action in (
        str(turn),
        f"overview.choose:{turn.token[:-2]}",
        f"overview.pick:{turn.token[:-2]}",
    ):
        assert bot.press("second", action) == GONE
        assert bot.press("asker", action) == GONE
    assert bot.press("asker", "overview.list:all") == NOT_AT_DESK
    form = Form(Control("overview.picked", "x"), "", "", ())
    assert bot.submit("asker", form, number="2026-00001") == NOT_AT_DESK

    assert get_list(bot) == before
    assert bot.room.messages_in("@second") == []


def test_who_leaves_the_desk_turns_no_page(bot: Bot) -> None:
    """A list that was opened in office should show nothing more without it."""
    add_inquiries(bot.database, 60, bot.context.now())
    bot.say("officer", "照会一覧")
    with bot.database.write() as tx:
        tx.execute(sa.text("DELETE FROM person_roles"))

    assert bot.press("officer", buttons(get_list(bot))["次の25件"]) == NOT_AT_DESK


@pytest.mark.parametrize("text", ["照会一覧の使い方は", "照会一覧 を見たい", "照会"])
def test_a_question_about_lists_is_a_question(bot: Bot, text: str) -> None:
    """Only the word itself should open a list, alone or with a number."""
    (answer,) = bot.say("officer", text)

    assert "照会の一覧（" not in answer.gist


def test_a_page_is_a_table_in_slack(bot: Bot) -> None:
    """A full page should be shown whole, as a new message and as a new wording."""
    add_inquiries(bot.database, 60, bot.context.now())
    bot.say("officer", "照会一覧")

    for render in (render_message, render_update):
        rendered = render(get_list(bot))
        assert rendered.unshown == ()
        assert [block["type"] for block in rendered.blocks].count("table") == 1


def test_a_thousand_inquiries_take_as_many_queries_as_thirty(bot: Bot) -> None:
    """The number of statements behind a page should not depend on how long the list is."""
    counts = []
    for first, count in ((0, 30), (30, 970)):
        add_inquiries(bot.database, count, bot.context.now(), first=first)
        said = Said(
            id="e",
            who=account("officer"),
            place=place("@officer"),
            at=AT,
            message="1",
            text="照会一覧",
        )
        with counting(bot.database) as sent:
            act = on_list_words(said, bot.context)
            assert act is not None
            with bot.database.write() as tx:
                act(tx)
        counts.append(len(sent))

    assert counts[0] == counts[1] < 12


@given(st.integers(-3, 99), st.integers(0, 999))
def test_a_page_is_always_one_of_the_list(page: int, count: int) -> None:
    """A list that has grown shorter should show its last page instead of nothing."""
    found = bound_page(page, count)

    assert found >= 0
    assert found * PAGE_SIZE < max(count, 1)
    assert found == page or found in (0, (count - 1) // PAGE_SIZE)


@given(st.integers(1000, 9999), st.integers(1, 99999))
def test_a_number_is_read_as_people_write_it(year: int, count: int) -> None:
    """Zeros, full-width digits and this year's number may be left out or typed."""
    number = f"{year:04d}-{count:05d}"
    wide = number.translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))

    assert parse_number(number, 2026) == number
    assert parse_number(f"{year:04d}-{count}", 2026) == number
    assert parse_number(f" {wide} ", 2026) == number
    assert parse_number(str(count), 2026) == f"2026-{count:05d}"


@pytest.mark.parametrize("text", ["", "abc", "2026-", "-1", "2026-000001", "1 2", "一"])
def test_what_is_no_number_is_none(text: str) -> None:
    """What cannot be a reception number should be told apart from one that is not kept."""
    assert parse_number(text, 2026) is None
