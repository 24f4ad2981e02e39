"""Why does the page say that? The event log answers, with the same steps that made the state."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portal.intake.service import record_order
from portal.merchants.queries import MerchantFacts
from portal.tracking.explaining import explain_order, list_unknown_codes
from portal.tracking.rules import Effect, ParcelStatus, Scan, fold, fold_steps
from portal.tracking.service import HeardScan, record_scans
from tests.factories.merchants import NOW
from tests.factories.records import order_record, parcel_record

NUMBER = "00340434161094042557"
SHIPPED = NOW - timedelta(days=2)
SCANS = st.builds(
    Scan,
    status=st.sampled_from(ParcelStatus),
    occurred_at=st.integers(0, 30).map(lambda hours: SHIPPED + timedelta(hours=hours)),
    digest=st.binary(min_size=4, max_size=4),
)


def scan(status: str, hours: float, **facts: Any) -> HeardScan:
    return HeardScan(NUMBER, ParcelStatus(status), NOW - timedelta(days=2) + timedelta(hours=hours), **facts)


async def heard(merchant: MerchantFacts, source: str, *scans: HeardScan) -> str:
    record = order_record(parcels=(parcel_record(tracking_number=NUMBER),))
    await record_order(merchant.id, record, NOW)
    await record_scans(merchant.id, source, scans, NOW)
    return record.number


async def test_every_event_says_what_it_did_and_why_not(merchant: MerchantFacts) -> None:
    number = await heard(
        merchant,
        "demo",
        scan("delivered", 34, code="D1"),
        scan("in_transit", 9, code="T1"),
        scan("in_transit", 40, code="T2"),
        scan("info_received", 20, code="I1"),
        scan("unknown", 30, code="XQ-77"),
    )
    parcels = await explain_order(merchant.id, number.lower())
    assert parcels is not None
    assert [(line.code, line.effect) for line in parcels[0].scans] == [
        ("", Effect.MOVED),
        ("T1", Effect.MOVED),
        ("I1", Effect.ONLY_DATA),
        ("XQ-77", Effect.NOT_UNDERSTOOD),
        ("D1", Effect.MOVED),
        ("T2", Effect.DELIVERED_STAYS),
    ]
    assert parcels[0].scans[-1].state == parcels[0].stored


async def test_the_way_back_is_not_the_way_there(merchant: MerchantFacts) -> None:
    number = await heard(merchant, "demo", scan("returning", 9), scan("in_transit", 20), scan("returned_to_sender", 30))
    parcels = await explain_order(merchant.id, number)
    assert parcels is not None
    assert [line.effect for line in parcels[0].scans[1:]] == [Effect.MOVED, Effect.ON_ITS_WAY_BACK, Effect.MOVED]


async def test_scans_of_another_parcel_with_the_number_stand_beside(merchant: MerchantFacts) -> None:
    number = await heard(merchant, "demo", scan("delivered", -24 * 300, code="OLD"), scan("in_transit", 3))
    parcels = await explain_order(merchant.id, number)
    assert parcels is not None
    assert [stray.code for _, stray in parcels[0].strays] == ["OLD"]
    assert parcels[0].stored.status is ParcelStatus.IN_TRANSIT


async def test_an_order_of_another_merchant_is_not_explained(
    merchant: MerchantFacts, other_merchant: MerchantFacts
) -> None:
    number = await heard(merchant, "demo")
    assert await explain_order(other_merchant.id, number) is None
    assert await list_unknown_codes(other_merchant.id) == []


async def test_codes_that_no_table_has_are_listed_with_an_example(merchant: MerchantFacts) -> None:
    await heard(
        merchant,
        "aftership",
        scan("exception", 3, code="Exception_099", extra={"said": "eaten by a dog"}),
        scan("exception", 5, code="Exception_099", city="Leipzig"),
        scan("damaged", 7, code="Exception_012"),
        scan("unknown", 8, code="estimate"),
    )
    (found,) = await list_unknown_codes(merchant.id)
    assert (found.source, found.code, found.count, found.taken_as) == ("aftership", "Exception_099", 2, "exception")
    assert (found.example, found.said) == (NUMBER, "eaten by a dog")


@given(st.lists(SCANS, max_size=12, unique_by=lambda one: one.digest))
def test_the_steps_are_the_fold(scans: list[Scan]) -> None:
    steps = list(fold_steps(scans, SHIPPED))
    states = [fold([], SHIPPED), *(step.state for step in steps)]
    assert states[-1] == fold(scans, SHIPPED)
    for before, step in zip(states, steps, strict=False):
        assert step.state.status == (step.scan.status if step.effect is Effect.MOVED else before.status)
