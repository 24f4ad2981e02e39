"""What a status or a reason is called in front of a shopper: plain sentences, never a carrier's code."""

from collections.abc import Iterable, Mapping

from portal.kernel.words import N_, Words
from portal.tracking.rules import ParcelStatus as S

CHIP = {
    S.UNKNOWN: N_("On its way"),
    S.PENDING: N_("Being packed"),
    S.INFO_RECEIVED: N_("Packed, waiting for the carrier"),
    S.PICKED_UP: N_("With the carrier"),
    S.IN_TRANSIT: N_("On its way"),
    S.OUT_FOR_DELIVERY: N_("Out for delivery"),
    S.AVAILABLE_FOR_PICKUP: N_("Ready to collect"),
    S.ATTEMPT_FAILED: N_("Delivery missed"),
    S.DELAYED: N_("Delayed"),
    S.ON_HOLD: N_("On hold"),
    S.EXCEPTION: N_("Held up"),
    S.RETURNING: N_("On its way back to us"),
    S.RETURNED_TO_SENDER: N_("Back with us"),
    S.LOST: N_("Lost"),
    S.DAMAGED: N_("Damaged"),
    S.DELIVERED: N_("Delivered"),
    S.CANCELLED: N_("Cancelled"),
    S.EXPIRED: N_("No news for a while"),
}

SCAN = {
    S.UNKNOWN: N_("News from the carrier"),
    S.PENDING: N_("Order received"),
    S.INFO_RECEIVED: N_("Packed and labelled"),
    S.PICKED_UP: N_("Handed to the carrier"),
    S.IN_TRANSIT: N_("On its way"),
    S.OUT_FOR_DELIVERY: N_("Out for delivery"),
    S.AVAILABLE_FOR_PICKUP: N_("Ready to collect"),
    S.ATTEMPT_FAILED: N_("Delivery tried, nobody could take it"),
    S.DELAYED: N_("Delayed on the way"),
    S.ON_HOLD: N_("Stopped for now"),
    S.EXCEPTION: N_("Held up on the way"),
    S.RETURNING: N_("Sent back to us"),
    S.RETURNED_TO_SENDER: N_("Arrived back with us"),
    S.LOST: N_("Declared lost"),
    S.DAMAGED: N_("Reported damaged"),
    S.DELIVERED: N_("Delivered"),
    S.CANCELLED: N_("Shipment cancelled"),
    S.EXPIRED: N_("No scan for 30 days"),
}

TONE = {
    S.DELIVERED: "ok",
    S.PICKED_UP: "ok",
    S.IN_TRANSIT: "ok",
    S.OUT_FOR_DELIVERY: "ok",
    S.AVAILABLE_FOR_PICKUP: "ok",
    S.ATTEMPT_FAILED: "warn",
    S.DELAYED: "warn",
    S.ON_HOLD: "warn",
    S.EXCEPTION: "warn",
    S.RETURNING: "warn",
    S.EXPIRED: "warn",
    S.RETURNED_TO_SENDER: "bad",
    S.LOST: "bad",
    S.DAMAGED: "bad",
}

BY_STATUS = {
    S.ATTEMPT_FAILED: N_("The courier came and could not hand the parcel over."),
    S.DELAYED: N_("The parcel is taking longer than planned."),
    S.ON_HOLD: N_("The parcel is waiting and does not move for the moment."),
    S.EXCEPTION: N_("Something held the parcel up on its way."),
    S.RETURNING: N_("The parcel could not be delivered and is coming back to us."),
    S.RETURNED_TO_SENDER: N_("The parcel could not be delivered and is back with us."),
    S.LOST: N_("The carrier cannot find the parcel."),
    S.DAMAGED: N_("The parcel was damaged on its way."),
    S.EXPIRED: N_("The carrier has not scanned the parcel for 30 days."),
}

BY_REASON = {
    "carrier_damaged_parcel": N_("The parcel was damaged while being transported."),
    "carrier_sorting_error": N_("The parcel was sorted into the wrong truck."),
    "carrier_address_not_found": N_("The courier could not find the address."),
    "carrier_parcel_lost": N_("The carrier cannot find the parcel."),
    "carrier_not_enough_time": N_("The courier ran out of time on the tour."),
    "carrier_vehicle_issue": N_("The courier’s vehicle broke down."),
    "carrier_capacity_exceeded": N_("The carrier had more parcels than it could take that day."),
    "carrier_mechanical_delay": N_("A technical fault stopped the sorting."),
    "retailer_cancelled": N_("We stopped this shipment."),
    "retailer_incorrect_data": N_("The shipping data that we sent was not right."),
    "retailer_not_ready": N_("The parcel was not ready when the carrier came."),
    "retailer_incorrect_parcel": N_("The parcel was not the one that was announced."),
    "retailer_incorrect_dimensions": N_("The parcel is larger than was announced."),
    "retailer_packaging_issue": N_("The packaging did not hold and had to be repaired."),
    "consignee_refused": N_("The parcel was refused at the door."),
    "consignee_business_closed": N_("The business was closed when the courier came."),
    "consignee_not_available": N_("Nobody could take the parcel when the courier came."),
    "consignee_not_home": N_("Nobody was at home when the courier came."),
    "consignee_cancelled": N_("The delivery was called off."),
    "consignee_verification_failed": N_("The courier could not check who takes the parcel."),
    "consignee_incorrect_address": N_("The address is not complete or not right."),
    "consignee_access_restricted": N_("The courier could not get to the door."),
    "consignee_safe_place_unavailable": N_("There was no safe place to leave the parcel."),
    "customs_delay": N_("Customs is taking longer than usual."),
    "customs_documentation": N_("Customs needs more documents."),
    "customs_duties_unpaid": N_("Customs duties have not been paid yet."),
    "customs_prohibited": N_("Customs does not let an item into the country."),
    "customs_inspection": N_("Customs is inspecting the parcel."),
    "weather_delay": N_("Bad weather is slowing the carrier down."),
    "natural_disaster": N_("A natural disaster has stopped deliveries in the area."),
    "force_majeure": N_("Something nobody could foresee has stopped deliveries in the area."),
    "parcel_being_researched": N_("The carrier is looking for the parcel."),
    "security_issue": N_("The parcel is being checked for safety."),
    "regulatory_hold": N_("An authority is holding the parcel."),
    "payment_due": N_("The parcel is held until what is still to be paid for it is paid."),
    "not_collected": N_("The parcel was not collected in time."),
    "disposed": N_("The carrier could not deliver the parcel and had to destroy it."),
    "carrier_refused": N_("The carrier does not transport what is in the parcel."),
}

LEFT = {
    "left_with_neighbour": N_("Left with a neighbour"),
    "left_in_locker": N_("Left in a parcel locker"),
    "left_in_safe_place": N_("Left in a safe place"),
    "collected": N_("Collected"),
}
"""How a parcel was delivered, where that is not "at the door"."""
LEFT_LEDE = {
    "left_with_neighbour": N_("Your parcel is with a neighbour. Look for a card in your letterbox."),
    "left_in_locker": N_("Your parcel is in a parcel locker. The carrier has sent you the code."),
    "left_in_safe_place": N_("Your parcel is in a safe place near your door."),
    "collected": N_("Your parcel was collected."),
}

DOING = {
    S.ATTEMPT_FAILED: N_("The courier tries again on the next working day."),
    S.DELAYED: N_("We watch it every day."),
    S.ON_HOLD: N_("We are in touch with the carrier to get it moving."),
    S.EXCEPTION: N_("We are in touch with the carrier to get it moving."),
    S.RETURNING: N_("As soon as it is back we contact you."),
    S.RETURNED_TO_SENDER: N_("We find out why it came back. You do not have to wait for that."),
    S.LOST: N_("We settle this with the carrier. You do not have to wait for that."),
    S.DAMAGED: N_("We settle this with the carrier. You do not have to wait for that."),
    S.EXPIRED: N_("We have asked the carrier to search for it."),
}
NO_NEW_DATE = N_("We watch it every day. This page shows the new date as soon as there is one.")

COMES_BACK = N_("It comes back to us. As soon as it is here we contact you.")
PASSED_ON = N_("We tell the carrier the right address as soon as we have it.")
PUT_RIGHT = N_("We put this right with the carrier.")
WITH_CUSTOMS = N_("We watch it every day. Customs decides when it may go on.")
DOING_BY_REASON = {
    "carrier_address_not_found": PASSED_ON,
    "carrier_refused": COMES_BACK,
    "consignee_access_restricted": N_("The courier tries again as soon as the way is known."),
    "consignee_cancelled": COMES_BACK,
    "consignee_incorrect_address": PASSED_ON,
    "consignee_refused": COMES_BACK,
    "customs_delay": WITH_CUSTOMS,
    "customs_documentation": N_("We give customs every paper that we have."),
    "customs_duties_unpaid": N_("The carrier keeps the parcel safe until the duties are paid."),
    "customs_inspection": WITH_CUSTOMS,
    "customs_prohibited": N_("We find out with customs what is possible."),
    "not_collected": COMES_BACK,
    "parcel_being_researched": N_("We stay in touch with the carrier until it is found."),
    "payment_due": N_("The carrier keeps the parcel safe until it is paid."),
    "retailer_cancelled": N_("We write to you about what comes next."),
    "retailer_incorrect_data": PUT_RIGHT,
    "retailer_incorrect_dimensions": PUT_RIGHT,
    "retailer_incorrect_parcel": PUT_RIGHT,
    "retailer_not_ready": PUT_RIGHT,
    "retailer_packaging_issue": PUT_RIGHT,
}
"""Where the reason says more than the status about what happens next; only while the parcel may still arrive."""
MAY_STILL_ARRIVE = frozenset({S.ATTEMPT_FAILED, S.DELAYED, S.ON_HOLD, S.EXCEPTION})

YOU_CAN = {
    S.ATTEMPT_FAILED: N_("Make sure somebody can open the door, or ask a neighbour."),
    S.DELAYED: N_("Nothing for you to do."),
    S.ON_HOLD: N_("Nothing for you to do. We write if we need you."),
    S.EXCEPTION: N_("Nothing for you to do."),
    S.RETURNING: N_("Nothing for you to do. If the address was wrong, tell us the right one."),
    S.RETURNED_TO_SENDER: N_("Write to us: we send it again or give the money back."),
    S.LOST: N_("Write to us: we send it again or give the money back."),
    S.DAMAGED: N_("If it reached you, take a picture of the box and write to us."),
    S.EXPIRED: N_("Write to us: we send it again or give the money back."),
}

NOTHING = N_("Nothing for you to do.")
STILL_WANTED = N_("Write to us: we send it again or give the money back.")
RIGHT_ADDRESS = {
    "consignee_incorrect_address": N_("Write to us with the right address."),
    "carrier_address_not_found": N_("Write to us with the right address."),
}
YOU_CAN_BY_REASON = {
    **RIGHT_ADDRESS,
    "carrier_not_enough_time": NOTHING,
    "carrier_refused": STILL_WANTED,
    "carrier_vehicle_issue": NOTHING,
    "consignee_access_restricted": N_("Write to us how the courier gets to your door: a code, a name, a gate."),
    "consignee_cancelled": STILL_WANTED,
    "consignee_refused": STILL_WANTED,
    "consignee_verification_failed": N_("Keep an identity card ready for when the courier comes."),
    "customs_documentation": N_("Check your email and letterbox: customs may ask you for an invoice or a number."),
    "customs_duties_unpaid": N_("Pay the duties that the carrier asks for, or write to us."),
    "customs_prohibited": STILL_WANTED,
    "not_collected": STILL_WANTED,
    "payment_due": N_("Pay what the carrier asks for, or write to us."),
    "retailer_cancelled": STILL_WANTED,
}

WRITE = frozenset({S.RETURNING, S.RETURNED_TO_SENDER, S.LOST, S.DAMAGED, S.EXPIRED})
"""What a shopper can do about these begins with a letter to us."""
WRITE_BY_REASON = frozenset(YOU_CAN_BY_REASON) - {
    "carrier_not_enough_time",
    "carrier_vehicle_issue",
    "consignee_verification_failed",
    "customs_documentation",
}

TROUBLE_HEADLINE = {
    S.ATTEMPT_FAILED: N_("We missed you"),
    S.DELAYED: N_("Later than planned"),
    S.ON_HOLD: N_("Your parcel is waiting"),
    S.EXCEPTION: N_("Held up on the way"),
    S.RETURNING: N_("On its way back to us"),
    S.RETURNED_TO_SENDER: N_("Back with us"),
    S.LOST: N_("Your parcel is lost. We are sorry."),
    S.DAMAGED: N_("Your parcel was damaged"),
    S.EXPIRED: N_("No news of your parcel"),
}

ALSO = {
    S.ATTEMPT_FAILED: N_("Parcel %(number)s could not be handed over."),
    S.DELAYED: N_("Parcel %(number)s is delayed."),
    S.ON_HOLD: N_("Parcel %(number)s is on hold."),
    S.EXCEPTION: N_("Parcel %(number)s is held up."),
    S.RETURNING: N_("Parcel %(number)s is on its way back to us."),
    S.RETURNED_TO_SENDER: N_("Parcel %(number)s is back with us."),
    S.LOST: N_("Parcel %(number)s is lost."),
    S.DAMAGED: N_("Parcel %(number)s was damaged."),
    S.EXPIRED: N_("There is no news of parcel %(number)s."),
}
"""What the headline of another parcel must not hide."""

NOT_COMING = {
    S.LOST: N_("There is nothing to send back: the parcel is lost. Write to us, and we put it right."),
    S.DAMAGED: N_("You need not send anything back: write to us about the damage, and we put it right."),
    S.RETURNING: N_("There is nothing for you to send back: the parcel is already on its way to us."),
    S.RETURNED_TO_SENDER: N_("There is nothing for you to send back: the parcel is already with us."),
}
"""Why goods cannot be returned that never arrived and will not; they are "not delivered yet" only to a machine."""


def happened(status: S, reason: str | None) -> Words | None:
    """The first line of an incident, or None when nothing is wrong."""
    if status not in BY_STATUS:
        return None
    return Words(BY_REASON.get(reason or "", BY_STATUS[status]))


def you_can(status: S, reason: str | None) -> Words:
    """The third line of an incident."""
    return Words(_by_reason(status).get(reason or "", YOU_CAN[status]))


def doing(status: S, reason: str | None = None, *, dated: bool) -> Words:
    """The second line of an incident; `dated` when the page shows a day already."""
    if status in MAY_STILL_ARRIVE and reason in DOING_BY_REASON:
        return Words(DOING_BY_REASON[reason])
    return Words(NO_NEW_DATE if status is S.DELAYED and not dated else DOING[status])


def asks_to_write(status: S, reason: str | None) -> bool:
    """Whether the third line asks the shopper to write, so that the address belongs beside it."""
    return reason in WRITE_BY_REASON if reason in _by_reason(status) else status in WRITE


def _by_reason(status: S) -> Mapping[str, str]:
    """What reasons say about the third line: a parcel that comes back, or never, leaves less to do."""
    if status in MAY_STILL_ARRIVE:
        return YOU_CAN_BY_REASON
    return RIGHT_ADDRESS if status is S.RETURNING else {}


def not_coming(statuses: Iterable[S]) -> Words | None:
    """What to say of returning goods whose parcels ended badly, or None while one of them may still arrive."""
    said = [NOT_COMING.get(status) for status in statuses if status not in {S.DELIVERED, S.CANCELLED}]
    return Words(said[0]) if said and said[0] and all(said) else None


RETURN = {
    "requested": N_("Waiting for approval"),
    "approved": N_("Approved"),
    "declined": N_("Declined"),
    "cancelled": N_("Cancelled"),
    "closed": N_("Done"),
}
"""States of returns as the order page names them; the returns room hands the state over by its name."""
