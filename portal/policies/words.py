"""What a shopper reads for each refusal: whole sentences, no blame, the way out where there is one."""

from portal.kernel.refusal import Refusal
from portal.kernel.words import N_, NN_, Words

SENTENCES = {
    "final_sale": N_("This item was sold as final sale, so it cannot be returned."),
    "personalised": N_("This item was made for you, so it cannot be returned."),
    "gift_card": N_("Gift cards cannot be returned."),
    "hygiene": N_("For hygiene reasons this item cannot be returned."),
    "perishable": N_("This item does not keep, so it cannot be returned."),
    "made_to_order": N_("This item was made to order, so it cannot be returned."),
    "discounted": N_("This item was sold at a special price and cannot be returned."),
    "not_returnable": N_("This item cannot be returned."),
    "not_shippable": N_("There is nothing to send back for this item."),
    "order_cancelled": N_("This order was cancelled."),
    "cancelled": N_("This item was cancelled before it was sent."),
    "already_returned": N_("This item is already part of a return."),
    "nothing_left": N_("There is nothing left of this item to return."),
    "no_returns": N_("This item cannot be returned."),
    "window_over": N_("The last day to return this item was %(last_day)s."),
    "not_delivered_yet": N_("You can return this item once it has arrived."),
}
ARRIVES = {
    "days": NN_(
        "Not delivered yet. Once it has arrived, you can return it for %(count)s day.",
        "Not delivered yet. Once it has arrived, you can return it for %(count)s days.",
    ),
    "weeks": NN_(
        "Not delivered yet. Once it has arrived, you can return it for %(count)s week.",
        "Not delivered yet. Once it has arrived, you can return it for %(count)s weeks.",
    ),
    "months": NN_(
        "Not delivered yet. Once it has arrived, you can return it for %(count)s month.",
        "Not delivered yet. Once it has arrived, you can return it for %(count)s months.",
    ),
    "years": NN_(
        "Not delivered yet. Once it has arrived, you can return it for %(count)s year.",
        "Not delivered yet. Once it has arrived, you can return it for %(count)s years.",
    ),
}
ARRIVES_UNTIL = N_("Not delivered yet. Once it has arrived, you can return it until %(last_day)s.")


def refusal_words(refusal: Refusal) -> Words:
    """The sentence for a refusal. Raises KeyError for a code that this room does not use."""
    if refusal.code == "not_delivered_yet" and "unit" in refusal.params:
        singular, plural = ARRIVES[refusal.params["unit"]]
        return Words(singular, {}, plural, refusal.params["length"])
    if refusal.code == "not_delivered_yet" and refusal.params:
        return Words(ARRIVES_UNTIL, dict(refusal.params))
    return Words(SENTENCES[refusal.code], dict(refusal.params))
