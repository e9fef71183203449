"""What the pages say stays true: rooms, commands, settings, pins."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from bot.__main__ import cli
from bot.config import PREFIX, Settings
from tests.left_out import SLOW

ROOT = Path(__file__).parents[2]


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def rooms() -> dict[str, str]:
    """Every room of the bot by its name, with the first sentence of its docstring."""
    found = {}
    for path in sorted((ROOT / "bot").rglob("*.py")):
        inside = path.relative_to(ROOT / "bot").with_suffix("")
        parts = [part for part in inside.parts if part != "__init__"]
        # The chat services are rooms of their own; elsewhere a folder is one room.
        if parts not in ([], ["chat"]) and len(parts) <= (2 if parts[0] == "chat" else 1):
            found[".".join(parts)] = first_line(path)
    return found


def first_line(path: Path) -> str:
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return doc.splitlines()[0]


def test_the_architecture_page_names_every_room_in_its_own_words() -> None:
    """bot/README.md should list each room with the sentence that its docstring begins with."""
    told = dict(re.findall(r"^\| `([\w.]+)` \| (.+) \|$", read("bot/README.md"), re.MULTILINE))

    assert told == rooms()


def test_readme_names_every_command() -> None:
    """A newcomer should find each command of the command line in README's table."""
    names = [command.name or command.callback.__name__ for command in cli.registered_commands]  # type: ignore[union-attr]
    groups = [f"{group.name} " for group in cli.registered_groups]
    told = read("README.md")

    assert [name for name in (*names, *groups) if f"`madoguchi {name}" not in told] == []


def test_deploy_names_every_setting() -> None:
    """An operator should find each setting with its default."""
    told = read("deploy/README.md")
    short = [key.upper() for key in Settings.model_fields]

    missing = [key for key in short if f"{PREFIX}{key}" not in told and f"`_{key}`" not in told]
    assert missing == []


def test_ci_runs_what_readme_says() -> None:
    """.ci/run should take the test command from README's second line."""
    lines = read("README.md").splitlines()
    numbered = [line for line in lines[:6] if re.match(r"\d\. .*: `.+`$", line)]

    assert len(numbered) == 2
    assert "madoguchi demo" in numbered[0]
    assert "pytest" in numbered[1]
    assert "README.md" in read(".ci/run")


def test_every_mark_is_told_and_left_out() -> None:
    """Whoever runs the tests should read what each mark needs; a plain run should wait for none."""
    options = tomllib.loads(read("pyproject.toml"))["tool"]["pytest"]["ini_options"]
    marks = [mark.split(":")[0] for mark in options["markers"]]

    assert [mark for mark in marks if f"`{mark}`" not in read("tests/README.md")] == []
    assert [mark for mark in marks if mark not in SLOW] == []


def test_pins_are_plain() -> None:
    """Each line of the constraints should be a name and a version, and no address."""
    lines = read("deploy/constraints.txt").splitlines()

    assert lines
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []


def test_every_dependency_is_pinned() -> None:
    """What pyproject names should stand in the constraints."""
    pinned = {
        line.split("==")[0].lower().replace("_", "-")
        for line in read("deploy/constraints.txt").splitlines()
    }
    project = tomllib.loads(read("pyproject.toml"))["project"]
    extras = [need for needs in project["optional-dependencies"].values() for need in needs]
    named = [re.match(r"[\w-]+", need)[0] for need in project["dependencies"] + extras]  # type: ignore[index]

    missing = [name for name in named if name.lower().replace("_", "-") not in pinned]
    assert missing == []


@pytest.mark.parametrize("word", ["pypi.org", "files.pythonhosted", "registry.npmjs", "/work/"])
def test_the_project_speaks_of_itself_alone(word: str) -> None:
    """No file that is kept should name a registry's host or a path of one machine."""
    here = Path(__file__).relative_to(ROOT).as_posix()
    found = subprocess.run(
        ["git", "grep", "-lF", word, "--", ".", f":!{here}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.stdout == ""
