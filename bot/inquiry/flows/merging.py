"""Use cases of inquiries that ask for the same: find, merge, part again."""

from __future__ import annotations

from collections.abc import Sequence

from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.message import Notice, Outcome, Post
from bot.database.engine import Transaction
from bot.desk import flows as desk
from bot.desk.model import Question
from bot.inquiry.flows import asking_back, case
from bot.inquiry.messages import merging as words
from bot.inquiry.model import (
    MAY_FOLLOW,
    MAY_LEAD,
    Inquiry,
    NotTogether,
    Stage,
    Step,
    TakenByOther,
    check_stage,
)
from bot.inquiry.records import cases
from knowledge.desk import Desk

MOST_COMPARED = 500
"""Open inquiries that a new one is compared with, the latest: each costs time, and duplicates
come close together."""


# ---------------------------------------------------------------- finding


def list_beside(
    tx: Transaction, token: str, first: str | None, context: Context
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What a question says, and the open inquiries of its desk, each by number with its text.

    `first`: the desk that it will come to, where the asker named one.

    For whoever compares them, outside the transaction.
    """
    question = desk.find_question(tx, token)
    if question is None:
        return "", ()
    own = _find_desk(tx, question, first, context)
    beside = [
        inquiry
        for inquiry in cases.list_at(tx, _name(own), MOST_COMPARED)
        if inquiry.number != question.inquiry
    ]
    asked = desk.list_questions(tx, [inquiry.token for inquiry in beside])
    return question.text, tuple((one.number, asked[one.token].text) for one in beside)


def _find_desk(tx: Transaction, question: Question, first: str | None, context: Context) -> Desk:
    known = cases.find_inquiry(tx, question.inquiry) if question.inquiry else None
    if known is not None:
        return case.get_desk(known, context)
    return context.desks.get(first) if first else context.desks.find_first(question.ministry)


def _name(own: Desk) -> tuple[str | None, ...]:
    """What the records call a desk: of the common one, also nothing."""
    return (own.id, None) if own.is_common else (own.id,)


def find_token(tx: Transaction, number: str) -> str:
    """The token of an inquiry's question; empty for an inquiry that is not kept."""
    inquiry = cases.find_inquiry(tx, number)
    return inquiry.token if inquiry else ""


def propose(
    tx: Transaction, presser: Account, number: str, alike: Sequence[str], context: Context
) -> Outcome[None]:
    """Show on the card what may ask for the same, as it was found outside the transaction.

    Raises NotAtDesk, InquiryGone, NotYourDesk, StageOver.
    """
    _, inquiry = case.check_at_desk(tx, presser, number, context)
    check_stage(inquiry, *MAY_FOLLOW)
    cases.put_alike(tx, number, alike)
    drawn = case.redraw(tx, case.get_inquiry(tx, number), context)
    return Outcome(None, drawn, Notice(words.found(len(alike))))


# ---------------------------------------------------------------- together


def merge(
    tx: Transaction, presser: Account, number: str, other: str, context: Context
) -> Outcome[None]:
    """Let two inquiries have one answer: the later one waits for the earlier one's.

    Whoever follows either of them follows the earlier one. Raises NotAtDesk, InquiryGone,
    NotYourDesk, StageOver, TakenByOther, NotTogether.
    """
    _, one = case.check_at_desk(tx, presser, number, context)
    _, two = case.check_at_desk(tx, presser, other, context)
    main, later = _put_in_order(tx, one, two)
    if later.holder not in (None, presser):
        raise TakenByOther(later.office or "")
    if case.get_desk(main, context) != case.get_desk(later, context):
        raise NotTogether
    dropped = asking_back.drop_open(tx, later, context)
    posts = list(dropped.posts)
    for follower in (later, *cases.list_followers(tx, later.number)):
        posts += _follow(tx, presser, follower, main, context)
    posts += case.redraw(tx, main, context)
    pointless = (*case.list_late_keys(later), *dropped.withdrawn)
    return Outcome(None, tuple(posts), Notice(words.merged(main, later)), pointless)


def _put_in_order(tx: Transaction, one: Inquiry, two: Inquiry) -> tuple[Inquiry, Inquiry]:
    """Who leads, and who follows. Raises StageOver, NotTogether."""
    one, two = (_find_main(tx, inquiry) for inquiry in (one, two))
    if one.number == two.number:
        raise NotTogether
    main, later = sorted((one, two), key=lambda inquiry: inquiry.order)
    check_stage(main, *MAY_LEAD)
    check_stage(later, *MAY_FOLLOW)
    return main, later


def _find_main(tx: Transaction, inquiry: Inquiry) -> Inquiry:
    """Whoever answers for it: a follower never has followers of its own."""
    return case.get_inquiry(tx, inquiry.main) if inquiry.main else inquiry


def _follow(
    tx: Transaction, presser: Account, follower: Inquiry, main: Inquiry, context: Context
) -> tuple[Post, ...]:
    cases.put_stage(tx, follower.number, Stage.MERGED, None, None)
    cases.put_main(tx, follower.number, main.number)
    case.keep_step(tx, main.number, Step.MERGED, presser, context, about=follower.number)
    return case.went_on(tx, follower, Step.MERGED, presser, context, about=main.number).posts


# ---------------------------------------------------------------- apart


def unmerge(tx: Transaction, presser: Account, number: str, context: Context) -> Outcome[None]:
    """Let a merged inquiry have an answer of its own again.

    Raises NotAtDesk, InquiryGone, NotYourDesk, StageOver.
    """
    _, follower = case.check_at_desk(tx, presser, number, context)
    check_stage(follower, Stage.MERGED)
    main = _find_main(tx, follower)
    posts = _part(tx, presser, follower, context)
    return Outcome(None, (*posts, *case.redraw(tx, main, context)))


def release(tx: Transaction, presser: Account, main: Inquiry, context: Context) -> tuple[Post, ...]:
    """Let all that wait for an inquiry's answer have one of their own: it gets none.

    The desk is told, so that none of them is forgotten.
    """
    posts: list[Post] = []
    for follower in cases.list_followers(tx, main.number):
        posts += _part(tx, presser, follower, context)
        posts.append(case.tell_desk(follower, words.released(follower, main), context))
    return tuple(posts)


def _part(
    tx: Transaction, presser: Account, follower: Inquiry, context: Context
) -> tuple[Post, ...]:
    """Its own clock has gone on meanwhile: the asker was promised a day."""
    cases.put_stage(tx, follower.number, Stage.WAITING, None, None)
    cases.put_main(tx, follower.number, None)
    case.put_pause(tx, follower, context)
    assert follower.main is not None
    case.keep_step(tx, follower.main, Step.UNMERGED, presser, context, about=follower.number)
    return case.went_on(tx, follower, Step.UNMERGED, presser, context, about=follower.main).posts
