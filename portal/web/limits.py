"""How often something may be tried. Counted in Redis for all processes; while Redis is away each process counts
alone.
"""

import ipaddress
from typing import Any

import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError
from starlette.requests import Request

log = structlog.get_logger()


class Limiter:
    """Counts tries in sliding windows."""

    def __init__(self, redis_url: str | None) -> None:
        self._alone = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = self._alone
        self._pool: ConnectionPool | None = None
        if redis_url:
            self._pool = ConnectionPool.from_url(redis_url, socket_timeout=1, socket_connect_timeout=1)
            pool: Any = self._pool  # limits hands it on to redis as it is
            self._shared = SlidingWindowCounterRateLimiter(
                RedisStorage(f"async+{redis_url}", implementation="redispy", connection_pool=pool)
            )

    async def close(self) -> None:
        """Give the connections back."""
        if self._pool is not None:
            await self._pool.aclose()

    async def allows(self, *tries: tuple[str, str, str]) -> bool:
        """Count one try against each (rule such as "10/15minute", what, who); False when any rule is used up."""
        allowed = True
        for rule, what, who in tries:
            allowed = await self._hit(_parsed(rule), what, who) and allowed
        return allowed

    async def _hit(self, rule: RateLimitItem, what: str, who: str) -> bool:
        try:
            return await self._shared.hit(rule, what, who)
        except (RedisError, StorageError, OSError) as error:
            log.warning(
                "rate limits are counted by this process alone",
                error=type(error).__name__,
            )
            return await self._alone.hit(rule, what, who)


_rules: dict[str, RateLimitItem] = {}


def _parsed(rule: str) -> RateLimitItem:
    if rule not in _rules:
        _rules[rule] = parse(rule)
    return _rules[rule]


def network_of(request: Request) -> str:
    """The visitor's network: the IPv4 address, or the /64 of an IPv6 one. A proxy's word counts only if it is
    trusted.
    """
    peer = request.client.host if request.client else ""
    trusted = [ipaddress.ip_network(network) for network in request.app.state.settings.trusted_proxies]
    hops = [
        *(part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()),
        peer,
    ]
    address = peer
    while hops:
        address = hops.pop()
        parsed = _address(address)
        if parsed is None or not any(parsed in network for network in trusted):
            break
    parsed = _address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False))
    return address


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
