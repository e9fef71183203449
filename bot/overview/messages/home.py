"""What the desk's people read first: their queue, and what their knowledge needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.calendar import format_era
from bot.conversation.message import (
    Bullets,
    Button,
    Buttons,
    Control,
    Element,
    Fields,
    Heading,
)
from bot.editing.model import Draft
from bot.overview.messages import terms
from bot.overview.model import (
    HOME_PARTS,
    LOOK_BACK,
    Care,
    Listed,
    Part,
    Queue,
    Rated,
    Unanswered,
    View,
)
from knowledge.article import Article
from knowledge.desk import Ladder

SHOWN = 5
"""Lines of a section; of what is more, the number is told."""
_WORDS = 40
"""Characters of a question in a line."""
_PERIOD = f"この{LOOK_BACK.days // 7}週間"


def overview(view: View, today: date, desks: Ladder) -> tuple[Element, ...]:
    """The queue, articles to decide on, and what was not answered well."""
    queue = _queue(view.queue, today, desks) if view.queue else ()
    return (*queue, *_drafts(view.drafts), *_care(view.care))


# ---------------------------------------------------------------- the queue


def _queue(queue: Queue, today: date, desks: Ladder) -> Iterator[Element]:
    yield Heading(f"照会の一覧（未完了 {queue.counts[Part.OPEN]:,}件）")
    yield Fields(tuple((terms.PARTS[part], (f"{queue.counts[part]:,}件",)) for part in HOME_PARTS))
    yield Buttons((Button(Control(terms.LIST, Part.OPEN.value), "照会の一覧を見る"),))
    for part in HOME_PARTS:
        if queue.counts[part]:
            yield from _part(queue, part, today, desks)


def _part(queue: Queue, part: Part, today: date, desks: Ladder) -> Iterator[Element]:
    entries, count = queue.first[part], queue.counts[part]
    yield Heading(f"{terms.PARTS[part]}（{count:,}件）")
    lines = tuple((terms.line(entry, today, desks),) for entry in entries)
    yield Bullets(_with_rest(lines, count))
    buttons = [_button(entry, part, queue.own, desks) for entry in entries]
    if count > len(entries):
        label = f"{terms.PARTS[part]}の一覧を見る"
        buttons.append(Button(Control(terms.LIST, part.value), label))
    yield Buttons(tuple(buttons))


def _button(entry: Listed, part: Part, own: frozenset[str], desks: Ladder) -> Button:
    """An inquiry that nobody has is taken over at once, where that is one's office."""
    if part is Part.UNASSIGNED and desks.get(entry.desk).id in own:
        return Button(Control(terms.TAKE_OVER, entry.number), f"{entry.number} を引き受ける")
    return Button(Control(terms.OPEN, entry.number), f"{entry.number} を開く")


# ---------------------------------------------------------------- what knowledge needs


def _drafts(drafts: tuple[Draft, ...]) -> Iterator[Element]:
    lines = [f"「{draft.body.title}」（{_origin(draft)}）" for draft in drafts]
    yield from _section("記事案の承認待ち", lines)


def _origin(draft: Draft) -> str:
    return f"受付番号 {draft.number}" if draft.number else "改訂"


def _care(care: Care) -> Iterator[Element]:
    yield from _section(f"未回答の質問（{_PERIOD}）", list_unanswered(care))
    yield from _section(f"評価の低い回答（{_PERIOD}）", list_rated(care))
    yield from _section("記事の見直し", list_stale(care))


def list_unanswered(care: Care) -> list[str]:
    return [*map(_unanswered, care.unanswered)]


def list_rated(care: Care) -> list[str]:
    return [*map(_rated, care.rated), *map(_reopened, care.reopened)]


def list_stale(care: Care) -> list[str]:
    return [*map(_stale, care.stale)]


def _section(title: str, lines: list[str]) -> Iterator[Element]:
    if lines:
        yield Heading(f"{title}（{len(lines):,}件）")
        yield Bullets(_with_rest(tuple((line,) for line in lines[:SHOWN]), len(lines)))


def _with_rest(lines: tuple[tuple[str], ...], count: int) -> tuple[tuple[str], ...]:
    more = count - len(lines)
    return (*lines, (f"ほか {more:,}件",)) if more else lines


def _unanswered(group: Unanswered) -> str:
    words = terms.excerpt(group.last.text, _WORDS)
    count = len(group.questions)
    alike = f"など、似た質問 {count:,}件" if count > 1 else ""
    return f"「{words}」{alike}（最新 {format_era(group.last.asked_on)}）"


def _rated(rated: Rated) -> str:
    told = f"回答{rated.answered:,}件のうち、担当者への照会に進んだもの {rated.escalated:,}件"
    return f"「{rated.title}」：{told}"


def _reopened(number: str) -> str:
    return f"受付番号 {number}：担当者の回答に「まだ解決していない」"


def _stale(article: Article) -> str:
    return f"「{article.title}」見直しの期限 {format_era(article.review_by)}（{article.owner}）"
