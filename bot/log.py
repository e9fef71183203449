"""Logs: an event name and bound fields, on one line; never the text of what somebody wrote."""

from __future__ import annotations

import logging
import sys
from typing import cast

import structlog
from structlog.typing import FilteringBoundLogger, Processor


def configure_log(log_format: str, level: str) -> None:
    """Send our own and the libraries' records to standard error, readable or as JSON."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[_drop_meta, *_last(log_format)]
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # It tells of every tick twice, and some come every few seconds; what a job did we tell.
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


_drop_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta


def _last(log_format: str) -> list[Processor]:
    """Write a record out; of a traceback without the variables, which hold what somebody wrote."""
    if log_format == "json":
        bare = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        return [
            structlog.processors.ExceptionRenderer(bare),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    return [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    ]


def get_log() -> FilteringBoundLogger:
    return cast(FilteringBoundLogger, structlog.get_logger())
