"""Slack's own Japanese wording: what stands on a dialog besides the form's own words."""

from __future__ import annotations

CLOSE = "閉じる"
SUBMIT = "送信する"
NOTICE_TITLE = "窓口からのお知らせ"
