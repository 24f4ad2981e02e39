"""Whether this process lives, and whether it can serve."""

import asyncio

from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from tortoise.exceptions import BaseORMException

from portal.db.setup import connection, migration_names

PATIENCE_SECONDS = 2.0


async def healthz(request: Request) -> Response:
    """GET /healthz: the process answers."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> Response:
    """GET /readyz: 200 when the database answers at this code's migrations, else 503. Redis away is said, not fatal."""
    checks = {"database": await _database(), "redis": await _redis(request.app.state.settings.redis_url)}
    ready = checks["database"] == "ok"
    return JSONResponse({"status": "ok" if ready else "not ready", "checks": checks}, 200 if ready else 503)


async def _database() -> str:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            rows = await connection().execute_query_dict("SELECT name FROM tortoise_migrations WHERE app = 'doorstep'")
    except (TimeoutError, OSError, BaseORMException) as error:
        return f"no answer: {type(error).__name__}"
    missing = set(migration_names()) - {row["name"] for row in rows}
    return f"{len(missing)} migrations missing: run doorstep migrate" if missing else "ok"


async def _redis(url: str | None) -> str:
    if url is None:
        return "not configured"
    client = Redis.from_url(url, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS)
    try:
        await client.ping()
    except (RedisError, OSError) as error:
        return f"no answer: {type(error).__name__}"
    finally:
        await client.aclose()
    return "ok"


routes = [Route("/healthz", healthz), Route("/readyz", readyz)]
