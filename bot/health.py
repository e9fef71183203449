"""Tells an operator's probe whether this process lives, and whether it can take work."""

from __future__ import annotations

from collections.abc import Sequence

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.database.engine import Database, DatabaseError
from bot.listen import claim_port


def run_health(database: Database, host: str, port: int, further: Sequence[Route] = ()) -> None:
    """Serve /healthz, /readyz and further routes until interrupted. Raises PortInUse."""
    claimed = claim_port(host, port)
    config = uvicorn.Config(
        build_health(database, further), lifespan="off", log_config=None, access_log=False
    )
    uvicorn.Server(config).run(sockets=[claimed])


def build_health(database: Database, further: Sequence[Route] = ()) -> Starlette:
    """/healthz says that the process runs; /readyz that it reaches its database."""

    def live(_request: Request) -> JSONResponse:
        return JSONResponse({"status": "live"})

    def ready(_request: Request) -> JSONResponse:
        try:
            database.ping()
        except DatabaseError as error:
            return JSONResponse({"status": "waiting", "reason": str(error)}, status_code=503)
        return JSONResponse({"status": "ready"})

    return Starlette(routes=[Route("/healthz", live), Route("/readyz", ready), *further])
