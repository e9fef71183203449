"""The knowledge base: all that the desk may answer from, and the search for what fits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.article import Article
from knowledge.grouping import group
from knowledge.library import Library
from knowledge.likeness import Reading, list_alike
from knowledge.ministry import Ministry, OfficeNames, list_similar_ministries
from knowledge.out_of_scope import Boundary
from knowledge.ranking import Parts, Ranking
from knowledge.signals import Signals
from knowledge.spelling import Corrected, Repair, Spelling, Vocabulary
from knowledge.synonyms import Thesaurus
from knowledge.text import READ_LIMIT, WordReader, normalise
from knowledge.traits import Traits, traits_of
from knowledge.vectors import Encoder, Progress, find_encoder

__all__ = ["KnowledgeBase", "Match", "Parts", "Search", "Signals", "UnknownArticle"]


class UnknownArticle(KeyError):
    """No article has this id: it was withdrawn, or a button is older than the library."""


@dataclass(frozen=True, slots=True)
class Match:
    """An article that may answer a question."""

    article: Article
    score: float
    """From 0 to 1 and comparable between questions: a part of what a perfect match would score."""
    question: str
    """The stored wording that is most like the question."""
    parts: Parts
    """What the score is made of."""


@dataclass(frozen=True, slots=True)
class Search:
    """What was found for a question, and what a decision about it can rest on."""

    text: str
    terms: tuple[str, ...]
    """What the question was taken to be about; for logs and reports in place of its text."""
    matches: tuple[Match, ...]
    """Best first; empty where the question has no words."""
    signals: Signals
    out_of_scope: str | None = None
    """The category of `out_of_scope.yaml` that it falls into: not to be answered, however well an
    article matches."""
    repaired: tuple[Repair, ...] = ()
    """What was typed and what it was taken for, where the asker should see it (〜のことですか)."""
    ministry: Ministry | None = None
    """The ministry that the question names first."""


class KnowledgeBase:
    """An index over one library; immutable, so that every thread can search it without a lock.

    Whoever has further articles (published in chat) builds a new base from a library with them and
    swaps it in whole.
    """

    def __init__(
        self,
        library: Library,
        *,
        vectors: bool | Encoder = True,
        cache: Path | None = None,
        progress: Progress | None = None,
    ) -> None:
        """`vectors`: by meaning as well as by words, if the encoder's wheel is installed.

        `cache` is a folder that keeps the vectors for the next start. `progress` is told how many
        articles are read, then how many new texts are encoded.
        """
        self.library = library
        self.own = tuple(article for article in library.articles if article.scope)
        """Articles that are some ministries' own: few, among the many that are common to all."""
        self._articles = {article.id: article for article in library.articles}
        self._numbers = {article.id: number for number, article in enumerate(library.articles)}
        self._ministries = OfficeNames(library.ministries)
        self._offices = OfficeNames((*library.ministries, *library.other_offices))
        self._reader = WordReader()
        self._thesaurus = Thesaurus(library.synonyms, self._reader)
        self._boundary = Boundary(library.out_of_scope)
        vocabulary = Vocabulary()
        self._ranking = Ranking(
            library.articles,
            self._learning(vocabulary),
            self._thesaurus.restate,
            find_encoder() if vectors is True else vectors or None,
            cache,
            progress,
        )
        self._spelling = Spelling(vocabulary, self._reader)

    def search(self, text: str, *, limit: int = 10, without: Collection[str] = ()) -> Search:
        """At most `limit` articles for a question, read up to READ_LIMIT characters.

        `without`: ids of articles that are not for whoever asks. How sure the rest is, is told of
        the rest alone.
        """
        asked = normalise(text[:READ_LIMIT])
        meant = self._spelling.correct(self._thesaurus.restate(asked))
        traits = self._traits(" ".join([meant.text, *(word for _, word in meant.homophones)]))
        passed = [self._numbers[id] for id in without]
        ranked = self._ranking.rank(asked, meant.text, traits, limit, passed)
        matches = tuple(
            Match(self.library.articles[place.number], place.score, place.nearest, place.parts)
            for place in ranked.places
        )
        return Search(
            text=text,
            terms=traits.words,
            matches=matches,
            signals=ranked.signals,
            out_of_scope=self._boundary.find_category(asked),
            repaired=_repaired(meant, matches),
            ministry=self._offices.find(asked),
        )

    def get_article(self, article_id: str) -> Article:
        """Raises UnknownArticle."""
        try:
            return self._articles[article_id]
        except KeyError:
            raise UnknownArticle(article_id) from None

    def group(self, texts: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        """Texts that ask for the same, as groups of their places: the largest group first.

        About 0.15 ms a text: whoever has many bounds them, and asks outside any transaction.
        """
        return group([self._read(text).words for text in texts], self._ranking.weigh)

    def list_alike(self, text: str, others: Sequence[str], limit: int) -> tuple[int, ...]:
        """Places of the texts that may ask for the same as one does, the most alike first.

        About 0.15 ms a text: whoever has many bounds them, and asks outside any transaction.
        """
        readings = [self._read(other) for other in others]
        return list_alike(self._read(text), readings, self._ranking.weigh, limit)

    def find_ministry(self, text: str) -> Ministry | None:
        """The ministry that a text names, or None."""
        return self._ministries.find(text)

    def list_similar_ministries(self, name: str) -> tuple[Ministry, ...]:
        """Up to three ministries that a misspelt name may mean."""
        return list_similar_ministries(name, self.library.ministries)

    def _learning(self, vocabulary: Vocabulary) -> Callable[[str], Traits]:
        """Takes a text of the library apart, its words once for searching and for spelling."""

        def learn(text: str) -> Traits:
            restated = self._thesaurus.restate(text)
            words = self._reader.read(restated)
            vocabulary.add(restated, words)
            return traits_of(restated, words, self._thesaurus)

        self._learn_synonyms(vocabulary)
        return learn

    def _learn_synonyms(self, vocabulary: Vocabulary) -> None:
        """People who know a word by its synonym misspell the synonym."""
        synonyms = self.library.synonyms
        said = (*(said for said, _ in synonyms.spoken), *sum(synonyms.groups, start=()))
        for text in map(normalise, said):
            vocabulary.add(text, self._reader.read(text))

    def _read(self, text: str) -> Reading:
        asked = normalise(text[:READ_LIMIT])
        words = self._thesaurus.terms_of(self._reader.read(self._thesaurus.restate(asked)))
        return Reading(frozenset(words), asked)

    def _traits(self, text: str) -> Traits:
        restated = self._thesaurus.restate(text)
        return traits_of(restated, self._reader.read(restated), self._thesaurus)


def _repaired(meant: Corrected, matches: tuple[Match, ...]) -> tuple[Repair, ...]:
    """The repairs, and those homophones that the nearest wording speaks of."""
    nearest = normalise(matches[0].question) if matches else ""
    return (*meant.repairs, *(pair for pair in meant.homophones if pair[1] in nearest))
