"""Closed vocabularies of returns. Values are the portal's own words, names are the API's."""

from graphql_api.vocabulary import Described, describe, described
from portal.returns.rules import ReturnState

describe(
    ReturnState,
    "ReturnState",
    "What was decided about a return.",
    {
        "REQUESTED": "It waits for a yes or a no.",
        "APPROVED": "It may be sent.",
        "DECLINED": "It was refused; its units are free again.",
        "CANCELLED": "It was taken back; its units are free again.",
        "CLOSED": "It is done.",
    },
)


@described("Why something comes back: Shopify's vocabulary, without what only staff uses.")
class ReturnReason(Described):
    SIZE_TOO_SMALL = "size_too_small", "Too small."
    SIZE_TOO_LARGE = "size_too_large", "Too large."
    NOT_AS_DESCRIBED = "not_as_described", "Not as described or pictured."
    DEFECTIVE = "defective", "Damaged or does not work."
    WRONG_ITEM = "wrong_item", "Not what was ordered."
    STYLE = "style", "The customer does not like how it looks."
    UNWANTED = "unwanted", "The customer changed their mind."
    OTHER = "other", "Something else."


@described("How a return travels back.")
class ReturnMethod(Described):
    PREPAID_LABEL = "prepaid_label", "With a label that we pay for."
    QR_DROPOFF = "qr_dropoff", "With a code; the label is printed at the counter."


@described("How far a return label is.")
class LabelState(Described):
    PENDING = "pending", "It is being made."
    READY = "ready", "It can be downloaded from the return's page."
    FAILED = "failed", "It could not be made; somebody has to look."


@described("Why a request was refused. New codes may be added; treat unknown ones as a refusal.")
class ReturnErrorCode(Described):
    NOT_FOUND = "not_found", "There is no such thing, or it is not yours."
    NOTHING_CHOSEN = "nothing_chosen", "No line was named."
    LINE_TWICE = "line_twice", "One line was named twice."
    BAD_QUANTITY = "bad_quantity", "The quantity is below one."
    TOO_MANY = "too_many", "More units than can come back."
    UNKNOWN_REASON = "unknown_reason", "The reason is not one of ours."
    COMMENT_TOO_LONG = "comment_too_long", "The comment is too long."
    WAYS_DIFFER = "ways_differ", "These lines travel back in different ways."
    NO_POLICY = "no_policy", "No return policy was live for this order."
    FINAL_SALE = "final_sale", "Sold as final sale."
    PERSONALISED = "personalised", "Made for the customer."
    GIFT_CARD = "gift_card", "A gift card."
    HYGIENE = "hygiene", "Not returnable for hygiene reasons."
    PERISHABLE = "perishable", "It does not keep."
    MADE_TO_ORDER = "made_to_order", "Made to order."
    DISCOUNTED = "discounted", "Sold at a special price."
    NOT_RETURNABLE = "not_returnable", "The policy does not take it back."
    NOT_SHIPPABLE = "not_shippable", "There is nothing to send back."
    ORDER_CANCELLED = "order_cancelled", "The order was cancelled."
    CANCELLED = "cancelled", "The line was cancelled before it was sent."
    ALREADY_RETURNED = "already_returned", "All of it was returned already."
    NOTHING_LEFT = "nothing_left", "No unit is left to return."
    NO_RETURNS = "no_returns", "The policy has no window for it."
    WINDOW_OVER = "window_over", "The last day has passed."
    NOT_DELIVERED_YET = "not_delivered_yet", "It has not arrived yet."
    NOT_WAITING = "not_waiting", "The return has been decided already."
    REASON_MISSING = "reason_missing", "A refusal needs its reason."
    REASON_TOO_LONG = "reason_too_long", "The reason is too long."
    IDEMPOTENCY_KEY_MISMATCH = "idempotency_key_mismatch", "The key was used before, for another request."
