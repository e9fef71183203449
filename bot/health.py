"""Tells an operator's probe whether this process lives, can take work, and how it does."""

from __future__ import annotations

from collections.abc import Sequence

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.audit import depths as audit
from bot.clock import monotonic
from bot.database.engine import Database, DatabaseError
from bot.delivery import depths as delivery
from bot.listen import claim_port
from bot.metrics import CONTENT_TYPE, Metrics

CLOSE_SECONDS = 5
"""How long requests may still take at the end: Slack waits three seconds for an acknowledgement,
and who has sent half a request may never send the rest."""


def run_health(
    database: Database,
    host: str,
    port: int,
    further: Sequence[Route] = (),
    metrics: Metrics | None = None,
) -> None:
    """Serve the probes and further routes until interrupted. Raises PortInUse."""
    claimed = claim_port(host, port)
    built = build_health(database, further, metrics)
    config = uvicorn.Config(
        built,
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=CLOSE_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[claimed])


def build_health(
    database: Database, further: Sequence[Route] = (), metrics: Metrics | None = None
) -> Starlette:
    """/healthz says that the process runs; /readyz that it reaches its database.

    /metrics gives the figures of both; how long further routes take to answer is one of them.
    """
    counted = metrics or Metrics()

    def live(_request: Request) -> JSONResponse:
        return JSONResponse({"status": "live"})

    def ready(_request: Request) -> JSONResponse:
        try:
            database.ping()
        except DatabaseError as error:
            return JSONResponse({"status": "waiting", "reason": str(error)}, status_code=503)
        return JSONResponse({"status": "ready"})

    def tell(_request: Request) -> Response:
        depths = (*delivery.read_depths(database), *audit.read_depths(database))
        return Response(counted.render(depths), media_type=CONTENT_TYPE)

    probes = [Route("/healthz", live), Route("/readyz", ready), Route("/metrics", tell)]
    paths = frozenset(route.path for route in further)
    timed = Middleware(Timed, paths=paths, metrics=counted)
    return Starlette(routes=[*probes, *further], middleware=[timed])


class Timed:
    """Measures how long some paths take to answer."""

    def __init__(self, app: ASGIApp, paths: frozenset[str], metrics: Metrics) -> None:
        self._app = app
        self._paths = paths
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("path") not in self._paths:
            await self._app(scope, receive, send)
            return
        began = monotonic()

        async def send_timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.observe_ack(monotonic() - began)
            await send(message)

        await self._app(scope, receive, send_timed)
