"""Parcels' ways: ordered in time, the same from every moment, in the product's own vocabulary."""

from datetime import timedelta
from itertools import pairwise

import pytest

from portal.demo.brands import brands
from portal.demo.codes import CODES, raw_code
from portal.demo.journeys import delivered_at, next_scan, scans, scans_until, shipped_at
from portal.demo.shipments import shipments
from portal.demo.stories import STORIES
from portal.tracking.rules import ParcelStatus

REASONS = {
    "carrier_damaged_parcel",
    "carrier_sorting_error",
    "carrier_address_not_found",
    "carrier_parcel_lost",
    "carrier_not_enough_time",
    "carrier_vehicle_issue",
    "carrier_capacity_exceeded",
    "carrier_mechanical_delay",
    "retailer_cancelled",
    "consignee_refused",
    "consignee_business_closed",
    "consignee_not_available",
    "consignee_not_home",
    "consignee_cancelled",
    "consignee_verification_failed",
    "consignee_incorrect_address",
    "consignee_access_restricted",
    "consignee_safe_place_unavailable",
    "customs_delay",
    "customs_documentation",
    "customs_duties_unpaid",
    "customs_prohibited",
    "customs_inspection",
    "weather_delay",
    "natural_disaster",
    "force_majeure",
    "parcel_being_researched",
    "security_issue",
    "regulatory_hold",
    "unknown",
}


@pytest.fixture
def parcels(today):
    return [parcel for brand in brands() for parcel in shipments(brand, today)]


def test_time_only_goes_forward_on_every_way(parcels):
    for parcel in parcels:
        moments = [scan.occurred_at for scan in scans(parcel)]
        assert all(earlier < later for earlier, later in pairwise(moments)), parcel.story


def test_what_was_reported_by_a_moment_is_the_beginning_of_what_is_reported_later(parcels, today):
    for parcel in parcels:
        whole = scans(parcel)
        for moment in (today - timedelta(days=3), today, today + timedelta(minutes=3), today + timedelta(days=1)):
            known = scans_until(parcel, moment)
            assert known == whole[: len(known)]
            assert next_scan(parcel, moment) == (whole[len(known)] if len(known) < len(whole) else None)


def test_only_live_parcels_have_a_future(parcels, today):
    for parcel in parcels:
        assert (next_scan(parcel, today) is not None) == STORIES[parcel.story].live
        assert scans_until(parcel, today)
    assert sum(STORIES[parcel.story].live for parcel in parcels) >= 10


def test_a_watcher_sees_both_brands_move_within_a_minute(parcels, today):
    for slug in ("fashion", "jewels"):
        moving = [parcel for parcel in parcels if parcel.slug == slug and STORIES[parcel.story].live]
        first = [scan for parcel in moving for scan in scans(parcel) if today < scan.occurred_at]
        assert min(scan.occurred_at for scan in first) - today <= timedelta(seconds=60)
        gaps = [
            later.occurred_at - sooner.occurred_at for parcel in moving for sooner, later in pairwise(scans(parcel)[1:])
        ]
        assert max(gaps) <= timedelta(seconds=60)


def test_live_parcels_end_at_the_door(parcels):
    ends = {scans(parcel)[-1].status for parcel in parcels if STORIES[parcel.story].live}
    assert ends == {"delivered"}


def test_statuses_reasons_and_codes_are_known_words(parcels):
    for scan in (scan for parcel in parcels for scan in scans(parcel)):
        assert scan.status in set(ParcelStatus)
        assert scan.reason is None or scan.reason in REASONS
        assert scan.code
    assert raw_code("DHL", "unknown") not in {code for codes in CODES.values() for code in codes.values()}


def test_event_ids_are_unique_and_do_not_change(parcels):
    first = [scan.id for parcel in parcels for scan in scans(parcel)]
    assert len(first) == len(set(first))
    assert first == [scan.id for parcel in parcels for scan in scans(parcel)]


def test_a_delayed_parcel_names_a_later_day_than_before(parcels):
    delayed = [parcel for parcel in parcels if parcel.story in {"delayed", "delayed_by_weather"}]
    for parcel in delayed:
        dates = [scan.estimated for scan in scans(parcel) if scan.estimated]
        assert dates[-1] > dates[0]
    assert len(delayed) == 4


def test_a_parcel_comes_on_the_day_that_the_carrier_said_last(parcels):
    for parcel in (parcel for parcel in parcels if parcel.story == "delivered"):
        promised = [scan.estimated for scan in scans(parcel) if scan.estimated][-1]
        arrived = delivered_at(parcel)
        assert arrived is not None
        assert (arrived.date(), shipped_at(parcel) < arrived) == (promised, True)
