"""Use cases of the people behind the answers: take over, reply, settle, propose, approve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from secrets import token_urlsafe
from typing import Any

from bot.calendar import find_due_day
from bot.context import Context
from bot.conversation.address import Account, Place
from bot.conversation.event import Answer
from bot.conversation.message import Message, New, Notice, OpenForm, Outcome, Post, Priority, Update
from bot.database.engine import Transaction
from bot.desk import flows as desk
from bot.desk.messages import ESCALATE
from bot.desk.model import Question
from bot.inquiry import messages, records
from bot.inquiry.model import (
    MAY_APPROVE,
    Draft,
    DraftSettled,
    Inquiry,
    InquiryGone,
    OwnProposal,
    Reply,
    Stage,
    Standing,
    Step,
    TakenByOther,
    Verdict,
    check_answer,
    check_at_desk,
    check_holder,
    check_stage,
    count_notices_due,
    split_wordings,
)
from bot.roster import flows as roster
from bot.roster.model import Person
from bot.shelf import records as shelf

__all__ = ["ESCALATE"]

REVIEW_AFTER = timedelta(days=365)
"""When a new article is to be looked through again, unless its proposer says otherwise."""


def escalate(tx: Transaction, presser: Account, token: str, context: Context) -> Outcome[str]:
    """Hand a question to the desk's people; the reception number. Raises what `pick` raises."""
    due_on = _due_day(context)
    handed = desk.escalate(tx, presser, token, due_on, context)
    inquiry = records.add_inquiry(tx, handed.value, token, due_on)
    records.add_step(tx, inquiry.number, Step.ESCALATED, presser, context.now())
    told = New(
        target=Place(context.desk),
        message=_card(tx, inquiry, context),
        key=_key(inquiry),
        priority=Priority.NOTICE,
    )
    return replace(handed, posts=(*handed.posts, told))


def take_over(tx: Transaction, presser: Account, number: str, context: Context) -> Outcome[None]:
    """Take an inquiry over. Raises NotAtDesk, InquiryGone, TakenByOther, StageOver."""
    person, inquiry = _at_desk(tx, presser, number, context)
    if inquiry.holder is not None and inquiry.holder != presser:
        raise TakenByOther(inquiry.office or "")
    check_stage(inquiry, Stage.WAITING)
    records.put_stage(tx, number, Stage.TAKEN, presser, messages.office(person.ministry))
    return _went_on(tx, number, Step.TAKEN_OVER, presser, context)


def hand_back(tx: Transaction, presser: Account, number: str, context: Context) -> Outcome[None]:
    """Give an inquiry back to the desk. Raises what `compose` raises."""
    _held(tx, presser, number, context)
    records.put_stage(tx, number, Stage.WAITING, None, None)
    return _went_on(tx, number, Step.HANDED_BACK, presser, context)


def compose(tx: Transaction, presser: Account, number: str, context: Context) -> Outcome[None]:
    """Offer the form for an answer.

    Raises NotAtDesk, InquiryGone, NotTaken, TakenByOther, StageOver.
    """
    _, inquiry = _held(tx, presser, number, context)
    return Outcome(None, reply=OpenForm(messages.reply_form(inquiry)))


def reply(
    tx: Transaction,
    presser: Account,
    number: str,
    answers: Mapping[str, Answer],
    context: Context,
) -> Outcome[Reply]:
    """Answer, in the asker's thread. Raises what `compose` raises."""
    person, inquiry = _held(tx, presser, number, context)
    answer = Reply(
        token=token_urlsafe(16),
        number=number,
        text=str(answers[messages.TEXT]),
        basis=str(answers.get(messages.BASIS) or ""),
        standing=Standing(str(answers[messages.STANDING])),
        office=messages.office(person.ministry),
        sent_at=context.now(),
    )
    records.add_reply(tx, answer)
    records.put_stage(tx, number, Stage.ANSWERED, presser, answer.office)
    question = _question(tx, inquiry)
    told = New(
        target=question.place,
        message=messages.reply_card(answer, question, Stage.ANSWERED),
        key=answer.card,
    )
    went_on = _went_on(tx, number, Step.REPLIED, presser, context)
    # A notice that still waits to be sent would chase somebody who has answered.
    pointless = tuple(_late_key(inquiry, n) for n in range(1, inquiry.notices + 1))
    return Outcome(answer, (told, *went_on.posts), Notice(messages.SENT), pointless)


def settle(tx: Transaction, presser: Account, token: str, context: Context) -> Outcome[None]:
    """The asker says that the answer settles it.

    Raises InquiryGone, NotTheAsker, StageOver.
    """
    return _rate(tx, presser, token, Stage.CLOSED, Step.SETTLED, context)


def reopen(tx: Transaction, presser: Account, token: str, context: Context) -> Outcome[None]:
    """The asker says that it is not settled; the desk goes on. Raises what `settle` raises."""
    rated = _rate(tx, presser, token, Stage.TAKEN, Step.REOPENED, context)
    answer = _reply(tx, token)
    records.put_due_day(tx, answer.number, _due_day(context))
    inquiry = _inquiry(tx, answer.number)
    told = New(
        target=Place(context.desk),
        message=messages.reopened(inquiry),
        key=f"{answer.card}:reopened",
        priority=Priority.NOTICE,
    )
    return replace(rated, posts=(*rated.posts, told))


def _rate(
    tx: Transaction, presser: Account, token: str, stage: Stage, step: Step, context: Context
) -> Outcome[None]:
    answer = _reply(tx, token)
    inquiry = _inquiry(tx, answer.number)
    question = _question(tx, inquiry)
    desk.check_asker(question, presser)
    check_stage(inquiry, Stage.ANSWERED)
    records.put_stage(tx, inquiry.number, stage, inquiry.holder, inquiry.office)
    shown = Update(of=answer.card, message=messages.reply_card(answer, question, stage))
    went_on = _went_on(tx, inquiry.number, step, presser, context)
    return Outcome(None, (shown, *went_on.posts))


def remind(tx: Transaction, context: Context) -> Outcome[None]:
    """Tell the desk of what is late, on working days: once, again, then the head of the desk.

    Run as often as one likes: each notice is told once, and a run that was missed is made up for
    with the last notice that is due, not with all of them.
    """
    posts = []
    for inquiry in records.list_late(tx, context.today()):
        assert inquiry.due_on is not None
        due = count_notices_due(inquiry.due_on, context.today())
        if due > inquiry.notices:
            records.put_notices(tx, inquiry.number, due)
            posts.append(_notice(inquiry, due, context))
    return Outcome(None, tuple(posts))


def _notice(inquiry: Inquiry, number: int, context: Context) -> Post:
    assert inquiry.due_on is not None
    return New(
        target=Place(context.desk),
        message=messages.late(inquiry, inquiry.due_on, number),
        key=_late_key(inquiry, number),
        priority=Priority.NOTICE,
    )


def _late_key(inquiry: Inquiry, number: int) -> str:
    return f"{_key(inquiry)}:late:{inquiry.due_on}:{number}"


def _due_day(context: Context) -> date:
    due = find_due_day(context.now(), context.settings.desk_days)
    assert due is not None
    return due


# ---------------------------------------------------------------- knowledge


def draft(tx: Transaction, presser: Account, number: str, context: Context) -> Outcome[None]:
    """Offer the form for an article. Raises NotAtDesk, InquiryGone, StageOver."""
    _, inquiry = _at_desk(tx, presser, number, context)
    check_stage(inquiry, Stage.ANSWERED, Stage.CLOSED)
    answer = records.find_last_reply(tx, number)
    assert answer is not None
    review_by = context.today() + REVIEW_AFTER
    form = messages.draft_form(inquiry, _question(tx, inquiry), answer, review_by)
    return Outcome(None, reply=OpenForm(form))


def propose_article(
    tx: Transaction,
    presser: Account,
    number: str,
    answers: Mapping[str, Any],
    context: Context,
) -> Outcome[Draft]:
    """Bring an article before the desk. Raises what `draft` raises, and AnswerTooLong."""
    _, inquiry = _at_desk(tx, presser, number, context)
    check_stage(inquiry, Stage.ANSWERED, Stage.CLOSED)
    check_answer(answers[messages.ANSWER])
    proposed = Draft(
        token=token_urlsafe(16),
        number=number,
        proposer=presser,
        title=answers[messages.TITLE],
        questions=split_wordings(answers[messages.QUESTIONS]),
        answer=answers[messages.ANSWER],
        basis=answers[messages.BASIS],
        issuer=answers[messages.ISSUER],
        applies_to=answers[messages.APPLIES_TO],
        in_force=answers.get(messages.IN_FORCE),
        review_by=answers[messages.REVIEW_BY],
        owner=answers[messages.OWNER],
    )
    records.add_draft(tx, proposed)
    records.add_step(tx, number, Step.PROPOSED, presser, context.now())
    told = New(
        target=Place(context.desk),
        message=messages.draft_card(proposed),
        key=proposed.card,
        priority=Priority.NOTICE,
    )
    return Outcome(proposed, (told,), Notice(messages.PROPOSED))


def find_draft(tx: Transaction, token: str) -> Draft | None:
    """A proposed article, for whoever prepares what is to be published."""
    return records.find_draft(tx, token)


def list_published(tx: Transaction) -> dict[str, str]:
    """What is published already, by id: a new article is checked beside it."""
    return dict(shelf.list_articles(tx))


def approve(
    tx: Transaction, presser: Account, token: str, article: str, context: Context
) -> Outcome[None]:
    """Publish a proposed article, whose YAML was checked before.

    Raises NotAtDesk, InquiryGone, OwnProposal, DraftSettled.
    """
    proposed = _open_draft(tx, presser, token, context)
    shelf.add_article(tx, proposed.article_id, article, context.now())
    shown = _settle_draft(tx, proposed, Verdict.APPROVED, Step.APPROVED, presser, context)
    return Outcome(None, (shown,), Notice(messages.APPROVED))


def reject(tx: Transaction, presser: Account, token: str, context: Context) -> Outcome[None]:
    """Let a proposed article go. Raises what `approve` raises."""
    proposed = _open_draft(tx, presser, token, context)
    shown = _settle_draft(tx, proposed, Verdict.REJECTED, Step.REJECTED, presser, context)
    return Outcome(None, (shown,))


def _open_draft(tx: Transaction, presser: Account, token: str, context: Context) -> Draft:
    person = roster.find_person(tx, presser, context.today())
    check_at_desk(person, MAY_APPROVE)
    proposed = records.find_draft(tx, token)
    if proposed is None:
        raise InquiryGone
    if proposed.proposer == presser:
        raise OwnProposal
    if proposed.verdict is not Verdict.PROPOSED:
        raise DraftSettled(proposed.verdict)
    return proposed


def _settle_draft(
    tx: Transaction, draft: Draft, verdict: Verdict, step: Step, presser: Account, context: Context
) -> Post:
    records.put_verdict(tx, draft.token, verdict)
    records.add_step(tx, draft.number, step, presser, context.now())
    return Update(of=draft.card, message=messages.draft_card(replace(draft, verdict=verdict)))


# ---------------------------------------------------------------- what all of them need


def _at_desk(
    tx: Transaction, presser: Account, number: str, context: Context
) -> tuple[Person, Inquiry]:
    person = check_at_desk(roster.find_person(tx, presser, context.today()))
    return person, _inquiry(tx, number)


def _held(
    tx: Transaction, presser: Account, number: str, context: Context
) -> tuple[Person, Inquiry]:
    person, inquiry = _at_desk(tx, presser, number, context)
    check_stage(inquiry, Stage.WAITING, Stage.TAKEN)
    check_holder(inquiry, presser)
    return person, inquiry


def _inquiry(tx: Transaction, number: str) -> Inquiry:
    found = records.find_inquiry(tx, number)
    if found is None:
        raise InquiryGone
    return found


def _reply(tx: Transaction, token: str) -> Reply:
    found = records.find_reply(tx, token)
    if found is None:
        raise InquiryGone
    return found


def _question(tx: Transaction, inquiry: Inquiry) -> Question:
    found = desk.find_question(tx, inquiry.token)
    if found is None:
        raise InquiryGone
    return found


def _went_on(
    tx: Transaction, number: str, step: Step, presser: Account, context: Context
) -> Outcome[None]:
    """Keep a step, and show the inquiry as it stands after it."""
    records.add_step(tx, number, step, presser, context.now())
    inquiry = _inquiry(tx, number)
    return Outcome(None, (Update(of=_key(inquiry), message=_card(tx, inquiry, context)),))


def _card(tx: Transaction, inquiry: Inquiry, context: Context) -> Message:
    question = _question(tx, inquiry)
    said = desk.list_kept(question, context)
    return messages.card(inquiry, question, said, records.find_last_reply(tx, inquiry.number))


def _key(inquiry: Inquiry) -> str:
    return f"inquiry:{inquiry.number}"
