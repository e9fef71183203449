"""Keeps the current knowledge base at hand, and swaps it whole when something was published."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from bot.database.engine import Database, DatabaseError
from bot.log import get_log
from bot.shelf import records
from knowledge.base import KnowledgeBase
from knowledge.library import Library, LibraryFaults, read_library
from knowledge.watching import watch
from knowledge.wordings import add_wordings

log = get_log()

LOOK = timedelta(seconds=1)
"""How often each process looks for a publication; an article must be found within 5 seconds."""


class Shelf:
    """One a process. Reading `current` costs nothing and needs no lock."""

    def __init__(
        self, folder: Path, database: Database, build: Callable[[Library], KnowledgeBase]
    ) -> None:
        """Reads everything once. Raises LibraryFaults, DatabaseError."""
        self._folder = folder
        self._database = database
        self._build = build
        self._edition, self.current = self._read()

    def refresh(self) -> bool:
        """Read again if something was published since; whether it was. Raises DatabaseError.

        What cannot be read leaves the current base in its place: an answer from yesterday's
        library is better than none.
        """
        with self._database.read() as tx:
            edition = records.get_edition(tx)
        if edition == self._edition:
            return False
        try:
            self._edition, self.current = self._read()
        except LibraryFaults as faults:
            self._edition = edition
            log.exception("publication_has_faults", faults=len(faults.faults))
            return False
        log.info("library_read_again", edition=edition)
        return True

    def run(self, stop: threading.Event) -> None:
        """Look for publications until told to stop; a database that is away is waited for."""
        while not stop.wait(LOOK.total_seconds()):
            try:
                self.refresh()
            except DatabaseError as error:
                log.warning("shelf_waits_for_database", reason=str(error))

    def _read(self) -> tuple[int, KnowledgeBase]:
        with self._database.read() as tx:
            edition, articles = records.get_edition(tx), records.list_articles(tx)
            wordings = records.list_wordings(tx)
            amendments, reviews = records.list_amendments(tx), records.list_reviews(tx)
        published = {f"published/{article_id}": text for article_id, text in articles.items()}
        library = add_wordings(read_library(self._folder, published), wordings)
        return edition, self._build(watch(library, amendments, reviews))
