"""Wakes the open pages when this process has written something that they show."""

from __future__ import annotations

import asyncio
import threading


class Bell:
    """Rung from any thread, waited for in the server's loop.

    Another process cannot ring it: who waits looks at the database from time to time as well.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self.closed = False

    def ring(self) -> None:
        """Wake everybody who waits now."""
        with self._lock:
            waiting = tuple(self._waiting.items())
        for event, loop in waiting:
            # A loop that was closed meanwhile has nobody left to wake.
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    def close(self) -> None:
        """The server stops: whoever waits should end."""
        self.closed = True
        self.ring()

    async def wait(self, seconds: float) -> None:
        """Return at the next ring, or when the time is up."""
        event = asyncio.Event()
        with self._lock:
            self._waiting[event] = asyncio.get_running_loop()
        try:
            await asyncio.wait_for(event.wait(), seconds)
        except TimeoutError:
            pass
        finally:
            with self._lock:
                del self._waiting[event]
