"""Closed vocabularies of returns. Values are the portal's own words, names are the API's."""

from enum import Enum

import strawberry

from portal.returns.rules import ReturnState

strawberry.enum(ReturnState, name="ReturnState", description="What was decided about a return.")


@strawberry.enum(description="Why something comes back: Shopify's vocabulary, without what only staff uses.")
class ReturnReason(Enum):
    SIZE_TOO_SMALL = strawberry.enum_value("size_too_small", description="Too small.")
    SIZE_TOO_LARGE = strawberry.enum_value("size_too_large", description="Too large.")
    NOT_AS_DESCRIBED = strawberry.enum_value("not_as_described", description="Not as described or pictured.")
    DEFECTIVE = strawberry.enum_value("defective", description="Damaged or does not work.")
    WRONG_ITEM = strawberry.enum_value("wrong_item", description="Not what was ordered.")
    STYLE = strawberry.enum_value("style", description="The customer does not like how it looks.")
    UNWANTED = strawberry.enum_value("unwanted", description="The customer changed their mind.")
    OTHER = strawberry.enum_value("other", description="Something else.")


@strawberry.enum(description="How a return travels back.")
class ReturnMethod(Enum):
    PREPAID_LABEL = strawberry.enum_value("prepaid_label", description="With a label that we pay for.")
    QR_DROPOFF = strawberry.enum_value("qr_dropoff", description="With a code; the label is printed at the counter.")


@strawberry.enum(description="How far a return label is.")
class LabelState(Enum):
    PENDING = strawberry.enum_value("pending", description="It is being made.")
    READY = strawberry.enum_value("ready", description="It can be downloaded from the return's page.")
    FAILED = strawberry.enum_value("failed", description="It could not be made; somebody has to look.")


@strawberry.enum(description="Why a request was refused. New codes may be added; treat unknown ones as a refusal.")
class ReturnErrorCode(Enum):
    NOT_FOUND = strawberry.enum_value("not_found", description="There is no such thing, or it is not yours.")
    NOTHING_CHOSEN = strawberry.enum_value("nothing_chosen", description="No line was named.")
    LINE_TWICE = strawberry.enum_value("line_twice", description="One line was named twice.")
    BAD_QUANTITY = strawberry.enum_value("bad_quantity", description="The quantity is below one.")
    TOO_MANY = strawberry.enum_value("too_many", description="More units than can come back.")
    UNKNOWN_REASON = strawberry.enum_value("unknown_reason", description="The reason is not one of ours.")
    COMMENT_TOO_LONG = strawberry.enum_value("comment_too_long", description="The comment is too long.")
    WAYS_DIFFER = strawberry.enum_value("ways_differ", description="These lines travel back in different ways.")
    NO_POLICY = strawberry.enum_value("no_policy", description="No return policy was live for this order.")
    FINAL_SALE = strawberry.enum_value("final_sale", description="Sold as final sale.")
    PERSONALISED = strawberry.enum_value("personalised", description="Made for the customer.")
    GIFT_CARD = strawberry.enum_value("gift_card", description="A gift card.")
    HYGIENE = strawberry.enum_value("hygiene", description="Not returnable for hygiene reasons.")
    PERISHABLE = strawberry.enum_value("perishable", description="It does not keep.")
    MADE_TO_ORDER = strawberry.enum_value("made_to_order", description="Made to order.")
    DISCOUNTED = strawberry.enum_value("discounted", description="Sold at a special price.")
    NOT_RETURNABLE = strawberry.enum_value("not_returnable", description="The policy does not take it back.")
    NOT_SHIPPABLE = strawberry.enum_value("not_shippable", description="There is nothing to send back.")
    ORDER_CANCELLED = strawberry.enum_value("order_cancelled", description="The order was cancelled.")
    CANCELLED = strawberry.enum_value("cancelled", description="The line was cancelled before it was sent.")
    ALREADY_RETURNED = strawberry.enum_value("already_returned", description="All of it was returned already.")
    NOTHING_LEFT = strawberry.enum_value("nothing_left", description="No unit is left to return.")
    NO_RETURNS = strawberry.enum_value("no_returns", description="The policy has no window for it.")
    WINDOW_OVER = strawberry.enum_value("window_over", description="The last day has passed.")
    NOT_DELIVERED_YET = strawberry.enum_value("not_delivered_yet", description="It has not arrived yet.")
    NOT_WAITING = strawberry.enum_value("not_waiting", description="The return has been decided already.")
    REASON_MISSING = strawberry.enum_value("reason_missing", description="A refusal needs its reason.")
    REASON_TOO_LONG = strawberry.enum_value("reason_too_long", description="The reason is too long.")
    IDEMPOTENCY_KEY_MISMATCH = strawberry.enum_value(
        "idempotency_key_mismatch", description="The key was used before, for another request."
    )
