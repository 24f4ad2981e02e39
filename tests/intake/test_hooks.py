"""The shops' door: proven, kept once, answered at once; deaf to forgeries and to other merchants' shops."""

import asyncio
from datetime import timedelta

import orjson
import pytest
import structlog
from starlette.applications import Starlette

from portal.db.outbox import publish
from portal.db.outbox_models import Outbox
from portal.db.setup import connection, transaction
from portal.intake.connections import close_connection, connect_shop, retire_secret, rotate_secret
from portal.intake.events import DeliveryKept
from portal.intake.inbox import prune_deliveries
from portal.intake.models import InboxMessage, ShopConnection
from portal.integrations.bigcommerce.webhooks import sign as sign_bigcommerce
from portal.kernel.ids import new_id
from portal.kernel.refusal import Refusal
from portal.merchants.queries import MerchantFacts
from tests.factories.browsers import open_browser
from tests.factories.merchants import NOW
from tests.intake.shop_streams import SECRET, SHOP, Hook, apply_all, connect, hook, send, told

CREATED = "2026-11-10T10:00:00+01:00"


async def test_a_delivery_is_kept_as_its_raw_bytes_and_owed(app: Starlette, merchant: MerchantFacts) -> None:
    await connect(merchant)
    one = hook("orders/create", told(CREATED))
    answer = await send(app, merchant, one)
    assert (answer.status_code, answer.json()) == (200, {})
    message = await InboxMessage.get(merchant_id=merchant.id)
    assert (bytes(message.body), message.state) == (one.body, "waiting")
    effect = await Outbox.get(merchant_id=merchant.id)
    assert (effect.topic, effect.payload) == ("inbox.delivery_kept", {"message_id": str(message.id)})


async def test_the_same_event_a_hundred_times_is_one(app: Starlette, merchant: MerchantFacts) -> None:
    await connect(merchant)
    one = hook("orders/create", told(CREATED))
    answers = [answer.status_code for answer in await asyncio.gather(*(send(app, merchant, one) for _ in range(100)))]
    assert answers == [200] * 100
    assert await InboxMessage.filter(merchant_id=merchant.id).count() == 1
    assert await Outbox.filter(merchant_id=merchant.id).count() == 1


async def test_one_event_id_in_two_topics_is_two_events(app: Starlette, merchant: MerchantFacts) -> None:
    await connect(merchant)
    for topic in ("orders/create", "orders/paid"):
        await send(app, merchant, hook(topic, told(CREATED), event_id="one"))
    assert await InboxMessage.filter(merchant_id=merchant.id).count() == 2


async def test_every_flipped_byte_is_refused(app: Starlette, merchant: MerchantFacts) -> None:
    await connect(merchant)
    one = hook("orders/create", {"id": 1})
    signed = one.headers()["x-shopify-hmac-sha256"]
    for place in range(len(one.body)):
        flipped = one.body[:place] + bytes([one.body[place] ^ 1]) + one.body[place + 1 :]
        headers = {**one.headers(), "x-shopify-hmac-sha256": signed}
        answer = await open_browser(app, merchant).client.post("/hooks/shops/shopify", content=flipped, headers=headers)
        assert answer.status_code == 401
    assert not await InboxMessage.filter(merchant_id=merchant.id).exists()


@pytest.mark.parametrize("signature", ["", "x", "é", "AAAA", "0" * 44])
async def test_a_missing_or_broken_signature_is_refused(
    app: Starlette, merchant: MerchantFacts, signature: str
) -> None:
    await connect(merchant)
    one = hook("orders/create", {"id": 1})
    client = open_browser(app, merchant).client
    headers = [(k.encode(), v.encode()) for k, v in one.headers(**{"x-shopify-hmac-sha256": signature}).items()]
    answer = await client.post("/hooks/shops/shopify", content=one.body, headers=headers)
    assert answer.status_code == 401


async def test_another_merchants_shop_does_not_open_this_door(
    app: Starlette, merchant: MerchantFacts, other_merchant: MerchantFacts
) -> None:
    await connect(merchant)
    await connect_shop(other_merchant.id, "shopify", "aurelle.myshopify.com", SECRET, {}, NOW)
    one = hook("orders/create", told(CREATED))
    assert (await send(app, other_merchant, one)).status_code == 401
    assert not await InboxMessage.filter(merchant_id=other_merchant.id).exists()


async def test_a_forgery_is_logged_without_its_body(app: Starlette, merchant: MerchantFacts) -> None:
    await connect(merchant)
    with structlog.testing.capture_logs() as logs:
        await send(app, merchant, hook("orders/create", {"email": "jonas@example.net"}), secret="shpss_wrong_wrong_w")
    assert any(entry["event"] == "delivery not proven" for entry in logs)
    assert "jonas@example.net" not in str(logs)
    assert SECRET not in str(logs)


async def test_both_secrets_are_valid_while_they_rotate(app: Starlette, merchant: MerchantFacts) -> None:
    await connect(merchant)
    old, new = SECRET, "shpss_fedcba9876543210"
    await send(app, merchant, hook("orders/create", {"id": 1}))
    await rotate_secret(merchant.id, "shopify", SHOP, new, NOW)
    for secret in (old, new):
        assert (await send(app, merchant, hook("orders/create", {"id": 1}), secret=secret)).status_code == 200
    await retire_secret(merchant.id, "shopify", SHOP, NOW)
    row = await ShopConnection.get(merchant_id=merchant.id)
    assert (row.secret, row.previous_secret) == (new, "")


async def test_a_retired_secret_opens_nothing(app: Starlette, merchant: MerchantFacts) -> None:
    await connect(merchant)
    await rotate_secret(merchant.id, "shopify", SHOP, "shpss_fedcba9876543210", NOW)
    await retire_secret(merchant.id, "shopify", SHOP, NOW)
    assert (await send(app, merchant, hook("orders/create", {"id": 1}))).status_code == 401


async def test_a_closed_connection_takes_nothing(app: Starlette, merchant: MerchantFacts) -> None:
    await connect(merchant)
    await close_connection(merchant.id, "shopify", SHOP, NOW)
    assert (await send(app, merchant, hook("orders/create", {"id": 1}))).status_code == 401


async def test_a_delivery_too_large_is_cut_off(app: Starlette, merchant: MerchantFacts) -> None:
    await connect(merchant)
    fits = Hook("orders/create", b'"' + b"x" * 1_000_000 + b'"')
    assert (await send(app, merchant, fits)).status_code == 200
    large = Hook("orders/create", b'"' + b"x" * 5_000_000 + b'"')
    assert (await send(app, merchant, large)).status_code == 413


async def test_what_no_platform_sends_is_refused(app: Starlette, merchant: MerchantFacts) -> None:
    await connect(merchant)
    client = open_browser(app, merchant).client
    assert (await client.post("/hooks/shops/shopify", content=b"{}")).status_code == 400
    assert (await client.post("/hooks/shops/etsy", content=b"{}")).status_code == 404
    assert (await client.get("/hooks/shops/shopify")).status_code == 405
    assert (await send(app, merchant, Hook("orders/create", b""))).status_code == 400
    one = hook("orders/create", {"id": 1})
    assert (await send(app, merchant, Hook("x" * 500, one.body))).status_code == 400


async def test_the_owed_effect_is_what_the_outbox_would_have_written(app: Starlette, merchant: MerchantFacts) -> None:
    await connect(merchant)
    await send(app, merchant, hook("orders/create", {"id": 1}))
    ours = await Outbox.get(merchant_id=merchant.id)
    async with transaction():
        await publish(DeliveryKept(new_id()), merchant_id=merchant.id, dedupe_key="x", now=NOW)
    theirs = await Outbox.get(merchant_id=merchant.id, dedupe_key="x")
    rows = await connection().execute_query_dict(
        "SELECT to_jsonb(o) - 'id' - 'payload' - 'dedupe_key' - 'wake_at' - 'available_at' AS row FROM outbox o"
        " WHERE id = ANY($1::uuid[])",
        [[ours.id, theirs.id]],
    )
    assert rows[0]["row"] == rows[1]["row"]


async def test_bigcommerce_signs_as_standard_webhooks(app: Starlette, merchant: MerchantFacts) -> None:
    secret, stamp = "client-secret-0123456789", str(int(NOW.timestamp()))
    await connect_shop(merchant.id, "bigcommerce", "stores/AbC123", secret, {}, NOW)
    body = orjson.dumps({"scope": "store/order/updated", "store_id": "1", "data": {"type": "order", "id": 250},
                         "hash": "352e", "created_at": 1763628000, "producer": "stores/AbC123"})  # fmt: skip
    client = open_browser(app, merchant).client
    good = sign_bigcommerce("msg_1", stamp, body, secret).decode()
    headers = {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": f"v1,AAAA {good}"}
    assert (await client.post("/hooks/shops/bigcommerce", content=body, headers=headers)).status_code == 200
    late = {**headers, "webhook-timestamp": str(int((NOW - timedelta(minutes=6)).timestamp()))}
    late["webhook-signature"] = sign_bigcommerce("msg_1", late["webhook-timestamp"], body, secret).decode()
    assert (await client.post("/hooks/shops/bigcommerce", content=body, headers=late)).status_code == 401
    shared = {"x-doorstep-secret": secret, "webhook-id": "msg_2"}
    assert (await client.post("/hooks/shops/bigcommerce", content=body, headers=shared)).status_code == 200
    assert await apply_all(merchant.id) == ["early", "early"]


async def test_weak_secrets_and_unknown_shops_are_refused(merchant: MerchantFacts) -> None:
    with pytest.raises(Refusal, match="weak_secret"):
        await connect_shop(merchant.id, "shopify", SHOP, "short", {}, NOW)
    with pytest.raises(Refusal, match="unknown_platform"):
        await connect_shop(merchant.id, "etsy", SHOP, SECRET, {}, NOW)
    with pytest.raises(Refusal, match="bad_shop"):
        await connect_shop(merchant.id, "shopify", "a/b", SECRET, {}, NOW)
    with pytest.raises(Refusal, match="not_connected"):
        await rotate_secret(merchant.id, "shopify", SHOP, SECRET, NOW)


async def test_old_deliveries_are_pruned_but_not_unread_ones(app: Starlette, merchant: MerchantFacts) -> None:
    await connect(merchant)
    await send(app, merchant, hook("orders/create", told(CREATED)))
    await send(app, merchant, hook("orders/updated", told("2026-11-11T10:00:00+01:00")))
    await apply_all(merchant.id)
    await send(app, merchant, hook("orders/create", told(CREATED)))
    assert await prune_deliveries(merchant.id, NOW + timedelta(days=29)) == 0
    assert await prune_deliveries(merchant.id, NOW + timedelta(days=31)) == 1
    left = await InboxMessage.filter(merchant_id=merchant.id).order_by("received_at", "id")
    assert [(each.topic, each.state) for each in left] == [("orders/updated", "applied"), ("orders/create", "waiting")]
