"""An inquiry that goes to another desk: as it is chosen, and as either side and the asker read."""

from __future__ import annotations

from collections.abc import Sequence

from bot.conversation.message import Control, Form, Message, Note, OneOfField, Option
from bot.desk.model import Promise
from bot.inquiry.messages import terms
from bot.inquiry.model import Inquiry
from knowledge.desk import Desk


def move_form(inquiry: Inquiry, others: Sequence[Desk], above: Desk | None) -> Form:
    """Asks which desk is to have it; the next rung stands first."""
    ordered = sorted(others, key=lambda other: other != above)
    return Form(
        control=Control(terms.HAND_ON, inquiry.number),
        title="ほかの窓口に引き継ぐ",
        submit="引き継ぐ",
        intro=(
            f"受付番号 {inquiry.number}。引き継いだ先で、担当者を改めて決めます。"
            "回答の期限は、引き継いだ先の窓口の日数で数え直し、質問された方にもお知らせします。"
        ),
        fields=(
            OneOfField(
                name=terms.DESK,
                label="引き継ぐ窓口",
                options=tuple(_option(other, other == above) for other in ordered),
                initial=above.id if above else None,
            ),
        ),
    )


def _option(desk: Desk, is_above: bool) -> Option:
    return Option(desk.id, f"{desk.name}（上位の窓口）" if is_above else desk.name)


def handed_on(receiver: Desk) -> str:
    """What the officer reads who handed it on."""
    return f"「{receiver.name}」に引き継ぎました。"


def moved(inquiry: Inquiry, receiver: Desk) -> Message:
    """What stands in the place of the card where it was: nothing of the question."""
    gist = f"受付番号 {inquiry.number} の照会は、「{receiver.name}」に引き継ぎました。"
    return Message(gist, (Note((gist,)),))


def told(inquiry: Inquiry, promise: Promise) -> Message:
    """Tells the asker who answers now, by when, and when that office is closed meanwhile."""
    gist = f"受付番号 {inquiry.number} の照会は、{promise.office}が引き継ぎました。"
    return Message(gist, (Note((gist, *terms.list_promised(promise))),))
