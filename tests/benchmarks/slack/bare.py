"""A bare Bolt app that answers and stores nothing: what durability is measured against."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import uvicorn
from slack_bolt import App
from slack_bolt.adapter.starlette import SlackRequestHandler
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

THREADS = 64
"""Bolt's own five let acknowledgements wait for answers."""


def build(api_url: str, secret: str) -> Starlette:
    """Mentions and direct messages are answered in their thread, all else is acknowledged."""
    app = App(
        client=WebClient(token="xoxb-load", base_url=api_url),
        signing_secret=secret,
        token_verification_enabled=False,
        listener_executor=ThreadPoolExecutor(THREADS),
    )

    @app.event("app_mention")
    @app.event("message")
    def answer(event: dict[str, Any], say: Callable[..., object]) -> None:
        say(text=event["text"], thread_ts=event["ts"])

    @app.action(re.compile(""))
    @app.command(re.compile(""))
    def take(ack: Callable[[], object]) -> None:
        ack()

    handler = SlackRequestHandler(app)

    async def hear(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route("/slack/events", hear, methods=["POST"])])


if __name__ == "__main__":
    port, api_url, secret = sys.argv[1:]
    uvicorn.run(build(api_url, secret), port=int(port), log_level="error")
