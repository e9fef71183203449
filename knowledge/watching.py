"""Which articles are to be looked through: their day of review, and what became of their ground."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from knowledge.article import Amendment, Article
from knowledge.library import Library


@dataclass(frozen=True, slots=True)
class Review:
    """Somebody has looked an article through, and found it right."""

    was: date
    """The day of review that stood in the article then."""
    review_by: date
    """The one that holds instead, as long as the text stands that was looked through."""
    amendment: int
    """The last amendment that was registered then: it and those before are looked into."""


def watch(
    library: Library, amendments: Mapping[int, Amendment], reviews: Mapping[str, Sequence[Review]]
) -> Library:
    """The library as it was looked through; amendments by number, an article's reviews by time."""
    articles = (
        watch_article(article, amendments, reviews.get(article.id, ()))
        for article in library.articles
    )
    return replace(library, articles=tuple(articles))


def watch_article(
    article: Article, amendments: Mapping[int, Amendment], reviews: Sequence[Review]
) -> Article:
    """An article with the day of review that holds, and with what became of its ground since."""
    seen = max((review.amendment for review in reviews), default=0)
    grounds = {article.id, *(source.title for source in article.sources)}
    unseen = tuple(a for n, a in amendments.items() if n > seen and a.source in grounds)
    review_by = article.review_by
    for review in reviews:
        # One follows the other; a text that came between them begins anew.
        if review.was == review_by:
            review_by = review.review_by
    if (unseen, review_by) == (article.amended, article.review_by):
        return article
    return replace(article, amended=unseen, review_by=review_by)


def list_grounds(library: Library, words: str) -> tuple[str, ...]:
    """Titles of sources, or an article's id, that somebody may mean: the very one, or near it."""
    titles = {source.title for article in library.articles for source in article.sources}
    grounds = titles | {article.id for article in library.articles}
    if words in grounds:
        return (words,)
    return tuple(sorted(title for title in titles if words in title))
