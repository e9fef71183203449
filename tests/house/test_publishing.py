"""What was published, written back as files that an editor can take over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import yaml

from bot.database.engine import Database
from bot.shelf.records import add_wording, list_amendments
from knowledge.base import KnowledgeBase
from knowledge.library import content_folder, read_library, split_articles
from knowledge.writing import write_articles
from tests.commanding import Done, run
from tests.playing import AT

HOME = "flextime.yaml"


def command(tmp_path: Path, *arguments: str) -> Done:
    url = f"sqlite:///{tmp_path}/desk.db"
    return run(*arguments, folder=tmp_path, MADOGUCHI_DATABASE_URL=url)


def test_what_was_published_is_written_back(tmp_path: Path, knowledge: KnowledgeBase) -> None:
    """Articles should come out as they were put in, by the files that they belong to."""
    shipped = next(one for one in knowledge.library.articles if one.id == "flextime-overview")
    questions = ("庁舎のサウナは使えますか", *(f"サウナ {n}" for n in range(6)))
    other = replace(shipped, id="sauna", title="庁舎のサウナ", questions=questions)
    changed = replace(shipped, caution="見直し中です。\n次の行。")
    file, folder = tmp_path / "new.yaml", tmp_path / "out"
    file.write_text(write_articles((other, changed)), encoding="utf-8")

    put = command(tmp_path, "article", "put", str(file))
    exported = command(tmp_path, "export", "articles", str(folder))
    texts = {path.name: path.read_text("utf-8") for path in folder.iterdir()}
    again = command(tmp_path, "export", "articles", str(folder))
    forced = command(tmp_path, "export", "articles", str(folder), "--force")

    assert (put.returncode, exported.returncode) == (0, 0), put.stderr + exported.stderr
    assert sorted(texts) == [HOME, "published.yaml"]
    written = {id: text for path in folder.iterdir() for id, text in split_articles(path).items()}
    library = read_library(content_folder(), written)
    assert {one.id: one for one in library.articles if one.id in written} == {
        "sauna": other,
        "flextime-overview": changed,
    }
    assert again.returncode == 2
    assert HOME in again.stderr
    assert forced.returncode == 0
    assert texts == {path.name: path.read_text("utf-8") for path in folder.iterdir()}


def test_nothing_published_is_said(tmp_path: Path) -> None:
    """An export of nothing should leave no file, and say so."""
    exported = command(tmp_path, "export", "articles", str(tmp_path / "out"))

    assert (exported.returncode, exported.stdout) == (0, "nothing was published in this database\n")
    assert list((tmp_path / "out").iterdir()) == []


def test_confirmed_wordings_stand_by_their_articles(tmp_path: Path) -> None:
    """An editor should find what was confirmed, for shipped articles too, and not what was not."""
    assert command(tmp_path, "migrate").returncode == 0
    database = Database.at(f"sqlite:///{tmp_path}/desk.db")
    with database.write() as tx:
        for text in ("席にいる長さ: は？", "必ずいる長さ"):
            add_wording(tx, "flextime-core-time", text, AT)
        add_wording(tx, "flextime-core-time", "必ずいる長さ", AT, withdrawn=True)
    database.close()
    exported = command(tmp_path, "export", "articles", str(tmp_path / "out"))

    assert exported.returncode == 0, exported.stderr
    written = yaml.safe_load((tmp_path / "out" / "wordings.yaml").read_text("utf-8"))
    assert written == [{"article": "flextime-core-time", "questions": ["席にいる長さ: は？"]}]
    assert command(tmp_path, "export", "articles", str(tmp_path / "out")).returncode == 2


def test_an_amended_source_is_registered_by_its_title(tmp_path: Path) -> None:
    """A part of one title should do; what fits none or several should be refused in words."""
    day = ("--on", "2026-09-01", "--note", "改正")
    done = command(tmp_path, "source", "amended", "人事院規則9-151", *day)
    several = command(tmp_path, "source", "amended", "国家公務員", *day)
    none = command(tmp_path, "source", "amended", "そのような規則", *day)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("amended on 2026-09-01: 人事院規則9-151（在宅勤務等手当）")
    assert (several.returncode, none.returncode) == (2, 2)
    database = Database.at(f"sqlite:///{tmp_path}/desk.db")
    with database.read() as tx:
        found = [amendment.source for amendment in list_amendments(tx).values()]
    database.close()
    assert found == ["人事院規則9-151（在宅勤務等手当）（令和6年）"]
