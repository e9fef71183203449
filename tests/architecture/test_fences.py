"""The house's own rules: kept by the code as it stands, and each fence seen to fall."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.architecture import fences
from tests.architecture.fences import Fence

ROOT = Path(__file__).parents[2]
OURS = ("bot", "knowledge", "migrations")
UNREAD = ("__pycache__", "static", "templates", "*.yaml")
"""What no fence looks at."""

FENCES = (
    fences.find_wrong_imports,
    fences.find_transactions,
    fences.find_japanese,
    fences.find_changeable_models,
    fences.find_unknown_terms,
    fences.find_undocumented,
)

BREACHES = [
    (fences.find_wrong_imports, "bot/desk/model.py", "from bot.desk import records\n"),
    (fences.find_wrong_imports, "bot/desk/messages.py", "import sqlalchemy as sa\n"),
    (fences.find_wrong_imports, "bot/desk/flows.py", "from bot.delivery import outbox\n"),
    (fences.find_wrong_imports, "bot/chat/local/render.py", "from bot.desk import flows\n"),
    (fences.find_wrong_imports, "bot/inquiry/flows/case.py", "from bot.delivery import outbox\n"),
    (fences.find_wrong_imports, "bot/inquiry/messages/terms.py", "import bot.inquiry.records\n"),
    (fences.find_japanese, "bot/inquiry/flows/replying.py", "SENT = '送りました'\n"),
    (fences.find_wrong_imports, "bot/roster/flows.py", "from sqlalchemy import text\n"),
    (fences.find_wrong_imports, "knowledge/text.py", "from bot.clock import real_now\n"),
    (fences.find_wrong_imports, "bot/utils.py", '"""Odds and ends."""\n'),
    (fences.find_transactions, "bot/desk/flows.py", "def f(tx):\n    tx.commit()\n"),
    (fences.find_transactions, "bot/desk/flows.py", "def f(engine):\n    engine.begin()\n"),
    (fences.find_transactions, "bot/desk/records.py", "def f(database):\n    database.write()\n"),
    (fences.find_japanese, "bot/desk/flows.py", "SORRY = '申し訳ありません'\n"),
    (fences.find_japanese, "bot/router.py", "SORRY = f'{1}ありません'\n"),
    (fences.find_changeable_models, "bot/desk/model.py", "class Draft:\n    text = ''\n"),
    (fences.find_changeable_models, "bot/desk/model.py", "@dataclass\nclass Draft:\n    x: int\n"),
    (fences.find_unknown_terms, "bot/desk/model.py", "class Gizmo(StrEnum):\n    A = 'a'\n"),
    (fences.find_undocumented, "bot/desk/jobs.py", "X = 1\n"),
]


@pytest.mark.parametrize("fence", FENCES, ids=lambda fence: fence.__name__)
def test_the_house_keeps_its_rules(fence: Fence) -> None:
    """No line of ours should be on the wrong side of a fence."""
    assert fence(ROOT) == []


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_house(tmp_path_factory.mktemp("copied"))


@pytest.mark.parametrize(("fence", "file", "line"), BREACHES)
def test_a_planted_breach_is_found(fence: Fence, file: str, line: str, copied: Path) -> None:
    """A fence should name the file of a breach that is planted in a copy of the house."""
    with planted(copied, file, line):
        found = {breach.file for breach in fence(copied)}

    assert found == {file}


def test_imports_run_one_way() -> None:
    """import-linter should find every contract kept."""
    done = lint_imports(ROOT)

    assert done.returncode == 0, done.stdout


@pytest.mark.process
@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("bot/roster/flows.py", "import bot.desk.flows\n", "one way"),
        ("bot/desk/model.py", "import bot.desk.flows\n", "Inside a capability"),
        ("bot/odds.py", '"""Odds and ends."""\n', "one way"),
        ("bot/desk/odds.py", '"""Odds and ends."""\n', "Inside a capability"),
        ("knowledge/text.py", "import bot.clock\n", "knows nothing of the bot"),
        ("bot/chat/terminal/render.py", "import bot.chat.local.store\n", "each other"),
        ("bot/chat/local/store.py", "import bot.delivery.outbox\n", "port alone"),
    ],
)
def test_a_planted_import_breaks_its_contract(
    file: str, line: str, contract: str, tmp_path: Path
) -> None:
    """import-linter should report the contract that a planted import or module breaks."""
    with planted(copy_house(tmp_path), file, line):
        done = lint_imports(tmp_path)

    assert done.returncode != 0
    broken = [row for row in done.stdout.splitlines() if "BROKEN" in row]
    assert any(contract in row for row in broken), done.stdout


@pytest.mark.parametrize(
    "line",
    ["datetime.datetime.now(datetime.UTC)", "datetime.date.today()", "time.time()"],
)
def test_the_clock_is_read_in_one_place(line: str, tmp_path: Path) -> None:
    """ruff should refuse a reading of the time outside bot/clock.py."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    source = tmp_path / "bot" / "stray.py"
    source.parent.mkdir()
    source.write_text(f"import datetime\nimport time\n\nx = {line}\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--select", "TID251", "bot"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "only bot/clock.py reads it" in done.stdout


def copy_house(folder: Path) -> Path:
    for package in OURS:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns(*UNREAD))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@contextmanager
def planted(folder: Path, file: str, line: str) -> Iterator[None]:
    """A line at the end of a file, or in a new one, and all as it was afterwards."""
    path = folder / file
    before = path.read_text(encoding="utf-8") if path.exists() else None
    with path.open("a", encoding="utf-8") as source:
        source.write(line)
    yield
    if before is None:
        path.unlink()
    else:
        path.write_text(before, encoding="utf-8")


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
