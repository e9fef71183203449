"""All the bot can do, on one screen: listeners in the order of asking, jobs, and refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.audit import jobs as audit_jobs
from bot.context import Hears, Job, SlowJob
from bot.desk import listeners as desk
from bot.desk import messages as desk_words
from bot.desk import model as desk_model
from bot.editing import jobs as editing_jobs
from bot.editing import listeners as editing
from bot.editing import model as editing_model
from bot.editing.messages import refusals as editing_words
from bot.inquiry import jobs as inquiry_jobs
from bot.inquiry import listeners as inquiry
from bot.inquiry import model as inquiry_model
from bot.inquiry.messages import refusals as inquiry_words
from bot.overview import jobs as overview_jobs
from bot.overview import listeners as overview
from bot.overview import model as overview_model
from bot.overview.messages import refusals as overview_words
from bot.refusal import Refusal
from bot.roster import listeners as roster
from bot.roster import messages as roster_words
from bot.roster import model as roster_model

# The desk comes last: to it, everything that is said is a question.
LISTENERS: tuple[Hears, ...] = (
    *roster.LISTENERS,
    *overview.LISTENERS,
    *editing.LISTENERS,
    *inquiry.LISTENERS,
    *desk.LISTENERS,
)

JOBS: tuple[Job | SlowJob, ...] = (
    *audit_jobs.JOBS,
    *inquiry_jobs.JOBS,
    *editing_jobs.JOBS,
    *overview_jobs.JOBS,
)

WORDINGS: Mapping[type[Refusal], Callable[[Any], str]] = {
    roster_model.UnknownMinistry: roster_words.unknown_ministry,
    roster_model.MinistryAlreadyKnown: roster_words.already_known,
    desk_model.QuestionEmpty: desk_words.question_empty,
    desk_model.QuestionTooLong: desk_words.question_too_long,
    desk_model.QuestionGone: desk_words.question_gone,
    desk_model.NotTheAsker: desk_words.not_the_asker,
    desk_model.AlreadyResolved: desk_words.already_resolved,
    desk_model.AlreadyEscalated: desk_words.already_escalated,
    desk_model.ArticleGone: desk_words.article_gone,
    inquiry_model.NotAtDesk: inquiry_words.not_at_desk,
    inquiry_model.NotYourDesk: inquiry_words.not_your_desk,
    inquiry_model.NoSuchDesk: inquiry_words.no_such_desk,
    inquiry_model.InquiryGone: inquiry_words.inquiry_gone,
    inquiry_model.TakenByOther: inquiry_words.taken_by_other,
    inquiry_model.NotTaken: inquiry_words.not_taken,
    inquiry_model.StageOver: inquiry_words.stage_over,
    inquiry_model.NotTogether: inquiry_words.not_together,
    inquiry_model.OwnDraft: inquiry_words.own_draft,
    inquiry_model.DraftOver: inquiry_words.draft_over,
    inquiry_model.QueryOver: inquiry_words.query_over,
    inquiry_model.StillTime: inquiry_words.still_time,
    overview_model.ListingGone: overview_words.listing_gone,
    editing_model.OwnProposal: editing_words.own_proposal,
    editing_model.NotTheProposer: editing_words.not_the_proposer,
    editing_model.ScopeNotYours: editing_words.scope_not_yours,
    editing_model.AlreadyProposed: editing_words.already_proposed,
    editing_model.NoSuchArticle: editing_words.no_such_article,
    editing_model.InForceTooEarly: editing_words.in_force_too_early,
    editing_model.Overtaken: editing_words.overtaken,
    editing_model.WordingUnfit: editing_words.wording_unfit,
    editing_model.NothingChosen: editing_words.nothing_chosen,
    editing_model.DraftSettled: editing_words.draft_settled,
    editing_model.AnswerTooLong: editing_words.answer_too_long,
    editing_model.NotSound: editing_words.not_sound,
}
