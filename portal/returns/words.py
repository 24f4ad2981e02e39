"""What a shopper reads when a request cannot be granted, what happened to a return, and how it travels."""

from portal.kernel.refusal import Refusal
from portal.kernel.words import N_, Words
from portal.policies.words import refusal_words as policy_words

SENTENCES = {
    "nothing_chosen": N_("Choose at least one item to send back"),
    "unknown_line": N_("This item is not part of the order"),
    "line_twice": N_("This item was chosen twice"),
    "bad_quantity": N_("Choose how many you would like to send back"),
    "too_many": N_("You can send back %(most)s of these at the most"),
    "unknown_reason": N_("Choose a reason"),
    "comment_too_long": N_("Keep it under %(limit)s characters"),
    "ways_differ": N_("These items travel back in different ways. Make one return for each of them."),
    "no_policy": N_("To send something back, write to us."),
    "unknown_order": N_("We cannot find this order"),
    "request_key_reused": N_("This request was already used for another return"),
}

CHANGES = {
    "requested": N_("You asked for this return"),
    "approved": N_("We approved it"),
    "declined": N_("We cannot take this return"),
    "cancelled": N_("The return was cancelled"),
    "label_ready": N_("Your label was made"),
}

METHODS = {
    "prepaid_label": N_("With our label, free of charge: print it, or show the code at the counter"),
    "qr_dropoff": N_("Show the code at the counter, they print the label"),
}
METHODS_WITH = {
    "prepaid_label": N_("With our label, free of charge: print it, or show the code at the %(carrier)s counter"),
    "qr_dropoff": N_("Show the code at the %(carrier)s counter, they print the label"),
}
"""The same, where it is known whose counter."""

TENDERS = {
    "card": N_("Back to your card"),
    "gift_card": N_("Back to your gift card"),
    "store_credit": N_("Back to your store credit"),
    "cash_on_delivery": N_("Back to your bank account"),
    "other": N_("Back the way you paid"),
}


def method_words(method: str, carrier: str) -> Words:
    """How it travels; `carrier` is "" when nobody knows yet who takes it."""
    if carrier:
        return Words(METHODS_WITH[method], {"carrier": carrier})
    return Words(METHODS[method])


def refusal_words(refusal: Refusal) -> Words:
    """The sentence for a refusal of this room or of the policy."""
    if refusal.code in SENTENCES:
        return Words(SENTENCES[refusal.code], dict(refusal.params))
    return policy_words(refusal)
