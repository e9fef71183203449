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
from bot.delivery.outbox import Kind, Leased

log = structlog.get_logger()

SEND_WITHIN = outbox.LEASE / 2
"""How long after its claim a post may still leave: the rest of the lease is for the call."""
POLL = timedelta(milliseconds=500)
"""How soon a post of another replica, or one whose time has come, is noticed."""
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
class Lost:
    """The lease ended before it was sent: whatever becomes of it is another sender's matter."""


Verdict = Delivered | NotNow | Doubted | GivenUp | Lost


class Sender:
    """Takes due posts from the outbox to the chat services. Any number may run at once."""

    def __init__(self, database: Database, services: Mapping[str, ChatService]) -> None:
        self._database = database
        self._services = dict(services)
        self._wake = threading.Event()

    def wake(self) -> None:
        """Say that there may be something to send; called after a commit."""
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Send until told to stop; a database that is away is waited for."""
        while not stop.is_set():
            try:
                busy = self.send_one()
            except DatabaseError as error:
                log.warning("sender_waits_for_database", reason=str(error))
                busy = False
            if not busy:
                self._wake.wait(POLL.total_seconds())
                self._wake.clear()

    def send_one(self) -> bool:
        """Send the next due post, if there is one. Raises DatabaseError."""
        began = monotonic()
        with self._database.lease() as tx:
            post = outbox.claim_post(tx, self._services, self._database.now(tx))
        if post is None:
            return False
        verdict = self._deliver(post, lambda: monotonic() - began < SEND_WITHIN.total_seconds())
        with self._database.lease() as tx:
            self._record(tx, post, verdict)
        return True

    def _deliver(self, post: Leased, still_mine: StillMine) -> Verdict:
        """Ask the service, and put its answer in our words. Anything unforeseen is a doubt."""
        service = self._services[post.service]
        try:
            return Delivered(self._ask(service, post, still_mine))
        except TooLate:
            return Lost()
        except Refused as refused:
            return GivenUp(refused.reason)
        except LimitedFor as limited:
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

    def _ask(self, service: ChatService, post: Leased, still_mine: StillMine) -> Sent | None:
        match post.kind:
            case Kind.NEW:
                return self._post_once(service, post, still_mine)
            case _ if not still_mine():
                # Sent after another's later wording, an old one would stay.
                raise TooLate
            case Kind.UPDATE if post.earlier is not None:
                service.update(post.earlier, post.message)
                return post.earlier
            case Kind.UPDATE:
                raise Refused("the post that it rewords was never sent")
            case Kind.HOME:
                if not isinstance(post.target, Account):
                    raise Refused("a Home belongs to a person")
                service.home(post.target, post.message)
                return None

    def _post_once(self, service: ChatService, post: Leased, still_mine: StillMine) -> Sent:
        if post.doubtful:
            found = service.look_up(post.target, post.delivery_id, post.decided_at)
            if found is not None:
                return found
        return service.post(post.target, post.message, post.delivery_id, still_mine)

    def _record(self, tx: Transaction, post: Leased, verdict: Verdict) -> None:
        now: datetime = self._database.now(tx)
        match verdict:
            case Delivered(sent):
                outbox.mark_sent(tx, post, sent, now)
            case NotNow(reason, wait, scope):
                outbox.mark_waiting(tx, post, reason, now + wait)
                if scope is not None:
                    outbox.put_limit(tx, scope, now + wait)
            case Doubted(reason, wait):
                outbox.mark_in_doubt(tx, post, reason, None if wait is None else now + wait)
            case GivenUp(reason):
                outbox.mark_failed(tx, post, reason, now)
            case Lost():
                pass  # the row is no longer ours
        log.info("post_tried", post=post.key, verdict=type(verdict).__name__)
