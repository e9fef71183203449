"""What is wrong with the content, as an editor is told: file, line, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something in the content that an editor has to mend."""

    file: str
    """Relative to the content folder, with / on every system."""
    line: int
    """From 1."""
    message: str
    """Japanese: what is wrong and how to mend it."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class ContentFile:
    """A file of the content folder, and the set in which one reading gathers the faults of all."""

    folder: Path
    name: str
    faults: set[Fault]
    content: bytes | None = None
    """What stands in it, where it comes from elsewhere than the folder."""

    @property
    def path(self) -> Path:
        return self.folder / self.name

    def read(self) -> bytes:
        """Raises OSError where the folder does not have it."""
        return self.path.read_bytes() if self.content is None else self.content

    def note(self, line: int, message: str) -> None:
        """Gathers a fault; the same one twice counts once."""
        self.faults.add(Fault(self.name, line, message))
