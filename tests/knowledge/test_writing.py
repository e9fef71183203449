"""Articles are written so that they read as they stood, whatever is in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from knowledge.article import Article, Confidence
from knowledge.article_form import ARTICLE_KEYS, read_article
from knowledge.document import read_sections
from knowledge.fault import ContentFile, Fault
from knowledge.library import content_folder, read_library
from knowledge.writing import write_article, write_articles

SHIPPED = read_library(content_folder()).articles


def read_back(text: str) -> list[Article]:
    """The articles of a text, which must have no fault."""
    faults: set[Fault] = set()
    file = ContentFile(Path("."), "written.yaml", faults, text.encode())
    forms = [
        read_article(one, fewest=1) for one in read_sections(file, known=ARTICLE_KEYS, place="")
    ]
    assert faults == set()
    return [form.article for form in forms]


def test_all_that_ships_is_written_and_read_the_same() -> None:
    """Every article of the content, of every kind, should come back equal, and twice the same."""
    written = write_articles(SHIPPED)

    assert read_back(written) == list(SHIPPED)
    assert write_articles(read_back(written)) == written


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cf", "Co", "Cn"))
    | st.sampled_from(list("\n'\"#:-[]{}&*!|>%@`、。？はい・ 　")),
    min_size=1,
    max_size=40,
).map(lambda text: "\n".join(line.strip() for line in text.split("\n")).strip())
texts = texts.filter(lambda text: text != "")


@given(title=texts, answer=texts, detail=texts, questions=st.lists(texts, min_size=1, max_size=3))
def test_whatever_people_write_is_read_as_they_wrote_it(
    title: str, answer: str, detail: str, questions: list[str]
) -> None:
    """No sign of YAML's, no space and no line break in a text should change what it says."""
    version = replace(SHIPPED[0].versions[0], answer=answer, detail=detail)
    article = replace(
        SHIPPED[0],
        title=title,
        versions=(version,),
        questions=tuple(questions),
        confidence=Confidence.SECONDARY,
    )

    assert read_back(write_article(article)) == [article]


def test_it_looks_as_editors_write_it() -> None:
    """Keys in the guide's order, short lists on their line, a long text on its own."""
    text = write_article(
        next(one for one in SHIPPED if one.id == "telework-allowance-average-days")
    )

    assert text.startswith("- id: telework-allowance-average-days\n  kind: rule\n  title: ")
    assert "\n  questions:\n    - " in text
    assert "\n  in_force: {from: 2024-04-01}\n  answer: >-\n    " in text
    assert "\n  facts: [F051]\n" in text
    assert text.endswith("\n  scope: common\n")
