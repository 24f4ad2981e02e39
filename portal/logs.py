"""How processes write their logs: one JSON object a line in production, readable lines elsewhere."""

import logging
import logging.config
import sys
from typing import Any

import structlog

SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.StackInfoRenderer(),
]


QUIET = ("asyncio", "watchfiles", "fontTools", "weasyprint", "tortoise", "httpx2", "httpcore2")
"""Libraries that tell every step they take."""


def configure_logs(level: str, *, as_json: bool) -> None:
    """Send our own logs and those of libraries to standard error, from this level (debug, info, …) on."""
    logging.config.dictConfig(log_config(level, as_json=as_json))
    structlog.configure(
        processors=[*SHARED, _stamper(as_json), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def log_config(level: str, *, as_json: bool) -> dict[str, Any]:
    """The same as a dictionary, for servers that configure logging in their own processes."""
    renderer = structlog.processors.JSONRenderer() if as_json else _readable()
    exceptions = [structlog.processors.format_exc_info] if as_json else []
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [*SHARED, _stamper(as_json)],
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *exceptions, renderer],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"err": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "line"}},
        "root": {"handlers": ["err"], "level": level.upper()},
        "loggers": {name: {"level": "WARNING"} for name in QUIET},
    }


def _stamper(as_json: bool) -> Any:
    """UTC to the microsecond for machines, the clock on the wall for people."""
    form, utc = ("iso", True) if as_json else ("%H:%M:%S", False)
    return structlog.processors.TimeStamper(fmt=form, utc=utc)


def _readable() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(),
        pad_event_to=0,
        # Not the richer one: it shows local variables, and people paste logs.
        exception_formatter=structlog.dev.plain_traceback,
    )
