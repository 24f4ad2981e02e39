"""Reading a shop's API: what webhooks lost is found, whatever dies, refuses or changes meanwhile."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from portal.db.outbox import Claim
from portal.db.outbox_models import Outbox
from portal.db.setup import connection
from portal.intake.inbox import keep_delivery
from portal.intake.models import InboxMessage, ShopConnection
from portal.intake.reconciling import AT_MOST, begin, owe_readings, read_on, read_through
from portal.integrations.deliveries import Delivery
from portal.integrations.shopify.twin import create_app
from portal.integrations.shopify.twin_cost import Bucket
from portal.integrations.twins import Fault, Shelf
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from tests.factories.merchants import NOW, make_merchant
from tests.intake.shop_streams import SHOP, Hook, apply_all, hook, state
from tests.intake.shop_twins import TOKEN, Reader, connect_twin, fresh, kept, reading, sold
from workers.intake import OWE_READINGS
from workers.main import HANDLERS, SCHEDULE

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


async def numbers(merchant: MerchantFacts) -> set[int]:
    return {int(row.source_id) for row in await Order.filter(merchant_id=merchant.id)}


async def keep(merchant: MerchantFacts, one: Hook) -> None:
    await keep_delivery(
        merchant.id, "shopify", Delivery(SHOP, one.topic, one.event_id, one.triggered_at), one.body, NOW
    )


async def owe_all(now: datetime) -> None:
    """As many turns as it takes: shops of other tests are due too."""
    while await owe_readings(now) == AT_MOST:
        pass


async def test_an_outage_of_four_hours_with_lost_webhooks_loses_nothing(merchant: MerchantFacts) -> None:
    await connect_twin(merchant)
    async with reading() as reader:
        reader.shelf.put("1", sold(1, NOW - HOUR))
        assert (await reader.read(merchant)).finished
        for number in range(2, 42):
            reader.shelf.put(str(number), sold(number, NOW + 6 * MINUTE * number))
        reader.shelf.put("1", sold(1, NOW + HOUR, note="Ring twice"))
        for _ in range(6):
            # The shop is away: nobody hears of anything, and each try says so.
            reader.shelf.faults = [Fault.OUTAGE]
            reader.now += 40 * MINUTE
            assert (await reader.read(merchant)).trouble
        reader.now += 10 * MINUTE
        assert (await reader.read(merchant)).finished
        reader.now += 10 * MINUTE
        await reader.read(merchant)
    assert await numbers(merchant) == set(range(1, 42))
    assert (await Order.get(merchant_id=merchant.id, source_id="1")).note == "Ring twice"
    found = await fresh(merchant)
    assert (found.problem, found.failures, found.last_success_at) == ("", 0, reader.now)


async def test_a_webhook_and_a_reading_of_the_same_change_end_in_the_same_page_in_any_order(
    open_database: None,
) -> None:
    async def live(first: str) -> Any:
        merchant = await make_merchant()
        await connect_twin(merchant)
        changed = sold(7, NOW - 2 * MINUTE, note="as it is now")
        async with reading() as reader:
            reader.shelf.put("7", changed)
            if first == "reading":
                await reader.read(merchant)
            await keep(merchant, hook("orders/updated", sold(7, NOW - 9 * MINUTE, note="before")))
            await keep(merchant, hook("orders/updated", changed))
            await apply_all(merchant.id)
            await reader.read(merchant)
        return await state(merchant.id)

    assert await live("reading") == await live("webhook")


async def test_what_was_read_before_is_neither_fetched_nor_kept_again(merchant: MerchantFacts) -> None:
    await connect_twin(merchant)
    async with reading() as reader:
        for number in range(1, 20):
            reader.shelf.put(str(number), sold(number, NOW - 5 * MINUTE))
        await reader.read(merchant)
        calls = reader.shelf.calls
        reader.now += 4 * MINUTE
        again = await reader.read(merchant)
    assert (again.listed, again.known, again.fetched) == (19, 19, 0)
    assert reader.shelf.calls == calls + 1
    assert len(await kept(merchant)) == 19


async def test_an_order_read_in_the_second_of_its_change_is_read_again(merchant: MerchantFacts) -> None:
    await connect_twin(merchant)
    async with reading() as reader:
        reader.shelf.put("5", sold(5, NOW, note="first"))
        await reader.read(merchant)
        reader.shelf.put("5", sold(5, NOW, note="second, at the same time by the shop's clock"))
        reader.now += 5 * MINUTE
        await reader.read(merchant)
    assert (await Order.get(merchant_id=merchant.id)).note.startswith("second")


@pytest.mark.parametrize("after", range(1, 8))
async def test_a_reading_that_is_killed_at_any_answer_is_repeated_without_harm(
    merchant: MerchantFacts, after: int
) -> None:
    class Killed(BaseException):
        pass

    class Dying(Shelf):
        def next_fault(self) -> Fault | None:
            if self.calls == after:
                self.calls += 1
                raise Killed
            return super().next_fault()

    await connect_twin(merchant)
    shelf = Dying(TOKEN)
    for number in range(1, 6):
        shelf.put(str(number), sold(number, NOW - number * MINUTE))
    async with reading(create_app(shelf), shelf) as reader:
        for _ in range(2):
            with suppress(Killed):
                await reader.read(merchant)
            reader.now += MINUTE
        assert (await reader.read(merchant)).finished
    await apply_all(merchant.id)
    assert await numbers(merchant) == {1, 2, 3, 4, 5}
    assert len(set(await kept(merchant))) == 5


async def test_a_long_reading_goes_on_from_effect_to_effect(merchant: MerchantFacts) -> None:
    shop = await connect_twin(merchant)
    async with reading() as reader:
        for number in range(1, 31):
            reader.shelf.put(str(number), sold(number, NOW - HOUR))
        while not (await reader.read(merchant, seconds=0.0)).finished:
            assert (await fresh(merchant)).last_success_at is None
            assert await Outbox.filter(merchant_id=merchant.id, topic="shop.reading_due").count() == len(reader.slices)
    assert [done.fetched for done in reader.slices] == [8, 8, 8, 6]
    assert (await ShopConnection.get(id=shop.id)).last_success_at == NOW
    assert await numbers(merchant) == set(range(1, 31))


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.OUTAGE, "outage"),
        (Fault.HTML, "outage"),
        (Fault.GARBAGE, "garbage"),
        (Fault.UNAUTHORISED, "unauthorised"),
    ],
)
async def test_a_bad_day_of_the_shop_is_kept_with_its_connection_and_passes(
    merchant: MerchantFacts, fault: Fault, code: str
) -> None:
    await connect_twin(merchant)
    async with reading() as reader:
        reader.shelf.put("1", sold(1, NOW - MINUTE))
        reader.shelf.faults = [fault]
        await reader.read(merchant)
        found = await fresh(merchant)
        assert (found.problem.split(":")[0], found.failures, found.last_success_at) == (code, 1, None)
        assert found.due_at is not None
        assert found.due_at > NOW
        await reader.read(merchant)
    assert (await fresh(merchant)).problem == ""
    assert await numbers(merchant) == {1}


async def test_credentials_that_are_no_good_are_not_tried_again_for_a_while(merchant: MerchantFacts) -> None:
    await connect_twin(merchant, access_token="shpat_of_somebody_else")
    async with reading() as reader:
        await reader.read(merchant)
    found = await fresh(merchant)
    assert found.due_at is not None
    assert found.due_at - NOW >= timedelta(minutes=45)
    await connect_twin(merchant)
    assert (await fresh(merchant)).due_at is None


async def test_a_shop_that_says_later_is_left_alone_for_so_long(merchant: MerchantFacts) -> None:
    await connect_twin(merchant)
    async with reading() as reader:
        reader.shelf.put("1", sold(1, NOW - MINUTE))
        # The twin's bucket is full, so each answer says how long to wait: not at all. Three of them are enough.
        reader.shelf.faults = [Fault.THROTTLED] * 3
        done = await reader.read(merchant)
        assert done.trouble is not None
        assert done.trouble.code == "throttled"
        assert (await reader.read(merchant)).finished
    assert await numbers(merchant) == {1}


async def test_a_shop_that_is_read_as_fast_as_it_lets_us_has_no_trouble(merchant: MerchantFacts) -> None:
    await connect_twin(merchant)
    shelf = Shelf(TOKEN)
    for number in range(1, 25):
        shelf.put(str(number), sold(number, NOW - number * MINUTE))
    bucket = Bucket(maximum=1000, restore_rate=1)
    async with reading(create_app(shelf, bucket=bucket), shelf) as reader:
        done = await reader.read(merchant)
        assert (done.finished, done.trouble) == (False, None)
        found = await fresh(merchant)
        assert (found.failures, found.due_at) == (0, NOW + timedelta(seconds=done.wait))
        bucket.restore_rate = 100_000
        while not (await reader.read(merchant)).finished:
            assert len(reader.slices) < 9
    assert await numbers(merchant) == set(range(1, 25))


async def test_one_order_that_cannot_be_had_holds_no_other_up_and_is_tried_again(merchant: MerchantFacts) -> None:
    class Poisoned(Shelf):
        sick = True

        def next_fault(self) -> Fault | None:
            found = super().next_fault()
            # The list first, then the orders: the second of them.
            return Fault.OUTAGE if self.sick and self.calls == 3 else found

    await connect_twin(merchant)
    shelf = Poisoned(TOKEN)
    for number in range(1, 5):
        shelf.put(str(number), sold(number, NOW - number * HOUR))
    async with reading(create_app(shelf), shelf) as reader:
        assert (await reader.read(merchant)).finished
        assert len(await numbers(merchant)) == 3
        found = await fresh(merchant)
        assert found.problem.startswith("order ")
        assert found.last_success_at is None
        shelf.sick = False
        await reader.read(merchant)
    assert await numbers(merchant) == {1, 2, 3, 4}
    assert (await fresh(merchant)).problem == ""


async def test_after_days_an_order_that_cannot_be_had_is_refused_where_everybody_sees_it(
    merchant: MerchantFacts,
) -> None:
    await connect_twin(merchant)
    async with reading() as reader:
        reader.shelf.put("8", sold(8, NOW))
        reader.shelf.put("9", sold(9, NOW))
        reader.now += timedelta(days=4)
        lines, reader.shelf.orders["8"]["line_items"] = reader.shelf.orders["8"]["line_items"], None
        assert (await reader.read(merchant)).finished
        refused = await InboxMessage.get(merchant_id=merchant.id, state="refused")
        assert (refused.subject, refused.reason[:20]) == ("8", "could not be fetched")
        assert (await fresh(merchant)).last_success_at == reader.now
        reader.shelf.orders["8"]["line_items"] = lines
        shop = await fresh(merchant)
        await begin(shop, NOW - HOUR, reader.now)
        await reader.read(merchant)
    assert await numbers(merchant) == {8, 9}
    assert not await InboxMessage.filter(merchant_id=merchant.id, state="refused").exists()


async def test_the_worker_owes_readings_and_does_them(merchant: MerchantFacts) -> None:
    shop = await connect_twin(merchant)
    async with reading() as reader:
        reader.shelf.put("1", sold(1, NOW - MINUTE))
        bench: Any = SimpleNamespace(http=reader.client)
        await owe_all(NOW)
        await Outbox.filter(merchant_id=merchant.id).delete()
        await ShopConnection.filter(id=shop.id).update(due_at=None)
        await OWE_READINGS.run(NOW + MINUTE, bench)
        owed = await Outbox.filter(merchant_id=merchant.id, topic="shop.reading_due").order_by("-created_at").first()
        assert owed is not None
        claim = Claim(owed.id, merchant.id, owed.topic, owed.payload, 1, 1)
        await HANDLERS[owed.topic](claim, bench)
    assert (await ShopConnection.get(id=shop.id)).last_success_at is not None
    assert OWE_READINGS in SCHEDULE
    assert owed.created_at == NOW + MINUTE
    message = await InboxMessage.get(merchant_id=merchant.id)
    assert (message.topic, message.state) == ("reconcile/order", "waiting")


async def test_readings_are_owed_to_each_shop_when_it_is_due_and_to_nobody_twice(
    merchant: MerchantFacts, other_merchant: MerchantFacts
) -> None:
    async def owed(whose: MerchantFacts) -> int:
        return await Outbox.filter(merchant_id=whose.id, topic="shop.reading_due").count()

    await connect_twin(merchant)
    await connect_twin(other_merchant)
    await ShopConnection.filter(merchant_id=other_merchant.id).update(due_at=NOW + HOUR)
    await owe_all(NOW)
    await owe_all(NOW + MINUTE)
    assert (await owed(merchant), await owed(other_merchant)) == (1, 0)
    await owe_all(NOW + 6 * MINUTE)
    assert (await owed(merchant), await owed(other_merchant)) == (1, 0)
    done = "UPDATE outbox SET state = 'done', ended_at = clock_timestamp() WHERE merchant_id = $1"
    await connection().execute_query(done, [merchant.id])
    await owe_all(NOW + 12 * MINUTE)
    assert (await owed(merchant), await owed(other_merchant)) == (2, 0)


async def test_many_owed_readings_of_one_shop_never_run_side_by_side(merchant: MerchantFacts) -> None:
    shop = await connect_twin(merchant)
    async with reading() as reader:
        for number in range(1, 4):
            reader.shelf.put(str(number), sold(number, NOW - number * MINUTE))
        together = [read_on(merchant.id, shop.id, reader.client, reader.clock) for _ in range(8)]
        done = [one for one in await asyncio.gather(*together) if one]
        assert sum(one.fetched for one in done) == 3
        assert reader.shelf.calls == 3 + len(done)
        assert (await reader.read(merchant)).finished


async def test_another_merchants_shop_is_not_touched(merchant: MerchantFacts, other_merchant: MerchantFacts) -> None:
    mine = await connect_twin(merchant)
    await connect_twin(other_merchant)
    async with reading() as reader:
        reader.shelf.put("1", sold(1, NOW - MINUTE))
        assert await read_on(other_merchant.id, mine.id, reader.client, reader.clock) is None
        await reader.read(merchant)
    assert not await InboxMessage.filter(merchant_id=other_merchant.id).exists()
    assert (await fresh(other_merchant)).last_success_at is None


async def test_a_shop_without_credentials_is_left_alone(merchant: MerchantFacts) -> None:
    from tests.intake.shop_streams import connect

    await connect(merchant)
    shop = await fresh(merchant)
    async with reading() as reader:
        assert await read_on(merchant.id, shop.id, reader.client, reader.clock) is None
        assert reader.shelf.calls == 0


async def test_the_first_reading_goes_back_as_far_as_was_asked(merchant: MerchantFacts) -> None:
    from portal.intake.connections import connect_shop
    from tests.intake.shop_twins import CREDENTIALS

    await connect_shop(merchant.id, "shopify", SHOP, "s" * 20, CREDENTIALS, NOW, NOW - timedelta(days=3))
    async with reading() as reader:
        reader.shelf.put("1", sold(1, NOW - timedelta(days=4)))
        reader.shelf.put("2", sold(2, NOW - timedelta(days=2)))
        await reader.read(merchant)
    assert await numbers(merchant) == {2}


async def test_what_changes_while_pages_are_turned_is_found_by_the_next_reading(merchant: MerchantFacts) -> None:
    class Busy(Shelf):
        def next_fault(self) -> Fault | None:
            found = super().next_fault()
            if self.calls == 2:
                self.put("3", sold(3, NOW + 2 * MINUTE, note="changed meanwhile"))
            return found

    await connect_twin(merchant)
    shelf = Busy(TOKEN)
    for number in range(1, 13):
        shelf.put(str(number), sold(number, NOW - (20 - number) * MINUTE))
    async with reading(create_app(shelf, at_most=4), shelf) as reader:
        await reader.read(merchant)
        reader.now += 5 * MINUTE
        await reader.read(merchant)
    assert await numbers(merchant) == set(range(1, 13))
    assert (await Order.get(merchant_id=merchant.id, source_id="3")).note == "changed meanwhile"


async def test_somebody_who_watches_reads_to_the_end_and_can_leave_nothing_out(merchant: MerchantFacts) -> None:
    async def through(reader: Reader, since: datetime | None) -> list[bool]:
        shop = await fresh(merchant)
        return [done.finished async for done in read_through(shop, since, reader.client, reader.clock)]

    await connect_twin(merchant)
    async with reading() as reader:
        reader.shelf.put("1", sold(1, NOW - 3 * HOUR))
        assert await through(reader, NOW - 2 * HOUR) == [True]
        assert await numbers(merchant) == set()
        reader.shelf.put("2", sold(2, NOW + HOUR))
        reader.now += 4 * HOUR
        assert await through(reader, reader.now - MINUTE) == [True]
        assert await through(reader, NOW - 4 * HOUR) == [True]
    await apply_all(merchant.id)
    assert await numbers(merchant) == {1, 2}
    assert (await fresh(merchant)).last_success_at == reader.now
