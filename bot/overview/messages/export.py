"""How inquiries are worded in a file, and the message that brings it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.calendar import count_working_days, find_day_of_receipt
from bot.conversation.message import Element, File, FileContent, Heading, Message, Note, Paragraph
from bot.inquiry.messages.terms import STANDINGS
from bot.inquiry.model import Reply
from bot.overview.messages import terms
from bot.overview.model import Dossier, Export, Listed, find_age
from knowledge.desk import Ladder

Value = str | int | date | None

SHEET = "照会"
HEAD = (
    "受付番号",
    "受付日",
    "所属",
    "質問",
    "自動の案内",
    "窓口",
    "状況",
    "回答の期限",
    "経過（営業日）",
    "経過（日）",
    "種別",
    "回答",
    "根拠",
    "回答者",
    "回答日",
    "回答までの営業日",
)


def row(
    dossier: Dossier, titles: Mapping[str, str], today: date, desks: Ladder
) -> tuple[Value, ...]:
    """An inquiry in the order of HEAD; `titles` are those of the articles that still stand."""
    entry, desk = dossier.listed, desks.get(dossier.listed.desk)
    age = find_age(entry, today, desk.days_off)
    return (
        entry.number,
        entry.received_on,
        terms.asker(entry),
        entry.text,
        "、".join(titles.get(id, id) for id in dossier.articles),
        desk.name,
        terms.stage(entry),
        entry.due_on,
        age.working_days,
        age.days,
        *_reply(dossier.reply, entry, desk.days_off),
    )


def _reply(reply: Reply | None, entry: Listed, days_off: frozenset[date]) -> tuple[Value, ...]:
    if reply is None:
        return (None,) * 6
    received = find_day_of_receipt(entry.received_at, days_off)
    took = max(0, count_working_days(received, reply.sent_on, days_off))
    standing = STANDINGS[reply.standing]
    return standing, reply.text, reply.basis, reply.office, reply.sent_on, took


def message(export: Export, today: date, media_type: str) -> Message:
    """Brings the files to whoever asked for them."""
    gist = f"照会の一覧です（{export.written:,}件）"
    name = f"照会一覧_{today:%Y%m%d}"
    workbook = FileContent(f"{name}.xlsx", media_type, export.workbook)
    csv = FileContent(f"{name}.csv", "text/csv", export.csv)
    elements: list[Element] = [Heading(gist)]
    if export.written < export.count:
        told = f"全{export.count:,}件のうち、新しい{export.written:,}件です。"
        elements.append(Note((told, "すべては、管理者がコマンドで出力できます。")))
    elements.append(Paragraph.of("ご自身の窓口で見られる照会です。取り扱いにご注意ください。"))
    elements += [File(workbook, "照会一覧（Excel）"), File(csv, "照会一覧（CSV）")]
    return Message(gist, tuple(elements))
