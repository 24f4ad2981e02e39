"""EasyPost's tracker words: `status` and `status_detail`, kept together as the code "status/status_detail".

The detail says more than the status and so decides, except where the status is an end: a parcel that EasyPost calls
delivered or cancelled is that, whatever detail came with it.
"""

from dataclasses import replace

from portal.integrations.scans import Meaning

STATUSES = {
    "unknown": Meaning("unknown"),
    "pre_transit": Meaning("info_received"),
    "in_transit": Meaning("in_transit"),
    "out_for_delivery": Meaning("out_for_delivery"),
    "available_for_pickup": Meaning("available_for_pickup", action_required=True),
    "delivered": Meaning("delivered"),
    "return_to_sender": Meaning("returning"),
    "failure": Meaning("exception"),
    "cancelled": Meaning("cancelled"),
    # EasyPost could not track it: that says nothing of the parcel.
    "error": Meaning("unknown"),
}

# None: nothing that the status does not say already.
DETAILS = {
    "address_correction": Meaning("delayed", "consignee_incorrect_address"),
    "arrived_at_destination": None,
    "arrived_at_facility": None,
    "arrived_at_pickup_location": Meaning("available_for_pickup", action_required=True),
    "awaiting_information": Meaning("on_hold", "retailer_incorrect_data"),
    "cancelled": Meaning("cancelled"),
    "damaged": Meaning("damaged", "carrier_damaged_parcel"),
    "delayed": Meaning("delayed"),
    "delivery_exception": Meaning("attempt_failed"),
    "departed_facility": None,
    "departed_origin_facility": None,
    "expired": Meaning("expired"),
    "failure": Meaning("exception"),
    "held": Meaning("on_hold"),
    "in_transit": None,
    "label_created": Meaning("info_received"),
    "lost": Meaning("lost", "carrier_parcel_lost"),
    "missorted": Meaning("delayed", "carrier_sorting_error"),
    "out_for_delivery": Meaning("out_for_delivery"),
    "received_at_destination_facility": None,
    "received_at_origin_facility": Meaning("picked_up"),
    "refused": Meaning("exception", "consignee_refused"),
    "return": Meaning("returning"),
    "status_update": None,
    "transferred_to_destination_carrier": None,
    "transit_exception": Meaning("exception"),
    "unknown": None,
    "weather_delay": Meaning("delayed", "weather_delay"),
}
ENDS = frozenset({"delivered", "cancelled", "return_to_sender"})


def code_of(status: str, detail: str) -> str:
    """The two words as one code."""
    return f"{status}/{detail}" if detail else status


def meaning_of(code: str) -> Meaning | None:
    """What a code means, None when either word is not documented."""
    status, _, detail = code.partition("/")
    coarse = STATUSES.get(status)
    if coarse is None or (detail and detail not in DETAILS):
        return None
    fine = DETAILS[detail] if detail else None
    if fine is None:
        return coarse
    return replace(coarse, reason=fine.reason) if status == "return_to_sender" else coarse if status in ENDS else fine
