"""Use cases of a reply that a second person checks: draft, issue, return, withdraw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from secrets import token_urlsafe

from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.event import Answer
from bot.conversation.message import New, Notice, OpenForm, Outcome, Post, Priority, Update
from bot.database.engine import Transaction
from bot.inquiry.flows import asking_back, case, issuing
from bot.inquiry.messages import checking as words
from bot.inquiry.messages import terms
from bot.inquiry.model import (
    Composed,
    DraftOver,
    Fate,
    Inquiry,
    InquiryGone,
    OwnDraft,
    ReplyDraft,
    Stage,
    Step,
)
from bot.inquiry.records import cases, reply_drafts
from bot.roster import flows as roster

# ---------------------------------------------------------------- whoever writes it


def draft_reply(
    tx: Transaction, presser: Account, inquiry: Inquiry, composed: Composed, context: Context
) -> Outcome[None]:
    """Bring a reply, or another revision of it, before the desk; the asker hears nothing yet."""
    earlier = reply_drafts.list_drafts(tx, inquiry.number)
    draft = ReplyDraft(
        token=token_urlsafe(16),
        number=inquiry.number,
        revision=len(earlier) + 1,
        composed=composed,
        author=presser,
        by=case.name_actor(tx, presser, Step.DRAFTED, inquiry, context),
        written_at=context.now(),
    )
    asked = asking_back.drop_open(tx, inquiry, context)
    replaced = _settle(tx, inquiry, Fate.REPLACED, context)
    reply_drafts.add_draft(tx, draft)
    cases.put_stage(tx, inquiry.number, Stage.CHECKING, presser, inquiry.office)
    if inquiry.stage is Stage.ASKED_BACK:
        case.put_pause(tx, inquiry, context)
    card = _show(tx, draft, inquiry)
    told = case.tell_desk(inquiry, card.message, context, key=draft.card)
    went_on = case.went_on(tx, inquiry, Step.DRAFTED, presser, context, about=draft.token)
    posts = (*asked.posts, *replaced, told, *went_on.posts)
    return Outcome(None, posts, Notice(words.DRAFTED), asked.withdrawn)


def withdraw(tx: Transaction, presser: Account, number: str, context: Context) -> Outcome[None]:
    """Take a drafted reply back. Raises what `compose` raises."""
    _, inquiry = case.check_held(tx, presser, number, context, (Stage.CHECKING,))
    withdrawn = drop_draft(tx, inquiry, context)
    cases.put_stage(tx, number, Stage.TAKEN, presser, inquiry.office)
    went_on = case.went_on(tx, inquiry, Step.DRAFT_WITHDRAWN, presser, context)
    return Outcome(None, (*withdrawn, *went_on.posts))


def drop_draft(tx: Transaction, inquiry: Inquiry, context: Context) -> tuple[Post, ...]:
    """What becomes of a drafted reply that nobody needs to check any more, if there is one."""
    return _settle(tx, inquiry, Fate.WITHDRAWN, context)


def find_last_wording(tx: Transaction, number: str) -> Composed | None:
    """What whoever answers goes on from: what waits, was returned or was withdrawn."""
    drafts = reply_drafts.list_drafts(tx, number)
    return drafts[-1].composed if drafts and drafts[-1].fate is not Fate.ISSUED else None


# ---------------------------------------------------------------- the second person


def issue(tx: Transaction, presser: Account, token: str, context: Context) -> Outcome[None]:
    """Let a drafted reply go out, as it stands on the card that was pressed.

    Raises NotAtDesk, InquiryGone, NotYourDesk, OwnDraft, DraftOver.
    """
    draft, inquiry = _check(tx, presser, token, context)
    reply_drafts.put_fate(tx, token, Fate.ISSUED, context.now(), presser)
    issued = issuing.issue(tx, presser, inquiry, draft.composed, context)
    return replace(issued, posts=(_redrawn(tx, draft, inquiry), *issued.posts))


def compose_return(
    tx: Transaction, presser: Account, token: str, context: Context
) -> Outcome[None]:
    """Offer the form for why a drafted reply should not go out. Raises what `issue` raises."""
    draft, _ = _check(tx, presser, token, context)
    return Outcome(None, reply=OpenForm(words.return_form(draft)))


def return_draft(
    tx: Transaction,
    presser: Account,
    token: str,
    answers: Mapping[str, Answer],
    context: Context,
) -> Outcome[None]:
    """Give a drafted reply back to whoever wrote it, with the reason.

    Raises what `issue` raises.
    """
    draft, inquiry = _check(tx, presser, token, context)
    reason = str(answers[terms.REASON])
    reply_drafts.put_fate(tx, token, Fate.RETURNED, context.now(), presser, reason)
    cases.put_stage(tx, inquiry.number, Stage.TAKEN, inquiry.holder, inquiry.office)
    told = New(
        target=draft.author,
        message=words.returned(inquiry, reason),
        key=f"{draft.card}:returned",
        priority=Priority.NOTICE,
        instead=case.tell_desk(inquiry, words.returned(inquiry, reason), context),
    )
    went_on = case.went_on(tx, inquiry, Step.RETURNED, presser, context, about=token)
    posts = (_redrawn(tx, draft, inquiry), told, *went_on.posts)
    return Outcome(None, posts, Notice(words.GIVEN_BACK))


def _check(
    tx: Transaction, presser: Account, token: str, context: Context
) -> tuple[ReplyDraft, Inquiry]:
    """Two people stand behind a reply: nobody who wrote any of its revisions is the second."""
    draft = _get(tx, token)
    _, inquiry = case.check_at_desk(tx, presser, draft.number, context)
    if draft.fate is not Fate.WAITING:
        raise DraftOver(draft.fate)
    authors = {one.author for one in _list_open(tx, draft.number)}
    if any(roster.is_same_person(tx, presser, author) for author in authors):
        raise OwnDraft
    return draft, inquiry


def _list_open(tx: Transaction, number: str) -> list[ReplyDraft]:
    """The revisions of a reply since the last one that went out."""
    since: list[ReplyDraft] = []
    for draft in reply_drafts.list_drafts(tx, number):
        since = [] if draft.fate is Fate.ISSUED else [*since, draft]
    return since


# ---------------------------------------------------------------- what both need


def _get(tx: Transaction, token: str) -> ReplyDraft:
    found = reply_drafts.find_draft(tx, token)
    if found is None:
        raise InquiryGone
    return found


def _settle(tx: Transaction, inquiry: Inquiry, fate: Fate, context: Context) -> tuple[Post, ...]:
    waiting = [
        draft
        for draft in reply_drafts.list_drafts(tx, inquiry.number)
        if draft.fate is Fate.WAITING
    ]
    for draft in waiting:
        reply_drafts.put_fate(tx, draft.token, fate, context.now())
    return tuple(_redrawn(tx, draft, inquiry) for draft in waiting)


def _show(tx: Transaction, draft: ReplyDraft, inquiry: Inquiry) -> Update:
    """The card of a drafted reply, as it stands."""
    question = case.get_question(tx, inquiry)
    followers = len(cases.list_followers(tx, inquiry.number))
    return Update(of=draft.card, message=words.draft_card(draft, question, followers))


def _redrawn(tx: Transaction, draft: ReplyDraft, inquiry: Inquiry) -> Update:
    return _show(tx, _get(tx, draft.token), inquiry)
