"""The editors' guide keeps its promises: its example is read, its tables are complete."""

from __future__ import annotations

import re

from knowledge.article_form import ARTICLE_KEYS
from knowledge.desk_form import DESK_KEYS
from knowledge.library import content_folder
from tests.knowledge.content import Content

GUIDE = (content_folder() / "README.md").read_text("utf-8")


def test_the_worked_example_has_no_faults(content: Content) -> None:
    """An editor who copies the example gets an article."""
    example = re.search(r"   ```yaml\n(.*?)   ```", GUIDE, re.DOTALL)
    assert example
    content.write("articles/new.yaml", re.sub("^   ", "", example[1], flags=re.MULTILINE))

    assert "lunch-break-shift" in [article.id for article in content.read().articles]


def test_every_field_is_explained() -> None:
    """The table has a row for each field of an article, and for nothing else."""
    table = GUIDE.split("## 記事の項目")[1].split("※ `answer`")[0]

    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == set(ARTICLE_KEYS)


def test_every_field_of_a_desk_is_explained() -> None:
    """The desks' table has a row for each of their fields, and for nothing else."""
    table = GUIDE.split("## 窓口（")[1]

    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == list(DESK_KEYS)


def test_the_worked_desk_has_no_faults(content: Content) -> None:
    """An editor who copies the example of a desk gets one."""
    desks = (content.folder / "desks.yaml").read_text("utf-8")
    example = GUIDE.split("## 窓口（")[1].split("```yaml\n")[1].split("```")[0]
    copied = example.replace("naikaku-jinjikyoku", "cabinet")
    content.write("desks.yaml", desks[: desks.index("- {id: kankyo")] + copied)

    assert content.read().desks[-1].id == "kankyosho-jinji"


def test_the_quoted_messages_are_the_checks_own() -> None:
    """What the guide says that the check says stands in the code that says it."""
    table = GUIDE.split("## 「直してください」と言われたら")[1].split("## 言い換え")[0]
    quoted = re.findall(r"^\| ([^`|]+?) \|", table, re.MULTILINE)[1:]
    code = "".join(path.read_text("utf-8") for path in content_folder().glob("*.py"))

    missing = [
        part
        for message in quoted
        for part in re.split("[○／]", message)
        if part.strip() not in code and part != "全角の空白"
    ]

    assert missing == []
