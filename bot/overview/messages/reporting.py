"""How a week of a desk's work is told: in figures, in a chart, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.calendar import TOKYO, format_era
from bot.conversation.message import (
    Bullets,
    Element,
    Fields,
    File,
    FileContent,
    Heading,
    Image,
    Message,
    Note,
)
from bot.overview.messages.home import list_rated, list_stale, list_unanswered
from bot.overview.model import Flow, Report, find_percentile

Value = str | int | float | None

_MOST = 5
"""Lines of a list; the workbook has them all."""
CHART_TITLE = "照会の受付・回答・未完了（週ごと）"
SERIES = ("受付（再開を含む）", "回答（終了を含む）", "未完了（期末）")
FLOW_HEAD = ("期間の初日", "期間の末日", "繰越", "受付", "再開", "回答", "終了", "未完了")
FIGURES_HEAD = ("項目", "数値")
LIST_HEAD = ("内容",)
SHEETS = ("集計", "推移", "よく聞かれた内容", "未回答の質問", "評価の低い回答", "記事の見直し")


def message(
    report: Report, chart: FileContent | None, workbook: FileContent, csv: FileContent
) -> Message:
    """The report as the desk's conversation reads it."""
    flow = report.flow
    span = f"{format_era(flow.period.first)}から{format_era(flow.period.last)}まで"
    gist = (
        f"{report.desk}のまとめ（{span}）：受付{flow.received:,}件、回答{flow.answered:,}件、"
        f"未完了{report.open:,}件、うち期限超過{report.overdue:,}件"
    )
    elements: list[Element] = [
        Heading(f"{report.desk}のまとめ"),
        Fields(tuple(_fields(report, span))),
    ]
    if chart is not None:
        elements.append(Image(chart, describe_chart(report), CHART_TITLE))
    else:
        told = "グラフは、サーバーに日本語の書体がないため付けていません。"
        elements.append(Note((told, "同じ数値が、添付のファイルにあります。")))
    for title, lines in zip(SHEETS[2:], list_lines(report), strict=True):
        elements += _section(title, lines)
    elements += [File(workbook, "まとめ（Excel）"), File(csv, "週ごとの推移（CSV）")]
    return Message(gist, tuple(elements))


def _fields(report: Report, span: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "期間", (span,)
    flow = report.flow
    reopened = f"、再開 {flow.reopened:,}件" if flow.reopened else ""
    lapsed = f"、終了 {flow.lapsed:,}件" if flow.lapsed else ""
    yield "受付", (f"{flow.received:,}件{reopened}",)
    yield "回答", (f"{flow.answered:,}件{lapsed}",)
    yield "未完了", (f"{flow.opening:,}件から{flow.closing:,}件へ",)
    yield "回答までの営業日", (_days(report),)
    now = report.told_at.astimezone(TOKYO)
    late = f"担当者なし {report.unassigned:,}件、期限超過 {report.overdue:,}件"
    told = f"未完了 {report.open:,}件（{late}）"
    yield f"現在（{now.month}月{now.day}日{now.hour}時）", (told,)


def _days(report: Report) -> str:
    half, most = (find_percentile(report.days, part) for part in (0.5, 0.9))
    if half is None:
        return "この期間の回答はありません"
    return f"中央値 {half:,}日、90％が{most:,}日以内（初回の回答{len(report.days):,}件）"


def _section(title: str, lines: Sequence[str]) -> Iterator[Element]:
    if lines:
        more = len(lines) - _MOST
        rest = ((f"ほか {more:,}件",),) if more > 0 else ()
        yield Heading(f"{title}（{len(lines):,}件）")
        yield Bullets((*((line,) for line in lines[:_MOST]), *rest))


def list_lines(report: Report) -> tuple[Sequence[str], ...]:
    """The lists of a report, in the order of their sheets."""
    topics = [f"「{title}」{count:,}回" for title, count in report.topics]
    care = report.care
    return topics, list_unanswered(care), list_rated(care), list_stale(care)


def list_series(report: Report) -> tuple[tuple[int, ...], ...]:
    """What the chart's bars are high, in the order of SERIES."""
    came = tuple(flow.received + flow.reopened for flow in report.flows)
    went = tuple(flow.answered + flow.lapsed for flow in report.flows)
    return came, went, tuple(flow.closing for flow in report.flows)


def label(flow: Flow) -> str:
    """Below a group of bars."""
    return f"{flow.period.first.month}/{flow.period.first.day}～"


def describe_chart(report: Report) -> str:
    """The chart in words, for those who do not see it."""
    told = [
        f"{label(flow)} 受付{came:,}、回答{went:,}、未完了{left:,}"
        for flow, came, went, left in zip(report.flows, *list_series(report), strict=True)
    ]
    return f"{CHART_TITLE}の棒グラフ。{'。'.join(told)}。"


def list_figures(report: Report) -> tuple[tuple[str, Value], ...]:
    """The figures of the period, for a sheet."""
    flow = report.flow
    return (
        ("期間の初日", flow.period.first.isoformat()),
        ("期間の末日", flow.period.last.isoformat()),
        ("期首の未完了", flow.opening),
        ("受付", flow.received),
        ("再開", flow.reopened),
        ("回答", flow.answered),
        ("終了（質問者の回答なし）", flow.lapsed),
        ("期末の未完了", flow.closing),
        ("初回の回答までの営業日（中央値）", find_percentile(report.days, 0.5)),
        ("初回の回答までの営業日（90％点）", find_percentile(report.days, 0.9)),
        ("現在の未完了", report.open),
        ("現在の担当者なし", report.unassigned),
        ("現在の期限超過", report.overdue),
    )


def row(flow: Flow) -> tuple[str | int, ...]:
    """A period in the order of FLOW_HEAD."""
    first, last = flow.period.first.isoformat(), flow.period.last.isoformat()
    came = (flow.opening, flow.received, flow.reopened)
    return (first, last, *came, flow.answered, flow.lapsed, flow.closing)
