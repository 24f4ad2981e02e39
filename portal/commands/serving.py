"""The processes of an installation: web, worker, relay, simulator, and the migration before them."""

import asyncio
import resource
from importlib import import_module
from pathlib import Path

import structlog

from portal.commands.installation import ready, ready_with_database
from portal.commands.reaching import server_problems
from portal.logs import configure_logs, log_config
from portal.settings import Settings

log = structlog.get_logger(__name__)

APPLICATION = "graphql_api.application:create_application"
WORKER = "workers.main:run_worker"
RELAY = "workers.relay:run_relay"
SIMULATOR = "portal.demo.simulator:run_simulator"
SHOPS = "portal.demo.shops_running:run_shops"

HEADERS_WITHIN_MS = 10_000
"""How long a client may take to send its request's headers; slow ones are dropped."""
CONNECTIONS = 8192
"""Per worker. Open order pages and idle browsers hold one each; how many requests run at once is another limit."""
OTHER_FILES = 1024
LAST_REQUESTS_SECONDS = 20


def web(*, reload: bool) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server import Server

    with ready() as settings:
        # It serves all the same: /readyz answers 503 until they are there.
        tell_missing_servers(settings)
        folders = _source_folders() if reload else None
        server = Server(
            APPLICATION,
            address=settings.host,
            port=settings.port,
            interface=Interfaces.ASGI,
            factory=True,
            workers=settings.web_workers,
            websockets=False,
            backpressure=allowed_connections(),
            http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN_MS),
            log_level=LogLevels(settings.log_level),
            log_dictconfig=log_config(settings.log_level, as_json=_as_json(settings)),
            # A worker that dies is replaced; one that will not end is ended.
            respawn_failed_workers=True,
            workers_kill_timeout=LAST_REQUESTS_SECONDS,
            reload=reload,
            reload_paths=folders,
            reload_ignore_worker_failure=reload,
        )
        server.serve()


def allowed_connections() -> int:
    """Let this process and its workers open as many files as they may, and say how many of them may be connections."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = CONNECTIONS + OTHER_FILES if most == resource.RLIM_INFINITY else min(CONNECTIONS + OTHER_FILES, most)
    files = max(files, now)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
    return max(256, min(CONNECTIONS, files - OTHER_FILES))


def run(target: str) -> None:
    """Run another process of ours, given as "module:coroutine function", until SIGTERM or Ctrl-C."""
    with ready() as settings:
        tell_missing_servers(settings)
        module, _, name = target.partition(":")
        asyncio.run(getattr(import_module(module), name)(settings))


def tell_missing_servers(settings: Settings) -> None:
    """Set up the logs, and write one line for each server that does not answer now."""
    configure_logs(settings.log_level, as_json=_as_json(settings))
    for problem in asyncio.run(server_problems(settings.database_url, settings.redis_url)):
        log.error(problem)


def migrate() -> list[str]:
    """Bring the database up to date; returns the names of what was applied."""
    from portal.db import setup

    async def apply(database_url: str) -> list[str]:
        pending = await setup.pending_migrations(database_url)
        await setup.migrate(database_url)
        return pending

    with ready_with_database() as settings:
        return asyncio.run(apply(str(settings.database_url)))


def _as_json(settings: Settings) -> bool:
    return settings.env == "production"


def _source_folders() -> list[Path]:
    root = Path(__file__).parents[2]
    return [root / name for name in ("portal", "graphql_api", "themes", "locales") if (root / name).exists()]
