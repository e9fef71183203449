"""How the list of inquiries is worded: a table, and what can be done with it."""

from __future__ import annotations

from datetime import date

from bot.calendar import format_era
from bot.conversation.message import (
    Button,
    Buttons,
    Control,
    Element,
    Form,
    Heading,
    Message,
    OneOfField,
    Option,
    Paragraph,
    Table,
    TextField,
    Weight,
)
from bot.inquiry.model import Stage
from bot.overview.messages import terms
from bot.overview.model import PAGE_SIZE, Listed, Listing, Page
from knowledge.desk import Ladder

_HEAD = ("受付番号", "質問", "所属", "経過", "期限", "状況")
_WORDS = 30
"""Characters of a question in a cell."""


def page(page: Page, today: date, desks: Ladder) -> Message:
    """A page of the list, with its place in the whole."""
    listing = page.listing
    gist = f"照会の一覧（{terms.PARTS[listing.part]}、{page.count:,}件）"
    elements: list[Element] = [Heading(gist)]
    if page.entries:
        elements.append(_table(page, today, desks))
    else:
        elements.append(Paragraph.of("当てはまる照会はありません。"))
    elements.append(Buttons(tuple(_buttons(page))))
    return Message(gist, tuple(elements))


def _table(page: Page, today: date, desks: Ladder) -> Table:
    rows = tuple(_row(entry, today, desks) for entry in page.entries)
    place = f"{page.first:,}～{page.last:,}件目"
    return Table(_HEAD, rows, f"{terms.ORDERS[page.listing.order]}、{place}（全{page.count:,}件）")


def _row(entry: Listed, today: date, desks: Ladder) -> tuple[str, ...]:
    return (
        entry.number,
        terms.excerpt(entry.text, _WORDS),
        terms.asker(entry),
        terms.age(entry, today, desks),
        _due(entry, today),
        terms.stage(entry),
    )


def _due(entry: Listed, today: date) -> str:
    """The due day, its year where it is another one: a cell has little room."""
    day = entry.due_on
    if entry.stage is Stage.ASKED_BACK:
        return "停止中"
    if day is None:
        return "定めなし"
    return f"{day.month}月{day.day}日" if day.year == today.year else format_era(day)


def _buttons(page: Page) -> list[Button]:
    token, number = page.listing.token, page.listing.page
    buttons = []
    if page.entries:
        buttons.append(Button(Control(terms.PICK, token), "照会を開く", Weight.PRIMARY))
    if number:
        control = Control(terms.TURN, f"{token}-{number - 1}")
        buttons.append(Button(control, f"前の{PAGE_SIZE}件"))
    if page.last < page.count:
        control = Control(terms.TURN, f"{token}-{number + 1}")
        buttons.append(Button(control, f"次の{min(PAGE_SIZE, page.count - page.last)}件"))
    buttons.append(Button(Control(terms.CHOOSE, token), "並べ替え・絞り込み"))
    buttons.append(Button(Control(terms.EXPORT, ""), "一覧を出力"))
    return buttons


def arrange_form(listing: Listing) -> Form:
    """Asks what is to be listed, in which order; or for one inquiry by its number."""
    parts = tuple(Option(part.value, label) for part, label in terms.PARTS.items())
    orders = tuple(Option(order.value, label) for order, label in terms.ORDERS.items())
    return Form(
        control=Control(terms.ARRANGE, listing.token),
        title="並べ替え・絞り込み",
        submit="表示する",
        fields=(
            OneOfField(
                name=terms.PART, label="表示する照会", options=parts, initial=listing.part.value
            ),
            OneOfField(
                name=terms.ORDER, label="並び順", options=orders, initial=listing.order.value
            ),
            TextField(
                name=terms.NUMBER,
                label="受付番号で開く",
                hint="例：2026-00012。書くと、その照会を開きます。",
                required=False,
                max_length=20,
            ),
        ),
    )


def pick_form(page: Page) -> Form:
    """Asks which inquiry of a page is to be opened."""
    options = tuple(
        Option(entry.number, f"{entry.number} {terms.excerpt(entry.text, _WORDS)}")
        for entry in page.entries
    )
    return Form(
        control=Control(terms.PICKED, page.listing.token),
        title="照会を開く",
        submit="開く",
        intro="選んだ照会が、この窓口との会話に届きます。",
        fields=(OneOfField(name=terms.NUMBER, label="照会", options=options),),
    )


NUMBER_UNCLEAR = "受付番号を「2026-00012」の形で書いてください。"
