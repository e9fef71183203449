"""Sends what the outbox holds: one leased post at a time, looked up first where in doubt."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.clock import monotonic
from bot.conversation.address import Account
from bot.conversation.port import (
    Away,
    CannotLookUp,
    ChatService,
    InDoubt,
    LimitedFor,
    Refused,
    Sent,
    StillMine,
    TooLate,
)
from bot.database.engine import Database, DatabaseError, Transaction
from bot.delivery import outbox
from bot.delivery.claims import (
    LEASE,
    Terms,
    claim_post,
    find_next_due,
    release_heads,
    settle_overdue,
)
from bot.delivery.outbox import Kind, Leased
from bot.delivery.pace import drop_old_limits, put_limit
from bot.metrics import Metrics

log = structlog.get_logger()

POLL = timedelta(milliseconds=500)
"""How soon a post of another replica is noticed."""
SHORTEST_WAIT = timedelta(milliseconds=5)
"""The least between two looks of a sender that found nothing to send."""
SETTLE = timedelta(seconds=1)
"""How often posts of dead senders are taken back, and those that are too late cancelled."""
TIDY = timedelta(seconds=30)
"""How often old limits are dropped, and the first posts of conversations looked at anew."""
LONGEST_WAIT = timedelta(minutes=5)
"""The most that a service that is away is left in peace between two attempts."""
ATTEMPTS = 10
"""A post that breaks the service's code this often waits for a person."""


@dataclass(frozen=True, slots=True)
class Delivered:
    sent: Sent | None


@dataclass(frozen=True, slots=True)
class NotNow:
    """Nothing was posted; the wait may hold for more than this post."""

    reason: str
    wait: timedelta
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Doubted:
    """It may have arrived; `wait` is None where nobody but a person can find out."""

    reason: str
    wait: timedelta | None


@dataclass(frozen=True, slots=True)
class GivenUp:
    reason: str


@dataclass(frozen=True, slots=True)
class Overdue:
    """It had not arrived when it was looked up, and its time has passed."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The lease ended before it was sent: whatever becomes of it is another sender's matter."""


Verdict = Delivered | NotNow | Doubted | GivenUp | Overdue | Lost


class Sender:
    """Takes due posts from the outbox to the chat services. Any number may run at once."""

    def __init__(
        self,
        database: Database,
        services: Mapping[str, ChatService],
        lease: timedelta = LEASE,
        metrics: Metrics | None = None,
    ) -> None:
        self._database = database
        self._services = dict(services)
        self._terms = {n: Terms(one.pace, one.history_lag) for n, one in services.items()}
        self._lease = lease
        self._metrics = metrics or Metrics()
        self._settled = -SETTLE.total_seconds()
        self._wake = threading.Event()
        self._looking = threading.Lock()
        self._tidied = monotonic()

    def wake(self) -> None:
        """Say that there may be something to send, or that it is time to stop."""
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Send until told to stop; a database that is away is waited for."""
        while not stop.is_set():
            mine = self._wait_for_next(stop)
            if mine is None:
                continue
            try:
                self._send(*mine)
            except DatabaseError as error:
                log.warning("sender_waits_for_database", reason=str(error))

    def _wait_for_next(self, stop: threading.Event) -> tuple[Leased, StillMine] | None:
        """The next post, or None after a while.

        One thread looks and waits, the others queue behind it: a wake-up that all of them heard
        would have all of them ask the database for the one post that there is.
        """
        with self._looking:
            if stop.is_set():
                return None
            try:
                self._tidy()
                mine = self._claim()
                wait = timedelta(0) if mine else self._find_wait()
            except DatabaseError as error:
                log.warning("sender_waits_for_database", reason=str(error))
                mine, wait = None, POLL
            if wait:
                self._wake.wait(wait.total_seconds())
                self._wake.clear()
            return mine

    def send_one(self) -> bool:
        """Send the next due post, if there is one. Raises DatabaseError."""
        mine = self._claim()
        if mine is not None:
            self._send(*mine)
        return mine is not None

    def _claim(self) -> tuple[Leased, StillMine] | None:
        self._settle()
        # Read before the claim, so that the lease ends later by the database's clock than by ours.
        # Half of it is for the call: what has left has arrived before anybody else looks it up.
        last = monotonic() + self._lease.total_seconds() / 2
        with self._database.lease() as tx:
            post = claim_post(tx, self._terms, self._database.now(tx), self._lease)
        return (post, lambda: monotonic() < last) if post else None

    def _send(self, post: Leased, still_mine: StillMine) -> None:
        verdict = self._deliver(post, still_mine)
        with self._database.lease() as tx:
            freed = self._record(tx, post, verdict)
        if freed:
            self._wake.set()

    def _find_wait(self) -> timedelta:
        """How long to leave the database in peace, unless woken."""
        with self._database.read() as tx:
            now = self._database.now(tx)
            due = find_next_due(tx, self._terms, now)
        return POLL if due is None else min(max(due - now, SHORTEST_WAIT), POLL)

    def _settle(self) -> None:
        if monotonic() - self._settled < SETTLE.total_seconds():
            return
        self._settled = monotonic()
        with self._database.lease() as tx:
            settle_overdue(tx, self._terms, self._database.now(tx))

    def _tidy(self) -> None:
        if monotonic() - self._tidied < TIDY.total_seconds():
            return
        self._tidied = monotonic()
        with self._database.lease() as tx:
            drop_old_limits(tx, self._database.now(tx))
        with self._database.lease() as tx:
            release_heads(tx)

    def _deliver(self, post: Leased, still_mine: StillMine) -> Verdict:
        """Ask the service, and put its answer in our words. Anything unforeseen is a doubt."""
        service = self._services[post.service]
        try:
            return self._ask(service, post, still_mine)
        except TooLate:
            return Lost()
        except Refused as refused:
            return GivenUp(refused.reason)
        except LimitedFor as limited:
            self._metrics.count_limited("tenant" if limited.everywhere else "conversation")
            scope = f"{post.service}/{post.tenant}" if limited.everywhere else post.conversation
            return NotNow(str(limited), limited.wait, scope)
        except Away as away:
            return NotNow(str(away), min(timedelta(seconds=2**post.attempts), LONGEST_WAIT))
        except CannotLookUp:
            return Doubted("nobody can tell whether it arrived", None)
        except InDoubt as doubt:
            return Doubted(str(doubt), service.history_lag)
        except Exception as bug:
            log.exception("post_broke", post=post.key)
            wait = service.history_lag if post.attempts < ATTEMPTS else None
            return Doubted(f"{type(bug).__name__} in the service", wait)

    def _ask(self, service: ChatService, post: Leased, still_mine: StillMine) -> Verdict:
        match post.kind:
            case Kind.NEW:
                return self._post_once(service, post, still_mine)
            case _ if not still_mine():
                # Sent after another's later wording, an old one would stay.
                raise TooLate
            case Kind.UPDATE if post.earlier is not None:
                service.update(post.earlier, post.message)
                return Delivered(post.earlier)
            case Kind.UPDATE if post.awaited:
                raise Away("the post that it rewords is on its way by another one")
            case Kind.UPDATE:
                raise Refused("the post that it rewords was never sent")
            case Kind.HOME:
                if not isinstance(post.target, Account):
                    raise Refused("a Home belongs to a person")
                service.home(post.target, post.message)
                return Delivered(None)

    def _post_once(self, service: ChatService, post: Leased, still_mine: StillMine) -> Verdict:
        found = None
        if post.doubtful:
            try:
                found = service.look_up(post.target, post.delivery_id, post.since)
            except Refused as refused:
                # No failure: what failed is sent again when an administrator says so.
                return Doubted(f"cannot be looked up: {refused.reason}", None)
        if found is None and post.late:
            return Overdue()
        if found is None:
            sent = service.post(post.target, post.message, post.delivery_id, still_mine)
            return Delivered(sent)
        if post.replayed:
            # Its buttons belong to what was lost with the other life of the database.
            service.update(found, post.message)
        return Delivered(found)

    def _record(self, tx: Transaction, post: Leased, verdict: Verdict) -> bool:
        """Keep what became of a post; whether that may have set another one free."""
        log.info("post_tried", post=post.key, verdict=type(verdict).__name__)
        self._metrics.count_post(post.service, type(verdict).__name__)
        now: datetime = self._database.now(tx)
        match verdict:
            case Delivered(sent):
                return outbox.mark_sent(tx, post, sent, now)
            case NotNow(reason, wait, scope):
                outbox.mark_waiting(tx, post, reason, now + wait)
                if scope is not None:
                    put_limit(tx, scope, now + wait)
            case Doubted(reason, wait):
                outbox.mark_in_doubt(tx, post, reason, None if wait is None else now + wait)
            case GivenUp(reason):
                outbox.mark_failed(tx, post, reason, now)
            case Overdue():
                outbox.mark_late(tx, post, now)
            case Lost():
                pass  # the row is no longer ours
        return True
