"""The command line as an operator runs it: inside this process, or in one of its own."""

from __future__ import annotations

import io
import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from bot.__main__ import run as run_command_line
from tests.conftest import CACHE


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it printed."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str, folder: Path, **environment: str) -> Done:
    """Run a command here: the same code without a second for Python, Sudachi and the encoder.

    A traceback, which a process would print, is raised.
    """
    wanted = surrounding(folder, **environment)
    out, err = io.StringIO(), io.StringIO()
    root = logging.getLogger()
    handlers, level, logs = root.handlers, root.level, structlog.get_config()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name in set(os.environ) - set(wanted):
            patch.delenv(name)
        for name, value in wanted.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["madoguchi", *arguments])
        try:
            run_command_line()
        except SystemExit as end:
            return Done(int(end.code or 0), out.getvalue(), err.getvalue())
        finally:
            # What a command sets up for its logs ends with it.
            root.handlers, root.level = handlers, level
            structlog.configure(**logs)
    raise AssertionError("the command line ends by an exit")


def run_process(*arguments: str, folder: Path, **environment: str) -> Done:
    """Run a command as a process: for how it ends, and for what it prints beside our own words."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env=surrounding(folder, **environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@contextmanager
def open_demo(folder: Path, **environment: str) -> Iterator[str]:
    """`madoguchi demo` as a process, interrupted at the end as by Ctrl+C; the page's address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--no-open", "--port", "0"],
        env=surrounding(folder, TMPDIR=str(folder), **environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        told = process.stdout.readline()
        url = re.search(r"http://\S+", told)
        assert url, told
        yield url[0]
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert "Traceback" not in errors


def surrounding(folder: Path, **more: str) -> dict[str, str]:
    """An environment of its own: no settings of whoever runs the tests."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MADOGUCHI_")}
    homes = {"XDG_DATA_HOME": str(folder), "XDG_CACHE_HOME": str(CACHE)}
    return {**kept, **homes, "NO_COLOR": "1", **more}
