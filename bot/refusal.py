"""The base of every expected "no": a fact with data, worded elsewhere."""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """A rule says no, and the person is told why; the transaction rolls back.

    Subclasses stand in a capability's `model`, are named as facts (`WaveClosed`), and hold data
    only. Their Japanese wording stands in the capability's `messages`. They are the one kind of
    model value that is not frozen: Python itself writes the traceback into an exception.
    """

    is_for_want_of_rights: ClassVar[bool] = False
    """Whether somebody else might have done it: such an attempt is kept in the audit log."""
