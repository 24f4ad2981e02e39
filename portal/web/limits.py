"""How often something may be tried. Counted in Redis for all processes; while Redis is away each process counts
alone.
"""

import ipaddress
import time
from functools import lru_cache
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
PATIENCE_SECONDS = 0.25
PAUSE_SECONDS = 5.0


class Limiter:
    """Counts tries in sliding windows."""

    def __init__(self, redis_url: str | None) -> None:
        self._alone = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = self._alone
        self._pool: ConnectionPool | None = None
        self._away_until = 0.0
        if redis_url:
            self._pool = ConnectionPool.from_url(
                redis_url, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS
            )
            pool: Any = self._pool  # limits hands it on to redis as it is
            self._shared = SlidingWindowCounterRateLimiter(
                RedisStorage(f"async+{redis_url}", implementation="redispy", connection_pool=pool)
            )

    async def close(self) -> None:
        """Give the connections back."""
        if self._pool is not None:
            await self._pool.aclose()

    async def allows(self, *tries: tuple[str, str, str]) -> bool:
        """Count one try against each (rule such as "10/15minute", what, who); False when one is used up.

        In the order given and no further than the first refusal: who has used up their own limit uses up nobody's.
        """
        for rule, what, who in tries:
            if not await self._hit(_parsed(rule), what, who):
                return False
        return True

    async def _hit(self, rule: RateLimitItem, what: str, who: str) -> bool:
        if time.monotonic() < self._away_until:
            return await self._alone.hit(rule, what, who)
        try:
            return await self._shared.hit(rule, what, who)
        except (RedisError, StorageError, OSError) as error:
            # Not asked again for a moment: a server that hangs must not cost every visitor the time-out.
            self._away_until = time.monotonic() + PAUSE_SECONDS
            log.warning("rate limits are counted by this process alone", error=type(error).__name__)
            return await self._alone.hit(rule, what, who)


_rules: dict[str, RateLimitItem] = {}


def _parsed(rule: str) -> RateLimitItem:
    if rule not in _rules:
        _rules[rule] = parse(rule)
    return _rules[rule]


def network_of(request: Request) -> str:
    """The visitor's network: the IPv4 address, or the /64 of an IPv6 one. A proxy's word counts only if it is trusted.

    Read from the right over all X-Forwarded-For lines: a proxy may add a line of its own below the visitor's forgery.
    """
    peer = request.client.host if request.client else ""
    trusted = _networks(request.app.state.settings.trusted_proxies)
    said = ",".join(request.headers.getlist("x-forwarded-for"))
    hops = [*(part.strip() for part in said.split(",") if part.strip()), peer]
    address = _address(peer)
    while hops:
        hop = _address(hops.pop())
        if hop is None:
            break
        address = hop
        if not any(hop in network for network in trusted):
            break
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return str(address or peer)


@lru_cache(maxsize=16)
def _networks(texts: tuple[str, ...]) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address as a peer or a proxy writes it: with brackets and port, or IPv4 inside IPv6."""
    bare = text.strip("[]") if text.count(":") != 1 and "]:" not in text else text.rsplit(":", 1)[0].strip("[]")
    try:
        found = ipaddress.ip_address(bare)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found
