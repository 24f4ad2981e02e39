"""The right to be forgotten, as shops pass it on."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from portal.db.outbox import Claim
from portal.db.outbox_models import Outbox
from portal.db.setup import connection
from portal.intake.connections import connect_shop
from portal.intake.events import ErasureDue
from portal.intake.models import InboxMessage, PrivacyRequest, ShopConnection
from portal.intake.service import record_order
from portal.merchants.queries import MerchantFacts
from portal.orders.events import PersonForgotten
from portal.orders.models import Order, OrderLine
from portal.orders.queries import find_order_by_contact
from portal.tracking.models import Parcel, TrackingEvent
from tests.factories.merchants import NOW
from tests.factories.shopify import fulfillment
from tests.intake.shop_streams import ORDER, SHOP, apply_all, hook, told
from tests.intake.test_applying import keep
from workers.privacy import erase_shop, forget_person

PERSON = ("Jonas", "Winter", "jonas@example.net", "old@example.net", "Lange Reihe", "20099", "Hamburg", "Ring twice")


NO_TOOLS: Any = SimpleNamespace(store=None)
"""There is no picture to take out of the store."""


async def owed(merchant: MerchantFacts, topic: str) -> list[Claim]:
    """What the worker would be handed."""
    rows = await Outbox.filter(merchant_id=merchant.id, topic=topic).order_by("id")
    return [Claim(row.id, merchant.id, topic, row.payload, 1, 1) for row in rows]


def redact(**changes: Any) -> dict[str, Any]:
    return {
        "shop_id": 1,
        "shop_domain": SHOP,
        "customer": {"id": 77, "email": "jonas@example.net", "phone": None},
        "orders_to_redact": [ORDER],
        **changes,
    }


async def rows_with(text: str, merchant: MerchantFacts) -> list[str]:
    found = []
    for table in ("orders", "order_lines", "order_pages", "parcels", "tracking_events", "inbox", "privacy_requests"):
        body = "|| convert_from(t.body, 'UTF8')" if table == "inbox" else ""
        rows = await connection().execute_query_dict(
            f"SELECT 1 FROM {table} t WHERE t.merchant_id = $1 AND (t::text {body}) LIKE '%' || $2 || '%'",
            [merchant.id, text],
        )
        found += [table] * bool(rows)
    return found


async def test_a_redacted_order_forgets_the_person_and_keeps_the_facts(merchant: MerchantFacts) -> None:
    await keep(merchant, hook("orders/create", told("2026-11-10T10:00:00+01:00", note="Ring twice")))
    await keep(merchant, hook("customers/redact", redact()))
    await apply_all(merchant.id)
    assert [await rows_with(text, merchant) for text in PERSON] == [[]] * len(PERSON)
    order = await Order.get(merchant_id=merchant.id)
    assert (order.number, order.total, order.shipping_address["country"]) == ("FW-77001", 23000, "DE")
    assert await OrderLine.filter(merchant_id=merchant.id).count() == 2
    assert await find_order_by_contact(merchant.id, "FW-77001", "jonas@example.net") is None


async def test_a_later_word_of_the_shop_does_not_bring_the_person_back(merchant: MerchantFacts) -> None:
    await keep(merchant, hook("orders/create", told("2026-11-10T10:00:00+01:00")))
    await keep(merchant, hook("customers/redact", redact(orders_to_redact=[])))
    await apply_all(merchant.id)
    await keep(merchant, hook("orders/updated", told("2026-12-24T10:00:00+01:00")))
    await apply_all(merchant.id)
    assert (await Order.get(merchant_id=merchant.id)).email_key == ""
    from portal.integrations.shopify.mapping import order_record

    assert await record_order(merchant.id, order_record(told("2027-01-01T10:00:00+01:00")), NOW) == "outdated"


async def test_a_redaction_stays_with_its_merchant(merchant: MerchantFacts, other_merchant: MerchantFacts) -> None:
    for each in (merchant, other_merchant):
        await keep(each, hook("orders/create", told("2026-11-10T10:00:00+01:00")))
        await apply_all(each.id)
    await keep(merchant, hook("customers/redact", redact()))
    await apply_all(merchant.id)
    assert (await Order.get(merchant_id=other_merchant.id)).email_key == "jonas@example.net"


async def test_every_request_has_a_date_and_is_asked_once(merchant: MerchantFacts) -> None:
    data = {**redact(customer={"id": 78}), "orders_requested": [ORDER], "data_request": {"id": 9999}}
    for topic, payload in (("customers/data_request", data), ("customers/redact", redact()), ("shop/redact", redact())):
        one = hook(topic, payload)
        await keep(merchant, one)
        await keep(merchant, one)
    await apply_all(merchant.id)
    found = {row.kind: row for row in await PrivacyRequest.filter(merchant_id=merchant.id)}
    assert set(found) == {"data_request", "customer_redact", "shop_redact"}
    assert found["data_request"].order_ids == [str(ORDER)]
    assert found["data_request"].due_at == NOW + timedelta(days=30)
    assert {kind for kind, row in found.items() if row.done_at} == {"customer_redact"}
    assert await InboxMessage.filter(merchant_id=merchant.id, state="applied").count() == 3


async def test_the_rooms_above_forget_as_well(merchant: MerchantFacts) -> None:
    sent = told("2026-11-10T17:00:00+01:00", fulfillments=[fulfillment()])
    await keep(merchant, hook("orders/create", sent))
    await apply_all(merchant.id)
    order = await Order.get(merchant_id=merchant.id)
    parcel = await Parcel.filter(merchant_id=merchant.id, order_id=order.id).first()
    assert parcel is not None
    await TrackingEvent.create(
        merchant_id=merchant.id, parcel_id=parcel.id, digest=b"1", source="ups", status="delivered",
        occurred_at=NOW, received_at=NOW, extra={"signed_by": "Winter"},
    )  # fmt: skip
    await keep(merchant, hook("customers/redact", redact()))
    await apply_all(merchant.id)
    for claim in await owed(merchant, PersonForgotten.topic):
        await forget_person(claim, NO_TOOLS)
    assert await rows_with("Winter", merchant) == []


async def test_a_shop_that_left_is_erased_to_the_end(merchant: MerchantFacts, other_merchant: MerchantFacts) -> None:
    await connect_shop(merchant.id, "shopify", SHOP, "s" * 20, {"access_token": "x"}, NOW)
    for shop in (merchant, other_merchant):
        await keep(shop, hook("orders/create", told("2026-11-10T10:00:00+01:00")))
        await apply_all(shop.id)
    await keep(merchant, hook("shop/redact", {"shop_id": 1, "shop_domain": SHOP}))
    await apply_all(merchant.id)
    for claim in await owed(merchant, ErasureDue.topic):
        await erase_shop(claim, NO_TOOLS)
    assert [await rows_with(text, merchant) for text in PERSON] == [[]] * len(PERSON)
    connection_row = await ShopConnection.get(merchant_id=merchant.id)
    assert (connection_row.state, connection_row.credentials) == ("closed", {})
    assert await rows_with("Winter", other_merchant) != []
    request = await PrivacyRequest.get(merchant_id=merchant.id)
    assert (request.done_at is not None, request.outcome) == (True, "1 orders redacted, connection closed")


async def test_a_shop_beside_another_of_its_kind_waits_for_a_person(merchant: MerchantFacts) -> None:
    await keep(merchant, hook("orders/create", told("2026-11-10T10:00:00+01:00")))
    await connect_shop(merchant.id, "shopify", "outlet.myshopify.com", "s" * 20, {}, NOW)
    await keep(merchant, hook("shop/redact", {"shop_id": 1, "shop_domain": SHOP}))
    await apply_all(merchant.id)
    assert await owed(merchant, ErasureDue.topic) == []
    assert (await PrivacyRequest.get(merchant_id=merchant.id)).done_at is None
