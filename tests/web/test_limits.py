"""Limits: whose try it was, whatever proxies and forgers write; and nobody pays for another's."""

import asyncio
from types import SimpleNamespace

import pytest
from starlette.requests import Request

from portal.settings import Settings
from portal.web.limits import Limiter, network_of


def request(peer: str, *forwarded: str, trusted: tuple[str, ...] = ()) -> Request:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    app = SimpleNamespace(state=SimpleNamespace(settings=SimpleNamespace(trusted_proxies=trusted)))
    return Request({"type": "http", "client": (peer, 1), "headers": headers, "app": app})


@pytest.mark.parametrize(
    ("peer", "forwarded", "network"),
    [
        ("203.0.113.9", (), "203.0.113.9"),
        ("203.0.113.9", ("6.6.6.6",), "203.0.113.9"),
        ("10.0.0.1", ("203.0.113.9",), "203.0.113.9"),
        ("10.0.0.1", ("6.6.6.6, 203.0.113.9",), "203.0.113.9"),
        ("10.0.0.1", ("6.6.6.6", "203.0.113.9"), "203.0.113.9"),
        ("10.0.0.1", ("203.0.113.9:5511",), "203.0.113.9"),
        ("10.0.0.1", ("203.0.113.9, 10.0.0.2",), "203.0.113.9"),
        ("::ffff:10.0.0.1", ("203.0.113.9",), "203.0.113.9"),
        ("::ffff:203.0.113.9", (), "203.0.113.9"),
        ("10.0.0.1", ("[2001:db8:1:2:3::9]:443",), "2001:db8:1:2::/64"),
        ("2001:db8:1:2:3::9", (), "2001:db8:1:2::/64"),
        ("10.0.0.1", ("nonsense",), "10.0.0.1"),
        ("", ("203.0.113.9",), ""),
    ],
)
def test_the_network_is_the_visitors(peer: str, forwarded: tuple[str, ...], network: str) -> None:
    assert network_of(request(peer, *forwarded, trusted=("10.0.0.0/8",))) == network


async def test_a_refused_try_uses_up_nobody_elses(settings: Settings) -> None:
    limiter = Limiter(None)
    for _ in range(50):
        await limiter.allows(("2/minute", "own", "guesser"), ("10/minute", "shared", "merchant"))
    assert await limiter.allows(("2/minute", "own", "somebody"), ("10/minute", "shared", "merchant"))


async def test_a_redis_that_hangs_costs_one_time_out_and_then_nothing() -> None:
    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silence, "127.0.0.1", 0)
    limiter = Limiter(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0")
    answers = [await limiter.allows(("3/minute", "what", "who")) for _ in range(4)]
    await limiter.close()
    server.close()
    assert answers == [True, True, True, False]
