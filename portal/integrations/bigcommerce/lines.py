"""BigCommerce's order products as lines, tax inside their prices or on top.

The arithmetic that its own totals follow is the one with tax: products and charges inc_tax, less `discount_amount` and
`coupon_discount`; where prices are told to be without tax (`is_tax_inclusive_pricing`) and the sum is right, it is the
same with ex_tax and the order's tax on top. Which discount fell on which product stands in `applied_discounts`; what
does not is shared out by what the products cost, by largest remainder. So is the order's tax, which follows the
discounts; a product's own `total_tax` does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from portal.integrations.decimals import positive, whole
from portal.integrations.records import DiscountShare, LineRecord, TaxShare
from portal.integrations.shopify.conventions import is_personal
from portal.integrations.shopify.fields import LONG, TITLE, Fields
from portal.kernel.money import Money, total

INSIDE, ON_TOP = "inc_tax", "ex_tax"
"""How BigCommerce's fields for either end."""
_WRITTEN = frozenset({"Text field", "Multi-line text field", "Numbers only text field", "Date field", "File Upload"})
"""Types of options that the shopper fills in; all others are chosen from lists."""


@dataclass(frozen=True, slots=True)
class Priced:
    """A line before its taxes, and the tax that its product names."""

    line: LineRecord
    tax: Money

    @property
    def net(self) -> Money:
        """What was paid for it, tax inside."""
        gross = self.line.unit_price * self.line.quantity
        return gross - total((share.amount for share in self.line.discounts), gross.currency)


def read_products(order: Fields) -> list[Fields]:
    """The order's products. Raises RecordRefused when they were not fetched with it, or one comes twice."""
    if not isinstance(order.get("products"), list):
        order.refuse("not included: fetch the order's products with it", "products")
    products = order.parts("products") or order.refuse("no lines", "products")
    if len({product.required_identifier("id") for product in products}) < len(products):
        order.refuse("the same product line twice", "products")
    return products


def read_line(product: Fields, currency: str, tax: str = INSIDE) -> Priced:
    """One line with the discounts that name it; `tax` is INSIDE its price or ON_TOP. Raises RecordRefused."""
    quantity = whole(product, "quantity") or product.refuse("no units", "quantity")
    row = _row(product, quantity, currency, tax)
    unit = Money(-(-row.minor // quantity), currency)
    rounding = unit * quantity - row
    shares = [_share(entry, currency) for entry in product.parts("applied_discounts")]
    if total((share.amount for share in shares), currency).minor > row.minor:
        product.refuse("discounts are greater than the price", "applied_discounts")
    refunded = whole(product, "quantity_refunded")
    if refunded > quantity:
        product.refuse("more units refunded than ordered", "quantity_refunded")
    variant, written = _options(product)
    line = LineRecord(
        source_id=product.required_identifier("id"),
        title=product.text("name_customer", TITLE) or product.required_text("name", TITLE),
        quantity=quantity,
        unit_price=unit,
        sku=product.text("sku"),
        variant=variant,
        product_id=product.identifier("product_id"),
        product_type=product.text("type"),
        vendor=product.text("brand"),
        requires_shipping=product.text("type") in ("", "physical"),
        gift_card=product.text("type") == "giftcertificate",
        personalised=any(is_personal(name, value) for name, value in written),
        properties=written,
        discounts=tuple(share for share in (*shares, DiscountShare("", rounding)) if share.amount),
        refunded_quantity=refunded,
        refunded=positive(product, "refund_amount", currency) or None,
    )
    return Priced(line, positive(product, "total_tax", currency))


def _options(product: Fields) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The variant's name out of what was chosen from lists, and what the shopper wrote into fields."""
    chosen: list[str] = []
    written: list[tuple[str, str]] = []
    for option in product.parts("product_options"):
        value = option.text("display_value", limit=LONG)
        if option.text("type") in _WRITTEN:
            written.append((option.text("display_name"), value))
        else:
            chosen.append(value)
    return " / ".join(chosen)[:512], tuple((name, value) for name, value in written if value)


def _row(product: Fields, quantity: int, currency: str, tax: str) -> Money:
    """The total of the row; merchants may have overridden it, so the unit price is not compared with it."""
    if product.get(f"total_{tax}") is not None:
        return positive(product, f"total_{tax}", currency)
    if product.get(f"price_{tax}") is None:
        product.refuse("missing", f"total_{tax}")
    return positive(product, f"price_{tax}", currency) * quantity


def _share(entry: Fields, currency: str) -> DiscountShare:
    return DiscountShare(entry.text("code") or entry.text("name"), positive(entry, "amount", currency))


def share_out(order: Fields, priced: list[Priced], discounts: Money) -> list[Priced]:
    """The lines with what `discounts` (the order's whole) has beyond those that they name. Raises RecordRefused."""
    named = total((share.amount for each in priced for share in each.line.discounts if share.label), discounts.currency)
    left = discounts - named
    if left.minor < 0:
        order.refuse("less than the products' own discounts", "discount_amount")
    nets = [each.net.minor for each in priced]
    if left.minor > sum(nets):
        order.refuse("more than the products cost", "discount_amount")
    parts = left.allocate(nets) if left else [left] * len(priced)
    return [_less(each, part) for each, part in zip(priced, parts, strict=True)]


def _less(priced: Priced, part: Money) -> Priced:
    if not part:
        return priced
    line = replace(priced.line, discounts=(*priced.line.discounts, DiscountShare("", part)))
    return Priced(line, priced.tax)


def with_taxes(priced: Sequence[Priced], tax: Money) -> tuple[LineRecord, ...]:
    """The lines with their shares of the goods' tax, by what their products name; by price when they name none."""
    weights = [each.tax.minor for each in priced]
    weights = weights if any(weights) else [each.net.minor for each in priced]
    shares = tax.allocate(weights) if tax else [tax] * len(weights)
    return tuple(
        replace(each.line, taxes=(TaxShare("", "", share),)) if share else each.line
        for each, share in zip(priced, shares, strict=True)
    )
