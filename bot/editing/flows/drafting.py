"""Use cases of an answer that becomes knowledge: draft, propose, approve, reject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any

from bot.audit.model import State, make_fingerprint
from bot.context import Context
from bot.conversation.address import Account, Place
from bot.conversation.message import New, Notice, OpenForm, Outcome, Post, Priority, Update
from bot.database.engine import Transaction
from bot.editing.messages import drafting as words
from bot.editing.messages import terms
from bot.editing.model import (
    Draft,
    DraftSettled,
    OwnProposal,
    Verdict,
    check_answer,
    split_wordings,
)
from bot.editing.records import drafts
from bot.inquiry.flows import case
from bot.inquiry.messages.terms import DRAFT
from bot.inquiry.model import MAY_APPROVE, InquiryGone, Step, check_at_desk
from bot.roster import flows as roster
from bot.shelf import records as shelf

__all__ = ["DRAFT"]

REVIEW_AFTER = timedelta(days=365)
"""When a new article is to be looked through again, unless its proposer says otherwise."""


def draft(tx: Transaction, presser: Account, number: str, context: Context) -> Outcome[None]:
    """Offer the form for an article. Raises NotAtDesk, InquiryGone, StageOver."""
    inquiry, question, answer = case.get_answered(tx, presser, number, context)
    review_by = context.today() + REVIEW_AFTER
    form = words.draft_form(inquiry, question, answer, review_by)
    return Outcome(None, reply=OpenForm(form))


def propose_article(
    tx: Transaction,
    presser: Account,
    number: str,
    answers: Mapping[str, Any],
    context: Context,
) -> Outcome[Draft]:
    """Bring an article before the desk. Raises what `draft` raises, and AnswerTooLong."""
    case.get_answered(tx, presser, number, context)
    check_answer(answers[terms.ANSWER])
    proposed = Draft(
        token=token_urlsafe(16),
        number=number,
        proposer=presser,
        title=answers[terms.TITLE],
        questions=split_wordings(answers[terms.QUESTIONS]),
        answer=answers[terms.ANSWER],
        basis=answers[terms.BASIS],
        issuer=answers[terms.ISSUER],
        applies_to=answers[terms.APPLIES_TO],
        in_force=answers.get(terms.IN_FORCE),
        review_by=answers[terms.REVIEW_BY],
        owner=answers[terms.OWNER],
    )
    drafts.add_draft(tx, proposed)
    _keep_step(tx, proposed, Step.PROPOSED, presser, context)
    told = New(
        target=Place(context.desk),
        message=words.draft_card(proposed),
        key=proposed.card,
        priority=Priority.NOTICE,
    )
    return Outcome(proposed, (told,), Notice(words.PROPOSED))


def find_draft(tx: Transaction, token: str) -> Draft | None:
    """A proposed article, for whoever prepares what is to be published."""
    return drafts.find_draft(tx, token)


def list_proposed(tx: Transaction) -> tuple[Draft, ...]:
    """Proposed articles that wait for somebody's approval, the oldest first."""
    return drafts.list_proposed(tx)


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
    published = {"fingerprint": make_fingerprint(article)}
    shown = _settle_draft(
        tx, proposed, Verdict.APPROVED, Step.APPROVED, presser, context, published
    )
    return Outcome(None, (shown,), Notice(words.APPROVED))


def reject(tx: Transaction, presser: Account, token: str, context: Context) -> Outcome[None]:
    """Let a proposed article go. Raises what `approve` raises."""
    proposed = _open_draft(tx, presser, token, context)
    shown = _settle_draft(tx, proposed, Verdict.REJECTED, Step.REJECTED, presser, context)
    return Outcome(None, (shown,))


def _open_draft(tx: Transaction, presser: Account, token: str, context: Context) -> Draft:
    person = roster.find_person(tx, presser, context.today())
    check_at_desk(person, MAY_APPROVE)
    proposed = drafts.find_draft(tx, token)
    if proposed is None:
        raise InquiryGone
    if roster.is_same_person(tx, proposed.proposer, presser):
        raise OwnProposal
    if proposed.verdict is not Verdict.PROPOSED:
        raise DraftSettled(proposed.verdict)
    return proposed


def _settle_draft(
    tx: Transaction,
    draft: Draft,
    verdict: Verdict,
    step: Step,
    presser: Account,
    context: Context,
    published: State = None,
) -> Post:
    drafts.put_verdict(tx, draft.token, verdict)
    settled = replace(draft, verdict=verdict)
    _keep_step(tx, settled, step, presser, context, before=draft, further=published)
    return Update(of=draft.card, message=words.draft_card(settled))


def _keep_step(
    tx: Transaction,
    draft: Draft,
    step: Step,
    presser: Account,
    context: Context,
    *,
    before: Draft | None = None,
    further: State = None,
) -> None:
    """Keep what was done with a proposed article: which one, not what it says."""
    was = _describe(before) if before else None
    after = {**_describe(draft), **(further or {})}
    case.keep_step(tx, draft.number, step, presser, context, before=was, after=after)


def _describe(draft: Draft) -> dict[str, object]:
    return {"draft": draft.token, "article": draft.article_id, "verdict": draft.verdict}
