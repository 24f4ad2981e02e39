"""What a shopper reads about requests: what can be asked, what it means, why not, what became of it."""

from portal.kernel.refusal import Refusal
from portal.kernel.words import N_, NN_, Words
from portal.requests.rules import Kind, Reach

ASK = {
    Kind.ADDRESS_CORRECTION: N_("Correct the address"),
    Kind.REDELIVERY: N_("Deliver it again"),
    Kind.PICKUP_POINT: N_("Leave it at a pick-up point"),
    Kind.NEIGHBOUR_OR_SAFE_PLACE: N_("Leave it with a neighbour or in a safe place"),
    Kind.NOT_RECEIVED: N_("It says delivered, but it is not here"),
    Kind.LATE: N_("It is late"),
    Kind.LOST: N_("I think it is lost"),
    Kind.DAMAGED: N_("Something is damaged"),
    Kind.MISSING_ITEM: N_("Something is missing"),
    Kind.WRONG_ITEM: N_("I got something else"),
    Kind.OTHER: N_("Something else"),
}
"""The choices, and the heading of each form."""

NAME = {
    Kind.ADDRESS_CORRECTION: N_("Another address"),
    Kind.REDELIVERY: N_("Another delivery"),
    Kind.PICKUP_POINT: N_("Delivery to a pick-up point"),
    Kind.NEIGHBOUR_OR_SAFE_PLACE: N_("Delivery to a neighbour or a safe place"),
    Kind.NOT_RECEIVED: N_("Parcel not received"),
    Kind.LATE: N_("Parcel late"),
    Kind.LOST: N_("Parcel lost"),
    Kind.DAMAGED: N_("Something damaged"),
    Kind.MISSING_ITEM: N_("Something missing"),
    Kind.WRONG_ITEM: N_("Wrong item"),
    Kind.OTHER: N_("Your message"),
}
"""What a request is called afterwards."""

HOW = {
    Reach.SHOP: N_("It has not been handed to the carrier yet. We look at your request before it leaves."),
    Reach.CARRIER: N_("The parcel is with the carrier already. We pass your wish on, but we cannot promise it."),
    Reach.AGAIN: N_("This parcel did not reach you. We use what you tell us when we send it again."),
}
"""For wishes: who can still do it."""

FIRST = {
    Kind.NOT_RECEIVED: (
        N_("Ask your neighbours and everybody at home."),
        N_("Look in the letterbox, the hallway, the garage, and for a card from the courier."),
    ),
    Kind.LATE: (N_("The newest scan and the expected day are on the order page. We look at them with you."),),
    Kind.DAMAGED: (N_("Keep the box and the packaging, and take pictures. We may ask you for them."),),
}
"""What is worth doing before one sends it."""

TEXT = {
    Kind.ADDRESS_CORRECTION: N_("Anything we should know? (optional)"),
    Kind.REDELIVERY: N_("When is somebody there? (optional)"),
    Kind.PICKUP_POINT: N_("Anything we should know? (optional)"),
    Kind.NEIGHBOUR_OR_SAFE_PLACE: N_("Anything the courier should know? (optional)"),
    Kind.NOT_RECEIVED: N_("Anything that helps us find it? (optional)"),
    Kind.LATE: N_("Is there a day you need it by? (optional)"),
    Kind.LOST: N_("Anything that helps us find it? (optional)"),
    Kind.DAMAGED: N_("What is broken, and how did the box look?"),
    Kind.MISSING_ITEM: N_("What was in the box instead? (optional)"),
    Kind.WRONG_ITEM: N_("What did you get instead?"),
    Kind.OTHER: N_("What is wrong?"),
}
NEEDS_TEXT = frozenset({Kind.DAMAGED, Kind.WRONG_ITEM, Kind.OTHER})

PLACE = {
    Kind.PICKUP_POINT: (
        N_("Which pick-up point?"),
        N_("Its name or address, or the number on its sign. Without one, the street you would like it near."),
    ),
    Kind.NEIGHBOUR_OR_SAFE_PLACE: (
        N_("Who or where?"),
        N_("The neighbour’s name and house number, or the place, for example the shed behind the house."),
    ),
}

NEXT = {
    Kind.NOT_RECEIVED: (
        N_("We ask the carrier where the courier left it, and who took it."),
        N_("Most parcels turn up this way within a few days. If it does, tell us or withdraw this report."),
        N_("If it does not, we send it again or give the money back. You do not have to wait for the carrier."),
    ),
    Kind.LOST: (
        N_("We ask the carrier to search for it."),
        N_("If it stays lost, we send it again or give the money back."),
    ),
}
NEXT_PROBLEM = (
    N_("Somebody of our team reads your report and writes to you."),
    N_("If we need pictures or more details, we ask for them. Please keep the box until then."),
)
NEXT_WISH = {
    Reach.SHOP: (
        N_("Our team looks at it before the parcel leaves."),
        N_("The order page shows the new address as soon as it is changed."),
    ),
    Reach.CARRIER: (
        N_("Our team passes it on to the carrier and writes to you."),
        N_("Until then the parcel travels as planned. If the courier comes meanwhile, take it."),
    ),
    Reach.AGAIN: (N_("Our team writes to you before anything is sent again."),),
}

REFUSALS = {
    "order_cancelled": N_("This order was cancelled."),
    "in_store": N_("You took everything with you."),
    "not_sent_yet": N_("The parcel has not left us yet. You can ask for this once it is on its way."),
    "not_tried_yet": N_("You can ask for this once the courier has tried to deliver."),
    "out_for_delivery": N_(
        "The courier has it in the van, so nothing can be changed now. If nobody can take it, you can ask again then."
    ),
    "at_pickup_point": N_("It is waiting at the pick-up point. You can collect it there."),
    "coming_back": N_("The parcel is on its way back to us."),
    "back_with_us": N_("The parcel is back with us."),
    "held_by_authority": N_(
        "Customs or another authority holds the parcel. Until it is let go, nobody can deliver it."
    ),
    "delivered": N_("It was delivered on %(at)s."),
    "parcel_lost": N_("The carrier cannot find the parcel, so there is nothing to deliver. Report it as lost."),
    "parcel_damaged": N_("The parcel was damaged on its way. Report the damage, and we put it right."),
    "no_news": N_("There has been no news of the parcel for a long time. Report it as lost."),
    "parcel_cancelled": N_("This shipment was cancelled."),
    "not_possible": N_("This is not possible right now."),
    "already_open": N_("You have asked for this already: see %(number)s."),
    "other_wish_open": N_("You have asked for something else already. Withdraw %(number)s first."),
    "not_called_delivered": N_("The carrier has not called it delivered yet."),
    "not_arrived_yet": N_("You can report this once the parcel has arrived."),
    "wait_a_day": N_("Often it turns up within a day. If it does not, you can report it from %(from)s."),
    "report_over": N_(
        "You could report this here until %(until)s. Please write to us: your rights do not end with that day."
    ),
    "not_due_yet": N_("It is still expected by %(day)s. You can report it as late after that day."),
    "not_late_yet": N_(
        "It was scanned not long ago. If nothing more is heard, you can report it as late from %(from)s."
    ),
    "unknown_parcel": N_("This parcel is no longer part of the order."),
    "unknown_order": N_("We cannot find this order"),
    "nothing_chosen": N_("Choose at least one item"),
    "unknown_line": N_("This item is not part of the parcel"),
    "too_many": N_("There were %(most)s of these in the parcel at the most"),
    "request_key_reused": N_("This request was sent already"),
    "not_open": N_("This request was settled already."),
    "too_many_open": N_("You have asked for a lot already. Please wait for our answer, or write to us."),
}
LOST_LATER = NN_(
    "It was scanned less than %(count)s day ago. If it stays silent, you can report it as lost from %(from)s.",
    "It was scanned less than %(count)s days ago. If it stays silent, you can report it as lost from %(from)s.",
)

STATES = {
    "open": N_("Waiting for our team"),
    "done": N_("Done"),
    "declined": N_("Not possible"),
    "withdrawn": N_("Withdrawn"),
}
CHANGES = {
    "asked": N_("You asked for this"),
    "done": N_("We have done it"),
    "declined": N_("We could not do it"),
    "withdrawn": N_("You withdrew it"),
}


def refusal_words(refusal: Refusal) -> Words:
    """The sentence for a refusal. Raises KeyError for a code that this room does not use."""
    if refusal.code == "not_lost_yet":
        singular, plural = LOST_LATER
        return Words(singular, {"from": refusal.params["from"]}, plural, refusal.params["days"])
    return Words(REFUSALS[refusal.code], dict(refusal.params))


def next_words(kind: Kind, reach: Reach) -> tuple[Words, ...]:
    """What happens after it was sent."""
    if kind in NEXT:
        return tuple(map(Words, NEXT[kind]))
    wish = kind in {Kind.ADDRESS_CORRECTION, Kind.REDELIVERY, Kind.PICKUP_POINT, Kind.NEIGHBOUR_OR_SAFE_PLACE}
    return tuple(map(Words, NEXT_WISH[reach] if wish else NEXT_PROBLEM))
