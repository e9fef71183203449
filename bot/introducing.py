"""Asks a chat service whose an account is that the roster does not know."""

from __future__ import annotations

from collections.abc import Mapping

from bot.context import Context
from bot.conversation.address import Account
from bot.conversation.port import ChatService, PortError, Refused
from bot.database.engine import Conflict, Database
from bot.log import get_log
from bot.roster import flows as roster

log = get_log()

REMEMBERED = 10_000
"""Accounts in memory: as many as talk to the desk on a busy day."""


class Introducer:
    """Goes before an event, in transactions of its own: what it finds out is known to its flow.

    That a service is away, or slow, costs nobody their answer: it is asked again later.
    """

    def __init__(
        self, database: Database, context: Context, services: Mapping[str, ChatService]
    ) -> None:
        self._database = database
        self._context = context
        self._services = dict(services)
        self._known: set[Account] = set()

    def introduce(self, account: Account) -> None:
        """Have the roster know whose an account is, where it can be found out. No more than once.

        Raises DatabaseError.
        """
        service = self._services.get(account.service)
        if service is None or account in self._known:
            return
        if not self._is_due(account) or not self._claim(account):
            return
        try:
            email = service.fetch_person(account).email
        except Refused:
            email = None
        except PortError as error:
            log.warning("person_not_looked_up", reason=type(error).__name__)
            return
        self._meet(account, email)

    def _is_due(self, account: Account) -> bool:
        with self._database.read() as tx:
            if roster.is_known(tx, account):
                self._remember(account)
                return False
            return roster.is_look_up_due(tx, account, self._database.now(tx))

    def _remember(self, account: Account) -> None:
        """Whom the roster knows it goes on knowing: no event of theirs need ask for it again."""
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known.add(account)

    def _claim(self, account: Account) -> bool:
        with self._database.lease() as tx:
            return roster.claim_look_up(tx, account, self._database.now(tx))

    def _meet(self, account: Account, email: str | None) -> None:
        try:
            with self._database.write() as tx:
                found = roster.meet(tx, account, email, self._context.now())
        except Conflict:
            log.info("person_not_met")  # somebody changed the roster meanwhile: asked again later
        else:
            log.info("person_looked_up", found=found)
