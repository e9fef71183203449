"""Takes a TCP port before anything is started in vain, or says that another is to be chosen."""

from __future__ import annotations

import errno
import os
import socket


class PortInUse(Exception):
    """Somebody else listens there already."""

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} is in use: choose another, or 0 for any free one")
        self.port = port


def claim_port(host: str, port: int) -> socket.socket:
    """A socket that listens at a host's address; port 0 takes a free one.

    Raises PortInUse, and OSError for a host that is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only of a socket that says so does asyncio know that it is TCP, and send at once what is small
    # (TCP_NODELAY); else an answer's second packet waits 40 ms until the first is acknowledged.
    claimed = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":
        # A port whose last connections are still fading may be taken; one in use may not.
        claimed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        claimed.bind((host, port))
        claimed.listen(128)
    except OSError as error:
        claimed.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(port) from error
        raise
    return claimed
