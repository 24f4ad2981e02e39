"""AfterShip's words: a `tag` and, finer, a `subtag` such as Exception_012, which is the code that we keep.

From AfterShip's list of delivery sub-statuses, with those added in March 2026. What a subtag says is AfterShip's own
explanation in our words; it is shown to operators, never to shoppers.
"""

from portal.integrations.scans import Meaning

TAGS = {
    "Pending": Meaning("pending"),
    "InfoReceived": Meaning("info_received"),
    "InTransit": Meaning("in_transit"),
    "OutForDelivery": Meaning("out_for_delivery"),
    "AttemptFail": Meaning("attempt_failed"),
    "Delivered": Meaning("delivered"),
    "AvailableForPickup": Meaning("available_for_pickup", action_required=True),
    "Exception": Meaning("exception"),
    "Expired": Meaning("expired"),
}

SUBTAGS = {
    "Pending_001": (Meaning("pending"), "new, nothing heard yet"),
    "Pending_002": (Meaning("pending"), "the carrier has no information yet"),
    "Pending_003": (Meaning("pending"), "the carrier could not be reached"),
    "Pending_004": (Meaning("pending"), "the carrier could not be told from the number"),
    "Pending_005": (Meaning("pending"), "the number does not fit the carrier"),
    "Pending_006": (Meaning("pending"), "tracking is paused"),
    "InfoReceived_001": (Meaning("info_received"), "the carrier knows of the parcel"),
    "InTransit_001": (Meaning("in_transit"), "on its way"),
    "InTransit_002": (Meaning("picked_up"), "accepted by the carrier"),
    "InTransit_003": (Meaning("in_transit"), "arrived at a hub"),
    "InTransit_004": (Meaning("in_transit"), "arrived in the country of destination"),
    "InTransit_005": (Meaning("in_transit"), "customs cleared"),
    "InTransit_006": (Meaning("in_transit"), "with customs"),
    "InTransit_007": (Meaning("in_transit"), "left a hub"),
    "InTransit_008": (Meaning("in_transit"), "a problem was solved"),
    "InTransit_009": (Meaning("in_transit"), "forwarded to another address"),
    "OutForDelivery_001": (Meaning("out_for_delivery"), "out for delivery"),
    "OutForDelivery_002": (Meaning("available_for_pickup", action_required=True), "ready to collect (older code)"),
    "OutForDelivery_003": (Meaning("out_for_delivery"), "the customer was contacted before delivery"),
    "OutForDelivery_004": (Meaning("out_for_delivery"), "an appointment was made"),
    "AvailableForPickup_001": (Meaning("available_for_pickup", action_required=True), "ready to collect"),
    "AttemptFail_001": (Meaning("attempt_failed"), "delivery failed"),
    "AttemptFail_002": (Meaning("attempt_failed", "consignee_not_available"), "nobody there to take it"),
    "AttemptFail_003": (Meaning("attempt_failed", "consignee_business_closed"), "the business was closed"),
    "Delivered_001": (Meaning("delivered"), "delivered"),
    "Delivered_002": (Meaning("delivered", "collected"), "collected by the customer"),
    "Delivered_003": (Meaning("delivered"), "signed for by the customer"),
    "Delivered_004": (Meaning("delivered"), "delivered, cash collected"),
    "Delivered_005": (Meaning("delivered", "left_with_neighbour"), "delivered to a neighbour"),
    "Exception_001": (Meaning("exception"), "delivery failed"),
    "Exception_002": (
        Meaning("exception", "consignee_incorrect_address", action_required=True),
        "the customer has moved",
    ),
    "Exception_003": (Meaning("exception", "consignee_refused"), "the customer refused it"),
    "Exception_004": (Meaning("delayed", "customs_delay"), "delayed by customs"),
    "Exception_005": (Meaning("delayed", "force_majeure"), "delayed from outside"),
    "Exception_006": (Meaning("on_hold", "payment_due", action_required=True), "held for payment by the customer"),
    "Exception_007": (Meaning("exception", "consignee_incorrect_address", action_required=True), "wrong address"),
    "Exception_008": (Meaning("exception", "not_collected"), "was ready to collect and was not collected"),
    "Exception_009": (Meaning("exception", "carrier_refused"), "rejected by the carrier: against its rules"),
    "Exception_010": (Meaning("returning"), "on its way back to the sender"),
    "Exception_011": (Meaning("returned_to_sender"), "back at the sender"),
    "Exception_012": (Meaning("damaged", "carrier_damaged_parcel"), "damaged"),
    "Exception_013": (Meaning("lost", "carrier_parcel_lost"), "lost"),
    "Exception_016": (Meaning("delayed"), "delayed by the carrier's processing"),
    "Exception_017": (Meaning("delayed", "weather_delay"), "delayed by extreme weather"),
    "Exception_018": (Meaning("on_hold", "customs_documentation", action_required=True), "documents wrong or missing"),
    "Exception_019": (Meaning("delayed"), "delayed by a late flight"),
    "Exception_020": (Meaning("cancelled"), "cancelled by the sender or the carrier"),
    "Exception_021": (Meaning("lost", "disposed"), "destroyed or discarded"),
    "Expired_001": (Meaning("expired"), "nothing heard for 30 days"),
}


def meaning_of(code: str) -> Meaning | None:
    """What a subtag (or a tag alone) means, None when it is not documented."""
    return SUBTAGS[code][0] if code in SUBTAGS else TAGS.get(code)


def said_by(code: str) -> str:
    """What AfterShip says that a subtag means."""
    return SUBTAGS[code][1] if code in SUBTAGS else ""
