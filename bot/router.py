"""Accepts events into the inbox, and has each handled once, in one transaction."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooSlow
from datetime import timedelta
from typing import Any
from uuid import uuid4

from structlog.contextvars import bound_contextvars

from bot import messages
from bot.clock import monotonic
from bot.context import Act, Context, Hears
from bot.conversation.address import Account
from bot.conversation.event import Event, Opened, Said
from bot.conversation.message import (
    FieldErrors,
    Form,
    Message,
    New,
    Notice,
    OpenForm,
    Outcome,
    Post,
    Reply,
)
from bot.conversation.port import NotTaken, Opens, Sent
from bot.database.engine import Conflict, Database, DatabaseError, Transaction
from bot.delivery import inbox, outbox
from bot.delivery.inbox import Claimed, LostLease
from bot.delivery.masking import PersonalData
from bot.log import get_log
from bot.metrics import Metrics
from bot.refusal import Refusal

log = get_log()

Wording = Callable[[Any], str]
"""A refusal in Japanese."""
Witness = Callable[[Transaction, Event, Refusal, Context], None]
"""Keeps what was refused, in the transaction that tells of it: the flow's own is rolled back."""
Introduce = Callable[[Account], None]
"""Finds out who somebody is before their event is handled. Raises DatabaseError."""
Mask = Callable[[Event], tuple[Event, frozenset[PersonalData]]]
"""Hides personal data in an event; which kinds it hid."""

ATTEMPTS = 20
"""How often a flow is run again after a conflict; each time somebody else has won and gone on."""
LONGEST_COMMIT = timedelta(seconds=10)
"""What a promised reply may still take: the commit, behind other writers."""
POLL = timedelta(milliseconds=500)
"""How soon an event that another replica stored, or lost, is noticed."""
FLOOD = (20, 0.1)
"""So many events taken within so many seconds, and acknowledgements go before answers."""
REST_SECONDS = 0.05
"""How long work rests between two events of a flood: it goes on, but the flood is taken first.

A chat service waits three seconds for an acknowledgement, sends again what it does not get, and
turns off whoever is late too often; a person waits a little longer for an answer, in a flood.
"""


def _introduce_nobody(_account: Account) -> None:
    """For a bot without a roster to know anybody by."""


class Router:
    """Events in, posts out. One object a process; any number of threads may call it."""

    def __init__(
        self,
        database: Database,
        context: Context,
        listeners: Sequence[Hears],
        wordings: Mapping[type[Refusal], Wording],
        mask: Mask,
        on_posts: Callable[[], None],
        witness: Witness,
        introduce: Introduce = _introduce_nobody,
        metrics: Metrics | None = None,
    ) -> None:
        self._database = database
        self._context = context
        self._lease = context.settings.lease
        self._listeners = tuple(listeners)
        self._wordings = dict(wordings)
        self._mask = mask
        self._on_posts = on_posts
        self._witness = witness
        self._introduce = introduce
        self._metrics = metrics or Metrics()
        self._wake = threading.Event()
        self._looking = threading.Lock()
        self._taken: deque[float] = deque(maxlen=FLOOD[0])
        self._waiting: dict[int, _Waiter | _Opener] = {}

    # ------------------------------------------------------------ in

    def accept(self, event: Event) -> bool:
        """Store an event before it is acknowledged. False: it was stored before.

        Raises NotTaken if the database cannot store it now.
        """
        stored = self._store(event, None)
        self._wake.set()
        return stored is not None

    def accept_and_wait(self, event: Event, wait: timedelta) -> Reply | None:
        """Store an event, have it handled at once, and give its reply if it comes in time."""
        waiter = _Waiter()
        row = self._store(event, waiter)
        if row is None:
            return None
        try:
            threading.Thread(target=self._handle_row, args=(row,), daemon=True).start()
            return waiter.reply(wait)
        finally:
            self._waiting.pop(row, None)

    def accept_to_open(self, event: Event, opens: Opens) -> bool:
        """Store an event and have it handled at once; a form that it leads to goes to `opens`.

        Returns as soon as it is stored. Raises NotTaken if the database cannot store it now.
        """
        opener = _Opener(opens)
        row = self._store(event, opener)
        if row is not None:
            threading.Thread(
                target=self._handle_to_open, args=(row, opener), name=f"opens-{row}", daemon=True
            ).start()
        return row is not None

    def _handle_to_open(self, row: int, opener: _Opener) -> None:
        try:
            self._handle_row(row)
            opener.done.wait(LONGEST_COMMIT.total_seconds())
        finally:
            self._waiting.pop(row, None)

    def find_form(self, sent: Sent, control: str) -> Form | None:
        """The form with this control in a message that was sent, or None. Raises NotTaken."""
        try:
            with self._database.read() as tx:
                message = outbox.find_message(tx, sent)
        except DatabaseError as error:
            raise NotTaken(str(error)) from error
        elements = message.elements if message else ()
        forms = (element for element in elements if isinstance(element, Form))
        return next((form for form in forms if str(form.control) == control), None)

    def _store(self, event: Event, waiter: _Waiter | _Opener | None) -> int | None:
        masked, kinds = self._mask(event)
        try:
            with self._database.lease() as tx:
                now = self._database.now(tx)
                row = inbox.add_event(tx, masked, now)
                if row is not None and waiter is not None:
                    # Known before the commit: a worker may take the row the moment it is visible.
                    self._waiting[row] = waiter
                if row is not None and kinds:
                    told = New(target=event.place, message=messages.plain(messages.masked(kinds)))
                    outbox.put_posts(tx, (told,), f"masked:{row}", now)
        except DatabaseError as error:
            log.warning("event_not_taken", reason=str(error))
            raise NotTaken(str(error)) from error
        self._taken.append(monotonic())
        self._metrics.count_event(event.who.service, known=row is None)
        # On the way to an acknowledgement: counted in the metrics, told when it is done.
        log.debug("event_taken", row=row, kind=type(event).__name__, known=row is None)
        return row

    # ------------------------------------------------------------ work

    def wake(self) -> None:
        """Say that there may be something to handle, or that it is time to stop."""
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Handle events until told to stop; a database that is away is waited for."""
        while not stop.is_set():
            claimed = self._wait_for_next(stop)
            if claimed is not None:
                self._handle_or_wait(claimed)

    def _wait_for_next(self, stop: threading.Event) -> Claimed | None:
        """The next event, or None after a while.

        One thread looks and waits, the others queue behind it: a wake-up that all of them heard
        would have all of them ask the database for the one event that there is.
        """
        with self._looking:
            if self._is_flooded():
                stop.wait(REST_SECONDS)
            if stop.is_set():
                return None
            try:
                claimed = self._claim_next()
            except DatabaseError as error:
                log.warning("router_waits_for_database", reason=str(error))
                claimed = None
            if claimed is None:
                self._wake.wait(POLL.total_seconds())
                self._wake.clear()
            return claimed

    def _is_flooded(self) -> bool:
        full = len(self._taken) == FLOOD[0]
        return full and monotonic() - self._taken[0] < FLOOD[1]

    def _handle_or_wait(self, claimed: Claimed) -> None:
        try:
            self._handle(claimed)
        except DatabaseError as error:
            log.warning("router_waits_for_database", reason=str(error))
            self._wake.wait(POLL.total_seconds())

    def _claim_next(self) -> Claimed | None:
        with self._database.lease() as tx:
            return inbox.claim_event(tx, self._database.now(tx), lease=self._lease)

    def handle_next(self) -> bool:
        """Handle the event that waits longest, if there is one. Raises DatabaseError."""
        claimed = self._claim_next()
        if claimed is None:
            return False
        self._handle(claimed)
        return True

    def _handle_row(self, row: int) -> None:
        """Handle a row that somebody waits for, unless a worker has it or must come before it."""
        try:
            with self._database.lease() as tx:
                claimed = inbox.claim_event(tx, self._database.now(tx), row, self._lease)
            if claimed is None:
                self._wake.set()
            else:
                self._handle(claimed)
        except DatabaseError as error:
            log.warning("router_waits_for_database", reason=str(error))

    def _handle(self, claimed: Claimed) -> None:
        with (
            bound_contextvars(event_row=claimed.id, kind=type(claimed.event).__name__),
            self._metrics.timing_work(),
        ):
            try:
                self._metrics.count_handled(self._settle(claimed))
            except LostLease:
                self._metrics.count_handled("lost")
                log.warning("lease_lost")
            except DatabaseError:
                self._put_back(claimed)
                raise
        self._on_posts()
        self._wake.set()  # the conversation's next event is free now

    def _settle(self, claimed: Claimed) -> str:
        """Handle an event one way or the other; which way. Raises LostLease, DatabaseError."""
        try:
            self._introduce(claimed.event.who)
            self._run_until_settled(claimed, lambda: self._prepare(claimed.event))
            return "done"
        except Refusal as refusal:
            self._refuse(claimed, refusal)
            return "refused"
        except (LostLease, DatabaseError):
            raise
        except Exception:
            self._apologise(claimed)
            return "failed"

    def _run_until_settled(self, claimed: Claimed, prepare: Callable[[], Act]) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._commit(claimed, prepare())
                return
            except Conflict:
                log.info("flow_conflict", attempt=attempt)
        raise Conflict(f"lost {ATTEMPTS} times in a row")

    def _prepare(self, event: Event) -> Act:
        """The first listener's answer, made outside any write transaction."""
        for hears in self._listeners:
            if isinstance(event, hears.kind):
                act = hears.listener(event, self._context)
                if act is not None:
                    return act
        if isinstance(event, Opened):
            return lambda _tx: Outcome(None)  # nothing was asked: there is nothing to say
        return lambda _tx: Outcome(None, reply=Notice(messages.NOT_UNDERSTOOD))

    def _commit(self, claimed: Claimed, act: Act) -> None:
        waiter = self._waiting.get(claimed.id)
        with self._database.write() as tx:
            outcome = act(tx)
            posts = outcome.posts
            answered = waiter is not None and waiter.takes(outcome.reply)
            if outcome.reply is not None and not answered:
                posts = (*posts, _as_post(claimed.event, outcome.reply))
            now = self._database.now(tx)
            outbox.put_posts(tx, posts, claimed.key, now)
            if outcome.withdrawn:
                outbox.withdraw(tx, outcome.withdrawn, now)
            inbox.mark_done(tx, claimed, now)
        if waiter is not None and not waiter.answer(outcome.reply) and outcome.reply is not None:
            self._post_late(claimed, outcome.reply)
        log.info("event_done", posts=len(posts))

    def _post_late(self, claimed: Claimed, reply: Reply) -> None:
        """A reply that could not be given in person, after all, becomes a message."""
        with self._database.write() as tx:
            post = _as_post(claimed.event, reply)
            outbox.put_posts(tx, (post,), f"{claimed.key}:late", self._database.now(tx))

    def _refuse(self, claimed: Claimed, refusal: Refusal) -> None:
        worded = self._wordings[type(refusal)](refusal)
        log.info("event_refused", refusal=type(refusal).__name__)

        def tell(tx: Transaction) -> Outcome[None]:
            self._witness(tx, claimed.event, refusal, self._context)
            return Outcome(None, reply=Notice(worded))

        self._run_until_settled(claimed, lambda: tell)

    def _apologise(self, claimed: Claimed) -> None:
        number = uuid4().hex[:8]
        log.exception("event_broke", number=number)
        with self._database.write() as tx:
            now = self._database.now(tx)
            post = New(target=claimed.event.place, message=messages.sorry(number))
            outbox.put_posts(tx, (post,), claimed.key, now)
            inbox.mark_failed(tx, claimed, number, now)
        waiter = self._waiting.get(claimed.id)
        if waiter is not None:
            waiter.answer(None)  # the apology is on its way as a message

    def _put_back(self, claimed: Claimed) -> None:
        """Give the event up at once; if even that fails, its lease ends by itself."""
        try:
            with self._database.lease() as tx:
                inbox.return_event(tx, claimed)
        except (DatabaseError, LostLease) as error:
            log.warning("event_left_leased", reason=str(error))


def _as_post(event: Event, reply: Reply) -> Post:
    """A reply that nobody waits for any more, as a message.

    What was said is answered where it was said. What was pressed or filled in concerns the one
    who did it, and may stand where others read: it is answered to them alone.
    """
    target = event.place if isinstance(event, Said) else event.who
    return New(target=target, message=_as_message(reply))


def _as_message(reply: Reply) -> Message:
    match reply:
        case Notice(text):
            return messages.plain(text)
        case OpenForm(form):
            return Message(form.title, (form,))
        case FieldErrors(errors):
            return messages.plain("\n".join(errors.values()))


class _Waiter:
    """Somebody who waits for a reply, and may give up before it is there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gone = False
        self._promised = False
        self._reply: Future[Reply | None] = Future()

    def takes(self, _reply: Reply | None) -> bool:
        """Ask before the commit; a yes keeps them waiting for as long as the commit takes."""
        with self._lock:
            self._promised = not self._gone
            return self._promised

    def answer(self, reply: Reply | None) -> bool:
        """Give them the reply; whoever was gone by the commit has it as a message already."""
        self._reply.set_result(reply)
        return True

    def reply(self, wait: timedelta) -> Reply | None:
        """The reply, or None if there was none within the wait."""
        try:
            return self._reply.result(wait.total_seconds())
        except TooSlow:
            with self._lock:
                self._gone = not self._promised
        if self._gone:
            return None
        try:
            return self._reply.result(LONGEST_COMMIT.total_seconds())
        except TooSlow:
            return None


class _Opener:
    """Somebody who was acknowledged, and before whom a form may still be opened."""

    def __init__(self, opens: Opens) -> None:
        self._opens = opens
        self.done = threading.Event()

    def takes(self, reply: Reply | None) -> bool:
        """Only a form can be given in person; all else is said in a message."""
        return isinstance(reply, OpenForm)

    def answer(self, reply: Reply | None) -> bool:
        """Open the form, after the commit; whether there was none, or it opened."""
        try:
            return not isinstance(reply, OpenForm) or self._opens(reply.form)
        finally:
            self.done.set()
