"""What the desk reads of an inquiry: its card, and what it owes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.calendar import format_era
from bot.conversation.message import (
    Button,
    Buttons,
    Control,
    Element,
    Fields,
    Heading,
    Message,
    Note,
    Paragraph,
    Quote,
    Tone,
    Weight,
)
from bot.desk.model import Question
from bot.inquiry.messages import merging, recalling, terms
from bot.inquiry.model import MAY_FOLLOW, Beside, Inquiry, Memo, Query, Reply, Stage
from knowledge.article import Article


def card(
    inquiry: Inquiry,
    question: Question,
    said: tuple[Article, ...],
    reply: Reply | None,
    *,
    passed: tuple[str, ...] = (),
    asked: tuple[Query, ...] = (),
    alike: tuple[Beside, ...] = (),
    followers: tuple[Beside, ...] = (),
    memos: tuple[Memo, ...] = (),
    is_movable: bool = False,
) -> Message:
    """What the desk reads of an inquiry, and what can be done with it now.

    `passed`: the desks that it went through; `asked`: what was asked back; `alike`: what may ask
    for the same; `followers`: whose answer this is too; `memos`: what was noted; `is_movable`:
    whether there is another desk.
    """
    gist = f"照会を受け付けました（受付番号 {inquiry.number}）"
    shown = "、".join(article.title for article in said) or "該当なし"
    fields = [
        ("所属", (_NAMELESS if inquiry.nameless else question.ministry or "未登録",)),
        ("自動の案内", (shown,)),
        ("基準日", (f"{format_era(question.as_of)}時点",)),
        ("状況", (terms.stage(inquiry),)),
        ("回答の期限", (_due(inquiry),)),
    ]
    if passed:
        fields.append(("引継ぎ", (" → ".join(passed),)))
    elements: list[Element] = [Heading(gist), Quote(question.text), Fields(tuple(fields))]
    if reply is not None:
        elements += [
            Paragraph.of(f"お送りした{terms.STANDINGS[reply.standing]}"),
            Quote(reply.text),
        ]
    for query in asked[-terms.MOST :]:
        elements += _asked_back(query)
    elements += recalling.memos(memos)
    elements += merging.together(followers)
    buttons = _buttons(inquiry, asked, is_movable)
    if buttons:
        elements.append(Buttons(buttons))
    elements.append(Buttons(_tools(inquiry)))
    elements += merging.proposals(inquiry, alike)
    return Message(gist, tuple(elements))


def _due(inquiry: Inquiry) -> str:
    if inquiry.due_on is not None:
        return format_era(inquiry.due_on)
    waits = inquiry.stage in (Stage.ASKED_BACK, Stage.LAPSED)
    return "回答を待つ間は進みません" if waits else "定めがありません"


def _asked_back(query: Query) -> list[Element]:
    """What was asked back, and what was said."""
    asked: list[Element] = [
        Paragraph.of(f"確認したこと（{format_era(query.asked_on)}）"),
        Quote(query.text),
    ]
    if query.answer is not None:
        return [*asked, Paragraph.of("質問された方の回答"), Quote(query.answer)]
    return asked


_NAMELESS = "お名前と所属を出さない照会です"


def _buttons(inquiry: Inquiry, asked: tuple[Query, ...], is_movable: bool) -> tuple[Button, ...]:
    def button(action: str, label: str, weight: Weight = Weight.NORMAL) -> Button:
        return Button(Control(action, inquiry.number), label, weight)

    move = (button(terms.MOVE, "ほかの窓口に引き継ぐ"),) if is_movable else ()
    match inquiry.stage:
        case Stage.WAITING:
            return (button(terms.TAKE_OVER, "引き受ける", Weight.PRIMARY), *move)
        case Stage.TAKEN:
            return (
                button(terms.COMPOSE, "回答する", Weight.PRIMARY),
                button(terms.ASK_BACK, "質問者に確認する"),
                button(terms.HAND_BACK, "窓口に戻す"),
                *move,
            )
        case Stage.ASKED_BACK:
            missed = any(query.is_open and query.missed_at for query in asked)
            return (
                button(terms.COMPOSE, "回答する"),
                button(terms.DROP_QUERY, "確認を取り下げる"),
                *((button(terms.LAPSE, "回答がないため終了する"),) if missed else ()),
            )
        case Stage.CHECKING:
            return (
                button(terms.COMPOSE, "案を直す"),
                button(terms.WITHDRAW, "案を取り下げる"),
            )
        case Stage.MERGED:
            return (button(terms.UNMERGE, "まとめを解く"),)
        case Stage.LAPSED:
            return ()
        case Stage.ANSWERED | Stage.CLOSED:
            return (button(terms.DRAFT, "記事にする"),)


def _tools(inquiry: Inquiry) -> tuple[Button, ...]:
    """What helps whoever works on it."""
    find = Button(Control(terms.FIND_ALIKE, inquiry.number), "似た照会を探す")
    return (
        Button(Control(terms.COMPOSE_MEMO, inquiry.number), "メモを残す"),
        Button(Control(terms.RECOUNT, inquiry.number), "経過を見る"),
        *((find,) if inquiry.stage in MAY_FOLLOW else ()),
    )


def reopened(inquiry: Inquiry) -> Message:
    """Tells the desk that the answer did not settle it."""
    gist = f"受付番号 {inquiry.number}：まだ解決していないとのご連絡がありました。"
    return Message(
        gist, (Note((gist, "受付時の投稿から、続けて回答してください。"), Tone.CAUTION),)
    )


def released(left: Sequence[Inquiry]) -> Message:
    """Tells the desk what waits again since somebody left it."""
    gist = f"担当者の異動により、{len(left)}件の照会が担当者待ちに戻りました。"
    numbers = "、".join(inquiry.number for inquiry in left)
    todo = "受付時の投稿の「引き受ける」を押すと、続きを引き継げます。"
    return Message(gist, (Note((gist, f"受付番号は{numbers}です。", todo), Tone.CAUTION),))


def unreachable(inquiry: Inquiry, gist: str) -> Message:
    """Tells the desk that the asker has not got what was sent to them."""
    told = f"受付番号 {inquiry.number}：質問された方にお届けできませんでした。"
    why = f"「{gist}」は、元の会話にも、直接のメッセージとしても送れませんでした。"
    state = f"{why}ほかの方法での連絡と、管理者への確認をお願いします。"
    return Message(told, (Note((told, state), Tone.CAUTION),))


_LATE = ("", "回答の期限を過ぎました。", "再度のお知らせです。回答の期限を過ぎています。")


def late(inquiry: Inquiry, due_on: date, number: int) -> Message:
    """Tells the desk that an answer is owed, and the second time that it still is."""
    gist = f"受付番号 {inquiry.number}：{_LATE[number]}"
    state = f"期限は{format_era(due_on)}でした。{terms.stage(inquiry)}。"
    return Message(gist, (Note((gist, state), Tone.CAUTION),))


def late_for_head(inquiry: Inquiry, question: str, desk: str, *, is_movable: bool) -> Message:
    """Tells the head of a desk what is owed, and what they can do about it."""
    gist = f"受付番号 {inquiry.number}：窓口長の確認をお願いします。"
    due_on = format_era(inquiry.due_on) if inquiry.due_on else "定めがありません"
    fields = (
        ("窓口", (desk,)),
        ("回答の期限", (due_on,)),
        ("状況", (terms.stage(inquiry),)),
    )
    taken = inquiry.stage is Stage.TAKEN
    todo = "担当者に回答を促してください。" if taken else "担当者を決めてください。"
    if is_movable:
        todo += "ほかの窓口に引き継ぐこともできます。"
    where = f"操作は、「{desk}」の会話にある受付時の投稿からできます。"
    note = Note(("期限を過ぎましたが、まだ回答していません。", todo, where), Tone.CAUTION)
    return Message(gist, (Heading(gist), Quote(question), Fields(fields), note))
