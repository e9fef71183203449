"""Who works at this machine's command line."""

from __future__ import annotations

import os
import platform

from bot.audit.model import Actor
from bot.conversation.address import Account

SERVICE = "cli"


def find_operator() -> Actor:
    """The user of the operating system: as the system knows them, not as the environment says."""
    return Actor(Account(SERVICE, platform.node(), _find_user()))


def _find_user() -> str:
    try:
        import pwd
    except ImportError:  # no POSIX: there the login name is what the system has
        return os.getlogin()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid-{os.getuid()}"  # in a container, users may have no name
