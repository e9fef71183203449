"""The bot's own wording, for what no capability answers."""

from __future__ import annotations

from bot.conversation.message import Message, Note, Paragraph, Tone
from bot.delivery.masking import PersonalData


def sorry(number: str) -> Message:
    """An apology for a bug, with the number under which its log stands."""
    gist = "申し訳ありません。処理中に不具合が起きました。"
    told = (
        "お手数ですが、もう一度お試しください。"
        f"続くときは、番号 {number} を窓口へお知らせください。"
    )
    return Message(gist, (Note((gist, told), Tone.CAUTION),))


def plain(text: str) -> Message:
    """A message of one sentence or a few."""
    return Message(text, (Paragraph.of(text),))


NOT_UNDERSTOOD = (
    "この操作は、いまは受け付けていません。画面を新しくしてから、もう一度お試しください。"
)

_HIDDEN = {
    PersonalData.MY_NUMBER: "個人番号",
    PersonalData.PHONE: "電話番号",
    PersonalData.EMAIL: "メールアドレス",
    PersonalData.STAFF_NUMBER: "職員番号",
}


def masked(kinds: frozenset[PersonalData]) -> str:
    """Which personal data of a message were hidden before it was stored."""
    named = "・".join(name for kind, name in _HIDDEN.items() if kind in kinds)
    return f"個人情報の保護のため、{named}は記録する前に伏せ字にしました。"
