"""The render process: stopped when it is slow, replaced when it dies, reaching nothing but what it was given."""

import asyncio
import os
import signal
import socket
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from portal.labels.renderer import Limits, Renderer, RenderFailed, RenderOverflow, RenderTimeout
from portal.labels.wire import Asset
from tests.labels.conftest import unpacked

FINE = "<html lang=en><title>t</title><p>fine"
ENDLESS = "<div style='display:flex'>" * 40 + "x"
"""Each level lays out the one below several times: longer than the sun will shine."""


async def busy(pid: int) -> None:
    """Wait until a process computes. Where the system does not say so, give it one turn of the loop."""
    state = Path(f"/proc/{pid}/stat")
    await asyncio.sleep(0)
    while state.exists() and state.read_text().rpartition(")")[2].split()[0] != "R":
        await asyncio.sleep(0)


@pytest.fixture
async def strict() -> AsyncIterator[Renderer]:
    async with Renderer(Limits(seconds=1.0, documents=2)) as opened:
        yield opened


async def test_an_endless_document_is_killed_in_time_and_the_next_one_works(strict: Renderer) -> None:
    before = await strict.pid()
    with pytest.raises(RenderTimeout):
        async with asyncio.timeout(5):
            await strict.render(ENDLESS)
    assert (await strict.render(FINE)).startswith(b"%PDF")
    assert await strict.pid() != before


async def test_the_event_loop_stays_free_while_a_document_never_ends(strict: Renderer) -> None:
    endless = asyncio.create_task(strict.render(ENDLESS))
    turns = 0
    while not endless.done():
        await asyncio.sleep(0)
        turns += 1
    assert isinstance(endless.exception(), RenderTimeout)
    assert turns > 100


async def test_a_killed_process_is_an_error_and_the_next_document_works() -> None:
    async with Renderer() as renderer:
        rendering = asyncio.create_task(renderer.render(ENDLESS))
        pid = await renderer.pid()
        await busy(pid)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(RenderFailed):
            await rendering
        assert (await renderer.render(FINE)).startswith(b"%PDF")


async def test_a_process_killed_between_documents_costs_one_error_at_most() -> None:
    async with Renderer() as renderer:
        os.kill(await renderer.pid(), signal.SIGKILL)
        with pytest.raises(RenderFailed):
            await renderer.render(FINE)
        assert (await renderer.render(FINE)).startswith(b"%PDF")


async def test_whoever_gives_up_waiting_takes_nobody_elses_document() -> None:
    async with Renderer() as renderer:
        given_up = asyncio.create_task(renderer.render(ENDLESS))
        await busy(await renderer.pid())
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        assert (await renderer.render(FINE)).startswith(b"%PDF")


async def test_the_process_is_replaced_after_so_many_documents_and_leaves_no_files() -> None:
    before, pids = folders(), set()
    async with Renderer(Limits(documents=2)) as renderer:
        for _ in range(4):
            pids.add(await renderer.pid())
            await renderer.render(FINE)
    assert (len(pids), folders()) == (2, before)


def folders() -> set[str]:
    """Temporary folders of this process's renderers."""
    return {name for name in os.listdir(tempfile.gettempdir()) if name.startswith(f"doorstep-labels-{os.getpid()}-")}


async def test_a_document_that_eats_memory_is_stopped() -> None:
    async with Renderer(Limits(memory=380 << 20)) as renderer:
        with pytest.raises(RenderFailed):
            await renderer.render("<p>" + "x" * 6_000_000, pages=100_000)
        assert (await renderer.render(FINE)).startswith(b"%PDF")


async def test_a_process_that_cannot_start_is_an_error_each_time() -> None:
    renderer = Renderer(Limits(memory=40 << 20))
    for _ in range(2):
        with pytest.raises(RenderFailed, match="did not start"):
            await renderer.render(FINE)
    await renderer.close()


async def test_more_pages_or_bytes_than_allowed_are_refused(renderer: Renderer) -> None:
    with pytest.raises(RenderOverflow):
        await renderer.render("<p style='break-after:page'>1<p>2", pages=1)
    async with Renderer(Limits(output_bytes=500, input_bytes=1000)) as small:
        with pytest.raises(RenderFailed, match="too_big"):
            await small.render(FINE)
        with pytest.raises(RenderFailed, match="larger"):
            await small.render("x" * 2000)


async def test_the_process_knows_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "DOORSTEP_SECRET_KEY", "AWS_SECRET_ACCESS_KEY", "PYTHONPATH"):
        monkeypatch.setenv(name, "doorstep-secret-value")
    async with Renderer() as renderer:
        environment = Path(f"/proc/{await renderer.pid()}/environ")
        if not environment.exists():
            pytest.skip("this system does not show a process's environment")
        assert b"doorstep-secret-value" not in environment.read_bytes()


@pytest.fixture
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A server on loopback that notes every connection."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                heard.append(b"connected")
                connection.close()

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


ATTACKS = [
    "<link rel=attachment href='{url}'>",
    "<a rel=attachment href='{url}'>x</a>",
    "<link rel=stylesheet href='{url}'>",
    "<style>@import '{url}';</style>",
    "<style>@import url({url});</style>",
    "<style>@font-face{{font-family:x;src:url({url})}} p{{font-family:x}}</style><p>x",
    "<style>@font-face{{font-family:x;src:local('{url}'),url('{url}')}} p{{font-family:x}}</style><p>x",
    "<img src='{url}'>",
    "<img srcset='{url} 2x' src='{url}'>",
    "<object data='{url}'>x</object><embed src='{url}'><iframe src='{url}'></iframe>",
    "<p style='background:url({url})'>x",
    "<ul style='list-style-image:url({url})'><li>x</ul>",
    "<p style='content:url({url})'>x",
    "<style>p::before{{content:url({url})}} @page{{background:url({url})}}</style><p>x",
    "<svg width=9 height=9><image href='{url}' width=9 height=9 /><use href='{url}#a'/></svg>",
    "<svg width=9 height=9><style>@import '{url}';</style><text>x</text></svg>",
    "<base href='{url}'><img src='x.png'><link rel=attachment href='x'>",
    "<html profile='{url}'><p style='mask:url({url});border-image:url({url}) 1'>x",
    "<style>@color-profile device-cmyk{{src:url({url})}}</style><p>x",
]
ADDRESSES = [
    "file:///etc/hostname",
    "FILE:///etc/hostname",
    "file://localhost/etc/hostname",
    "/etc/hostname",
    "../../../etc/hostname",
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.1:{port}/",
    "https://127.0.0.1:{port}/",
    "ftp://127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "asset:../../etc/hostname",
    "asset:/etc/hostname",
    "data:text/css,@import 'http://127.0.0.1:{port}/'",
    "jar:file:///etc/hostname!/",
]


@pytest.mark.parametrize("attack", ATTACKS)
async def test_a_document_reaches_no_file_and_no_address(
    renderer: Renderer, listener: tuple[int, list[bytes]], attack: str
) -> None:
    port, heard = listener
    secret = Path("/etc/hostname").read_bytes().strip() if Path("/etc/hostname").exists() else b"root:"
    for address in ADDRESSES:
        try:
            pdf = await renderer.render(attack.format(url=address.format(port=port)))
        except RenderFailed:
            # WeasyPrint gives up on some of these; that reaches nothing either.
            continue
        assert b"/EmbeddedFile" not in pdf
        assert secret not in pdf + unpacked(pdf)
    assert heard == []


async def test_an_svg_asset_reaches_nothing_either(renderer: Renderer, listener: tuple[int, list[bytes]]) -> None:
    port, heard = listener
    pictures = "".join(f"<image href='{url}' width='9' height='9'/>" for url in ADDRESSES).format(port=port)
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>{pictures}</svg>"
    pdf = await renderer.render("<img src='asset:a.svg'>", (Asset("a.svg", "image/svg+xml", svg.encode()),))
    assert (pdf[:5], heard) == (b"%PDF-", [])


async def test_assets_of_one_document_are_not_there_for_the_next(renderer: Renderer) -> None:
    square = Asset(
        "only-mine.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'><rect width='9' height='9'/></svg>"
    )
    page = "<img src='asset:only-mine.svg' style='width:1in;height:1in'>"
    with_asset, without = await renderer.render(page, (square,)), await renderer.render(page)
    assert len(with_asset) > len(without)
    assert await renderer.render(page, (square,)) == with_asset
