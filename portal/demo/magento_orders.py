"""Fernweh's Magento orders as GET /V1/orders gives them, with their shipments and credit memos, and how they move on.

Prices hold the tax, as German shops list them: Magento then tells net prices, the tax, and what it compensated.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.demo.brands import Brand, brand
from portal.demo.catalogue import Article, articles
from portal.demo.fashion.magento_scenes import COUNTER, SCENES
from portal.demo.journeys import Shipment, shipped_at
from portal.demo.numbers import tracking_number
from portal.demo.orders import Featured
from portal.demo.people import PEOPLE, Person
from portal.demo.pricing import Priced, PricedLine, price, taxes
from portal.demo.scenes import Scene
from portal.demo.seed import FERNWEH
from portal.demo.shipments import shipment, shipments
from portal.demo.shopify_order import holds
from portal.demo.taxes import taxes_of
from portal.kernel.money import Money, total

Json = dict[str, Any]
SHOP = "magento.fernweh.example"
"""The shop's name as it is connected."""
NEW = "70105"
"""The order that waits to be shipped; see `sent`."""
READY_AFTER = timedelta(hours=20)
CARRIERS = {"DHL": "dhl", "DHL Express": "dhl", "DPD": "dpd", "Hermes": "hermes"}


def magento_orders(today: datetime) -> dict[str, Json]:
    """The orders by id, oldest first; the same `today`, the same orders. Raises ValueError when it has no time zone."""
    if today.tzinfo is None:
        raise ValueError("today must be aware")
    today = today.astimezone(UTC).replace(microsecond=0)
    found = sorted((_order(scene, today) for scene in SCENES), key=lambda order: order["created_at"])
    return {str(order["entity_id"]): order for order in found}


def magento_parcels(today: datetime) -> list[Shipment]:
    """Their parcels, as the carriers know them."""
    return shipments(_brand(), today)


def magento_featured() -> tuple[Featured, ...]:
    """What to type to see each of them."""
    people = ((scene, PEOPLE[scene.who]) for scene in SCENES)
    return tuple(Featured("fashion", _number(one), who.email, who.postal_code, one.shows) for one, who in people)


def sent(order: Mapping[str, Any], now: datetime) -> Json:
    """The order once all of it went out in one DHL parcel at `now`."""
    at, number = _written(now), order["entity_id"]
    items = [{**item, "qty_shipped": item["qty_ordered"]} for item in order["items"]]
    inside = [{"order_item_id": item["item_id"], "qty": item["qty_ordered"]} for item in items]
    track = ("DHL", tracking_number("DHL", number * 100 + 90))
    made = _shipment(number, 9, now, inside, track)
    return {**order, "items": items, "shipments": [made], "state": "complete", "status": "complete", "updated_at": at}


def _brand() -> Brand:
    return replace(brand("fashion"), scenes=SCENES)


def _number(scene: Scene) -> str:
    return f"3{scene.number:09d}"


def _order(scene: Scene, today: datetime) -> Json:
    person = PEOPLE[scene.who]
    priced = price("fashion", scene, person, "EUR", "EUR")
    items = [item for index in range(len(scene.items)) for item in _items(scene, index, priced, person)]
    made = _shipments(scene, items, today)
    placed = _placed(scene, today)
    memos = _creditmemos(scene, priced, today)
    latest = [placed, *(each["updated_at"] for each in (*made, *memos))]
    if scene.cancelled:
        latest.append(_written(today - timedelta(days=scene.placed - 0.2)))
    return {
        "entity_id": scene.number,
        "increment_id": _number(scene),
        "created_at": placed,
        "updated_at": max(latest),
        **_state(scene, items, made),
        "store_id": 3,
        "store_name": "Fernweh\nFernweh Outdoor\nDeutsch",
        "base_currency_code": "EUR",
        "order_currency_code": "EUR",
        "global_currency_code": "EUR",
        **_totals(scene, priced, person),
        "total_refunded": sum((memo["grand_total"] for memo in memos), start=Decimal(0)),
        "coupon_code": next((cut.code for cut in scene.cuts if cut.code), None),
        "shipping_description": scene.shipping[0] if scene.shipping else "",
        "customer_note": scene.note or None,
        "total_item_count": len(scene.items),
        **_buyer(person),
        "payment": {"method": "stripe_payments", "amount_ordered": priced.total.decimal},
        "items": items,
        "extension_attributes": _extension(scene, person),
        "shipments": made,
        "creditmemos": memos,
    }


def _buyer(person: Person) -> Json:
    return {
        "customer_email": person.email,
        "customer_firstname": person.first,
        "customer_lastname": person.last,
        "customer_is_guest": 1,
        "customer_group_id": 0,
        "billing_address": {**_address(person), "address_type": "billing"},
    }


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _placed(scene: Scene, today: datetime) -> str:
    first = min((shipped_at(one) for one in _parcels(scene, today)), default=None)
    return _written(first - timedelta(hours=13) if first else today - timedelta(days=scene.placed))


def _parcels(scene: Scene, today: datetime) -> list[Shipment]:
    return [shipment(_brand(), scene, position, today) for position in range(len(scene.boxes))]


def _items(scene: Scene, index: int, priced: Priced, person: Person) -> list[Json]:
    """One line: an item, and under an article with variants the variant that was bought."""
    item, line = scene.items[index], priced.lines[index]
    article = articles("fashion")[item.sku]
    number = scene.number * 100 + index * 2
    facts = {
        "order_id": scene.number,
        "sku": item.sku,
        "product_id": article.id,
        "is_virtual": 0,
        "store_id": 3,
        "qty_ordered": item.quantity,
        "qty_canceled": item.quantity if scene.cancelled else 0,
        "qty_shipped": sum(dict(holds(scene, box)).get(index, 0) for box in range(len(scene.boxes))),
        "qty_refunded": _back(scene, index),
    }
    if scene.shipping == COUNTER:
        facts["qty_shipped"] = item.quantity
    name, kind = article.product.title, "configurable" if _has_variants(article) else "simple"
    amounts = _amounts(line, person, _back(scene, index))
    lines = [{"item_id": number, "name": name, "product_type": kind, **facts, **amounts}]
    if kind == "configurable":
        child = f"{name}-{article.title.replace(' / ', '-')}"
        free = {"price": 0, "row_total": 0, "tax_amount": 0, "discount_amount": 0}
        lines.append(
            {"item_id": number + 1, "parent_item_id": number, "name": child, "product_type": "simple", **facts, **free}
        )
    return lines


def _has_variants(article: Article) -> bool:
    return sum(other.product.id == article.product.id for other in articles("fashion").values()) > 1


def _back(scene: Scene, index: int) -> int:
    return sum(dict(given.lines).get(index, 0) for given in scene.refunds)


def _amounts(line: PricedLine, person: Person, back: int) -> Json:
    """Magento's arithmetic of a row with tax inside; what came back is a share of it."""
    taxed, saved = _tax(line.gross, person), line.gross - line.net
    row, tax = line.gross - taxed, _tax(line.net, person)
    rate = sum((Decimal(rate) for _, rate in taxes_of("fashion", person.country, person.province)), Decimal(0))
    unit = (row.decimal / line.quantity).quantize(Decimal("0.01"), ROUND_HALF_UP)
    returned = {"amount_refunded": row, "tax_refunded": tax, "discount_refunded": saved,
                "discount_tax_compensation_refunded": taxed - tax}  # fmt: skip
    parts = {key: amount.allocate([back, line.quantity - back])[0].decimal for key, amount in returned.items()}
    return {
        "original_price": line.unit.decimal,
        "price": unit,
        "price_incl_tax": line.unit.decimal,
        "row_total": row.decimal,
        "row_total_incl_tax": line.gross.decimal,
        "tax_amount": tax.decimal,
        "tax_percent": rate * 100,
        "discount_amount": saved.decimal,
        "discount_tax_compensation_amount": (taxed - tax).decimal,
        **(parts if back else dict.fromkeys(parts, 0)),
    }


def _tax(amount: Money, person: Person) -> Money:
    rates = taxes_of("fashion", person.country, person.province)
    return total((tax.amount for tax in taxes(amount, rates, included=True)), amount.currency)


def _totals(scene: Scene, priced: Priced, person: Person) -> Json:
    compensated = total((_tax(one.gross, person) - _tax(one.net, person) for one in priced.lines), "EUR")
    shipping = priced.shipping.gross if priced.shipping else Money(0, "EUR")
    shipping_tax = _tax(shipping, person)
    row = total((one.gross - _tax(one.gross, person) for one in priced.lines), "EUR")
    return {
        "grand_total": priced.total.decimal,
        "total_paid": None if scene.cancelled else priced.total.decimal,
        "total_due": priced.total.decimal if scene.cancelled else 0,
        "subtotal": row.decimal,
        "subtotal_incl_tax": priced.gross.decimal,
        "tax_amount": priced.tax.decimal,
        "discount_amount": -priced.discounts.decimal,
        "discount_tax_compensation_amount": compensated.decimal,
        "shipping_amount": (shipping - shipping_tax).decimal,
        "shipping_tax_amount": shipping_tax.decimal,
        "shipping_incl_tax": shipping.decimal,
        "shipping_discount_amount": 0,
        "total_qty_ordered": sum(item.quantity for item in scene.items),
    }


def _state(scene: Scene, items: list[Json], made: list[Json]) -> Json:
    if scene.cancelled:
        return {"state": "canceled", "status": "canceled"}
    if scene.shipping == COUNTER:
        return {"state": "complete", "status": "complete" if made else "processing"}
    whole = all(item["qty_shipped"] == item["qty_ordered"] for item in items)
    return {"state": "complete", "status": "complete"} if whole else {"state": "processing", "status": "processing"}


def _extension(scene: Scene, person: Person) -> Json:
    """Where it goes; a store's own address for an order that is collected there."""
    address: Json = {**_address(person), "address_type": "shipping"}
    collected = scene.shipping == COUNTER
    if collected:
        home = FERNWEH.return_address
        address |= {"firstname": "Fernweh", "lastname": "Erfurt", "street": [home.line1], "city": home.city,
                    "postcode": home.postal_code, "country_id": home.country, "company": None}  # fmt: skip
    method = "instore_pickup" if collected else "tablerate_bestway"
    assignment = {"shipping": {"address": address, "method": method}, "items": []}
    return {"shipping_assignments": [assignment], **({"pickup_location_code": "erfurt"} if collected else {})}


def _address(person: Person) -> Json:
    return {
        "firstname": person.first,
        "lastname": person.last,
        "company": person.company or None,
        "street": [line for line in (person.street, person.extra) if line],
        "city": person.city,
        "postcode": person.postal_code,
        "region_code": person.province or None,
        "country_id": person.country,
        "telephone": person.phone or None,
        "email": person.email,
    }


def _shipments(scene: Scene, items: list[Json], today: datetime) -> list[Json]:
    parents = [item for item in items if "parent_item_id" not in item]
    if scene.shipping == COUNTER:
        inside = [{"order_item_id": item["item_id"], "qty": item["qty_ordered"]} for item in parents]
        ready = today - timedelta(days=scene.placed) + READY_AFTER
        return [_shipment(scene.number, 0, ready, inside, None)]
    made = []
    for place, parcel in enumerate(_parcels(scene, today)):
        inside = [{"order_item_id": parents[index]["item_id"], "qty": units} for index, units in holds(scene, place)]
        track = (parcel.carrier, parcel.tracking_number)
        made.append(_shipment(scene.number, place, shipped_at(parcel), inside, track))
    return made


def _shipment(number: int, place: int, at: datetime, inside: list[Json], track: tuple[str, str] | None) -> Json:
    identifier = number * 10 + place
    when = {"order_id": number, "created_at": _written(at), "updated_at": _written(at)}
    tracks = []
    if track:
        named = {"title": track[0], "carrier_code": CARRIERS.get(track[0], "custom"), "track_number": track[1]}
        tracks.append({"entity_id": identifier * 10, "parent_id": identifier, **named, **when})
    known = {"entity_id": identifier, "increment_id": f"3{identifier:09d}", **when}
    return {**known, "items": inside, "tracks": tracks, "comments": []}


def _creditmemos(scene: Scene, priced: Priced, today: datetime) -> list[Json]:
    made = []
    for place, given in enumerate(scene.refunds):
        when = _written(today - timedelta(days=given.days, hours=2))
        paid = total((priced.lines[index].share_of(units)[0] for index, units in given.lines), "EUR")
        items = [{"order_item_id": scene.number * 100 + index * 2, "qty": units} for index, units in given.lines]
        identifier = scene.number * 10 + place
        made.append({"entity_id": identifier, "increment_id": f"3{identifier:09d}", "order_id": scene.number,
                     "created_at": when, "updated_at": when, "grand_total": paid.decimal, "items": items})  # fmt: skip
    return made
