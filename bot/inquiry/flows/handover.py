"""Use cases of a change of office: what somebody leaves behind comes back to their desk."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from secrets import token_urlsafe

from bot.audit.flows import CLOCK
from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.message import Outcome, Post
from bot.database.engine import Transaction
from bot.inquiry.flows import asking_back, case
from bot.inquiry.messages import receiving as words
from bot.inquiry.model import Inquiry, Stage, Step, works_at
from bot.inquiry.records import cases, queries
from bot.roster import flows as roster


def release(tx: Transaction, context: Context) -> Outcome[int]:
    """Let inquiries wait again whose holder works at their desk no more; how many.

    Rights end with the last day in office: whoever left cannot answer, and while they hold an
    inquiry nobody else can. What an asker was asked back is waited for, unless in vain.
    """
    left = [inquiry for inquiry in _list_left(tx, context) if not _is_waited_for(tx, inquiry)]
    released = [_release(tx, inquiry, context) for inquiry in left]
    posts = tuple(post for one in released for post in one.posts)
    withdrawn = tuple(key for one in released for key in one.withdrawn)
    return Outcome(len(left), (*posts, *_tell_desks(left, context)), withdrawn=withdrawn)


def _list_left(tx: Transaction, context: Context) -> list[Inquiry]:
    # A drafted reply goes out, or comes back, by somebody else's hand.
    held = [(one.holder, one) for one in cases.list_held(tx) if one.stage is not Stage.CHECKING]
    accounts = {holder for holder, _ in held if holder is not None}
    people = {one: roster.find_person(tx, one, context.today()) for one in accounts}

    def is_there(holder: Account | None, inquiry: Inquiry) -> bool:
        person = people.get(holder) if holder else None
        return person is not None and works_at(person, case.get_desk(inquiry, context))

    return [inquiry for holder, inquiry in held if not is_there(holder, inquiry)]


def _is_waited_for(tx: Transaction, inquiry: Inquiry) -> bool:
    query = queries.find_open_query(tx, inquiry.number)
    return query is not None and query.missed_at is None


def _release(tx: Transaction, inquiry: Inquiry, context: Context) -> Outcome[None]:
    dropped = asking_back.drop_open(tx, inquiry, context)
    cases.put_stage(tx, inquiry.number, Stage.WAITING, None, None)
    if inquiry.stage is Stage.ASKED_BACK:
        case.put_pause(tx, inquiry, context)
    went_on = case.went_on(tx, inquiry, Step.HANDED_BACK, CLOCK.account, context)
    # A job's posts need keys. That it happens once is seen to by the stage, not by these.
    key = f"{case.make_key(inquiry)}:released:{token_urlsafe(8)}"
    posts = enumerate((*dropped.posts, *went_on.posts))
    keyed = tuple(replace(post, key=f"{key}:{number}") for number, post in posts)
    return Outcome(None, keyed, withdrawn=dropped.withdrawn)


def _tell_desks(left: list[Inquiry], context: Context) -> list[Post]:
    """One notice for each desk, however much somebody left behind."""
    by_desk = defaultdict(list)
    for inquiry in left:
        by_desk[inquiry.desk].append(inquiry)
    return [
        case.tell_desk(
            mine[0], words.released(mine), context, key=f"released:{desk}:{token_urlsafe(8)}"
        )
        for desk, mine in by_desk.items()
    ]
