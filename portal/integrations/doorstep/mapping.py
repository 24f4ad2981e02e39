"""Our own order JSON as `OrderRecord`, with the same strictness as a shop's: every order adds up to its `total`.

Amounts are decimal texts in `currency`, moments are ISO 8601 with an offset. Needed: number, placed_at, currency, lines
with title, quantity and unit_price; everything else has a sensible default (see the reading below). Prices hold the
tax unless `taxes_included` is false. Without `id` the number is the order's id; without `source` it is "file".
"""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.integrations.decimals import exact
from portal.integrations.records import (
    AddressRecord,
    ChargeRecord,
    CustomerRecord,
    DiscountShare,
    LineRecord,
    OrderRecord,
    ParcelRecord,
    TaxShare,
    TenderRecord,
)
from portal.integrations.shopify.fields import LONG, TITLE, Fields
from portal.kernel.money import Money, MoneyError, total

SOURCE = "file"
STATUSES = frozenset(
    [
        *("unknown", "pending", "info_received", "picked_up", "in_transit", "out_for_delivery", "available_for_pickup"),
        *("attempt_failed", "delayed", "on_hold", "exception", "returning", "returned_to_sender", "lost", "damaged"),
        *("delivered", "cancelled", "expired"),
    ]
)


def order_payloads(document: Any) -> Iterator[tuple[str, Any]]:
    """(path, payload) of every order in a document: one, or a list."""
    if isinstance(document, list):
        yield from ((f"[{index}]", entry) for index, entry in enumerate(document))
    elif isinstance(document, Mapping) and "lines" not in document and isinstance(document.get("orders"), list):
        yield from ((f"orders[{index}]", entry) for index, entry in enumerate(document["orders"]))
    else:
        yield "", document


def order_number(payload: Any) -> str:
    """The order's number for a report; "" when there is none to read."""
    found = payload.get("number") if isinstance(payload, Mapping) else ""
    return str(found)[:64] if isinstance(found, str | int) else ""


def order_record(payload: Mapping[str, Any], path: str = "") -> OrderRecord:
    """One order. Raises RecordRefused, and nothing else."""
    order = Fields(payload, path)
    currency = order.required_text("currency", 3)
    number = order.required_text("number", 64)
    placed_at = order.moment("placed_at") or order.refuse("missing", "placed_at")
    entries = order.parts("lines") or order.refuse("no lines", "lines")
    lines = tuple(_line(entry, index, currency) for index, entry in enumerate(entries, start=1))
    charges = tuple(_charge(entry, currency) for entry in order.parts("charges"))
    included = order.flag("taxes_included", default=True)
    return OrderRecord(
        source=order.text("source", 32) or SOURCE,
        source_id=order.text("id", 128) or number,
        number=number,
        placed_at=placed_at,
        updated_at=order.moment("updated_at") or placed_at,
        currency=currency,
        shop_currency=order.text("shop_currency", 3) or currency,
        taxes_included=included,
        total=_total(order, lines, charges, included, currency),
        customer=_customer(order),
        lines=lines,
        shipping_address=_address(order.part("shipping_address")),
        billing_address=_address(order.part("billing_address")),
        charges=charges,
        parcels=_parcels(order, {line.source_id: line.quantity for line in lines}),
        tenders=tuple(_tender(entry, currency) for entry in order.parts("tenders")),
        tags=order.tags("tags"),
        note=order.text("note", LONG),
        gift=order.flag("gift"),
        channel=order.text("channel", 32) or "web",
        location=order.text("location", 64),
        cancelled_at=order.moment("cancelled_at"),
        cancel_reason=order.text("cancel_reason", 64),
        paid=money(order, "paid", currency),
        refunded=money(order, "refunded", currency),
    )


def money(fields: Fields, key: str, currency: str) -> Money | None:
    """An amount of at least 0; None when missing. Raises RecordRefused."""
    found = exact(fields, key)
    if found is None:
        return None
    try:
        amount = Money.parse(format(found, "f"), currency)
    except MoneyError as error:
        fields.refuse(str(error), key)
    return amount if amount.minor >= 0 else fields.refuse("negative amount", key)


def _needed(fields: Fields, key: str, currency: str) -> Money:
    found = money(fields, key, currency)
    return found if found is not None else fields.refuse("missing", key)


def _shares(fields: Fields, currency: str) -> tuple[tuple[DiscountShare, ...], tuple[TaxShare, ...]]:
    discounts = [
        DiscountShare(each.text("label"), _needed(each, "amount", currency)) for each in fields.parts("discounts")
    ]
    taxes = [
        TaxShare(each.text("label"), _rate(each), _needed(each, "amount", currency)) for each in fields.parts("taxes")
    ]
    return tuple(share for share in discounts if share.amount), tuple(share for share in taxes if share.amount)


def _rate(tax: Fields) -> str:
    rate = exact(tax, "rate")
    if rate is not None and not 0 <= rate <= 10:
        tax.refuse("not a rate between 0 and 10", "rate")
    return format(rate.normalize() + 0, "f") if rate is not None else ""


def _line(entry: Fields, position: int, currency: str) -> LineRecord:
    quantity = entry.count("quantity")
    if not quantity:
        entry.refuse("missing" if quantity is None else "no units", "quantity")
    price = _needed(entry, "unit_price", currency)
    discounts, taxes = _shares(entry, currency)
    if total((share.amount for share in discounts), currency).minor > price.minor * quantity:
        entry.refuse("discounts are greater than the price", "discounts")
    cancelled, refunded = entry.count("cancelled_quantity") or 0, entry.count("refunded_quantity") or 0
    if cancelled + refunded > quantity:
        entry.refuse("more units gone than ordered", "refunded_quantity")
    pairs = [Fields({"name": pair[0], "value": pair[1]}) for pair in entry.items("properties") if _is_pair(entry, pair)]
    return LineRecord(
        source_id=entry.text("id", 128) or str(position),
        title=entry.required_text("title", TITLE),
        quantity=quantity,
        unit_price=price,
        sku=entry.text("sku"),
        variant=entry.text("variant", TITLE),
        product_id=entry.text("product_id", 128),
        product_type=entry.text("product_type"),
        vendor=entry.text("vendor"),
        tags=entry.tags("tags"),
        grams=entry.count("grams", most=1_000_000_000) or 0,
        requires_shipping=entry.flag("requires_shipping", default=True),
        gift_card=entry.flag("gift_card"),
        final_sale=entry.flag("final_sale"),
        personalised=entry.flag("personalised"),
        properties=tuple((pair.text("name"), pair.text("value", LONG)) for pair in pairs),
        discounts=discounts,
        taxes=taxes,
        cancelled_quantity=cancelled,
        refunded_quantity=refunded,
        refunded=money(entry, "refunded", currency) or None,
    )


def _is_pair(entry: Fields, pair: Any) -> bool:
    return (isinstance(pair, list) and len(pair) == 2) or entry.refuse("not a list of pairs", "properties")


def _charge(entry: Fields, currency: str) -> ChargeRecord:
    price = _needed(entry, "price", currency)
    discounts, taxes = _shares(entry, currency)
    if total((share.amount for share in discounts), currency) > price:
        entry.refuse("discounts are greater than the price", "discounts")
    kind = entry.text("kind", 32) or "shipping"
    return ChargeRecord(entry.text("id", 128) or kind, kind, entry.text("title"), price, discounts, taxes)


def _total(
    order: Fields, lines: tuple[LineRecord, ...], charges: tuple[ChargeRecord, ...], included: bool, currency: str
) -> Money:
    """The order's total as its parts make it; where it is named, it has to be that."""
    parts = [*lines, *charges]
    gross = [*(line.unit_price * line.quantity for line in lines), *(charge.price for charge in charges)]
    discounts = [share.amount for part in parts for share in part.discounts]
    taxes = [] if included else [tax.amount for part in parts for tax in part.taxes]
    made = total(gross, currency) - total(discounts, currency) + total(taxes, currency)
    claimed = money(order, "total", currency)
    if claimed is not None and claimed != made:
        order.refuse(f"is {claimed.decimal} {currency}, but the parts add up to {made.decimal}", "total")
    return made


def _customer(order: Fields) -> CustomerRecord:
    customer = order.part("customer") or Fields({}, order.at("customer"))
    return CustomerRecord(
        source_id=customer.text("id", 64),
        email=customer.text("email", 254),
        phone=customer.text("phone"),
        name=customer.text("name"),
        locale=customer.text("locale", 35),
        tags=customer.tags("tags"),
    )


def _address(address: Fields | None) -> AddressRecord | None:
    if address is None:
        return None
    country = address.text("country", 2)
    if country and not (len(country) == 2 and country.isascii() and country.isupper()):
        address.refuse("not a two-letter country code", "country")
    return AddressRecord(**{name: address.text(name) for name in AddressRecord.__slots__})


def _tender(entry: Fields, currency: str) -> TenderRecord:
    return TenderRecord(entry.text("method", 32) or "other", entry.text("gateway"), money(entry, "amount", currency))


def _parcels(order: Fields, ordered: Mapping[str, int]) -> tuple[ParcelRecord, ...]:
    parcels = []
    packed: dict[str, int] = {}
    for position, parcel in enumerate(order.parts("parcels"), start=1):
        status = parcel.text("status", 32) or None
        if status and status not in STATUSES:
            parcel.refuse("no status that we know", "status")
        inside: dict[str, int] = {}
        for entry in parcel.parts("lines"):
            line, quantity = entry.required_text("line", 128), entry.count("quantity") or 0
            packed[line] = packed.get(line, 0) + (0 if parcel.flag("cancelled") else quantity)
            if line not in ordered or packed[line] > ordered[line]:
                entry.refuse("holds what was not ordered", "line")
            inside[line] = inside.get(line, 0) + quantity
        url = parcel.text("tracking_url", 2000)
        parcels.append(
            ParcelRecord(
                source_id=parcel.text("id", 160) or str(position),
                carrier=parcel.text("carrier", 120),
                tracking_number=parcel.text("tracking_number", 128),
                shipped_at=parcel.moment("shipped_at") or parcel.refuse("missing", "shipped_at"),
                lines=tuple((line, quantity) for line, quantity in inside.items() if quantity),
                tracking_url=url if url.startswith(("https://", "http://")) else "",
                status=status,
                delivered_at=parcel.moment("delivered_at"),
                cancelled=parcel.flag("cancelled"),
                location=parcel.text("location", 64),
            )
        )
    if len({parcel.source_id for parcel in parcels}) < len(parcels):
        order.refuse("two parcels with one id", "parcels")
    return tuple(parcels)
