"""Serving the page: on this machine alone, on a port that is free, until it is stopped."""

from __future__ import annotations

import socket

import httpx
import pytest

from bot.chat.local.page import build_page, run_page
from bot.chat.local.server import NotLoopback, PageServer, claim_loopback
from bot.chat.local.service import LocalService
from bot.listen import PortInUse
from tests.chat.stage import Recorder


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.1", "example.com", "::", ""])
def test_it_binds_to_this_machine_alone(host: str) -> None:
    """The page has no passwords: any other address is refused in plain words."""
    with pytest.raises(NotLoopback, match="this machine alone"):
        claim_loopback(host, 0)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.2"])
def test_every_loopback_address_will_do(host: str) -> None:
    """Names and numbers of this machine are taken, and port 0 becomes a real one."""
    with claim_loopback(host, 0) as claimed:
        assert claimed.getsockname()[1] > 0


def test_a_port_in_use_is_told_before_anything_starts(
    service: LocalService, heard: Recorder
) -> None:
    """Who comes second learns which port is taken; nothing else has happened by then."""
    told: list[str] = []
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=f"port {port} is in use") as refused:
            run_page(build_page(service, heard), port, ready=told.append)

    assert refused.value.port == port
    assert told == []


def test_a_port_is_free_again_after_a_stop(service: LocalService, heard: Recorder) -> None:
    """A restart takes the same port at once."""
    port = 0
    for _ in range(2):
        server = PageServer(build_page(service, heard), claim_loopback("127.0.0.1", port))
        server.start()
        assert server.port == port or port == 0
        port = server.port
        assert httpx.get(server.url).status_code == 200
        server.stop()


def test_it_tells_where_it_is_ready(service: LocalService, heard: Recorder) -> None:
    """`ready` gets an address that takes connections, and the port is free when it is over."""
    told: list[str] = []

    def ready(url: str) -> None:
        told.append(url)
        with socket.create_connection(("127.0.0.1", httpx.URL(url).port or 0), timeout=5):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_page(build_page(service, heard), 0, ready=ready)

    with claim_loopback("127.0.0.1", httpx.URL(told[0]).port or 0):
        pass
