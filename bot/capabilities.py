"""All the bot can do, on one screen: listeners in the order of asking, and refusals in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.context import Hears
from bot.desk import listeners as desk
from bot.desk import messages as desk_words
from bot.desk import model as desk_model
from bot.refusal import Refusal
from bot.roster import listeners as roster
from bot.roster import messages as roster_words
from bot.roster import model as roster_model

# The desk comes last: to it, everything that is said is a question.
LISTENERS: tuple[Hears, ...] = (*roster.LISTENERS, *desk.LISTENERS)

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
}
