"""Every word that a vendor documents has its meaning here, and none loses another's."""

from itertools import product

import pytest

from portal.integrations.aftership import vocabulary as aftership
from portal.integrations.easypost import vocabulary as easypost
from portal.integrations.karrio import vocabulary as karrio
from portal.integrations.scans import ESTIMATE
from portal.integrations.shippo import vocabulary as shippo
from portal.integrations.shopify import vocabulary as shopify
from portal.tracking.normalising import is_understood, list_vocabularies, meaning_of, said_by, webhooks_of
from portal.tracking.rules import ParcelStatus
from portal.tracking.wording import BY_REASON, CHIP, LEFT

# As the vendors list them, written down apart from our tables so that a word taken out of a table is noticed.
AFTERSHIP_TAGS = {
    *("Pending", "InfoReceived", "InTransit", "OutForDelivery", "AttemptFail", "Delivered"),
    *("AvailableForPickup", "Exception", "Expired"),
}
AFTERSHIP_SUBTAGS = [
    *(f"Delivered_{number:03}" for number in range(1, 6)),
    "AvailableForPickup_001",
    *(f"AttemptFail_{number:03}" for number in range(1, 4)),
    *(f"InTransit_{number:03}" for number in range(1, 10)),
    *(f"OutForDelivery_{number:03}" for number in range(1, 5)),
    "InfoReceived_001",
    *(f"Pending_{number:03}" for number in range(1, 7)),
    "Expired_001",
    *(f"Exception_{number:03}" for number in [*range(1, 14), *range(16, 22)]),
]
EASYPOST_STATUSES = {
    *("unknown", "pre_transit", "in_transit", "out_for_delivery", "delivered", "available_for_pickup"),
    *("return_to_sender", "failure", "cancelled", "error"),
}
EASYPOST_DETAILS = {
    *("address_correction", "arrived_at_destination", "arrived_at_facility", "arrived_at_pickup_location"),
    *("awaiting_information", "cancelled", "damaged", "delayed", "delivery_exception", "departed_facility"),
    *("departed_origin_facility", "expired", "failure", "held", "in_transit", "label_created", "lost", "missorted"),
    *("out_for_delivery", "received_at_destination_facility", "received_at_origin_facility", "refused", "return"),
    *("status_update", "transferred_to_destination_carrier", "transit_exception", "unknown", "weather_delay"),
}
SHIPPO_STATUSES = {"UNKNOWN", "PRE_TRANSIT", "TRANSIT", "DELIVERED", "RETURNED", "FAILURE"}
SHIPPO_SUBSTATUSES = {
    *("information_received", "package_accepted", "package_arrived", "package_departed", "package_processing"),
    *("package_processed", "package_in_local_area", "delivery_scheduled", "out_for_delivery", "pickup_available"),
    *("delivered", "package_forwarded", "returned_to_sender", "return_to_sender", "address_issue", "contact_carrier"),
    *("delayed", "delivery_attempted", "delivery_rescheduled", "location_inaccessible", "notice_left"),
    *("package_damaged", "package_disposed", "package_held", "package_lost", "package_unclaimed"),
    *("package_undeliverable", "reschedule_delivery", "other"),
}
SHOPIFY_WORDS = {
    *("LABEL_PURCHASED", "LABEL_PRINTED", "READY_FOR_PICKUP", "CONFIRMED", "IN_TRANSIT", "OUT_FOR_DELIVERY"),
    *("ATTEMPTED_DELIVERY", "DELAYED", "DELIVERED", "FAILURE", "CARRIER_PICKED_UP"),
    *("CANCELED", "FULFILLED", "LABEL_VOIDED", "MARKED_AS_FULFILLED", "NOT_DELIVERED", "PICKED_UP", "SUBMITTED"),
}
KARRIO_STATUSES = {
    *("pending", "picked_up", "on_hold", "cancelled", "delivered", "in_transit", "delivery_failed"),
    *("delivery_delayed", "out_for_delivery", "ready_for_pickup", "return_to_sender", "unknown"),
}


def documented() -> list[tuple[str, str]]:
    return [
        *(("aftership", code) for code in [*AFTERSHIP_TAGS, *AFTERSHIP_SUBTAGS]),
        *(
            ("easypost", easypost.code_of(*pair))
            for pair in product(sorted(EASYPOST_STATUSES), ["", *sorted(EASYPOST_DETAILS)])
        ),
        *(
            ("shippo", shippo.code_of(*pair))
            for pair in product(sorted(SHIPPO_STATUSES), ["", *sorted(SHIPPO_SUBSTATUSES)])
        ),
        *(
            ("karrio", karrio.code_of(*pair))
            for pair in product(sorted(KARRIO_STATUSES), ["", *sorted(karrio.REASONS)])
        ),
        *(("shopify", word) for word in sorted(SHOPIFY_WORDS)),
        *(("shopify", word.lower()) for word in sorted(SHOPIFY_WORDS)),
    ]


def test_every_documented_code_means_a_status_and_a_reason_of_ours() -> None:
    meanings = {(vendor, code): meaning_of(vendor, code) for vendor, code in documented()}
    assert [code for code, meaning in meanings.items() if meaning is None] == []
    found = [meaning for meaning in meanings.values() if meaning]
    assert {meaning.status for meaning in found} <= set(ParcelStatus)
    assert {meaning.reason for meaning in found if meaning.reason} <= {*BY_REASON, *LEFT}


def test_our_tables_hold_nothing_that_is_not_documented() -> None:
    assert set(aftership.SUBTAGS) == set(AFTERSHIP_SUBTAGS)
    assert set(aftership.TAGS) == set(AFTERSHIP_TAGS)
    assert (set(easypost.STATUSES), set(easypost.DETAILS)) == (EASYPOST_STATUSES, EASYPOST_DETAILS)
    assert (set(shippo.STATUSES), set(shippo.SUBSTATUSES)) == (SHIPPO_STATUSES, SHIPPO_SUBSTATUSES)
    assert set(shopify.EVENTS) | set(shopify.DISPLAYED) == SHOPIFY_WORDS
    assert set(karrio.STATUSES) == KARRIO_STATUSES


def test_every_canonical_status_can_be_said_by_somebody() -> None:
    said = {meaning.status for vendor, code in documented() if (meaning := meaning_of(vendor, code))}
    assert said == set(ParcelStatus)
    assert set(CHIP) == set(ParcelStatus)


def test_every_incident_reason_has_a_sentence() -> None:
    assert karrio.REASONS - {"unknown"} <= set(BY_REASON)


def test_a_code_is_enough_to_find_the_vendors_two_words_again() -> None:
    codes = [easypost.code_of(*pair) for pair in product(EASYPOST_STATUSES, EASYPOST_DETAILS)]
    assert {tuple(code.split("/")) for code in codes} == set(product(EASYPOST_STATUSES, EASYPOST_DETAILS))
    assert max(len(code) for _, code in documented()) <= 128


@pytest.mark.parametrize(
    ("vendor", "code", "status", "reason"),
    [
        ("aftership", "Exception_012", "damaged", "carrier_damaged_parcel"),
        ("aftership", "Exception_004", "delayed", "customs_delay"),
        ("aftership", "OutForDelivery_002", "available_for_pickup", None),
        ("easypost", "in_transit/weather_delay", "delayed", "weather_delay"),
        ("easypost", "in_transit/arrived_at_facility", "in_transit", None),
        ("easypost", "delivered/delayed", "delivered", None),
        ("easypost", "return_to_sender/refused", "returning", "consignee_refused"),
        ("easypost", "failure/lost", "lost", "carrier_parcel_lost"),
        ("shippo", "TRANSIT/package_damaged", "damaged", "carrier_damaged_parcel"),
        ("shippo", "TRANSIT/other", "in_transit", None),
        ("karrio", "delivery_failed/consignee_not_home", "attempt_failed", "consignee_not_home"),
        ("karrio", "delivery_failed/carrier_parcel_lost", "lost", "carrier_parcel_lost"),
        ("shopify", "attempted_delivery", "attempt_failed", None),
    ],
)
def test_the_finer_word_decides(vendor: str, code: str, status: str, reason: str | None) -> None:
    meaning = meaning_of(vendor, code)
    assert meaning is not None
    assert (meaning.status, meaning.reason) == (status, reason)


@pytest.mark.parametrize("vendor", ["aftership", "easypost", "shippo", "karrio", "shopify"])
@pytest.mark.parametrize("code", ["", "brand_new", "in_transit/brand_new", "Exception_999", "constructor", "/"])
def test_a_word_that_nobody_documents_means_nothing(vendor: str, code: str) -> None:
    assert meaning_of(vendor, code) is None
    assert not is_understood(vendor, code, "unknown")


def test_sources_find_their_vendor_by_the_beginning_of_their_name() -> None:
    assert {"aftership", "easypost", "karrio", "shippo", "shopify"} <= set(list_vocabularies())
    assert webhooks_of("easypost-eu") is webhooks_of("easypost") is not None
    assert webhooks_of("demo") is webhooks_of("karrio") is None
    assert is_understood("easypost-eu", ESTIMATE, "unknown")


def test_an_opaque_code_can_be_told_in_words() -> None:
    assert said_by("aftership", "Exception_013") == "lost"
    assert said_by("easypost", "in_transit") == said_by("demo", "XQ-77") == ""
