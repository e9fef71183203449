"""Inquiries that ask for the same, as the desk reads them."""

from __future__ import annotations

from bot.conversation.message import (
    Bullets,
    Button,
    Buttons,
    Control,
    Element,
    Message,
    Note,
    Paragraph,
    Tone,
)
from bot.inquiry.messages import terms
from bot.inquiry.model import Beside, Inquiry

_EXCERPT = 60
"""Characters by which somebody recognises a question."""


def found(number: int) -> str:
    """What an officer reads who had the bot look."""
    if not number:
        return "同じ内容と思われる照会は見つかりませんでした。"
    return f"同じ内容かもしれない照会が{number}件あります。受付時の投稿で確かめてください。"


def merged(main: Inquiry, later: Inquiry) -> str:
    """What an officer reads who has put two together."""
    return f"受付番号 {later.number} を {main.number} とまとめました。回答は両方の方に届きます。"


def proposals(inquiry: Inquiry, alike: tuple[Beside, ...]) -> list[Element]:
    """What may ask for the same, with a button for each."""
    if not alike:
        return []
    return [
        Paragraph.of("同じ内容かもしれない照会"),
        Bullets(tuple((_line(one),) for one in alike)),
        Buttons(tuple(_button(inquiry, one.inquiry) for one in alike)),
    ]


def _button(inquiry: Inquiry, other: Inquiry) -> Button:
    control = Control(terms.MERGE, f"{inquiry.number}-{other.number}")
    return Button(control, f"{other.number} と同じ照会としてまとめる")


def together(followers: tuple[Beside, ...]) -> list[Element]:
    """Whose answer this is too."""
    if not followers:
        return []
    return [
        Paragraph.of(f"まとめた照会（{len(followers)}件）。回答は、それぞれの方に届きます。"),
        Bullets(tuple((_line(one),) for one in followers)),
    ]


def _line(one: Beside) -> str:
    text = " ".join(one.text.split())
    shown = text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"
    return f"{one.inquiry.number}（{terms.stage(one.inquiry)}）：{shown}"


def released(follower: Inquiry, main: Inquiry) -> Message:
    """Tells the desk that an inquiry waits for an answer of its own again."""
    gist = f"受付番号 {follower.number}：まとめを解きました。"
    told = f"{main.number} が回答なしで終了したためです。受付時の投稿から対応してください。"
    return Message(gist, (Note((gist, told), Tone.CAUTION),))
