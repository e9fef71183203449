"""Where what a reply says can be read: articles by id or title, and what an officer types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.context import Context
from bot.desk.model import Question
from bot.inquiry.messages import replying as words
from bot.inquiry.model import Citation, Composed
from knowledge.article import Article
from knowledge.base import UnknownArticle

MOST_OFFERED = 5
"""Articles that an officer may tick: what a search finds beyond is seldom about the matter."""


def list_offered(
    question: Question, last: Composed | None, found: Sequence[str], context: Context
) -> tuple[Article, ...]:
    """What stood behind the last wording, what the bot had answered or offered, what a search
    finds: each once, and open to the asker, as a ministry's own rule is for its own staff."""
    cited = [source.article_id for source in last.sources if source.article_id] if last else []
    ids = dict.fromkeys((*cited, *question.articles, *question.others, *found))
    known = (article for id in ids if (article := _find(id, context)))
    mine = [one for one in known if not one.scope or question.ministry in one.scope]
    return tuple(mine[:MOST_OFFERED])


def cite(
    chosen: Iterable[str], typed: Sequence[Citation], context: Context
) -> tuple[Citation, ...]:
    """Sources as they are now: an article may say something else tomorrow."""
    articles = [article for id in chosen if (article := _find(id, context))]
    found = [_find_typed(one, context) for one in typed]
    cited = [source for article in articles for source in _list_sources(article)]
    for one, article in zip(typed, found, strict=True):
        cited += _list_sources(article) if article else (one,)
    return tuple(dict.fromkeys(cited))


def _find_typed(typed: Citation, context: Context) -> Article | None:
    """The article whose id or title somebody typed, if that is what it was."""
    library = context.knowledge.library
    named = (one for one in library.articles if typed.title in (one.id, one.title))
    return None if typed.url else next(named, None)


def _list_sources(article: Article) -> Iterator[Citation]:
    """An article's own sources; one without any is named itself."""
    for source in article.sources:
        yield Citation(
            title=f"{source.title} {source.where}" if source.where else source.title,
            url=source.url,
            told=words.issued(source),
            article=article.title,
            article_id=article.id,
        )
    if not article.sources:
        yield Citation(article.title, article_id=article.id)


def _find(id: str, context: Context) -> Article | None:
    try:
        return context.knowledge.get_article(id)
    except UnknownArticle:
        return None
