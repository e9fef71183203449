"""The commands, run as an operator runs them: what they print, and how they end."""

from __future__ import annotations

import json
import re
import shutil
import socket
import urllib.request
from pathlib import Path

import pytest

from bot.database.engine import Database
from bot.database.versions import migrate
from knowledge.library import content_folder
from tests.commanding import open_demo, run, run_process


def test_ask_answers_with_its_source(tmp_path: Path) -> None:
    """`ask` should print the rule with its source."""
    done = run("ask", "フレックスのコアタイムは何時間ですか", folder=tmp_path)

    assert done.returncode == 0
    assert "2時間以上4時間以下" in done.stdout
    assert "人事院規則15-14" in done.stdout
    assert done.stderr == ""


def test_ask_gives_json(tmp_path: Path) -> None:
    """`ask --json` should give decision, articles with scores and facts, and the text."""
    done = run("ask", "コアタイムは何時間ですか", "--ministry", "環境省", "--json", folder=tmp_path)
    answer = json.loads(done.stdout)

    assert answer["decision"] == "answered"
    assert answer["articles"][0]["facts"][0].startswith("F0")
    assert 0 < answer["articles"][0]["score"] <= 1
    assert "2時間以上4時間以下" in answer["text"]


def test_ask_says_that_it_does_not_know(tmp_path: Path) -> None:
    """A question without ground should be decided as not known, with no article."""
    done = run("ask", "霞が関でおいしいランチの店を教えて", "--json", folder=tmp_path)

    assert json.loads(done.stdout)["decision"] == "not_known"
    assert json.loads(done.stdout)["articles"] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ask", ""), "ご質問の文を入力してください"),
        (("ask", "a" * 100_000), "100,000字"),
        (("ask", "コアタイム", "--ministry", "環鏡省"), "環境省"),
        (("serve", "--port", "many"), "--port"),
        (("nonsense",), "No such command"),
    ],
)
def test_misuse_ends_in_words(arguments: tuple[str, ...], words: str, tmp_path: Path) -> None:
    """A command that cannot be meant should end with 2 and say why."""
    done = run(*arguments, folder=tmp_path)

    assert done.returncode == 2
    assert words in done.stderr


@pytest.mark.process
def test_a_process_ends_as_its_command_did(tmp_path: Path) -> None:
    """The shell should be told how it ended; nobody should see a traceback or a warning."""
    answered = run_process("ask", "フレックスのコアタイムは何時間ですか", folder=tmp_path)
    misused = run_process("ask", "", folder=tmp_path)

    assert (answered.returncode, answered.stderr) == (0, "")
    assert "2時間以上4時間以下" in answered.stdout
    assert (misused.returncode, misused.stdout) == (2, "")
    assert "Traceback" not in misused.stderr


def test_wrong_settings_are_all_named(tmp_path: Path) -> None:
    """Every wrong setting should be told in one run."""
    done = run("check", folder=tmp_path)
    assert done.returncode == 0
    done = run("ask", "x", folder=tmp_path, MADOGUCHI_WORKERS="0", MADOGUCHI_LOG_LEVEL="loud")

    assert done.returncode == 2
    assert "workers" in done.stderr
    assert "log_level" in done.stderr


def test_check_names_file_and_line(tmp_path: Path) -> None:
    """`check` should end with 1 and print each fault with its file and line."""
    folder = tmp_path / "content"
    shutil.copytree(content_folder(), folder)
    broken = folder / "articles" / "leave.yaml"
    broken.write_text(broken.read_text(encoding="utf-8") + "- id: half\n", encoding="utf-8")
    line = len(broken.read_text(encoding="utf-8").splitlines())
    done = run("check", str(folder), folder=tmp_path)

    assert done.returncode == 1
    assert re.search(rf"leave\.yaml:{line}", done.stderr)
    assert "faults in the content" in done.stderr


def test_serve_refuses_an_old_schema(tmp_path: Path) -> None:
    """`serve` should not touch a database that is not migrated, and say what to run."""
    done = run("serve", folder=tmp_path, MADOGUCHI_DATABASE_URL=f"sqlite:///{tmp_path}/new.db")

    assert done.returncode == 1
    assert "madoguchi migrate" in done.stderr


def test_migrate_goes_up_and_down(tmp_path: Path) -> None:
    """`migrate` should bring an empty database up, and take it down again."""
    url = f"sqlite:///{tmp_path}/desk.db"
    up = run("migrate", folder=tmp_path, MADOGUCHI_DATABASE_URL=url)
    down = run("migrate", "base", folder=tmp_path, MADOGUCHI_DATABASE_URL=url)
    wrong = run("migrate", "0815", folder=tmp_path, MADOGUCHI_DATABASE_URL=url)

    assert (up.returncode, down.returncode) == (0, 0)
    assert "empty" in down.stdout
    assert wrong.returncode == 1


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    """`demo` and `serve` on a port that somebody has should say so and end with 1."""
    url = f"sqlite:///{tmp_path}/desk.db"
    database = Database.at(url)
    migrate(database)
    database.close()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        demo = run("demo", "--no-open", "--port", port, folder=tmp_path)
        serve = run("serve", "--port", port, folder=tmp_path, MADOGUCHI_DATABASE_URL=url)

    for done in (demo, serve):
        assert done.returncode == 1
        assert port in done.stderr


@pytest.mark.process
def test_the_demo_opens_and_stops(tmp_path: Path) -> None:
    """`demo` should tell its address, answer there, and end cleanly when interrupted."""
    with open_demo(tmp_path) as url, urllib.request.urlopen(url) as page:
        assert "窓口" in page.read().decode()
    assert list(tmp_path.glob("madoguchi-*")) == []


def test_an_article_is_begun_and_published(tmp_path: Path) -> None:
    """`article new` should leave gaps that `put` names; what is filled in should be answered."""
    url = f"sqlite:///{tmp_path}/desk.db"
    draft = tmp_path / "draft.yaml"
    begun = run("article", "new", "sauna", "--file", str(draft), folder=tmp_path)
    refused = run("article", "put", str(draft), folder=tmp_path, MADOGUCHI_DATABASE_URL=url)
    asked = "\n".join(f"    - 庁舎のサウナ{n}" for n in range(6))
    filled = re.sub(r"questions:.*\n", f"questions:\n{asked}\n", draft.read_text("utf-8"))
    filled = filled.replace("facts: []", "facts: [F001]").replace("（答え）", "使えません。")
    draft.write_text(filled, encoding="utf-8")
    put = run("article", "put", str(draft), folder=tmp_path, MADOGUCHI_DATABASE_URL=url)
    answer = run("ask", "庁舎のサウナ3", folder=tmp_path, MADOGUCHI_DATABASE_URL=url)
    kept = tmp_path / "log.jsonl"
    run("audit", "export", str(kept), folder=tmp_path, MADOGUCHI_DATABASE_URL=url)
    (published, _) = map(json.loads, kept.read_text("utf-8").splitlines())

    assert begun.returncode == 0
    assert refused.returncode == 1
    assert "questions" in refused.stderr
    assert (put.returncode, put.stderr) == (0, "")
    assert "使えません。" in answer.stdout
    assert (published["what"], published["subject"]) == ("article.published", "article:sauna")
    assert published["before"] is None


def test_evaluate_measures_and_writes_rankings(tmp_path: Path) -> None:
    """`evaluate` should measure a collection of others, and write a ranking for each question."""
    articles = tmp_path / "articles.jsonl"
    articles.write_text(
        '{"id": "a", "questions": ["ごみの出し方は？"], "answer": "朝8時までに出してください。"}\n'
        '{"id": "b", "questions": ["住民票はどこで取れますか"], "answer": "市民課の窓口です。"}\n',
        encoding="utf-8",
    )
    questions = tmp_path / "questions.jsonl"
    questions.write_text(
        '{"id": "1", "text": "ごみは何時までに出しますか", "relevant": {"a": 2}}\n'
        '{"id": "2", "text": "宇宙の果ては", "relevant": {}}\n',
        encoding="utf-8",
    )
    rankings = tmp_path / "rankings.jsonl"
    done = run(
        "evaluate", str(questions), "--articles", str(articles), "--rankings", str(rankings),
        "--json", folder=tmp_path,
    )  # fmt: skip
    lines = [json.loads(line) for line in rankings.read_text(encoding="utf-8").splitlines()]

    assert json.loads(done.stdout)["mrr"] == 1.0
    assert [line["id"] for line in lines] == ["1", "2"]
    assert lines[0]["ranking"][0]["id"] == "a"
    assert lines[1]["decision"] == "not_known"


def test_search_explain_shows_the_reasons(tmp_path: Path) -> None:
    """`search-explain` should show how a question was read, and what each article scored by."""
    done = run("search-explain", "ｺｱﾀｲﾑは何時間", folder=tmp_path)

    assert done.returncode == 0
    assert "terms" in done.stdout
    assert "1. " in done.stdout
    assert "flextime-core-time" in done.stdout
