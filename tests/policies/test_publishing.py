"""Publishing and going back: versions stay what they were, orders keep the one of their day."""

from datetime import timedelta

import pytest

from portal.merchants.queries import MerchantFacts
from portal.policies.documents import write_document
from portal.policies.queries import find_version_at, list_versions
from portal.policies.ready import ready_document
from portal.policies.service import NothingBefore, publish_policy, roll_back
from tests.factories.merchants import NOW

FASHION, OUTLET = (write_document(ready_document(name)) for name in ("fashion", "outlet"))
DAY = timedelta(days=1)


async def test_a_scheduled_version_waits_for_its_day(merchant: MerchantFacts) -> None:
    await publish_policy(merchant.id, FASHION, NOW)
    await publish_policy(merchant.id, OUTLET, NOW, live_from=NOW + DAY)
    then, later = await find_version_at(merchant.id, NOW), await find_version_at(merchant.id, NOW + DAY)
    assert then is not None
    assert later is not None
    assert (then.number, later.number) == (1, 2)


async def test_going_back_is_a_new_version_with_the_words_before(merchant: MerchantFacts) -> None:
    await publish_policy(merchant.id, FASHION, NOW)
    await publish_policy(merchant.id, OUTLET, NOW + DAY)
    again = await roll_back(merchant.id, NOW + 2 * DAY)
    assert (again.number, again.document) == (3, FASHION)
    assert [row.number for row in await list_versions(merchant.id)] == [3, 2, 1]


async def test_there_has_to_be_one_before(merchant: MerchantFacts) -> None:
    await publish_policy(merchant.id, FASHION, NOW)
    await publish_policy(merchant.id, OUTLET, NOW, live_from=NOW + DAY)
    with pytest.raises(NothingBefore):
        await roll_back(merchant.id, NOW)
