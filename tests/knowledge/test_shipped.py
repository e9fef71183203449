"""What holds of all the content that ships, whoever edits it next."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.article import Article, Confidence
from knowledge.document import read_section
from knowledge.fault import ContentFile, Fault
from knowledge.library import content_folder, read_library

LIBRARY = read_library(content_folder())
by_article = pytest.mark.parametrize("article", LIBRARY.articles, ids=lambda article: article.id)


@by_article
def test_versions_follow_one_another_without_a_gap(article: Article) -> None:
    """The day after a version's last is the next one's first: no day has two, none between none."""
    for earlier, later in pairwise(article.versions):
        assert earlier.in_force.last is not None
        assert later.in_force.first == earlier.in_force.last + timedelta(days=1)


@given(day=st.dates(date(1990, 1, 1), date(2060, 12, 31)))
def test_on_no_day_do_two_versions_answer(day: date) -> None:
    """Exactly one version is in force, but before the first and after the last."""
    for article in LIBRARY.articles:
        held = [version for version in article.versions if day in version.in_force]
        first, last = article.versions[0].in_force.first, article.versions[-1].in_force.last
        beyond = (first is not None and day < first) or (last is not None and day > last)
        assert len(held) == (0 if beyond else 1), article.id
        assert article.version_on(day) == (held[0] if held else None)


@by_article
def test_an_article_has_a_source_an_owner_and_a_day_of_review(article: Article) -> None:
    """Whoever reads an answer can see where it stands and who answers for it."""
    assert article.sources or article.confidence is Confidence.UNSEEN
    assert article.owner
    assert article.review_by > date(2026, 1, 1)


def test_every_fact_is_used_or_left_out_for_a_reason() -> None:
    """A fact is an article's, or stands with its reason in unused_facts.yaml; never both."""
    used = {fact for article in LIBRARY.articles for fact in article.facts}
    left_out = unused_facts()

    assert used | set(left_out) == LIBRARY.facts
    assert used & set(left_out) == set()
    assert all(left_out.values())


def unused_facts() -> dict[str, str]:
    """The reasons by the facts' ids; none while every fact is used and there is no such file."""
    if not (content_folder() / "unused_facts.yaml").exists():
        return {}
    faults: set[Fault] = set()
    root = read_section(ContentFile(content_folder(), "unused_facts.yaml", faults), known=None)
    reasons = {fact: root.text(fact) for fact in root} if root else {}
    assert not faults
    return reasons
