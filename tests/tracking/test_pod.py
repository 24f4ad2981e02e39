"""Proof of delivery: fetched from the open internet only, written anew, and shown to proven eyes alone."""

import io
import warnings
import zlib
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image
from starlette.applications import Starlette

from portal.db.setup import connection
from portal.integrations.pictures import LARGEST, encoded_anew, fetch_picture, is_public
from portal.integrations.ports import AdapterError
from portal.kernel.refusal import Refusal
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.storage.objects import ObjectStore, key_for, open_store
from portal.tracking.models import DeliveryProof, Parcel
from portal.tracking.payloads import read_delivery
from portal.tracking.pod import forget_pictures, keep_picture, publish_wanted, read_picture
from portal.tracking.service import record_scans
from tests.factories.browsers import Browser
from tests.factories.merchants import NOW
from tests.factories.records import parcel_record
from tests.tracking.test_story import open_order

NUMBER, URL = "00340434161094042557", "https://pod.carrier.example/p/1.jpg"
OPEN = "93.184.216.34"


def picture(kind: str = "JPEG", size: tuple[int, int] = (80, 60), **extra: Any) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "teal").save(made, kind, **extra)
    return made.getvalue()


def drawn(width: int, height: int) -> bytes:
    """The head of a picture that says how large it is, and nothing after it."""
    head = bytearray(picture("PNG"))
    head[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    head[29:33] = zlib.crc32(head[12:29]).to_bytes(4, "big")
    return bytes(head)


async def somewhere(host: str) -> list[str]:
    """A name server: names that begin with "inside" are private."""
    return ["10.0.0.7"] if host.startswith("inside") else [OPEN]


@pytest.fixture
async def web() -> AsyncIterator[Callable[..., httpx2.AsyncClient]]:
    """Makes clients whose internet answers as given: by path, a status, headers and a body."""
    opened: list[httpx2.AsyncClient] = []

    def make(**answers: httpx2.Response) -> httpx2.AsyncClient:
        def answer(request: httpx2.Request) -> httpx2.Response:
            assert request.url.host == OPEN
            return answers[request.headers["host"].partition(".")[0]]

        opened.append(httpx2.AsyncClient(transport=httpx2.MockTransport(answer)))
        return opened[-1]

    yield make
    for client in opened:
        await client.aclose()


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store(tmp_path)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "0.0.0.0", "100.64.0.1", "224.0.0.1", "::1", "fe80::1",
     "fc00::1", "::ffff:10.0.0.1", "2002:0a00:0001::", "64:ff9b::a9fe:a9fe", "64:ff9b::7f00:1", "64:ff9b:1::5db8:d822",
     "::7f00:1", "::5db8:d822", "::ffff:0:7f00:1", "fec0::1", "not an address"],
)  # fmt: skip
def test_addresses_inside_are_not_the_open_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", [OPEN, "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"])
def test_addresses_outside_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    ["http://pod.carrier.example/p.jpg", "https://user@pod.carrier.example/p.jpg", "https://pod.carrier.example:8443/",
     "https://inside.example/p.jpg", "ftp://pod.carrier.example/p", "https:///p", "https://[::1"],
)  # fmt: skip
async def test_nothing_is_asked_of_a_wrong_address(web: Callable[..., httpx2.AsyncClient], url: str) -> None:
    with pytest.raises(Refusal, match="picture_address"):
        await fetch_picture(web(), url, somewhere)


async def test_a_redirect_is_followed_outside_and_refused_inside(web: Callable[..., httpx2.AsyncClient]) -> None:
    moved = httpx2.Response(302, headers={"location": "https://files.example/1.jpg"})
    found = await fetch_picture(web(pod=moved, files=httpx2.Response(200, content=picture())), URL, somewhere)
    assert found.startswith(b"\xff\xd8\xff")
    inside = httpx2.Response(302, headers={"location": "https://inside.example/1.jpg"})
    with pytest.raises(Refusal, match="picture_address"):
        await fetch_picture(web(pod=inside), URL, somewhere)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"%PDF-1.7 ...", "picture_pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture_unreadable"),
        (b"<html>sign in</html>", "picture_unreadable"),
        (picture()[:200], "picture_unreadable"),
        (b"x" * (LARGEST + 1), "picture_too_large"),
        (drawn(8000, 6000), "picture_too_large"),
        (drawn(60_000, 60_000), "picture_too_large"),
    ],
)
async def test_what_is_no_picture_is_refused_for_good(
    web: Callable[..., httpx2.AsyncClient], body: bytes, why: str
) -> None:
    with pytest.raises(Refusal, match=why):
        await fetch_picture(web(pod=httpx2.Response(200, content=body)), URL, somewhere)


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_an_outage_is_tried_again(web: Callable[..., httpx2.AsyncClient], status: int) -> None:
    with pytest.raises(AdapterError):
        await fetch_picture(web(pod=httpx2.Response(status)), URL, somewhere)


def test_a_picture_is_written_anew_small_and_without_what_the_camera_said() -> None:
    camera = Image.Exif()
    camera[0x010F], camera[0x0112] = "Camera of Toni", 6
    kept = Image.open(io.BytesIO(encoded_anew(picture(size=(3000, 1500), exif=camera))))
    assert (kept.format, dict(kept.getexif())) == ("JPEG", {})
    assert kept.size == (700, 1400)


def test_pictures_decoded_side_by_side_leave_the_warnings_of_the_process_alone() -> None:
    before, body = list(warnings.filters), picture(size=(2000, 1500))
    seen = []
    with ThreadPoolExecutor(3) as threads:
        running = [threads.submit(encoded_anew, body) for _ in range(6)]
        while not all(one.done() for one in running):
            seen.append(list(warnings.filters) == before)
    assert all(seen)
    assert list(warnings.filters) == before


async def delivered(app: Starlette, merchant: MerchantFacts) -> tuple[Browser, Order, Parcel]:
    browser, order = await open_order(app, merchant, parcels=(parcel_record(tracking_number=NUMBER),))
    scan = (
        f'{{"events": [{{"tracking_number": "{NUMBER}", "status": "delivered", "occurred_at": "{NOW.isoformat()}", '
        f'"reason": "left_with_neighbour", "signed_by": "T. Weber", "pod_url": "{URL}", "pod_kind": "photo"}}]}}'
    )
    scans, refused = read_delivery("demo", scan.encode(), NOW)
    assert refused == []
    await record_scans(merchant.id, "demo", scans, NOW)
    return browser, order, await Parcel.get(merchant_id=merchant.id, order_id=order.id)


async def fetched(
    merchant: MerchantFacts, parcel: Parcel, client: httpx2.AsyncClient, store: ObjectStore
) -> DeliveryProof:
    await publish_wanted(NOW)
    await keep_picture(merchant.id, parcel.id, client, store, NOW, somewhere)
    return await DeliveryProof.get(merchant_id=merchant.id, parcel_id=parcel.id)


async def prove(merchant: MerchantFacts, order: Order) -> None:
    """As a code by mail would have done for every browser that looks at the order."""
    await connection().execute_query(
        "UPDATE shopper_sessions SET proven = jsonb_build_object($2::text, $3::bigint) "
        "WHERE merchant_id = $1 AND order_ids ? $2::text",
        [merchant.id, str(order.id), int(NOW.timestamp()) + 3600],
    )


async def test_a_picture_is_fetched_once(
    app: Starlette, merchant: MerchantFacts, web: Callable[..., httpx2.AsyncClient], store: ObjectStore
) -> None:
    _, order, parcel = await delivered(app, merchant)
    client = web(pod=httpx2.Response(200, content=picture()))
    row = await fetched(merchant, parcel, client, store)
    again = await fetched(merchant, parcel, client, store)
    assert (row.state, again.ended_at) == ("ready", row.ended_at)
    kept = await read_picture(merchant.id, order.id, parcel.id, store)
    assert kept is not None
    assert kept.startswith(b"\xff\xd8\xff")


async def test_what_is_refused_is_not_asked_for_again(
    app: Starlette, merchant: MerchantFacts, web: Callable[..., httpx2.AsyncClient], store: ObjectStore
) -> None:
    _, order, parcel = await delivered(app, merchant)
    row = await fetched(merchant, parcel, web(pod=httpx2.Response(200, content=b"%PDF-1.4")), store)
    assert (row.state, row.why) == ("refused", "picture_pdf")
    assert await read_picture(merchant.id, order.id, parcel.id, store) is None


async def test_only_proven_eyes_see_who_signed_and_the_picture(
    app: Starlette, merchant: MerchantFacts, web: Callable[..., httpx2.AsyncClient]
) -> None:
    browser, order, parcel = await delivered(app, merchant)
    await fetched(merchant, parcel, web(pod=httpx2.Response(200, content=picture())), app.state.store)
    address = f"/orders/{order.id}/parcels/{parcel.id}/picture"
    before, refused = (await browser.get(f"/orders/{order.id}")).text, await browser.get(address)
    assert ("T. Weber" in before, "neighbour" in before, "/picture" in before) == (False, False, False)
    assert ("Delivered" in before, refused.status_code) == (True, 404)
    await prove(merchant, order)
    after, shown = (await browser.get(f"/orders/{order.id}")).text, await browser.get(address)
    assert ("signed by T. Weber" in after, "with a neighbour" in after, address in after) == (True, True, True)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert shown.headers["cache-control"] == "no-store"


async def test_a_forgotten_person_leaves_no_picture(
    app: Starlette, merchant: MerchantFacts, web: Callable[..., httpx2.AsyncClient], store: ObjectStore
) -> None:
    _, order, parcel = await delivered(app, merchant)
    row = await fetched(merchant, parcel, web(pod=httpx2.Response(200, content=picture())), store)
    await forget_pictures(merchant.id, order.id, store, NOW)
    assert await store.get(row.storage_key) is None
    assert await read_picture(merchant.id, order.id, parcel.id, store) is None


async def test_forgetting_while_the_carrier_answers_leaves_no_picture(
    app: Starlette, merchant: MerchantFacts, store: ObjectStore
) -> None:
    _, order, parcel = await delivered(app, merchant)
    await publish_wanted(NOW)

    async def answer(request: httpx2.Request) -> httpx2.Response:
        await forget_pictures(merchant.id, order.id, store, NOW)
        return httpx2.Response(200, content=picture())

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as client:
        await keep_picture(merchant.id, parcel.id, client, store, NOW, somewhere)
    row = await DeliveryProof.get(merchant_id=merchant.id, parcel_id=parcel.id)
    assert (row.state, row.why, row.storage_key) == ("refused", "forgotten", "")
    assert await read_picture(merchant.id, order.id, parcel.id, store) is None
    key = key_for(merchant.id, row.wanted_at.date(), "deliveries", f"{parcel.id}.jpg")
    assert not await store.exists(key)


async def test_two_who_fetch_the_same_picture_keep_it(
    app: Starlette, merchant: MerchantFacts, web: Callable[..., httpx2.AsyncClient], store: ObjectStore
) -> None:
    _, order, parcel = await delivered(app, merchant)
    await publish_wanted(NOW)

    async def answer(request: httpx2.Request) -> httpx2.Response:
        quicker = web(pod=httpx2.Response(200, content=picture()))
        await keep_picture(merchant.id, parcel.id, quicker, store, NOW, somewhere)
        return httpx2.Response(200, content=picture())

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as client:
        await keep_picture(merchant.id, parcel.id, client, store, NOW, somewhere)
    assert await read_picture(merchant.id, order.id, parcel.id, store) is not None
