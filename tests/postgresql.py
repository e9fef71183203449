"""A real PostgreSQL server for one test run: its own folder, its own socket, no network."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg


@dataclass
class Server:
    """A running server on a socket in a folder."""

    folder: Path
    programs: Path
    durable: bool = False
    """Whether what is committed outlives a crash of the server."""
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def start(self) -> None:
        options = f"-c listen_addresses='' -k {self.folder} -c max_connections=200"
        if not self.durable:
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        self.run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it; `fast` breaks off whatever is under way, and loses nothing committed."""
        self.run("pg_ctl", "-m", mode, "stop")

    def run(self, program: str, *arguments: str) -> None:
        """Run one of its programs on its data; as root, as the user postgres."""
        command = [str(self.programs / program), "-D", str(self.folder / "data"), *arguments]
        user = "postgres" if os.geteuid() == 0 else None
        done = subprocess.run(
            command, user=user, cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr + done.stdout

    def create(self, name: str | None = None, template: str = "template1") -> str:
        """Create a database, empty or a copy of another; its address."""
        name = name or f"test_{next(self.numbers)}"
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def _dsn(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"


def find_server_programs() -> Path | None:
    """The folder of initdb and pg_ctl: Debian keeps them off the PATH."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    if found:
        places.append(Path(found).resolve().parent)
    return next((place for place in places if (place / "pg_ctl").exists()), None)


@contextmanager
def running_server(programs: Path, _folder: Path, *, durable: bool = False) -> Iterator[Server]:
    """Start a server, and stop it at the end. As root it runs as the user postgres."""
    # A socket's path may have 107 bytes at most: pytest's folders are deeper.
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    server = Server(folder, programs, durable)
    server.run(
        "initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"
    )
    server.start()
    try:
        yield server
    finally:
        server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)
