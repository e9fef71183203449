"""Use cases of an article on its way: draft, propose, revise, propose again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from secrets import token_urlsafe
from typing import Any

from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.message import (
    Control,
    New,
    Notice,
    OpenForm,
    Outcome,
    Post,
    Priority,
    Update,
)
from bot.database.engine import Transaction
from bot.desk.model import Question
from bot.editing.flows import checking, desk
from bot.editing.flows.keeping import keep
from bot.editing.messages import drafting as words
from bot.editing.messages import terms
from bot.editing.model import (
    COMMON,
    AlreadyProposed,
    Body,
    Draft,
    NoSuchArticle,
    NotTheProposer,
    Remit,
    Scope,
    Verdict,
    check_body,
    check_remit,
    find_number,
    make_article_id,
    make_body,
    split_wordings,
    tidy,
)
from bot.editing.records import drafts
from bot.inquiry.flows import case
from bot.inquiry.messages.terms import DRAFT
from bot.inquiry.model import Inquiry, Reply
from bot.roster import flows as roster
from knowledge.article import Article

__all__ = ["DRAFT"]

REVIEW_AFTER = timedelta(days=365)
"""When an article is to be looked through again, unless its proposer says otherwise."""


def draft(tx: Transaction, presser: Account, number: str, context: Context) -> Outcome[None]:
    """Offer the form for an article made from a reply; what was returned is filled in already.

    Raises NotAtDesk, InquiryGone, StageOver, AlreadyProposed.
    """
    found = case.get_answered(tx, presser, number, context)
    _, remit = desk.check_editor(tx, presser, context)
    article = make_article_id(number)
    last, before = _find_last(tx, article), _find_before(tx, article, context)
    review_by = context.today() + REVIEW_AFTER
    if last is not None and last.verdict is Verdict.RETURNED:
        body = last.body
    elif before is not None:
        body = make_body(before, review_by)
    else:
        body = _make_first_body(*found, review_by, context)
    control = Control(terms.PROPOSE, number)
    return Outcome(None, reply=_open_form(control, words.FIRST, body, remit, last))


def revise(tx: Transaction, presser: Account, article: str, context: Context) -> Outcome[None]:
    """Offer the form for what was returned, or for a new wording of what is published.

    Raises NotAtDesk, AlreadyProposed, NotTheProposer, NoSuchArticle, ScopeNotYours.
    """
    _, remit = desk.check_editor(tx, presser, context)
    before, last = _check_may_revise(tx, presser, article, remit, context)
    if last is not None and last.verdict is Verdict.RETURNED:
        title, body = words.AGAIN, last.body
    else:
        assert before is not None
        title, body = words.AMEND, make_body(before, context.today() + REVIEW_AFTER)
    control = Control(terms.PROPOSE_AGAIN, article)
    return Outcome(None, reply=_open_form(control, title, body, remit, last))


def _make_first_body(
    inquiry: Inquiry, question: Question, answer: Reply, review_by: date, context: Context
) -> Body:
    """What a ministry's own desk has answered is most likely its own rule."""
    own = case.get_desk(inquiry, context).serves
    scope = tuple(sorted(own)) if own else COMMON
    return words.make_first_body(question, answer, review_by, scope)


def check_first(
    tx: Transaction, presser: Account, number: str, body: Body, context: Context
) -> str:
    """Whether somebody may propose an article for an inquiry; its id.

    Raises NotAtDesk, InquiryGone, StageOver, AlreadyProposed, ScopeNotYours, AnswerTooLong,
    InForceTooEarly.
    """
    case.get_answered(tx, presser, number, context)
    article = make_article_id(number)
    _check(tx, presser, article, body, context)
    return article


def check_again(
    tx: Transaction, presser: Account, article: str, body: Body, context: Context
) -> str:
    """Whether somebody may propose an article's next revision. Raises what both others raise."""
    _, remit = desk.check_editor(tx, presser, context)
    _check_may_revise(tx, presser, article, remit, context)
    _check(tx, presser, article, body, context)
    return article


def propose_article(
    tx: Transaction, presser: Account, article: str, body: Body, context: Context
) -> Outcome[Draft]:
    """Bring an article that was checked in this transaction before those who may approve it."""
    earlier = drafts.list_drafts(tx, article)
    proposed = Draft(
        token=token_urlsafe(16),
        article=article,
        revision=1 + max((one.revision for one in earlier), default=0),
        number=find_number(article),
        proposer=presser,
        proposed_at=context.now(),
        body=body,
    )
    drafts.add_draft(tx, proposed)
    keep(tx, proposed, presser, context)
    told = New(
        target=desk.get_place(body.scope, context),
        message=words.draft_card(proposed),
        key=proposed.card,
        priority=Priority.NOTICE,
    )
    return Outcome(proposed, (told, *_replaced(earlier)), Notice(words.PROPOSED))


def parse_body(answers: Mapping[str, Any]) -> Body:
    """What was filled in; forms that were opened before there were scopes say nothing of them."""
    detail = tidy(answers.get(terms.DETAIL) or "")
    return Body(
        title=tidy(answers[terms.TITLE]),
        questions=split_wordings(answers[terms.QUESTIONS]),
        answer=tidy(answers[terms.ANSWER]),
        detail=detail or None,
        basis=tidy(answers[terms.BASIS]),
        issuer=tidy(answers[terms.ISSUER]),
        applies_to=tidy(answers[terms.APPLIES_TO]),
        in_force=answers.get(terms.IN_FORCE),
        owner=tidy(answers[terms.OWNER]),
        review_by=answers[terms.REVIEW_BY],
        scope=words.parse_scope(answers.get(terms.SCOPE) or terms.COMMON),
    )


def _open_form(
    control: Control, title: str, body: Body, remit: Remit, last: Draft | None
) -> OpenForm:
    returned = last is not None and last.verdict is Verdict.RETURNED
    reason = last.settled.reason if returned and last and last.settled else None
    return OpenForm(words.draft_form(control, title, body, _list_scopes(remit, body), reason))


def _list_scopes(remit: Remit, body: Body) -> tuple[Scope, ...]:
    """What somebody may choose from: what holds for all first, where that is theirs to say."""
    own: list[Scope] = [(ministry,) for ministry in sorted(remit.ministries)]
    offered = [COMMON, *own] if remit.common else own
    if body.scope not in offered and remit.covers(body.scope):
        offered.append(body.scope)
    return tuple(offered)


def _find_last(tx: Transaction, article: str) -> Draft | None:
    """The last revision of an article. Raises AlreadyProposed if it waits for its approval."""
    earlier = drafts.list_drafts(tx, article)
    if any(one.verdict is Verdict.PROPOSED for one in earlier):
        raise AlreadyProposed
    return earlier[-1] if earlier else None


def _find_before(tx: Transaction, article: str, context: Context) -> Article | None:
    return checking.read_published(tx, context).find(article)


def _check_may_revise(
    tx: Transaction, presser: Account, article: str, remit: Remit, context: Context
) -> tuple[Article | None, Draft | None]:
    """What is published, and what was proposed last."""
    last = _find_last(tx, article)
    before = _find_before(tx, article, context)
    if last is not None and last.verdict is Verdict.RETURNED:
        check_remit(remit, last.body.scope)
        if not roster.is_same_person(tx, presser, last.proposer):
            raise NotTheProposer
        return before, last
    if before is None:
        raise NoSuchArticle
    check_remit(remit, before.scope)
    return before, last


def _check(tx: Transaction, presser: Account, article: str, body: Body, context: Context) -> None:
    _, remit = desk.check_editor(tx, presser, context)
    _find_last(tx, article)
    before = _find_before(tx, article, context)
    check_remit(remit, body.scope, *([before.scope] if before else []))
    check_body(body, before)


def _replaced(earlier: Sequence[Draft]) -> tuple[Post, ...]:
    """The card of what was returned no longer offers what has been done."""
    last = earlier[-1] if earlier else None
    if last is None or last.verdict is not Verdict.RETURNED:
        return ()
    return (Update(of=last.card, message=words.draft_card(last, replaced=True)),)
