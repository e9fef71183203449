"""Serves the page on loopback: claims the port first, runs in front or in a thread, and stops."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette

from bot.listen import claim_port


class NotLoopback(Exception):
    """The page has no passwords, so only this machine may reach it."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"the local page serves this machine alone (127.0.0.1, ::1, localhost), not {host}"
        )
        self.host = host


def claim_loopback(host: str, port: int) -> socket.socket:
    """A socket that this machine alone can reach. Raises NotLoopback and PortInUse."""
    return claim_port(_loopback(host), port)


class PageServer:
    """A page and the socket that it is served on."""

    def __init__(self, app: Starlette, claimed: socket.socket) -> None:
        self._socket = claimed
        # Headers of a proxy are not believed: there is none in front of a loopback page.
        config = uvicorn.Config(
            app,
            lifespan="off",
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=3,
        )
        self._server = _Server(config, app)
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    @property
    def url(self) -> str:
        host = str(self._socket.getsockname()[0])
        return f"http://[{host}]:{self.port}/" if ":" in host else f"http://{host}:{self.port}/"

    def run(self) -> None:
        """Serve until interrupted."""
        self._server.run(sockets=[self._socket])

    def start(self) -> None:
        """Serve in a thread; returns when the page answers."""
        self._thread = threading.Thread(target=self.run, name="local-page", daemon=True)
        self._thread.start()
        self._server.up.wait(10)

    def stop(self) -> None:
        """Stop what `start` began; open streams end first."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(10)
        self._socket.close()


def run_page(
    app: Starlette,
    port: int,
    *,
    host: str = "127.0.0.1",
    ready: Callable[[str], None] = lambda url: None,
) -> None:
    """Serve the page until interrupted; `ready` is told its address. Port 0 takes a free one.

    Raises NotLoopback and PortInUse before anything starts.
    """
    with claim_loopback(host, port) as claimed:
        server = PageServer(app, claimed)
        ready(server.url)
        server.run()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, app: Starlette) -> None:
        super().__init__(config)
        self._app = app
        self.up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends the open streams first: uvicorn would wait for them."""
        self._app.state.bell.close()
        await super().shutdown(sockets)


def _loopback(host: str) -> str:
    address = {"localhost": "127.0.0.1", "[::1]": "::1"}.get(host, host)
    try:
        if ipaddress.ip_address(address).is_loopback:
            return address
    except ValueError:
        pass
    raise NotLoopback(host)
