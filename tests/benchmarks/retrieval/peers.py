"""Ways to find an entry, each behind the same two calls: made of entries, asked a question."""

from __future__ import annotations

import importlib
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.article import Article
from knowledge.base import KnowledgeBase
from knowledge.library import Library
from knowledge.synonyms import Thesaurus
from knowledge.text import WordReader, normalise
from tests.benchmarks.retrieval.sets import CACHE

Rank = Callable[[str], list[str]]
"""The ids of the entries that fit a question, best first."""

DEPTH = 100


def ours(library: Library) -> Rank:
    base = KnowledgeBase(library, cache=CACHE)
    return lambda text: [match.article.id for match in base.search(text, limit=DEPTH).matches]


def ours_lexical(library: Library) -> Rank:
    base = KnowledgeBase(library, vectors=False)
    return lambda text: [match.article.id for match in base.search(text, limit=DEPTH).matches]


def rapidfuzz_wratio(library: Library) -> Rank:
    """Over the questions, as a bot library would use it."""
    owners = [article.id for article in library.articles for _ in article.questions]
    questions = [normalise(q) for article in library.articles for q in article.questions]

    def rank(text: str) -> list[str]:
        found = process.extract(normalise(text), questions, scorer=fuzz.WRatio, limit=DEPTH)
        return list(dict.fromkeys(owners[number] for *_, number in found))

    return rank


def fts5_trigram(library: Library) -> Rank:
    """SQLite's full text search: any three letters of the question, its own BM25."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.execute("CREATE VIRTUAL TABLE entry USING fts5(body, tokenize='trigram')")
    connection.executemany(
        "INSERT INTO entry VALUES (?)", [(_body(article),) for article in library.articles]
    )
    ids = [article.id for article in library.articles]

    def rank(text: str) -> list[str]:
        letters = "".join(c for c in normalise(text) if c.isalnum())
        trigrams = dict.fromkeys(letters[n : n + 3] for n in range(len(letters) - 2))
        if not trigrams:
            return []
        wanted = " OR ".join(f'"{trigram}"' for trigram in trigrams)
        rows = connection.execute(
            "SELECT rowid FROM entry WHERE entry MATCH ? ORDER BY rank LIMIT ?", (wanted, DEPTH)
        )
        return [ids[row - 1] for (row,) in rows]

    return rank


def bm25s_same_words(library: Library) -> Rank:
    """The bm25s library over our own words."""
    bm25s: Any = importlib.import_module("bm25s")
    thesaurus = Thesaurus(library.synonyms, WordReader())
    corpus = [list(thesaurus.terms(_body(article))) for article in library.articles]
    index = bm25s.BM25(k1=1.2, b=0.75)
    index.index(corpus, show_progress=False)
    ids = [article.id for article in library.articles]
    depth = min(DEPTH, len(ids))

    def rank(text: str) -> list[str]:
        terms = [list(thesaurus.terms(text))]
        if not terms[0]:
            return []
        numbers, scores = index.retrieve(terms, k=depth, show_progress=False)
        return [ids[n] for n, score in zip(numbers[0], scores[0], strict=True) if score > 0]

    return rank


PEERS: dict[str, Callable[[Library], Rank]] = {
    "**ours, default**": ours,
    "**ours, lexical alone**": ours_lexical,
    "bm25s, our words": bm25s_same_words,
    "SQLite FTS5 trigram": fts5_trigram,
    "rapidfuzz WRatio": rapidfuzz_wratio,
}


def _body(article: Article) -> str:
    return normalise(" ".join((*article.questions, *article.told)))


def percentiles(values: Sequence[float]) -> tuple[float, float]:
    """The median and the 99th percentile."""
    return float(np.percentile(values, 50)), float(np.percentile(values, 99))
