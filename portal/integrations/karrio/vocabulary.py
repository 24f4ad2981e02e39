"""Karrio's words: a tracking status and an incident reason, kept together as "status/reason".

Our incident reasons are Karrio's, so they pass as they are. Two of them say more than any status: lost and damaged.
"""

from dataclasses import replace

from portal.integrations.scans import Meaning

STATUSES = {
    "unknown": Meaning("unknown"),
    "pending": Meaning("pending"),
    "picked_up": Meaning("picked_up"),
    "in_transit": Meaning("in_transit"),
    "out_for_delivery": Meaning("out_for_delivery"),
    "ready_for_pickup": Meaning("available_for_pickup", action_required=True),
    "on_hold": Meaning("on_hold"),
    "delivery_delayed": Meaning("delayed"),
    "delivery_failed": Meaning("attempt_failed"),
    "delivered": Meaning("delivered"),
    "return_to_sender": Meaning("returning"),
    "cancelled": Meaning("cancelled"),
}

REASONS = frozenset(
    [
        "carrier_damaged_parcel",
        "carrier_sorting_error",
        "carrier_address_not_found",
        "carrier_parcel_lost",
        "carrier_not_enough_time",
        "carrier_vehicle_issue",
        "carrier_capacity_exceeded",
        "carrier_mechanical_delay",
        "retailer_cancelled",
        "retailer_incorrect_data",
        "retailer_not_ready",
        "retailer_incorrect_parcel",
        "retailer_incorrect_dimensions",
        "retailer_packaging_issue",
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
    ]
)
SHARPER = {"carrier_parcel_lost": "lost", "carrier_damaged_parcel": "damaged"}


def code_of(status: str, reason: str) -> str:
    """The two words as one code."""
    return f"{status}/{reason}" if reason else status


def meaning_of(code: str) -> Meaning | None:
    """What a code means, None when either word is not documented."""
    status, _, reason = code.partition("/")
    coarse = STATUSES.get(status)
    if coarse is None or (reason and reason not in REASONS):
        return None
    if reason in {"", "unknown"}:
        return coarse
    return replace(coarse, status=SHARPER.get(reason, coarse.status), reason=reason)
