"""Who and where: accounts, conversations and places, each with its service and tenant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """A person as one chat service knows them."""

    service: str
    tenant: str
    """The workspace or organisation; ids are unique only within it."""
    id: str

    @property
    def key(self) -> str:
        """The account's direct conversation as one string; `@` keeps it apart from channels."""
        return f"{self.service}/{self.tenant}/@{self.id}"


@dataclass(frozen=True, slots=True)
class Conversation:
    """A channel, a group or a direct conversation that the service has given an id."""

    service: str
    tenant: str
    id: str

    @property
    def key(self) -> str:
        """The conversation as one string: what order and pace are kept by."""
        return f"{self.service}/{self.tenant}/{self.id}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a conversation: at its top, or in the thread under a message."""

    conversation: Conversation
    thread: str | None = None
    """The service's id of the message that the thread hangs under."""

    @property
    def service(self) -> str:
        return self.conversation.service

    @property
    def key(self) -> str:
        return self.conversation.key


Target = Place | Account
"""Where a post may go: a place, or a person directly (the service finds their conversation)."""
