"""Compares our finding with what else is at hand: how well, how fast, in how much memory.

    python -m tests.benchmarks.retrieval

One core: BLAS is told so before NumPy is loaded, which is why each measuring process is started
anew; so the memory of one is not counted for another either.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

SIZES = (0, 20_000, 100_000)
"""Entries; 0 stands for the shipped articles."""


def main() -> None:
    print("\n## How well\n", flush=True)
    _run("quality")
    print("\n## How fast, one core\n")
    print("| entries | method | build s | p50 ms | p99 ms | waited p50 / p99 ms | peak MB |")
    print("|--:|---|--:|--:|--:|--:|--:|", flush=True)
    for size in SIZES:
        for method in json.loads(_run("methods", quiet=True)):
            _run("speed", str(size), method)


def _run(*arguments: str, quiet: bool = False) -> str:
    alone = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.benchmarks.retrieval.measure", *arguments]
    done = subprocess.run(
        command, env={**os.environ, **alone}, stdout=subprocess.PIPE, text=True, check=True
    )
    if not quiet:
        print(done.stdout, end="", flush=True)
    return done.stdout


if __name__ == "__main__":
    main()
