"""A return's label from the asking to the stored file, with the real renderer and a real folder."""

from pathlib import Path
from uuid import UUID

import pypdfium2
import pytest
import zxingcpp

from portal.labels.models import Label
from portal.labels.queries import get_label
from portal.labels.renderer import Limits, Renderer, RenderError
from portal.labels.service import make_return_label
from portal.merchants.queries import MerchantFacts
from portal.returns.rules import Pick
from portal.storage.objects import open_store
from tests.factories.merchants import NOW
from tests.returns.test_service import ask, delivered


async def wanted(merchant: MerchantFacts) -> UUID:
    order, line = await delivered(merchant)
    return (await ask(merchant, order, Pick(line, 1))).id


def codes(pdf: bytes) -> set[str]:
    page = pypdfium2.PdfDocument(pdf)[0]
    picture = page.render(scale=3).to_pil()
    return {found.text for found in zxingcpp.read_barcodes(picture)}


async def test_the_label_is_stored_and_both_codes_read_back(merchant: MerchantFacts, tmp_path: Path) -> None:
    return_id = await wanted(merchant)
    store = open_store(tmp_path)
    async with Renderer() as renderer:
        await make_return_label(merchant.id, return_id, renderer, store, NOW)
    label = await get_label(merchant.id, return_id)
    assert (label.state, label.ready_at) == ("ready", NOW)
    pdf = await store.get(label.storage_key)
    assert pdf is not None
    assert codes(pdf) == {label.code, label.drop_off}


async def test_making_it_twice_changes_nothing(merchant: MerchantFacts, tmp_path: Path) -> None:
    return_id = await wanted(merchant)
    store = open_store(tmp_path)
    async with Renderer() as renderer:
        await make_return_label(merchant.id, return_id, renderer, store, NOW)
        first = (await get_label(merchant.id, return_id)).storage_key
        await make_return_label(merchant.id, return_id, renderer, store, NOW)
    assert (await get_label(merchant.id, return_id)).storage_key == first


async def test_a_label_that_cannot_be_rendered_says_so_and_can_be_made_later(
    merchant: MerchantFacts, tmp_path: Path
) -> None:
    return_id = await wanted(merchant)
    store = open_store(tmp_path)
    async with Renderer(Limits(seconds=0.001)) as hasty:
        with pytest.raises(RenderError):
            await make_return_label(merchant.id, return_id, hasty, store, NOW)
    assert (await get_label(merchant.id, return_id)).state == "failed"
    async with Renderer() as renderer:
        await make_return_label(merchant.id, return_id, renderer, store, NOW)
    assert (await get_label(merchant.id, return_id)).state == "ready"
    assert await Label.filter(merchant_id=merchant.id).count() == 1


async def test_the_label_of_another_merchant_is_not_made(
    merchant: MerchantFacts, other_merchant: MerchantFacts, tmp_path: Path
) -> None:
    return_id = await wanted(merchant)
    async with Renderer() as renderer:
        with pytest.raises(Exception, match="does not exist"):
            await make_return_label(other_merchant.id, return_id, renderer, open_store(tmp_path), NOW)
    assert (await get_label(merchant.id, return_id)).state == "pending"
