"""Messages about parcels: once for each piece of news, never stale, and every one can be explained."""

import asyncio
import random
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.intake.service import record_order
from portal.integrations.ports import AdapterError
from portal.integrations.records import CustomerRecord
from portal.merchants.queries import MerchantFacts
from portal.notifications.forgetting import forget_person
from portal.notifications.models import Message
from portal.notifications.queries import Choice, find_choice
from portal.notifications.rules import Channel, Scope
from portal.notifications.service import leave, save_choice, tell_parcel_news
from portal.orders.models import Order
from portal.tracking.models import Parcel
from portal.tracking.rules import ParcelStatus
from portal.tracking.service import HeardScan, record_scans
from tests.factories.merchants import NOW, make_merchant
from tests.factories.records import delivered_parcel, order_record, parcel_record
from tests.notifications.post import Post, Texts, deliver, desk_of, owed

NUMBER = "JD014600006281230704"
LEFT = NOW - timedelta(hours=30)
WAY = ("picked_up", "in_transit", "in_transit", "out_for_delivery", "attempt_failed", "out_for_delivery", "delivered")


def scan(status: str, hours: float, event_id: str = "") -> HeardScan:
    return HeardScan(NUMBER, ParcelStatus(status), LEFT + timedelta(hours=hours), event_id=event_id)


def way() -> list[HeardScan]:
    return [scan(status, 4 * place, event_id=str(place)) for place, status in enumerate(WAY)]


async def make_order(merchant: MerchantFacts, **changes: object) -> Order:
    record = order_record(parcels=(parcel_record(tracking_number=NUMBER, shipped_at=LEFT),), **changes)
    await record_order(merchant.id, record, NOW)
    return await Order.get(merchant_id=merchant.id, source_id=record.source_id)


async def rules_of(merchant_id: UUID) -> dict[str, str]:
    return {row.event["milestone"]: row.rule for row in await Message.filter(merchant_id=merchant_id)}


async def test_a_parcel_that_moves_is_told_of_step_by_step(merchant: MerchantFacts) -> None:
    order, post = await make_order(merchant), Post()
    subjects: list[str] = []
    for each in way():
        await record_scans(merchant.id, "demo", [each], NOW)
        subjects = await deliver(merchant.id, post, NOW)
    plain = [subject.removesuffix(f" · {order.number}") for subject in subjects]
    assert plain == [
        "Your parcel is on its way",
        "Your parcel is out for delivery",
        "We missed you",
        "Your parcel is out for delivery",
        "Your parcel is here",
    ]


async def test_what_was_overtaken_is_not_told(merchant: MerchantFacts) -> None:
    await make_order(merchant)
    for each in way():
        await record_scans(merchant.id, "demo", [each], NOW)
    (subject,) = await deliver(merchant.id, post := Post(), NOW)
    assert subject.startswith("Your parcel is here")
    assert set((await rules_of(merchant.id)).values()) == {"chosen", "outdated"}
    assert post.mails[0].to == "jonas@example.com"


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
async def test_any_order_and_repetition_of_a_stream_sends_the_same_messages(open_database: None, seed: int) -> None:
    merchant, dice, post = await make_merchant(), random.Random(seed), Post()
    await make_order(merchant)
    stream = way() * dice.randint(1, 3)
    dice.shuffle(stream)
    while stream:
        size = dice.randint(1, 5)
        await record_scans(merchant.id, "demo", stream[:size], NOW)
        stream = stream[size:]
    await deliver(merchant.id, post, NOW)
    await deliver(merchant.id, post, NOW)
    parcel = await Parcel.get(merchant_id=merchant.id)
    assert (parcel.status, parcel.delivered_at) == ("delivered", LEFT + timedelta(hours=24))
    assert [mail.subject.split(" · ")[0] for mail in post.mails] == ["Your parcel is here"]


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
async def test_whatever_comes_when_no_news_is_told_twice(open_database: None, seed: int) -> None:
    merchant, dice, post = await make_merchant(), random.Random(seed), Post()
    await make_order(merchant)
    stream = way() * 2
    dice.shuffle(stream)
    for each in stream:
        await record_scans(merchant.id, "demo", [each], NOW)
        await deliver(merchant.id, post, NOW)
    told = [row.news for row in await Message.filter(merchant_id=merchant.id, state="sent")]
    assert len(post.mails) == len(set(told)) == len(told)
    assert len({mail.message_id for mail in post.mails}) == len(post.mails)


async def test_reading_old_orders_in_tells_nobody(merchant: MerchantFacts) -> None:
    for days in (3, 30, 300):
        await record_order(merchant.id, order_record(parcels=(delivered_parcel(days),)), NOW)
    assert await owed(merchant.id) == []


async def test_scans_of_last_week_tell_nobody_but_the_newest_if_it_is_young(merchant: MerchantFacts) -> None:
    await make_order(merchant)
    await record_scans(merchant.id, "demo", way(), NOW + timedelta(days=4))
    assert await owed(merchant.id) == []


async def test_news_that_waited_too_long_for_a_mail_server_is_not_told_any_more(merchant: MerchantFacts) -> None:
    await make_order(merchant)
    await record_scans(merchant.id, "demo", way()[:1], NOW)
    post = Post(faults=[AdapterError("unreachable")])
    with pytest.raises(AdapterError):
        await deliver(merchant.id, post, NOW)
    assert await deliver(merchant.id, post, NOW + timedelta(hours=40)) == []
    assert await rules_of(merchant.id) == {"on_its_way": "too_old"}


async def test_a_second_try_sends_the_same_mail(merchant: MerchantFacts) -> None:
    await make_order(merchant)
    await record_scans(merchant.id, "demo", way()[:1], NOW)
    post = Post(faults=[AdapterError("unreachable")])
    with pytest.raises(AdapterError):
        await deliver(merchant.id, post, NOW)
    row = await Message.get(merchant_id=merchant.id)
    assert (row.state, row.error) == ("sending", "unreachable")
    await deliver(merchant.id, post, NOW)
    assert [mail.message_id for mail in post.mails] == [row.id.hex]


async def test_a_worker_that_dies_after_the_mail_left_sends_its_twin_with_the_same_id(merchant: MerchantFacts) -> None:
    await make_order(merchant)
    await record_scans(merchant.id, "demo", way()[:1], NOW)
    post = Post(late=[asyncio.CancelledError()])
    with pytest.raises(asyncio.CancelledError):
        await deliver(merchant.id, post, NOW)
    await deliver(merchant.id, post, NOW)
    await deliver(merchant.id, post, NOW)
    first, twin = post.mails
    assert first.message_id == twin.message_id


async def test_an_address_that_was_refused_is_not_tried_again(merchant: MerchantFacts) -> None:
    await make_order(merchant)
    await record_scans(merchant.id, "demo", way()[:1], NOW)
    post = Post(faults=[AdapterError("address_refused", permanent=True)])
    await deliver(merchant.id, post, NOW)
    await deliver(merchant.id, post, NOW)
    row = await Message.get(merchant_id=merchant.id)
    assert (row.state, row.error, post.mails) == ("refused", "address_refused", [])


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        (Scope.ALL, {"on_its_way", "delayed", "ready_to_collect"}),
        (Scope.PROBLEMS, {"delayed", "ready_to_collect"}),
        (Scope.NONE, {"ready_to_collect"}),
    ],
)
async def test_a_shopper_hears_what_they_chose_and_what_needs_them(
    merchant: MerchantFacts, scope: Scope, told: set[str]
) -> None:
    order, post = await make_order(merchant), Post()
    await save_choice(merchant.id, order.id, Choice(scope, Channel.EMAIL, "en"), NOW)
    for place, status in enumerate(("in_transit", "delayed", "available_for_pickup")):
        await record_scans(merchant.id, "demo", [scan(status, place)], NOW)
        await deliver(merchant.id, post, NOW)
    sent = await Message.filter(merchant_id=merchant.id, state="sent")
    assert {row.event["milestone"] for row in sent} == told
    assert len(post.mails) == len(told)


async def test_only_messages_that_nobody_needs_can_be_left_with_one_click(merchant: MerchantFacts) -> None:
    await make_order(merchant)
    post = Post()
    for place, status in enumerate(("in_transit", "available_for_pickup")):
        await record_scans(merchant.id, "demo", [scan(status, place)], NOW)
        await deliver(merchant.id, post, NOW)
    optional, required = post.mails
    assert optional.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "List-Unsubscribe" not in required.headers


async def test_texts_go_to_a_mobile_number_and_say_nothing_of_the_order(merchant: MerchantFacts) -> None:
    order = await make_order(merchant, customer=CustomerRecord(email="jonas@example.com", phone="0170 1234567"))
    await save_choice(merchant.id, order.id, Choice(Scope.ALL, Channel.SMS, "de"), NOW)
    await record_scans(merchant.id, "demo", way()[:1], NOW)
    (event,) = await owed(merchant.id)
    post, texts = Post(), Texts()
    for _ in range(2):
        await tell_parcel_news(merchant.id, event, desk_of(post, messenger=texts), NOW)
    ((to, text, _key),) = texts.sent
    assert (to, post.mails) == ("+491701234567", [])
    assert text.startswith(f"{merchant.name}: Ihr Paket ist unterwegs. https://{merchant.slug}.localhost/de/o/")
    assert order.number not in text


@pytest.mark.parametrize("phone", ["", "030 901820", "not a number"])
async def test_without_a_mobile_number_the_message_comes_by_email(merchant: MerchantFacts, phone: str) -> None:
    order = await make_order(merchant, customer=CustomerRecord(email="jonas@example.com", phone=phone))
    await save_choice(merchant.id, order.id, Choice(Scope.ALL, Channel.SMS, "de"), NOW)
    await record_scans(merchant.id, "demo", way()[:1], NOW)
    (event,) = await owed(merchant.id)
    post, texts = Post(), Texts()
    await tell_parcel_news(merchant.id, event, desk_of(post, messenger=texts), NOW)
    assert (texts.sent, [mail.to for mail in post.mails]) == ([], ["jonas@example.com"])


async def test_leaving_turns_messages_off(merchant: MerchantFacts) -> None:
    order = await make_order(merchant)
    assert await leave(merchant, order.id, NOW)
    await record_scans(merchant.id, "demo", way()[:1], NOW)
    assert await deliver(merchant.id, Post(), NOW) == []
    assert await rules_of(merchant.id) == {"on_its_way": "turned_off"}


@pytest.mark.parametrize(("messages", "rule"), [("none", "shop_off"), ("problems", "only_problems")])
async def test_a_shop_may_write_less_or_nothing(open_database: None, messages: str, rule: str) -> None:
    merchant, post = await make_merchant(messages=messages), Post()
    await make_order(merchant)
    await record_scans(merchant.id, "demo", way()[:1], NOW)
    assert await deliver(merchant.id, post, NOW) == []
    assert await rules_of(merchant.id) == {"on_its_way": rule}


async def test_a_letter_comes_in_the_language_of_the_order(merchant: MerchantFacts) -> None:
    customer = CustomerRecord(email="lina@example.com", name="Lina", locale="de-AT")
    await make_order(merchant, customer=customer)
    await record_scans(merchant.id, "demo", way()[:1], NOW)
    (subject,) = await deliver(merchant.id, Post(), NOW)
    assert subject.startswith("Ihr Paket ist unterwegs")


async def test_nobody_is_told_of_a_cancelled_order(merchant: MerchantFacts) -> None:
    order = await make_order(merchant)
    await record_scans(merchant.id, "demo", way()[:1], NOW)
    (event,) = await owed(merchant.id)
    record = order_record(
        source_id=order.source_id,
        number=order.number,
        updated_at=NOW,
        cancelled_at=NOW,
        parcels=(parcel_record(tracking_number=NUMBER, shipped_at=LEFT),),
    )
    await record_order(merchant.id, record, NOW)
    await tell_parcel_news(merchant.id, event, desk_of(post := Post()), NOW)
    assert (post.mails, await rules_of(merchant.id)) == ([], {"on_its_way": "order_cancelled"})


async def test_an_order_without_an_address_is_explained(merchant: MerchantFacts) -> None:
    await make_order(merchant, customer=CustomerRecord(name="Jonas"))
    await record_scans(merchant.id, "demo", way()[:1], NOW)
    assert await deliver(merchant.id, Post(), NOW) == []
    assert await rules_of(merchant.id) == {"on_its_way": "unreachable"}


async def test_whoever_is_forgotten_is_forgotten_here_too(merchant: MerchantFacts) -> None:
    order = await make_order(merchant)
    await save_choice(merchant.id, order.id, Choice(Scope.ALL, Channel.EMAIL, "de"), NOW)
    await record_scans(merchant.id, "demo", way()[:1], NOW)
    await deliver(merchant.id, Post(), NOW)
    await forget_person(merchant.id, order.id)
    row = await Message.get(merchant_id=merchant.id)
    assert (row.recipient, row.rule) == ("", "chosen")
    assert await find_choice(merchant.id, order.id) is None
