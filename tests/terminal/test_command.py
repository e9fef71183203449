"""`madoguchi talk` as it is run: through a pipe, on a dumb terminal, and on a real one."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commanding import surrounding
from tests.terminal.stage import SEQUENCE, find_controls, find_number

pytestmark = pytest.mark.process

QUESTION = "コアタイムは何時間ですか"
PATIENCE = 60.0
"""Seconds after which what should have appeared never will."""


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "bot", "talk", *arguments]


def pipe(
    typed: str | bytes, *arguments: str, folder: Path, **more: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command(*arguments),
        input=typed if isinstance(typed, bytes) else typed.encode(),
        env=surrounding(folder, TMPDIR=str(folder), **more),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )


# ---------------------------------------------------------------- pipes


def test_a_piped_question_is_answered(tmp_path: Path) -> None:
    """A line in gives its answer out, and the end of input ends it; nothing stays behind."""
    done = pipe(f"{QUESTION}\n", folder=tmp_path)

    assert done.returncode == 0
    assert done.stderr == b""
    assert "2時間以上4時間以下" in done.stdout.decode()
    assert find_controls(done.stdout.decode()) == []
    assert list(tmp_path.glob("madoguchi-*")) == []


def test_a_whole_round_can_be_piped(tmp_path: Path) -> None:
    """Ask, refer, and read it as the desk officer, in the past, as one script."""
    script = f"{QUESTION}\n2\n/who 窓口担当\n/rooms 照会窓口\n"
    done = pipe(script, "--as", "財務省の職員", "--as-of", "2017-05-08", folder=tmp_path)
    shown = done.stdout.decode()

    assert shown.startswith("財務省の職員> ")
    assert f"> {QUESTION}" in shown.partition("-- 照会窓口 --")[2]
    assert "2017-00001" in shown


def test_bytes_that_are_no_text_do_no_harm(tmp_path: Path) -> None:
    """What cannot be decoded is said as it can be, and answered."""
    done = pipe(b"\xff\xfe\x00\x1b[2J\xe3\x81\n", folder=tmp_path)

    assert done.returncode == 0
    assert done.stderr == b""
    assert find_controls(done.stdout.decode()) == []


def test_a_reader_that_leaves_is_no_fault(tmp_path: Path) -> None:
    """`madoguchi talk | head -1` ends without a complaint."""
    process = subprocess.Popen(
        command(),
        env=surrounding(tmp_path),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, errors = process.communicate(b"/help\n" * 50, timeout=PATIENCE)

    assert errors == b""
    assert process.returncode == 0


@pytest.mark.parametrize(("name", "hint"), [("誰か", "nobody"), ("財務省", "財務省の職員")])
def test_nobody_of_that_name_can_be_played(name: str, hint: str, tmp_path: Path) -> None:
    """A name that is nobody's, or several people's, is told, and nothing is opened."""
    done = pipe("", "--as", name, folder=tmp_path)

    assert done.returncode == 2
    assert hint in done.stderr.decode()
    assert b"Traceback" not in done.stderr


# ---------------------------------------------------------------- terminals


@dataclass
class Terminal:
    """A process at the end of a pseudo-terminal, and all that it has sent."""

    process: subprocess.Popen[bytes]
    wire: int
    sent: str = ""
    seen: int = 0
    """How much of the text has been waited for."""

    @property
    def text(self) -> str:
        """What was sent, without the sequences that place and colour it."""
        return SEQUENCE.sub("", self.sent)

    def type(self, keys: str) -> None:
        os.write(self.wire, keys.encode())

    def wait_for(self, text: str) -> None:
        """Read until a text appears after what was waited for last."""
        end = time.monotonic() + PATIENCE
        while (at := self.text.find(text, self.seen)) < 0:
            ready, _, _ = select.select([self.wire], [], [], max(0.0, end - time.monotonic()))
            told = f"{text!r} never came; the terminal shows:\n{self.text[self.seen :]}"
            assert ready, told
            assert self._read(), told
        self.seen = at + len(text)

    def end(self) -> int:
        """Read until the process has ended; its exit code."""
        while self._read():
            pass
        return self.process.wait(PATIENCE)

    def _read(self) -> bool:
        try:
            read = os.read(self.wire, 65536)
        except OSError:  # Linux says so when the other end is closed.
            return False
        self.sent += read.decode(errors="replace")
        return bool(read)


@contextmanager
def terminal(
    folder: Path, *arguments: str, rows: int = 40, columns: int = 80, **more: str
) -> Iterator[Terminal]:
    wire, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    # This terminal answers no question about its cursor.
    environment = surrounding(folder, **{"TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", **more})
    process = subprocess.Popen(
        command(*arguments),
        env={name: value for name, value in environment.items() if value},
        stdin=end,
        stdout=end,
        stderr=end,
        start_new_session=True,
    )
    os.close(end)
    try:
        yield Terminal(process, wire)
    finally:
        process.kill()
        process.wait()
        os.close(wire)


def test_a_round_at_a_terminal(tmp_path: Path) -> None:
    """Ask, press 担当者に照会する by its number, become the officer, and see it in their room."""
    with terminal(tmp_path) as at:
        at.wait_for("環境省の職員> ")
        at.type(f"{QUESTION}\r")
        at.wait_for("2時間以上4時間以下")
        at.wait_for("担当者に照会する")
        at.type(f"{find_number(at.text, '担当者に照会する')}\r")
        at.wait_for("「担当者に照会する」を押しました。")
        at.wait_for("受付番号は")
        at.type("/who 窓口担当\r")
        # It arrives before the change of persona, as an unread mark, or after it, as news.
        at.wait_for("照会窓口")
        at.type("/rooms 照会窓口\r")
        at.wait_for("-- 照会窓口 --")
        at.wait_for(f"> {QUESTION}")
        # Between two prompts the terminal itself takes Ctrl+D, as it does under any program.
        at.wait_for("内閣人事局の窓口担当> ")
        at.type("\x04")
        at.wait_for("ご利用ありがとうございました。")

        assert at.end() == 0
    assert "Traceback" not in at.sent


def test_an_example_is_asked_by_its_number(tmp_path: Path) -> None:
    """Who comes for the first time is told what this is, and asks by pressing a number."""
    with terminal(tmp_path, rows=30, columns=40) as at:
        at.wait_for("担当者への照会をご案内")
        at.wait_for("[1] フレックスのコアタイムは何時間ですか")
        at.wait_for("環境省の職員> ")
        at.type("1\r")
        at.wait_for("人事院規則15-14")
        at.wait_for("環境省の職員> ")
        at.type("/quit\r")

        assert at.end() == 0


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_control_keys_leave_cleanly(key: str, tmp_path: Path) -> None:
    """Ctrl+C and Ctrl+D end it with 0, and leave neither a complaint nor a file."""
    with terminal(tmp_path, TMPDIR=str(tmp_path)) as at:
        at.wait_for("環境省の職員> ")
        at.type(key)

        assert at.end() == 0
    assert "Traceback" not in at.sent
    assert list(tmp_path.glob("madoguchi-*")) == []


def test_colours_can_be_declined(tmp_path: Path) -> None:
    """NO_COLOR shows the same without a colour; without it there are some."""
    shown = {}
    for no_color in ("1", ""):
        with terminal(tmp_path, NO_COLOR=no_color) as at:
            at.wait_for("環境省の職員> ")
            at.type("/quit\r")
            at.end()
        shown[no_color] = at.sent
    colour = re.compile(r"\x1b\[[0-9;]*\b(3[0-7]|9[0-7]|38;5;\d+)[0-9;]*m")

    assert not colour.search(shown["1"])
    assert colour.search(shown[""])


def test_a_dumb_terminal_gets_plain_lines(tmp_path: Path) -> None:
    """A terminal without a cursor is sent text and nothing else, and can be answered."""
    with terminal(tmp_path, TERM="dumb") as at:
        at.wait_for("環境省の職員> ")
        at.type(f"{QUESTION}\n")
        at.wait_for("2時間以上4時間以下")
        at.wait_for("環境省の職員> ")
        at.type("\x04")

        assert at.end() == 0
    assert find_controls(at.sent.replace("\r\n", "\n")) == []


def test_warnings_do_not_disturb_the_screen(tmp_path: Path) -> None:
    """Where somebody sits, the log goes to a file; where nobody does, to standard error."""
    with terminal(tmp_path) as at:
        at.wait_for("環境省の職員> ")
        at.process.send_signal(signal.SIGWINCH)
        at.type("/quit\r")
        at.end()

    assert list(tmp_path.rglob("talk.log")) != []
    assert "[warning" not in at.sent
