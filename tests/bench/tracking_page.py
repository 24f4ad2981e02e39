"""The tracking page, and its `live` question answered 204, beside one hand-written query and Jinja.

Driven in this process without a network, eight requests at a time; with `wrk` on the machine also over loopback, the
server on one core and the load on another.
"""

import re

from tests.bench.asking import Question
from tests.bench.floor_app import create_floor
from tests.bench.ground import Ground
from tests.bench.rounds import Result, at_once, compare, say
from tests.bench.serving import wire_rounds

AIM, EACH, WORKERS = 0.60, 160, 8
VERSION = re.compile(rb"version=(\d+)")


async def run(ground: Ground) -> list[Result]:
    """Prove that both sides write the same, then measure."""
    floor = create_floor(str(ground.settings.database_url), str(ground.settings.redis_url))
    async with floor.router.lifespan_context(floor):
        path = f"/orders/{ground.order.id}"
        ours = Question(ground.app, path, ground.host, ground.cookie)
        bare = Question(floor, path, ground.host, ground.cookie)
        seen, written = (await ours.ask()).body, (await bare.ask()).body
        # The floor has no version of its own: it counts scans.
        if VERSION.sub(b"version=0", seen) != VERSION.sub(b"version=0", written):
            raise AssertionError("the floor's tracking page is not ours")
        results = [
            await measured("tracking page", ours, bare),
            await measured("tracking page, gzip in both", *(packed(side) for side in (ours, bare))),
            await measured("tracking page, nothing new (204)", live(ours, seen), live(bare, written)),
        ]
    say(f"  the page: {len(seen):,} bytes, {WORKERS} requests at a time")
    return [*results, *await wire_rounds(ground, path, AIM)]


async def measured(name: str, ours: Question, bare: Question) -> Result:
    """Both sides, `WORKERS` at a time."""
    return await compare(name, at_once(ours.ask, WORKERS), at_once(bare.ask, WORKERS), aim=AIM, each=EACH)


def packed(side: Question) -> Question:
    """The same request of a browser that takes gzip."""
    return Question(side.app, side.path, side.host, side.cookie, packed=True)


def live(side: Question, page: bytes) -> Question:
    """The question that a page asks every ten seconds."""
    newest = VERSION.search(page)
    assert newest is not None
    return Question(side.app, f"{side.path}/live", side.host, side.cookie, query=f"version={newest[1].decode()}")
