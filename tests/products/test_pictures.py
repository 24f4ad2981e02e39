"""The feed's own pictures: fetched once, written anew, and only from the open internet."""

import io
from pathlib import Path

import httpx2
from PIL import Image

from portal.db.outbox_models import Outbox
from portal.merchants.queries import MerchantFacts
from portal.products.events import PicturesWanted
from portal.products.pictures import keep_pictures
from portal.products.queries import list_offered
from portal.products.service import replace_feed
from portal.storage.objects import ObjectStore, open_store
from tests.factories.merchants import NOW
from tests.products.test_recommending import item


async def open_internet(host: str) -> list[str]:
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


async def fetched(merchant: MerchantFacts, store: ObjectStore, asked: list[str], turn: int = 0) -> None:
    async with shop(asked) as client:
        await keep_pictures(merchant.id, PicturesWanted("", "", turn), client, store, NOW, open_internet)


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
    assert (len(asked), await owed.count()) == (6, 2)
    await fetched(merchant, open_store(tmp_path), asked, turn=1)
    assert (len(asked), await owed.count()) == (8, 2)
