"""Asking carriers, from the schedule to the page: who is asked, how often, and what becomes of bad answers."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.db.sealed import MARK, Seal
from portal.db.setup import connection
from portal.intake.service import record_order
from portal.integrations.dhl import twin as dhl
from portal.integrations.dhl.twin import event
from portal.integrations.twins import Fault
from portal.integrations.ups import twin as ups
from portal.kernel.refusal import Refusal
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.tracking.accounts import add_account, list_accounts, remove_account
from portal.tracking.explaining import explain_order
from portal.tracking.heard import HeardScan
from portal.tracking.models import Parcel, StrayScan, TrackingEvent
from portal.tracking.polling import asked_of, enrol_parcels, publish_due
from portal.tracking.rules import ParcelStatus
from portal.tracking.service import ensure_source, record_scans
from tests.factories.carriers import (
    TWIN,
    account_of,
    answer,
    ask,
    make_due,
    make_parcel,
    open_dhl,
    open_ups,
    owed,
    page_of,
    parcel_now,
)
from tests.factories.merchants import NOW
from tests.factories.records import delivered_parcel, order_record, parcel_record

FIRST, SECOND, THIRD = "00340434161094042557", "00340434161094042564", "00340434161094042571"
UPS_NUMBER = "1Z5R89390357567127"
HOUR = timedelta(hours=1)


def at(hours: float) -> str:
    """A moment after the handover two days ago, as DHL writes it."""
    return (NOW - timedelta(days=2) + hours * HOUR).isoformat()


@pytest.mark.parametrize(
    ("carrier", "number", "who"),
    [
        ("DHL Paket", "JD014600003828938592", "dhl"),
        ("", FIRST, "dhl"),
        ("Other", UPS_NUMBER, "ups"),
        ("UPS", "H123456789", "ups"),
        ("", "ORDER-7", ""),
        ("UPS", "1Z5R89390357567128", ""),
        ("DHL", "", ""),
        ("Correos Express", "12AB", "correos"),
    ],
)
def test_the_named_carrier_is_asked_else_the_one_whose_number_it_is(carrier: str, number: str, who: str) -> None:
    assert asked_of(carrier, number) == who


async def test_a_parcel_is_asked_about_and_its_page_moves(merchant: MerchantFacts) -> None:
    depot = await open_dhl(merchant.id)
    parcel = await make_parcel(merchant.id, FIRST)
    depot.put(FIRST, event(at(3), "transit", "Processed", "Leipzig"), estimatedTimeOfDelivery="2026-11-21T00:00:00Z")
    await make_due(merchant.id)
    assert await ask(merchant.id, dhl.create_app(depot)) == {"news": 1}
    page, now = await page_of(parcel), await parcel_now(parcel)
    assert (page["status"], page["date"]) == ("in_transit", "2026-11-21")
    assert now.checked_at == NOW
    assert now.next_check_at
    assert NOW + 3 * HOUR < now.next_check_at < NOW + 5 * HOUR
    (told,) = await explain_order(merchant.id, (await Order.get(merchant_id=merchant.id)).number) or []
    assert (told.asked_of, told.checked_at, told.next_check_at) == ("dhl", NOW, now.next_check_at)
    # Asked again, the carrier says the same: no event is kept twice, and the day is no news.
    await make_due(merchant.id, NOW + 5 * HOUR)
    assert await ask(merchant.id, dhl.create_app(depot), NOW + 5 * HOUR) == {"nothing": 1}
    assert await TrackingEvent.filter(merchant_id=merchant.id, source="dhl").count() == 2


async def test_what_was_owed_twice_is_asked_once(merchant: MerchantFacts) -> None:
    depot = await open_dhl(merchant.id)
    await make_parcel(merchant.id, FIRST)
    await make_due(merchant.id)
    await publish_due(NOW)
    (claim,) = await owed(merchant.id)
    for _ in range(2):
        await answer(claim, dhl.create_app(depot))
    assert depot.asked == [FIRST]
    assert await publish_due(NOW + HOUR) == 0 or await owed(merchant.id) == []


async def test_a_thousand_parcels_are_enrolled_spread_out(merchant: MerchantFacts) -> None:
    await open_dhl(merchant.id)
    parcels = tuple(
        parcel_record(f"p{place}", tracking_number=f"JD{place:018d}", shipped_at=NOW) for place in range(300)
    )
    await record_order(merchant.id, order_record(parcels=parcels), NOW)
    await enrol_parcels(NOW)
    moments = await Parcel.filter(merchant_id=merchant.id).values_list("next_check_at", flat=True)
    assert len({moment for moment in moments if moment}) > 290
    assert max(moments) - min(moments) > timedelta(minutes=50)  # type: ignore[operator,type-var]  # none is None


async def test_a_delivered_parcel_costs_no_call(merchant: MerchantFacts) -> None:
    depot = await open_dhl(merchant.id)
    record = order_record(parcels=(delivered_parcel(tracking_number=FIRST),))
    await record_order(merchant.id, record, NOW)
    parcel = await make_parcel(merchant.id, SECOND)
    await make_due(merchant.id)
    # Delivered meanwhile, says a webhook.
    gone = HeardScan(SECOND, ParcelStatus.DELIVERED, NOW - HOUR)
    await record_scans(merchant.id, "easypost", [gone], NOW)
    await ask(merchant.id, dhl.create_app(depot))
    assert depot.asked == []
    assert (await parcel_now(parcel)).next_check_at is None


async def test_a_parcel_that_a_source_reports_is_hardly_asked_about(merchant: MerchantFacts) -> None:
    depot = await open_dhl(merchant.id)
    parcel = await make_parcel(merchant.id, FIRST)
    depot.put(FIRST, event(at(3), "transit", "Out for delivery", "Berlin"))
    await make_due(merchant.id)
    same = HeardScan(FIRST, ParcelStatus.OUT_FOR_DELIVERY, NOW - timedelta(days=2) + 3 * HOUR, city="Berlin")
    await record_scans(merchant.id, "easypost", [same], NOW)
    await ask(merchant.id, dhl.create_app(depot))
    after, page = await parcel_now(parcel), await page_of(parcel)
    assert after.next_check_at
    assert after.next_check_at > NOW + 20 * HOUR
    assert [scan[0] for scan in page["scans"]] == ["out_for_delivery", "info_received"]


@pytest.mark.parametrize(
    ("fault", "word", "quiet"),
    [
        (Fault.OUTAGE, "outage", timedelta(minutes=1)),
        (Fault.HTML, "outage", timedelta(minutes=1)),
        (Fault.THROTTLED, "throttled", timedelta(minutes=2)),
    ],
)
async def test_a_carriers_bad_day_leaves_its_account_alone(
    merchant: MerchantFacts, fault: Fault, word: str, quiet: timedelta
) -> None:
    depot = await open_dhl(merchant.id)
    parcels = [await make_parcel(merchant.id, number) for number in (FIRST, SECOND)]
    depot.faults = [fault]
    await make_due(merchant.id)
    assert await ask(merchant.id, dhl.create_app(depot)) == {word: 1}
    account = await account_of(merchant.id)
    assert (account.state, account.quiet_until, account.problem.split()[0]) == ("active", NOW + quiet, word)
    assert len(depot.asked) == 1
    assert await ask(merchant.id, dhl.create_app(depot), NOW + quiet / 2) == {}
    # No parcel is to blame, and each has its turn when the carrier is back.
    assert {(await parcel_now(parcel)).check_failures for parcel in parcels} == {0}
    assert (await ask(merchant.id, dhl.create_app(depot), NOW + 10 * quiet)) == {"unknown": 2}
    assert (await account_of(merchant.id)).quiet_until is None


async def test_a_carrier_that_does_not_answer_is_not_waited_for(merchant: MerchantFacts) -> None:
    depot = await open_dhl(merchant.id)
    depot.faults, depot.slow = [Fault.SILENCE], 60
    await make_parcel(merchant.id, FIRST)
    await make_due(merchant.id)
    await publish_due(NOW)
    (claim,) = await owed(merchant.id)
    assert await answer(claim, dhl.create_app(depot), patience=0.05) == {"unreachable": 1}
    assert (await account_of(merchant.id)).quiet_until == NOW + timedelta(minutes=1)


async def test_outages_in_a_row_are_waited_for_longer_each_time(merchant: MerchantFacts) -> None:
    depot = await open_dhl(merchant.id)
    await make_parcel(merchant.id, FIRST)
    now, waits = NOW, []
    for _ in range(4):
        depot.faults = [Fault.OUTAGE]
        await make_due(merchant.id, now)
        await ask(merchant.id, dhl.create_app(depot), now)
        until = (await account_of(merchant.id)).quiet_until
        assert until
        waits.append((until - now) / timedelta(minutes=1))
        now = until
    assert waits == [1, 4, 8, 16]


async def test_answers_that_nobody_can_read_are_the_numbers_fault_until_there_are_three(
    merchant: MerchantFacts,
) -> None:
    depot = await open_dhl(merchant.id)
    for number in (FIRST, SECOND, THIRD):
        await make_parcel(merchant.id, number)
    depot.faults = [Fault.GARBAGE]
    await make_due(merchant.id)
    assert await ask(merchant.id, dhl.create_app(depot)) == {"unreadable": 1, "unknown": 2}
    depot.faults = [Fault.GARBAGE] * 3
    await make_due(merchant.id)
    assert await ask(merchant.id, dhl.create_app(depot), NOW + HOUR) == {"unreadable": 2, "garbage": 1}


async def test_refused_credentials_stop_the_account_until_they_are_changed(merchant: MerchantFacts) -> None:
    depot = await open_dhl(merchant.id)
    parcel = await make_parcel(merchant.id, FIRST)
    depot.api_key = "changed-at-dhl"
    await make_due(merchant.id)
    assert await ask(merchant.id, dhl.create_app(depot)) == {"unauthorised": 1}
    (told,) = await list_accounts(merchant.id, NOW)
    assert (told.state, told.problem.split()[0]) == ("refused", "unauthorised")
    await make_due(merchant.id)
    assert await ask(merchant.id, dhl.create_app(depot), NOW + HOUR) == {}
    await add_account(merchant.id, "dhl", {"api_key": depot.api_key, "api_url": TWIN}, NOW, pace=timedelta(0))
    depot.put(FIRST, event(at(1), "transit", "On its way"))
    assert await ask(merchant.id, dhl.create_app(depot), NOW + HOUR) == {"news": 1}
    assert (await page_of(parcel))["status"] == "in_transit"


async def test_a_token_that_ends_midway_loses_no_number(merchant: MerchantFacts) -> None:
    hub = await open_ups(merchant.id)
    numbers = [UPS_NUMBER, "1Z5R89390357567225", "1Z5R89390357567323"]
    for number in numbers:
        await make_parcel(merchant.id, number, "UPS")
        hub.put(number, ups.activity("20261119", "080000", "I", "OT", "021", "Wayne"))
    known = [number for number in numbers if asked_of("UPS", number)]
    hub.faults = [Fault.UNAUTHORISED]
    await make_due(merchant.id)
    assert await ask(merchant.id, ups.create_app(hub)) == {"news": len(known)}
    assert (hub.tokens_made, len(hub.asked)) == (2, len(known) + 1)


async def test_five_thousand_events_are_bounded_and_the_newest_count(merchant: MerchantFacts) -> None:
    depot = await open_dhl(merchant.id)
    parcel = await make_parcel(merchant.id, FIRST)
    scans = [event(at(place / 120), "transit", f"Scan {place}", "Leipzig") for place in range(4999)]
    depot.put(FIRST, *scans, event(at(44), "delivered", "Delivered", "Berlin"))
    await make_due(merchant.id)
    assert await ask(merchant.id, dhl.create_app(depot)) == {"news": 1}
    page = await page_of(parcel)
    assert (page["status"], len(page["scans"])) == ("delivered", 60)
    assert await TrackingEvent.filter(merchant_id=merchant.id, source="dhl").count() == 500


async def test_tomorrow_is_not_believed_and_yesterday_moves_nothing_back(merchant: MerchantFacts) -> None:
    depot = await open_dhl(merchant.id)
    parcel = await make_parcel(merchant.id, FIRST)
    await record_scans(merchant.id, "easypost", [HeardScan(FIRST, ParcelStatus.OUT_FOR_DELIVERY, NOW - HOUR)], NOW)
    depot.put(
        FIRST, event(at(20), "transit", "Processed", "Leipzig"), event(at(48 + 30), "delivered", "Delivered", "Berlin")
    )
    await make_due(merchant.id)
    assert await ask(merchant.id, dhl.create_app(depot)) == {"news": 1}
    assert (await page_of(parcel))["status"] == "out_for_delivery"


async def test_a_delivered_parcel_that_moves_again_stays_delivered(merchant: MerchantFacts) -> None:
    depot = await open_dhl(merchant.id)
    parcel = await make_parcel(merchant.id, FIRST)
    depot.put(FIRST, event(at(45), "delivered", "Delivered"), event(at(46), "transit", "Processed", "Leipzig"))
    await make_due(merchant.id)
    await ask(merchant.id, dhl.create_app(depot))
    after = await parcel_now(parcel)
    assert (after.status, after.next_check_at) == ("delivered", NOW - 3 * HOUR + 12 * HOUR)


async def test_a_number_that_the_carrier_does_not_know_is_asked_about_less_and_less(merchant: MerchantFacts) -> None:
    depot = await open_dhl(merchant.id)
    parcel = await make_parcel(merchant.id, FIRST, shipped_at=NOW - timedelta(days=3))
    now, waits = NOW, []
    for _ in range(10):
        await make_due(merchant.id, now)
        if not await ask(merchant.id, dhl.create_app(depot), now):
            break
        again = (await parcel_now(parcel)).next_check_at
        waits.append((again - now) / HOUR if again else None)
        now = again or now
    assert waits[0] is not None
    assert 14 < waits[0] < 18
    assert (waits[-1], len(depot.asked), (await parcel_now(parcel)).check_failures) == (None, 10, 10)


async def test_a_number_is_asked_for_as_carriers_write_it(merchant: MerchantFacts) -> None:
    depot = await open_dhl(merchant.id)
    parcel = await make_parcel(merchant.id, "jd 0146-0000-3828 938592")
    depot.put("JD014600003828938592", event(at(3), "transit", "Processed"))
    await make_due(merchant.id)
    await ask(merchant.id, dhl.create_app(depot))
    assert (depot.asked, (await page_of(parcel))["status"]) == (["JD014600003828938592"], "in_transit")


async def test_two_parcels_with_one_number_are_one_question(merchant: MerchantFacts) -> None:
    depot = await open_dhl(merchant.id)
    parcels = [await make_parcel(merchant.id, FIRST) for _ in range(2)]
    depot.put(FIRST, event(at(3), "transit", "Processed"))
    await make_due(merchant.id)
    assert await ask(merchant.id, dhl.create_app(depot)) == {"news": 1}
    assert depot.asked == [FIRST]
    assert [(await page_of(parcel))["status"] for parcel in parcels] == ["in_transit"] * 2


async def test_a_number_that_another_merchant_has_too_stays_with_each(
    merchant: MerchantFacts, other_merchant: MerchantFacts
) -> None:
    depot = await open_dhl(merchant.id)
    parcel, theirs = [await make_parcel(one.id, FIRST) for one in (merchant, other_merchant)]
    depot.put(FIRST, event(at(3), "transit", "Processed"))
    await make_due(merchant.id)
    await ask(merchant.id, dhl.create_app(depot))
    assert ((await page_of(parcel))["status"], (await page_of(theirs))["status"]) == ("in_transit", "info_received")
    assert await TrackingEvent.filter(merchant_id=other_merchant.id, source="dhl").count() == 0


async def test_scans_of_an_earlier_owner_of_the_number_are_not_taken(merchant: MerchantFacts) -> None:
    depot = await open_dhl(merchant.id)
    parcel = await make_parcel(merchant.id, FIRST)
    depot.put(FIRST, event("2026-03-01T10:00:00Z", "delivered", "Delivered to somebody else"))
    await make_due(merchant.id)
    assert await ask(merchant.id, dhl.create_app(depot)) == {"nothing": 1}
    assert (await page_of(parcel))["status"] == "info_received"
    assert await StrayScan.filter(merchant_id=merchant.id).count() == 0


async def test_a_proof_of_delivery_is_kept_with_the_scan(merchant: MerchantFacts) -> None:
    depot = await open_dhl(merchant.id)
    await make_parcel(merchant.id, FIRST)
    proof = {"signatureUrl": "https://pod.example/s.png", "signed": {"name": "J. Weber"}}
    depot.put(FIRST, event(at(45), "delivered", "Delivered"), details={"proofOfDelivery": proof})
    await make_due(merchant.id)
    await ask(merchant.id, dhl.create_app(depot))
    kept: Any = (await TrackingEvent.get(merchant_id=merchant.id, source="dhl")).extra
    assert {name: kept[name] for name in ("signed_by", "pod_url", "pod_kind")} == {
        "signed_by": "J. Weber",
        "pod_url": "https://pod.example/s.png",
        "pod_kind": "signature",
    }


async def test_a_day_has_so_many_calls_and_they_are_spread_over_it(merchant: MerchantFacts) -> None:
    depot = await open_dhl(merchant.id, daily=24)
    for number in (FIRST, SECOND, THIRD):
        await make_parcel(merchant.id, number)
    midnight = datetime(2026, 11, 20, tzinfo=UTC)
    await make_due(merchant.id, midnight)
    assert await ask(merchant.id, dhl.create_app(depot), midnight) == {"unknown": 2}
    assert await ask(merchant.id, dhl.create_app(depot), midnight + HOUR / 2) == {}
    assert await ask(merchant.id, dhl.create_app(depot), midnight + HOUR) == {"unknown": 1}
    (told,) = await list_accounts(merchant.id, midnight + HOUR)
    assert (told.used_today, told.daily_limit) == (3, 24)
    assert (await list_accounts(merchant.id, midnight + 25 * HOUR))[0].used_today == 0


async def test_a_turn_asks_no_more_than_the_pace_allows(merchant: MerchantFacts) -> None:
    await open_dhl(merchant.id, pace=timedelta(seconds=5))
    for place in range(5):
        await make_parcel(merchant.id, f"JD{place:018d}")
    await make_due(merchant.id)
    await publish_due(NOW)
    (claim,) = await owed(merchant.id)
    assert len(claim.payload["parcel_ids"]) == 2


async def test_two_schedules_at_once_owe_each_parcel_once(merchant: MerchantFacts) -> None:
    await open_dhl(merchant.id)
    for place in range(6):
        await make_parcel(merchant.id, f"JD{place:018d}")
    await make_due(merchant.id)
    await asyncio.gather(*(publish_due(NOW + timedelta(seconds=place)) for place in range(3)))
    asked = [one for claim in await owed(merchant.id) for one in claim.payload["parcel_ids"]]
    assert (len(asked), len(set(asked))) == (6, 6)


async def test_a_corrected_number_is_asked_about_anew(merchant: MerchantFacts) -> None:
    await open_dhl(merchant.id)
    record = order_record(parcels=(parcel_record(tracking_number="", carrier=""),))
    await record_order(merchant.id, record, NOW)
    await enrol_parcels(NOW)
    assert await Parcel.filter(merchant_id=merchant.id, asked_of="").count() == 1
    known = order_record(
        source_id=record.source_id, number=record.number, updated_at=NOW,
        parcels=(parcel_record(tracking_number=FIRST, carrier="DHL"),),
    )  # fmt: skip
    await record_order(merchant.id, known, NOW)
    await enrol_parcels(NOW)
    assert await Parcel.filter(merchant_id=merchant.id, asked_of="dhl", next_check_at__not_isnull=True).count() == 1


async def test_parcels_wait_for_an_account_and_are_left_alone_without_one(merchant: MerchantFacts) -> None:
    parcel = await make_parcel(merchant.id, FIRST)
    await open_ups(merchant.id)
    await enrol_parcels(NOW)
    assert (await parcel_now(parcel)).asked_of == ""
    await open_dhl(merchant.id)
    await enrol_parcels(NOW)
    assert (await parcel_now(parcel)).asked_of == "dhl"
    await remove_account(merchant.id, "dhl", NOW)
    assert (await parcel_now(parcel)).next_check_at is None


@pytest.mark.parametrize(
    ("name", "credentials", "limits", "code"),
    [
        ("DHL", {"api_key": "k-0123456789"}, {}, "account_name"),
        ("nobody", {"api_key": "k-0123456789"}, {}, "account_vendor"),
        ("shopify", {"api_key": "k-0123456789"}, {}, "account_vendor"),
        ("dhl", {}, {}, "account_credentials"),
        ("dhl", {"api_key": "k-0123456789", "api_url": "http://10.0.0.1/"}, {}, "account_credentials"),
        ("dhl", {"api_key": "k-0123456789"}, {"daily": 0}, "account_limits"),
        ("dhl", {"api_key": "k-0123456789"}, {"pace": timedelta(hours=1)}, "account_limits"),
        ("dhl-webhook", {"api_key": "k-0123456789"}, {}, "account_is_source"),
    ],
)
async def test_an_account_that_cannot_work_is_refused(
    merchant: MerchantFacts, name: str, credentials: dict[str, Any], limits: dict[str, Any], code: str
) -> None:
    await ensure_source(merchant.id, "dhl-webhook", NOW)
    with pytest.raises(Refusal) as caught:
        await add_account(merchant.id, name, credentials, NOW, **limits)
    assert caught.value.code == code


async def test_an_account_sealed_under_a_lost_key_stops_alone(
    merchant: MerchantFacts, other_merchant: MerchantFacts
) -> None:
    lost, depot = await open_dhl(merchant.id), await open_dhl(other_merchant.id)
    for one in (merchant, other_merchant):
        await make_parcel(one.id, FIRST)
        await make_due(one.id)
    text = f"{MARK}{Seal(['another key than the one that this process has']).close('{}').removeprefix(MARK)}"
    await connection().execute_query(
        "UPDATE carrier_accounts SET credentials = $2 WHERE merchant_id = $1", [merchant.id, text]
    )
    assert await ask(merchant.id, dhl.create_app(lost)) == {"cannot_open": 1}
    assert [(one.state, one.name) for one in await list_accounts(merchant.id, NOW)] == [("refused", "dhl")]
    said = {}
    for claim in await owed(other_merchant.id):
        said |= await answer(claim, dhl.create_app(depot))
    assert said == {"unknown": 1}
    await add_account(merchant.id, "dhl", {"api_key": lost.api_key}, NOW)
    assert (await list_accounts(merchant.id, NOW))[0].state == "active"
