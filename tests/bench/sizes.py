"""What goes over the wire: each page as gzip leaves the application, and the files that every page loads."""

import re

from tests.bench.asking import Answer, Question
from tests.bench.ground import Ground
from tests.bench.rounds import say

KB = 1024
PAGE, STYLES, SCRIPTS = 30 * KB, 15 * KB, 16 * KB
FILE = re.compile(r'(?:href|src)="(/assets/[^"]+\.(css|js))"')


async def run(ground: Ground) -> None:
    """Print bytes beside their budgets."""
    order = f"/orders/{ground.order.id}"
    pages = {"front door": "/", "tracking page": order, "return, which items": f"{order}/return"}
    for name, path in pages.items():
        answer = await _fetched(ground, path)
        if answer.status != 200 or answer.headers.get("content-encoding") != "gzip":
            raise AssertionError(f"{path}: {answer.status}, {answer.headers}")
        _told(name, len(answer.body), PAGE)
    plain = (await Question(ground.app, order, ground.host, ground.cookie).ask()).body.decode()
    for kind, budget in (("css", STYLES), ("js", SCRIPTS)):
        files = [path for path, extension in FILE.findall(plain) if extension == kind]
        _told(f"{kind}, {len(files)} files", sum([len((await _fetched(ground, path)).body) for path in files]), budget)


async def _fetched(ground: Ground, path: str) -> Answer:
    return await Question(ground.app, path, ground.host, ground.cookie, packed=True).ask()


def _told(name: str, size: int, budget: int) -> None:
    verdict = "ok" if size <= budget else "above"
    say(f"{name:44} {size / KB:6.1f} KB compressed, budget {budget / KB:.0f} KB  {verdict}")
