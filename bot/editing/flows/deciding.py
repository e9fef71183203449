"""Use cases of a second person: approve, return with a reason, reject."""

from __future__ import annotations

from dataclasses import replace

from bot.audit.model import State, make_fingerprint
from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.message import New, Notice, OpenForm, Outcome, Priority, Reply, Update
from bot.database.engine import Transaction
from bot.editing.flows import checking, desk
from bot.editing.flows.keeping import keep
from bot.editing.messages import drafting as words
from bot.editing.model import (
    Draft,
    DraftSettled,
    OwnProposal,
    Prepared,
    Settlement,
    Verdict,
    check_remit,
    list_since_published,
    tidy,
)
from bot.editing.records import drafts
from bot.inquiry.model import MAY_APPROVE, InquiryGone
from bot.roster import flows as roster
from bot.roster.model import Person
from bot.shelf import records as shelf


def get_open_draft(tx: Transaction, presser: Account, token: str, context: Context) -> Draft:
    """A draft that waits for a decision, for somebody who may take it.

    Raises NotAtDesk, InquiryGone, ScopeNotYours, OwnProposal, DraftSettled.
    """
    _, remit = desk.check_editor(tx, presser, context, MAY_APPROVE)
    found = drafts.find_draft(tx, token)
    if found is None:
        raise InquiryGone
    check_remit(remit, found.body.scope)
    _check_second(tx, presser, found)
    if found.verdict is not Verdict.PROPOSED:
        raise DraftSettled(found.verdict)
    return found


def list_proposed(tx: Transaction, person: Person, context: Context) -> tuple[Draft, ...]:
    """Proposed articles that wait, and that somebody's office lets them decide on."""
    remit = desk.get_remit(person, context)
    return tuple(draft for draft in drafts.list_proposed(tx) if remit.covers(draft.body.scope))


def approve(
    tx: Transaction, presser: Account, token: str, prepared: Prepared, context: Context
) -> Outcome[None]:
    """Publish a proposed article that was checked before. Raises Overtaken, and what
    `get_open_draft` raises."""
    found = get_open_draft(tx, presser, token, context)
    checking.check_edition(tx, prepared)
    shelf.add_article(tx, found.article, prepared.text, context.now())
    # Two people have looked it through by that, whatever was amended before.
    own = found.body.review_by
    shelf.add_review(tx, found.article, own, own, context.now())
    published = {"fingerprint": make_fingerprint(prepared.text)}
    reply = Notice(words.APPROVED)
    return _settle(tx, found, Verdict.APPROVED, presser, context, reply, further=published)


def reject(tx: Transaction, presser: Account, token: str, context: Context) -> Outcome[None]:
    """Let a proposed article go. Raises what `get_open_draft` raises."""
    found = get_open_draft(tx, presser, token, context)
    return _settle(tx, found, Verdict.REJECTED, presser, context)


def ask_reason(tx: Transaction, presser: Account, token: str, context: Context) -> Outcome[None]:
    """Offer the form that asks why. Raises what `get_open_draft` raises."""
    found = get_open_draft(tx, presser, token, context)
    return Outcome(None, reply=OpenForm(words.reason_form(found)))


def return_draft(
    tx: Transaction, presser: Account, token: str, reason: str, context: Context
) -> Outcome[None]:
    """Give a draft back to be mended and proposed again. Raises what `get_open_draft` raises."""
    found = get_open_draft(tx, presser, token, context)
    reply = Notice(words.RETURNED)
    return _settle(tx, found, Verdict.RETURNED, presser, context, reply, reason=tidy(reason))


def _check_second(tx: Transaction, presser: Account, draft: Draft) -> None:
    """Two people stand behind an article: no hand in it since it was published is the second."""
    hands = list_since_published(
        one for one in drafts.list_drafts(tx, draft.article) if one.revision <= draft.revision
    )
    if any(roster.is_same_person(tx, presser, hand.proposer) for hand in (*hands, draft)):
        raise OwnProposal


def _settle(
    tx: Transaction,
    found: Draft,
    verdict: Verdict,
    presser: Account,
    context: Context,
    reply: Reply | None = None,
    *,
    reason: str = "",
    further: State = None,
) -> Outcome[None]:
    settled = Settlement(presser, context.now(), reason)
    drafts.put_settlement(tx, found.token, verdict, settled)
    draft = replace(found, verdict=verdict, settled=settled)
    keep(tx, draft, presser, context, before=found, further=further)
    shown = Update(of=draft.card, message=words.draft_card(draft))
    told = New(
        target=draft.proposer,
        message=words.settled(draft),
        key=f"{draft.card}:{verdict}",
        priority=Priority.NOTICE,
    )
    return Outcome(None, (shown, told), reply)
