"""Looking an order up: the POST alone, and for a miss the way to the page that says so.

Floor of the POST: one indexed query, one count of a limit, one session written: the same effect and the same answer.
Every try comes from a network of its own and asks for an order of its own; the counters are emptied between rounds,
or the limits would answer instead.
"""

from itertools import count
from urllib.parse import urlencode

from redis.asyncio import Redis
from starlette.types import ASGIApp

from portal.web.csrf import masked
from tests.bench.asking import Answer, Question
from tests.bench.floor_app import create_floor
from tests.bench.ground import COMPANIONS, Ground
from tests.bench.rounds import Result, Work, at_once, compare

AIM, EACH, WORKERS = 0.55, 160, 8
CONTACT, NOBODY = "jonas@example.com", "nobody@example.com"


async def run(ground: Ground) -> list[Result]:
    """Prove that both find the same, then measure hits and misses."""
    floor = create_floor(str(ground.settings.database_url), str(ground.settings.redis_url))
    async with floor.router.lifespan_context(floor), Redis.from_url(str(ground.settings.redis_url)) as redis:
        ours, bare = Visitors(ground.app, ground, redis), Visitors(floor, ground, redis)
        for side in (ours, bare):
            hit, miss = await side.post(CONTACT), await side.post(NOBODY)
            if (hit.status, miss.status, hit.headers["location"]) != (303, 303, miss.headers["location"]):
                raise AssertionError("a hit and a miss do not answer alike")
        return [
            await compare("order lookup, hit (POST)", ours.posts(CONTACT), bare.posts(CONTACT), aim=AIM, each=EACH),
            await compare("order lookup, miss (POST)", ours.posts(NOBODY), bare.posts(NOBODY), aim=AIM, each=EACH),
            await compare(
                "order lookup, hit beside miss", ours.posts(CONTACT), ours.posts(NOBODY), aim=0.97, each=EACH
            ),
            await compare(
                "order lookup, miss up to its page", ours.shown(NOBODY), bare.shown(NOBODY), aim=AIM, each=EACH
            ),
        ]


class Visitors:
    """Browsers that each look one order up at one of the two applications."""

    def __init__(self, app: ASGIApp, ground: Ground, redis: Redis) -> None:
        self.app, self.ground, self.redis = app, ground, redis
        self.numbers = count(1)

    def asked(self, contact: str) -> Question:
        """The form of the next browser, for the next order."""
        number = next(self.numbers)
        fields = {
            "csrf_token": masked(self.ground.secret),
            "number": f"{self.ground.order.number}{number % COMPANIONS + 1}",
            "contact": contact,
        }
        cookie, body = f"doorstep-form={self.ground.secret}", urlencode(fields).encode()
        network = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        return Question(self.app, "/lookup", self.ground.host, cookie, body, network=network)

    async def post(self, contact: str) -> Answer:
        """One lookup."""
        return await self.asked(contact).ask()

    async def page(self, contact: str) -> Answer:
        """One lookup, and the page that it leads to."""
        answer = await self.post(contact)
        token = answer.headers["set-cookie"].partition(";")[0]
        cookie = f"{token}; doorstep-form={self.ground.secret}"
        return await Question(self.app, answer.headers["location"], self.ground.host, cookie).ask()

    def posts(self, contact: str) -> Work:
        """Lookups, several at once."""
        return self._fresh(at_once(lambda: self.post(contact), WORKERS))

    def shown(self, contact: str) -> Work:
        """Lookups with their pages, several at once."""
        return self._fresh(at_once(lambda: self.page(contact), WORKERS))

    def _fresh(self, work: Work) -> Work:
        async def counted_anew(times: int) -> None:
            await self.redis.flushdb()
            await work(times)

        return counted_anew
