"""How an answer goes out: to the asker, and to all who asked the same, each in their own thread."""

from __future__ import annotations

from dataclasses import replace
from secrets import token_urlsafe

from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.message import Notice, Outcome, Post
from bot.database.engine import Transaction
from bot.inquiry.flows import asking_back, case
from bot.inquiry.messages import replying as words
from bot.inquiry.model import Composed, Inquiry, Reply, Stage, Step
from bot.inquiry.records import cases, replies
from bot.roster import flows as roster
from knowledge.desk import Signature


def issue(
    tx: Transaction, presser: Account, inquiry: Inquiry, composed: Composed, context: Context
) -> Outcome[None]:
    """Send an answer that may go out, by the word of whoever pressed."""
    answer = Reply(
        token=token_urlsafe(16),
        number=inquiry.number,
        text=composed.text,
        basis=composed.basis,
        standing=composed.standing,
        office=_sign(tx, inquiry, context),
        sent_at=context.now(),
        sources=composed.sources,
    )
    dropped = asking_back.drop_open(tx, inquiry, context)
    followers = cases.list_followers(tx, inquiry.number)
    posts = list(dropped.posts)
    for follower in followers:
        mine = replace(follower, holder=inquiry.holder)
        own = replace(answer, token=token_urlsafe(16), number=follower.number)
        posts += _send(tx, presser, mine, own, context)
    posts += _send(tx, presser, inquiry, answer, context)
    # A notice that still waits to be sent would chase somebody who has answered.
    pointless = (*case.list_late_keys(inquiry), *dropped.withdrawn)
    return Outcome(None, tuple(posts), Notice(words.sent(len(followers))), pointless)


def _sign(tx: Transaction, inquiry: Inquiry, context: Context) -> str:
    """Who answers, as the asker reads it: the desk; its officer's name only where it signs so."""
    own = case.get_desk(inquiry, context)
    if own.signs is Signature.OFFICE or inquiry.holder is None:
        return own.name
    holder = roster.find_person(tx, inquiry.holder, context.today())
    return words.sign(own.name, holder.name) if holder else own.name


def _send(
    tx: Transaction, presser: Account, inquiry: Inquiry, answer: Reply, context: Context
) -> tuple[Post, ...]:
    """Bring an answer to the asker of one inquiry, who reads of no other."""
    replies.add_reply(tx, answer)
    cases.put_stage(tx, inquiry.number, Stage.ANSWERED, inquiry.holder, inquiry.office)
    cases.put_main(tx, inquiry.number, None)
    question = case.get_question(tx, inquiry)
    card = words.reply_card(answer, question, Stage.ANSWERED)
    told = case.tell_asker(inquiry, question, card, answer.card, context)
    went_on = case.went_on(
        tx,
        inquiry,
        Step.REPLIED,
        presser,
        context,
        about=answer.token,
        further={"standing": answer.standing},
    )
    return (told, *went_on.posts)
