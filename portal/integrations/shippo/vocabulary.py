"""Shippo's words: `status` and the code of `substatus`, kept together as "STATUS/substatus".

The substatus says more than the status and so decides. `package_in_local_area` and `returned_to_sender` are no longer
in Shippo's table but still in its history.
"""

from portal.integrations.scans import Meaning

STATUSES = {
    "UNKNOWN": Meaning("unknown"),
    "PRE_TRANSIT": Meaning("info_received"),
    "TRANSIT": Meaning("in_transit"),
    "DELIVERED": Meaning("delivered"),
    # "En route to be returned, or returned": until somebody says that it has arrived, it is on its way.
    "RETURNED": Meaning("returning"),
    "FAILURE": Meaning("exception"),
}

# The second column is the status that Shippo's table gives the substatus to.
SUBSTATUSES = {
    "information_received": ("PRE_TRANSIT", Meaning("info_received")),
    "address_issue": ("TRANSIT", Meaning("exception", "consignee_incorrect_address", action_required=True)),
    "contact_carrier": ("TRANSIT", Meaning("exception", action_required=True)),
    "delayed": ("TRANSIT", Meaning("delayed")),
    "delivery_attempted": ("TRANSIT", Meaning("attempt_failed", action_required=True)),
    "delivery_rescheduled": ("TRANSIT", Meaning("delayed")),
    "delivery_scheduled": ("TRANSIT", Meaning("in_transit")),
    "location_inaccessible": (
        "TRANSIT",
        Meaning("attempt_failed", "consignee_access_restricted", action_required=True),
    ),
    "notice_left": ("TRANSIT", Meaning("attempt_failed", "consignee_not_available", action_required=True)),
    "out_for_delivery": ("TRANSIT", Meaning("out_for_delivery")),
    "package_accepted": ("TRANSIT", Meaning("picked_up")),
    "package_arrived": ("TRANSIT", Meaning("in_transit")),
    "package_damaged": ("TRANSIT", Meaning("damaged", "carrier_damaged_parcel", action_required=True)),
    "package_departed": ("TRANSIT", Meaning("in_transit")),
    "package_forwarded": ("TRANSIT", Meaning("in_transit")),
    "package_held": ("TRANSIT", Meaning("on_hold", action_required=True)),
    "package_in_local_area": ("TRANSIT", Meaning("in_transit")),
    "package_processed": ("TRANSIT", Meaning("in_transit")),
    "package_processing": ("TRANSIT", Meaning("in_transit")),
    "pickup_available": ("TRANSIT", Meaning("available_for_pickup", action_required=True)),
    "reschedule_delivery": ("TRANSIT", Meaning("attempt_failed", action_required=True)),
    "delivered": ("DELIVERED", Meaning("delivered")),
    "return_to_sender": ("RETURNED", Meaning("returning")),
    "returned_to_sender": ("RETURNED", Meaning("returning")),
    "package_unclaimed": ("RETURNED", Meaning("returning", "not_collected", action_required=True)),
    "package_undeliverable": ("FAILURE", Meaning("exception", action_required=True)),
    "package_disposed": ("FAILURE", Meaning("lost", "disposed")),
    "package_lost": ("FAILURE", Meaning("lost", "carrier_parcel_lost", action_required=True)),
    "other": ("UNKNOWN", Meaning("unknown")),
}


def code_of(status: str, substatus: str) -> str:
    """The two words as one code."""
    return f"{status}/{substatus}" if substatus else status


def meaning_of(code: str) -> Meaning | None:
    """What a code means, None when either word is not documented."""
    status, _, substatus = code.partition("/")
    if status not in STATUSES or (substatus and substatus not in SUBSTATUSES):
        return None
    # "other" is Shippo not knowing better: then the status is the better word.
    return STATUSES[status] if substatus in {"", "other"} else SUBSTATUSES[substatus][1]
