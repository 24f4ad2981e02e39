"""The README's pictures, from the journeys themselves, when DOORSTEP_PICTURES names their folder (`make pictures`)."""

import io
import os
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Page

from e2e.conftest import Take, Visit
from e2e.journeys.test_sending_back import check_of
from e2e.screens.lookup import LookupScreen, look_up
from e2e.shopper import Way
from e2e.stock import demo_order

pytestmark = pytest.mark.skipif(
    "DOORSTEP_PICTURES" not in os.environ,
    reason="makes pictures, proves nothing that the journeys do not: make pictures",
)
LARGEST = 200 * 1024
COLOURS = (256, 160, 96, 64)


async def take_picture(page: Page, file: Path, height: int) -> None:
    """Write what is on the screen, from the top to `height` px, as a PNG that is small enough for a README."""
    await page.evaluate("document.fonts.ready")
    size = page.viewport_size
    assert size is not None
    await page.set_viewport_size({"width": size["width"], "height": height})
    picture = Image.open(io.BytesIO(await page.screenshot())).convert("RGB")
    packed = io.BytesIO()
    for colours in COLOURS:
        packed = io.BytesIO()
        picture.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
        if packed.tell() <= LARGEST:
            break
    file.write_bytes(packed.getvalue())
    assert packed.tell() <= LARGEST, f"{file.name} has {packed.tell()} bytes"


@pytest.mark.parametrize(
    ("name", "way", "scenario", "height"),
    [
        ("fernweh-order", Way("fashion", "en"), "split_two_one_delayed", 1000),
        ("aurelle-order", Way("jewels", "en"), "split_two_one_delayed", 1000),
        ("aurelle-arabic-phone", Way("jewels", "ar", 390, scale=2), "split_three", 844),
        ("fernweh-dark-phone", Way("fashion", "en", 390, scheme="dark", scale=2), "split_three", 844),
    ],
)
async def test_an_order_for_the_readme(
    visit: Visit, pictures: Path, name: str, way: Way, scenario: str, height: int
) -> None:
    order = demo_order(way.slug, scenario)
    async with visit(way) as shopper:
        await look_up(shopper, order.number, order.email)
        await take_picture(shopper.page, pictures / f"{name}.png", height)


@pytest.mark.parametrize(("name", "slug"), [("fernweh", "fashion"), ("aurelle", "jewels")])
async def test_a_return_for_the_readme(visit: Visit, take: Take, pictures: Path, name: str, slug: str) -> None:
    order = take(slug, "line_and_order_discount")
    async with visit(Way(slug, "en", 390, scale=2)) as phone:
        await check_of(phone, order, 0)
        await take_picture(phone.page, pictures / f"{name}-check-phone.png", 844)
    async with visit(Way(slug, "en")) as desktop:
        sent = await (await check_of(desktop, order, 0)).send()
        await sent.wait_for_label()
        await take_picture(desktop.page, pictures / f"{name}-label.png", 900)


@pytest.mark.parametrize(("name", "slug"), [("fernweh", "fashion"), ("aurelle", "jewels")])
async def test_a_front_door_for_the_readme(visit: Visit, pictures: Path, name: str, slug: str) -> None:
    async with visit(Way(slug, "en")) as shopper:
        await LookupScreen(shopper).open()
        await take_picture(shopper.page, pictures / f"{name}-door.png", 800)
