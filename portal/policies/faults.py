"""Whose fault a return is, by its reason: it decides who pays. Reasons are Shopify's ReturnReason words."""

MERCHANT, SHOPPER = "merchant", "shopper"
FAULTS = {
    "size_too_small": SHOPPER,
    "size_too_large": SHOPPER,
    "not_as_described": MERCHANT,
    "defective": MERCHANT,
    "wrong_item": MERCHANT,
    "style": SHOPPER,
    "color": SHOPPER,
    "unwanted": SHOPPER,
    "other": SHOPPER,
    "unknown": SHOPPER,
}


def fault_of(reason: str) -> str | None:
    """merchant or shopper; None until a reason was chosen. A reason of the merchant's own counts as the shopper's."""
    return FAULTS.get(reason.casefold(), SHOPPER) if reason else None
