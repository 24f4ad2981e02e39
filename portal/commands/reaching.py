"""Whether the servers that the settings name answer, in one sentence for the person who named them."""

import asyncio
import socket
from urllib.parse import urlsplit

OLDEST_POSTGRES = 15
SECONDS = 10


async def server_problems(database_url: str | None, redis_url: str | None) -> list[str]:
    """One sentence for each server that does not answer; addresses left out are not asked."""
    asked = [
        *([database_problem(database_url)] if database_url else []),
        *([redis_problem(redis_url)] if redis_url else []),
    ]
    return [problem for problem in await asyncio.gather(*asked) if problem]


async def database_problem(database_url: str) -> str:
    """Why PostgreSQL cannot be used, and what to do; "" when it can."""
    import asyncpg

    from portal.db.setup import credentials

    parts = {name: value for name, value in credentials(database_url).items() if name not in {"minsize", "maxsize"}}
    try:
        connection = await asyncpg.connect(**parts, timeout=SECONDS)
        major = connection.get_server_version().major
        await connection.close()
    # ValueError: asyncpg's word for an option, such as sslmode, that it does not know.
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        reason = _reason(error, f"{parts['host']}:{parts['port']}")
        return _sentence("database", "DATABASE_URL", f"cannot be reached: {reason}")
    if major < OLDEST_POSTGRES:
        return _sentence("database", "DATABASE_URL", f"is PostgreSQL {major}; {OLDEST_POSTGRES} or newer is needed")
    return ""


async def redis_problem(redis_url: str) -> str:
    """Why Redis or Valkey cannot be used, and what to do; "" when it can."""
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    client = Redis.from_url(redis_url, socket_connect_timeout=SECONDS, socket_timeout=SECONDS)
    parts = urlsplit(redis_url)
    place = f"{parts.hostname}:{parts.port or 6379}" if parts.hostname else parts.path
    try:
        await client.ping()
    except (RedisError, OSError) as error:
        return _sentence("Redis server", "REDIS_URL", f"cannot be reached: {_reason(error, place)}")
    finally:
        await client.aclose()
    return ""


def _sentence(server: str, variable: str, what: str) -> str:
    return f"The {server} that {variable} names {what}. Start it, or correct {variable}."


def _reason(error: Exception, place: str) -> str:
    """In words for people: the library's own only where the server itself has spoken (a password, a name)."""
    below = error.__cause__ or error.__context__
    cause = below if isinstance(below, OSError) else error
    if isinstance(cause, TimeoutError):
        return f"{place} did not answer within {SECONDS} seconds"
    if isinstance(cause, socket.gaierror):
        return f"the name in {place} is not known"
    if isinstance(cause, OSError):
        return f"nothing answers at {place}"
    return str(error).rstrip(".") or type(error).__name__
