"""What is to be published, written out and checked beside all the rest, before any transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.context import Context
from bot.database.engine import Transaction
from bot.editing.messages.drafting import CAUTION
from bot.editing.model import Body, NotSound, Overtaken, Prepared, make_article
from bot.shelf import records as shelf
from knowledge.article import Article
from knowledge.library import LibraryFaults, check_article, parse_article
from knowledge.writing import write_article


@dataclass(frozen=True, slots=True)
class Published:
    """Articles as they are published now: the base of this process may be a second behind."""

    articles: Mapping[str, Article]
    edition: int

    def find(self, id: str) -> Article | None:
        return self.articles.get(id)


def read_published(tx: Transaction, context: Context) -> Published:
    shipped = {article.id: article for article in context.knowledge.library.articles}
    put = {id: parse_article(text) for id, text in shelf.list_articles(tx).items()}
    return Published({**shipped, **put}, shelf.get_edition(tx))


def prepare(id: str, body: Body, published: Published, context: Context) -> Prepared:
    """An article as it would be published. Raises NotSound with every fault that it would have."""
    article = make_article(id, body, published.find(id), context.today(), CAUTION)
    text = write_article(article)
    beside = replace(context.knowledge.library, articles=tuple(published.articles.values()))
    try:
        check_article(text, beside)
    except LibraryFaults as found:
        raise NotSound(tuple(fault.message for fault in found.faults)) from found
    return Prepared(text, published.edition)


def check_edition(tx: Transaction, prepared: Prepared) -> None:
    """Whether it was checked beside what is published now. Raises Overtaken."""
    if shelf.get_edition(tx) != prepared.edition:
        raise Overtaken
