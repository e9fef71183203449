"""The knowledge base: all that the desk may answer from, and the search for what fits."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.article import Article
from knowledge.library import Library
from knowledge.ministry import Ministry, find_ministry, list_similar_ministries
from knowledge.out_of_scope import Boundary
from knowledge.ranking import Ranking, Signals
from knowledge.spelling import Spelling
from knowledge.synonyms import Thesaurus
from knowledge.text import READ_LIMIT, WordReader, normalise

__all__ = ["KnowledgeBase", "Match", "Search", "Signals", "UnknownArticle"]


class UnknownArticle(KeyError):
    """No article has this id: it was withdrawn, or a button is older than the library."""


@dataclass(frozen=True, slots=True)
class Match:
    """An article that may answer a question."""

    article: Article
    score: float
    """From 0 to 1 and comparable between questions: a part of what a perfect match would score."""


@dataclass(frozen=True, slots=True)
class Search:
    """What was found for a question, and what a decision about it can rest on."""

    text: str
    terms: tuple[str, ...]
    """What the question was taken to be about; for logs and reports in place of its text."""
    matches: tuple[Match, ...]
    """Best first; empty where no article shares a term with the question."""
    signals: Signals
    out_of_scope: str | None = None
    """The category of `out_of_scope.yaml` that it falls into: not to be answered, however well an
    article matches."""


class KnowledgeBase:
    """An index over one library; immutable, so that every thread can search it without a lock.

    Whoever has further articles (published in chat) builds a new base from a library with them and
    swaps it in whole.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        self._articles = {article.id: article for article in library.articles}
        reader = WordReader()
        texts = (
            text for article in library.articles for text in (*article.questions, *article.told)
        )
        self._spelling = Spelling([normalise(text) for text in texts], reader)
        self._thesaurus = Thesaurus(library.synonyms, reader.forms)
        self._boundary = Boundary(library.out_of_scope)
        self._ranking = Ranking(library.articles, self._thesaurus)

    def search(self, text: str, *, limit: int = 10) -> Search:
        """At most `limit` articles for a question, read up to READ_LIMIT characters."""
        asked = normalise(text[:READ_LIMIT])
        terms = self._thesaurus.terms(self._spelling.correct(asked))
        ranked = self._ranking.rank(asked, terms)
        matches = tuple(Match(self.library.articles[n], score) for n, score in ranked[:limit])
        return Search(
            text=text,
            terms=terms,
            matches=matches,
            signals=self._ranking.signals(terms, ranked),
            out_of_scope=self._boundary.find_category(asked),
        )

    def get_article(self, article_id: str) -> Article:
        """Raises UnknownArticle."""
        try:
            return self._articles[article_id]
        except KeyError:
            raise UnknownArticle(article_id) from None

    def find_ministry(self, text: str) -> Ministry | None:
        """The ministry that a text names, or None."""
        return find_ministry(text, self.library.ministries)

    def list_similar_ministries(self, name: str) -> tuple[Ministry, ...]:
        """Up to three ministries that a misspelt name may mean."""
        return list_similar_ministries(name, self.library.ministries)
