"""Articles published in the database: found by every process, kept in every wording."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from bot.database.engine import Database
from bot.shelf.records import add_article, list_articles
from bot.shelf.shelf import Shelf
from knowledge.base import KnowledgeBase, UnknownArticle
from knowledge.library import LibraryFaults, read_library, split_articles
from tests.knowledge.content import Content
from tests.playing import AT

SAUNA = {
    "id": "sauna",
    "kind": "rule",
    "title": "庁舎のサウナ",
    "questions": [f"庁舎のサウナは{n}時に使えますか" for n in range(6)],
    "applies_to": "全職員",
    "answer": "庁舎のサウナは使えません。",
    "sources": [{"title": "要領", "issuer": "総務課", "date": "2026-10"}],
    "facts": ["F001"],
    "confidence": "primary",
    "scope": "common",
    "owner": "総務課",
    "review_by": date(2027, 3, 31),
}


def text(**changes: object) -> str:
    article = {**SAUNA, **changes}
    return yaml.safe_dump(article, allow_unicode=True, sort_keys=False)


@pytest.fixture
def shelf(content: Content, database: Database) -> Shelf:
    return Shelf(content.folder, database, lambda library: KnowledgeBase(library, vectors=False))


def publish(database: Database, content: str) -> None:
    with database.write() as tx:
        add_article(tx, "sauna", content, AT)


def test_a_published_article_is_found_without_a_restart(database: Database, shelf: Shelf) -> None:
    """What another process publishes should be found after the next look, and once only."""
    with pytest.raises(UnknownArticle):
        shelf.current.get_article("sauna")
    publish(database, text())

    assert shelf.refresh()
    assert not shelf.refresh()
    assert shelf.current.search("庁舎のサウナは使えますか").matches[0].article.id == "sauna"


def test_a_new_wording_replaces_the_old_and_both_are_kept(database: Database, shelf: Shelf) -> None:
    """The last wording should be in force, and a shipped article can be reworded as well."""
    publish(database, text())
    publish(database, text(questions=[f"サウナ{n}" for n in range(6)]))
    with database.write() as tx:
        add_article(tx, "core-time", text(id="core-time"), AT)
    shelf.refresh()

    assert shelf.current.get_article("sauna").questions[0] == "サウナ0"
    assert shelf.current.get_article("core-time").title == "庁舎のサウナ"


def test_an_article_with_faults_leaves_the_library_as_it_was(
    database: Database, shelf: Shelf
) -> None:
    """A publication that cannot be read should never take the desk's answers away."""
    before = shelf.current
    publish(database, "id: [")

    assert not shelf.refresh()
    assert shelf.current is before
    assert not shelf.refresh()


def test_a_files_articles_are_split_and_checked_together(content: Content, tmp_path: Path) -> None:
    """Each article of a file should be stored by itself; faults name the article."""
    file = tmp_path / "more.yaml"
    file.write_text(f"- {text().replace(chr(10), chr(10) + '  ')}", encoding="utf-8")
    articles = split_articles(file)

    assert set(articles) == {"sauna"}
    assert read_library(content.folder, articles).articles[-1].title == "庁舎のサウナ"
    broken = {"published/sauna": articles["sauna"].replace("F001", "F999")}
    with pytest.raises(LibraryFaults, match="published/sauna"):
        read_library(content.folder, broken)


def test_every_wording_stays_on_record(database: Database) -> None:
    """The database should give the wording in force, in the order of ids."""
    publish(database, "one")
    publish(database, "two")
    with database.read() as tx:
        assert dict(list_articles(tx)) == {"sauna": "two"}
