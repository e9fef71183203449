"""Teams' own Japanese wording: what stands on a card besides the message's own words."""

from __future__ import annotations

SUBMIT = "送信する"
ONE_FORM = "このカードでは、1つの入力画面だけを表示できます。"


def picture(alt: str, title: str) -> str:
    return f"［図］{title}" if alt in ("", title) else f"［図］{title}: {alt}"


def file(title: str) -> str:
    return f"［ファイル］{title}"
