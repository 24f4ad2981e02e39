"""The feed's own pictures: fetched once, written anew, and only from the open internet."""

import io
from pathlib import Path

import httpx2
import pytest
from PIL import Image

from portal.db.outbox_models import Outbox
from portal.integrations.ports import AdapterError
from portal.merchants.queries import MerchantFacts
from portal.products.events import PicturesWanted
from portal.products.pictures import keep_pictures
from portal.products.queries import list_offered
from portal.products.service import replace_feed
from portal.storage.objects import ObjectStore, open_store
from tests.factories.merchants import NOW
from tests.products.test_recommending import item


async def open_internet(host: str) -> list[str]:
    if host == "gone.example":
        raise OSError("no such host")
    return ["10.0.0.1"] if host == "inside.example" else ["93.184.215.14"]


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(made, "PNG")
    return made.getvalue()


def shop(asked: list[str]) -> httpx2.AsyncClient:
    """Every address gives a picture, but for one that gives a page."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.path)
        return httpx2.Response(200, content=b"<html>" if request.url.path == "/page" else picture())

    return httpx2.AsyncClient(transport=httpx2.MockTransport(answer))


async def fetched(merchant: MerchantFacts, store: ObjectStore, asked: list[str], after: int = 0) -> None:
    async with shop(asked) as client:
        await keep_pictures(merchant.id, PicturesWanted("", "", after), client, store, NOW, open_internet)


async def test_a_product_gets_the_picture_that_its_feed_names_once(merchant: MerchantFacts, tmp_path: Path) -> None:
    asked: list[str] = []
    store = open_store(tmp_path)
    await replace_feed(merchant.id, "", [item("mug", picture="https://shop.example/mug.png")], NOW)
    await fetched(merchant, store, asked)
    await fetched(merchant, store, asked)
    (mug,) = await list_offered(merchant.id, "en")
    assert asked == ["/mug.png"]
    assert mug.image_url.startswith("/media/")


async def test_what_is_no_picture_or_lies_inside_is_not_asked_again(merchant: MerchantFacts, tmp_path: Path) -> None:
    asked: list[str] = []
    named = [item("page", picture="https://shop.example/page"), item("in", picture="https://inside.example/x.png")]
    await replace_feed(merchant.id, "", named, NOW)
    for _ in range(2):
        await fetched(merchant, open_store(tmp_path), asked)
    assert asked == ["/page"]
    assert [one.image_url for one in await list_offered(merchant.id, "en")] == ["", ""]


async def test_many_pictures_come_some_at_a_time(merchant: MerchantFacts, tmp_path: Path) -> None:
    asked: list[str] = []
    await replace_feed(merchant.id, "", [item(f"s{n}", picture=f"https://shop.example/{n}") for n in range(8)], NOW)
    await fetched(merchant, open_store(tmp_path), asked)
    owed = Outbox.filter(merchant_id=merchant.id, topic=PicturesWanted.topic)
    assert (len(asked), await owed.count()) == (4, 2)
    await fetched(merchant, open_store(tmp_path), asked, after=4)
    assert (len(asked), await owed.count()) == (8, 2)


async def test_a_host_that_is_away_holds_up_no_other_and_is_tried_again(
    merchant: MerchantFacts, tmp_path: Path
) -> None:
    asked: list[str] = []
    hosts = ["gone.example", "shop.example", "gone.example", *["shop.example"] * 6]
    named = [item(f"s{place}", picture=f"https://{host}/{place}") for place, host in enumerate(hosts, 1)]
    await replace_feed(merchant.id, "", named, NOW)
    for _ in range(2):
        with pytest.raises(AdapterError, match="no such host"):
            await fetched(merchant, open_store(tmp_path), asked)
    assert asked == ["/2", "/4"]
    owed = Outbox.filter(merchant_id=merchant.id, topic=PicturesWanted.topic)
    assert sorted(row.payload["after"] for row in await owed if row.payload["feed"] == "") == [4]
    for after in (4, 8):
        await fetched(merchant, open_store(tmp_path), asked, after)
    assert asked == ["/2", "/4", "/5", "/6", "/7", "/8", "/9"]


async def test_places_whose_pictures_are_held_are_passed_over(merchant: MerchantFacts, tmp_path: Path) -> None:
    asked: list[str] = []
    named = [item(f"s{n}", picture=f"https://shop.example/{n}" if n in {1, 11} else "") for n in range(1, 13)]
    await replace_feed(merchant.id, "", named, NOW)
    await fetched(merchant, open_store(tmp_path), asked)
    owed = await Outbox.filter(merchant_id=merchant.id, topic=PicturesWanted.topic)
    assert sorted(row.payload["after"] for row in owed) == [0, 8]
