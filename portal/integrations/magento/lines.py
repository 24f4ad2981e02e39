"""Magento's items as lines.

A configurable product is two items: the parent has the money, the child the variant's name; it becomes one line.
A bundle with a fixed price is one line; of a bundle whose parts have prices, each part is a line and the parent none.
What a line cost is row_total + tax_amount + discount_tax_compensation_amount - discount_amount, as in Magento's own
order total; the listed price is with tax where the shop's catalogue is (see `taxes_included`).
"""

from dataclasses import dataclass

from portal.integrations.decimals import amount, exact, positive, whole
from portal.integrations.records import DiscountShare, LineRecord, TaxShare
from portal.integrations.shopify.fields import TITLE, Fields
from portal.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Items:
    """The items that are lines, and for every item of the order the line that stands for it."""

    lines: list[Fields]
    line_of: dict[str, str]
    variants: dict[str, str]
    bundles: dict[str, str]


def read_items(order: Fields, currency: str) -> Items:
    """Raises RecordRefused for none, one id twice, or a part of something that is not there."""
    found = {item.required_identifier("item_id"): item for item in order.parts("items")}
    if len(found) < len(order.items("items")) or not found:
        order.refuse("the same item twice" if found else "no lines", "items")
    children: dict[str, list[str]] = {}
    for identifier, item in found.items():
        parent = item.identifier("parent_item_id")
        if parent and parent != "0":
            if parent not in found:
                item.refuse("part of an item that is not there", "parent_item_id")
            children.setdefault(parent, []).append(identifier)
    items = Items([], {}, {}, {})
    parts = {child for each in children.values() for child in each}
    for identifier, item in found.items():
        if identifier not in parts:
            _place(identifier, item, [(child, found[child]) for child in children.get(identifier, [])], items, currency)
    return items


def _place(identifier: str, item: Fields, children: list[tuple[str, Fields]], items: Items, currency: str) -> None:
    priced = item.text("product_type") == "bundle" and any(amount(part, "row_total", currency) for _, part in children)
    if priced:
        for child, part in children:
            items.lines.append(part)
            items.line_of[child] = child
            items.bundles[child] = item.text("name", TITLE)
        return
    items.lines.append(item)
    items.line_of.update({identifier: identifier, **{child: identifier for child, _ in children}})
    if item.text("product_type") == "configurable" and children:
        items.variants[identifier] = _variant(item.text("name", TITLE), children[0][1].text("name", TITLE))


def _variant(parent: str, child: str) -> str:
    """What tells the child from its parent: Magento names it after it, "Hat-Blue-M"."""
    return child.removeprefix(parent).lstrip(" -") if child != parent else ""


def taxes_included(order: Fields, lines: list[Fields], currency: str) -> bool:
    """Whether the catalogue's prices hold the tax. Magento does not say; its arithmetic does.

    Tax was compensated on a discount only where it was inside the price; of price and price_incl_tax only the one that
    was typed in gives its row total exactly; and where both do, as of one unit, the catalogue's price tells.
    """
    if amount(order, "discount_tax_compensation_amount", currency):
        return True
    if amount(order, "shipping_discount_tax_compensation_amount", currency):
        return True
    taxed = [item for item in lines if amount(item, "tax_amount", currency)]
    plain = all(_times(item, "price") == exact(item, "row_total") for item in taxed)
    if plain:
        return any(
            exact(item, "original_price") == exact(item, "price_incl_tax") != exact(item, "price") for item in taxed
        )
    return all(_times(item, "price_incl_tax") == _incl(item) for item in taxed)


def _times(item: Fields, key: str) -> object:
    price = exact(item, key)
    return None if price is None else price * whole(item, "qty_ordered")


def _incl(item: Fields) -> object:
    return exact(item, "row_total_incl_tax")


def read_line(item: Fields, items: Items, currency: str, included: bool) -> LineRecord:
    """One line that adds up to what was paid for it. Raises RecordRefused."""
    quantity = whole(item, "qty_ordered") or item.refuse("no units", "qty_ordered")
    identifier = item.required_identifier("item_id")
    tax = positive(item, "tax_amount", currency)
    paid = paid_for(item, currency)
    if paid.minor < 0:
        item.refuse("discounts are greater than the price", "discount_amount")
    net = paid if included else paid - tax
    listed = positive(
        item, "row_total_incl_tax" if included and item.get("row_total_incl_tax") else "row_total", currency
    )
    # The row is what counts; a price that does not divide is the next one up, less what is too much.
    gross = max(listed.minor, net.minor)
    unit = Money(-(-gross // quantity), currency)
    off = unit * quantity - net
    _check_discount(item, off, listed, net, quantity, currency)
    cancelled, refunded = _gone(item, quantity)
    rate = exact(item, "tax_percent")
    return LineRecord(
        source_id=identifier,
        title=item.required_text("name", TITLE),
        quantity=quantity,
        unit_price=unit,
        sku=item.text("sku"),
        variant=items.variants.get(identifier, ""),
        product_id=item.identifier("product_id"),
        product_type=item.text("product_type"),
        grams=0,
        requires_shipping=not whole(item, "is_virtual"),
        gift_card=item.text("product_type") == "giftcard",
        properties=(("Bundle", items.bundles[identifier]),) if identifier in items.bundles else (),
        discounts=(DiscountShare("", off),) if off else (),
        taxes=(TaxShare("", format((rate / 100).normalize() + 0, "f") if rate else "", tax),) if tax else (),
        cancelled_quantity=cancelled,
        refunded_quantity=refunded,
        refunded=_refunded(item, currency),
    )


def _gone(item: Fields, quantity: int) -> tuple[int, int]:
    """Units that never left the shop, and units that came back. What was refunded before it was shipped did not."""
    cancelled, refunded = whole(item, "qty_canceled"), whole(item, "qty_refunded")
    if cancelled + refunded > quantity:
        item.refuse("more units refunded than ordered", "qty_refunded")
    if item.get("qty_shipped") is None or whole(item, "is_virtual"):
        return cancelled, refunded
    unsent = max(0, refunded - whole(item, "qty_shipped"))
    return cancelled + unsent, refunded - unsent


def paid_for(item: Fields, currency: str) -> Money:
    """What the shopper paid for a line, tax inside, fixed product taxes not."""
    return (
        positive(item, "row_total", currency)
        + positive(item, "tax_amount", currency)
        + amount(item, "discount_tax_compensation_amount", currency)
        - positive(item, "discount_amount", currency)
    )


def _check_discount(item: Fields, off: Money, listed: Money, net: Money, quantity: int, currency: str) -> None:
    """What came off the row is the discount that Magento names, but for the rounding of each unit."""
    named = positive(item, "discount_amount", currency)
    if abs((listed - net).minor - named.minor) > 2:
        item.refuse(f"{listed.decimal} less the discount of {named.decimal} is not {net.decimal}", "row_total")
    if off.minor - named.minor > quantity + 2:
        item.refuse("the price does not make the row total", "row_total")


def _refunded(item: Fields, currency: str) -> Money | None:
    found = (
        positive(item, "amount_refunded", currency)
        + positive(item, "tax_refunded", currency)
        + amount(item, "discount_tax_compensation_refunded", currency)
        - positive(item, "discount_refunded", currency)
    )
    if found.minor < 0:
        item.refuse("negative amount", "amount_refunded")
    return found or None
