"""A bucket of points per API key, kept in Redis for all processes; while Redis is away each process keeps its own."""

import time
from dataclasses import dataclass

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger()

CAPACITY = 2000
RESTORE_PER_SECOND = 100
KEPT_ALONE = 10_000

SPEND = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local held = redis.call('HMGET', KEYS[1], 'level', 'at')
local capacity, restore, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local level = capacity
if held[1] then level = math.min(capacity, tonumber(held[1]) + math.max(0, now - tonumber(held[2])) * restore) end
local allowed = cost <= level
if allowed then level = math.min(capacity, level - cost) end
redis.call('HSET', KEYS[1], 'level', tostring(level), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(capacity / restore * 1000) + 1000)
return {allowed and 1 or 0, math.floor(level)}
"""


@dataclass(frozen=True, slots=True)
class Level:
    """What became of a try to spend, and the points left."""

    allowed: bool
    available: int

    def status(self) -> dict[str, int]:
        """As `extensions.cost.throttleStatus`."""
        return {
            "maximumAvailable": CAPACITY,
            "currentlyAvailable": self.available,
            "restoreRate": RESTORE_PER_SECOND,
        }


class Buckets:
    """Buckets that fill by themselves."""

    def __init__(self, redis_url: str | None) -> None:
        self._redis = Redis.from_url(redis_url, socket_timeout=1, socket_connect_timeout=1) if redis_url else None
        self._script = self._redis.register_script(SPEND) if self._redis else None
        self._alone: dict[str, tuple[float, float]] = {}

    async def close(self) -> None:
        """Give the connections back."""
        if self._redis is not None:
            await self._redis.aclose()

    async def spend(self, who: str, cost: int) -> Level:
        """Take points out of a key's bucket if it has them; a negative cost gives points back."""
        if self._script is None:
            return self._spend_alone(who, cost)
        try:
            allowed, level = await self._script(
                keys=[f"doorstep:graphql:bucket:{who}"], args=[CAPACITY, RESTORE_PER_SECOND, cost]
            )
        except (RedisError, OSError) as error:
            log.warning("API costs are counted by this process alone", error=type(error).__name__)
            return self._spend_alone(who, cost)
        return Level(bool(allowed), int(level))

    def _spend_alone(self, who: str, cost: int) -> Level:
        if len(self._alone) > KEPT_ALONE:
            self._alone.clear()
        now = time.monotonic()
        level, at = self._alone.get(who, (float(CAPACITY), now))
        level = min(float(CAPACITY), level + (now - at) * RESTORE_PER_SECOND)
        allowed = cost <= level
        if allowed:
            level = min(float(CAPACITY), level - cost)
        self._alone[who] = (level, now)
        return Level(allowed, int(level))
