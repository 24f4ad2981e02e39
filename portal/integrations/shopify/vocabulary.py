"""Shopify's words for what happens to a parcel: FulfillmentEventStatus, and what FulfillmentDisplayStatus adds.

GraphQL writes them in capitals, REST and webhooks in small letters; both are read.
"""

from portal.integrations.scans import Meaning

EVENTS = {
    "LABEL_PURCHASED": Meaning("info_received"),
    "LABEL_PRINTED": Meaning("info_received"),
    "CONFIRMED": Meaning("info_received"),
    "CARRIER_PICKED_UP": Meaning("picked_up"),
    "IN_TRANSIT": Meaning("in_transit"),
    "OUT_FOR_DELIVERY": Meaning("out_for_delivery"),
    "ATTEMPTED_DELIVERY": Meaning("attempt_failed"),
    "READY_FOR_PICKUP": Meaning("available_for_pickup", action_required=True),
    "DELAYED": Meaning("delayed"),
    "DELIVERED": Meaning("delivered"),
    # Shopify could not read the tracking, it does not say that the delivery failed.
    "FAILURE": Meaning("unknown"),
}

DISPLAYED = {
    "SUBMITTED": Meaning("pending"),
    "FULFILLED": Meaning("info_received"),
    "MARKED_AS_FULFILLED": Meaning("info_received"),
    "LABEL_VOIDED": Meaning("cancelled"),
    "CANCELED": Meaning("cancelled"),
    "PICKED_UP": Meaning("delivered"),
    "NOT_DELIVERED": Meaning("exception"),
}


def meaning_of(code: str) -> Meaning | None:
    """What a word means, None when it is not documented."""
    return EVENTS.get(code.upper()) or DISPLAYED.get(code.upper())
