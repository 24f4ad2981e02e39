"""What is sealed is clear in the process, and worth nothing in a copy of the database."""

from datetime import timedelta

import pytest

from portal.db.sealed import MARK, CannotOpen, Seal
from portal.db.setup import connection
from portal.intake.connections import connect_shop
from portal.intake.models import ShopConnection
from portal.merchants.queries import MerchantFacts
from portal.tracking.sources import add_source, list_secrets, rotate_source
from tests.factories.merchants import NOW

SECRET = "a-secret-of-the-shop-0123456789"


async def test_a_shop_s_secret_and_credentials_are_not_in_the_database(merchant: MerchantFacts) -> None:
    made = await connect_shop(merchant.id, "shopify", "one.myshopify.com", SECRET, {"access_token": "shpat_1"}, NOW)
    _, rows = await connection().execute_query(
        "SELECT secret, credentials FROM shop_connections WHERE merchant_id = $1", [merchant.id]
    )
    assert all(value.startswith(MARK) for value in rows[0].values())
    assert not any(clear in str(dict(rows[0])) for clear in (SECRET, "shpat_1"))
    row = await ShopConnection.get(merchant_id=merchant.id, id=made)
    assert (row.secret, row.credentials) == (SECRET, {"access_token": "shpat_1"})


async def test_a_source_s_secrets_are_sealed_through_a_rotation(merchant: MerchantFacts) -> None:
    first = await add_source(merchant.id, "own", NOW)
    second = await rotate_source(merchant.id, "own", NOW)
    assert await list_secrets(merchant.id, "own", NOW + timedelta(days=1)) == [second, first]
    _, rows = await connection().execute_query(
        "SELECT secret, previous_secret FROM tracking_sources WHERE merchant_id = $1", [merchant.id]
    )
    assert all(value.startswith(MARK) for value in rows[0].values())


async def test_what_was_stored_before_sealing_is_still_read(merchant: MerchantFacts) -> None:
    await add_source(merchant.id, "own", NOW)
    await connection().execute_query(
        "UPDATE tracking_sources SET secret = $2 WHERE merchant_id = $1", [merchant.id, SECRET]
    )
    assert await list_secrets(merchant.id, "own", NOW) == [SECRET]


def test_a_key_that_was_changed_still_opens_what_it_sealed() -> None:
    old, new = Seal(["k" * 40]), Seal(["n" * 40, "k" * 40])
    assert new.open(old.close("x")) == "x"
    with pytest.raises(CannotOpen):
        old.open(new.close("x"))
