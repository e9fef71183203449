"""What somebody reads who presses in a list that is no longer theirs to press in."""

from __future__ import annotations

from bot.overview.model import ListingGone


def listing_gone(_refusal: ListingGone) -> str:
    return "この一覧は使えません。「照会一覧」と送ると、新しい一覧が届きます。"
