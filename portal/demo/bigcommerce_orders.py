"""Aurelle's BigCommerce orders as its V2 API gives them, with all that belongs to them, and how they move on.

Prices are without tax, as American stores list them; the order's tax is that of what the discounts left.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from babel import Locale

from portal.demo.bigcommerce_parts import Json, Packed, refunds, shipments_of, written
from portal.demo.brands import brand
from portal.demo.catalogue import articles
from portal.demo.jewels.bigcommerce_scenes import COUNTER, SCENES
from portal.demo.journeys import Shipment, shipped_at
from portal.demo.numbers import tracking_number
from portal.demo.orders import Featured
from portal.demo.people import PEOPLE, Person
from portal.demo.pricing import Priced, price, taxes
from portal.demo.scenes import Scene
from portal.demo.seed import AURELLE
from portal.demo.shipments import shipment, shipments
from portal.demo.shopify_order import holds
from portal.demo.taxes import taxes_of
from portal.kernel.money import Money, total

STORE = "aur3ll3nyc"
"""The store's hash as it is connected."""
NEW = "48104"
"""The order that waits to be shipped; see `sent`."""
STATUSES = {2: "Shipped", 3: "Partially Shipped", 5: "Cancelled", 8: "Awaiting Pickup", 11: "Awaiting Fulfillment",
            14: "Partially Refunded"}  # fmt: skip
COUNTRIES: Mapping[str, str] = Locale("en").territories


def bigcommerce_orders(today: datetime) -> dict[str, Json]:
    """The orders by id, oldest first; the same `today`, the same orders. Raises ValueError when it has no time zone."""
    if today.tzinfo is None:
        raise ValueError("today must be aware")
    today = today.astimezone(UTC).replace(microsecond=0)
    found = sorted(SCENES, key=lambda scene: _placed(scene, today))
    return {str(scene.number): _order(scene, today) for scene in found}


def bigcommerce_parcels(today: datetime) -> list[Shipment]:
    """Their parcels, as the carriers know them."""
    return shipments(replace(brand("jewels"), scenes=SCENES), today)


def bigcommerce_featured() -> tuple[Featured, ...]:
    """What to type to see each of them."""
    people = ((scene, PEOPLE[scene.who]) for scene in SCENES)
    return tuple(Featured("jewels", str(one.number), who.email, who.postal_code, one.shows) for one, who in people)


def sent(order: Mapping[str, Any], now: datetime) -> Json:
    """The order once all of it went out in one UPS parcel at `now`."""
    inside = [{"order_product_id": one["id"], "quantity": one["quantity"]} for one in order["products"]]
    products = [{**one, "quantity_shipped": one["quantity"]} for one in order["products"]]
    number = tracking_number("UPS", order["id"] * 100 + 90)
    made = shipments_of(order["id"], [(9, "UPS", number, now, inside)])
    return {**order, "products": products, "shipments": made, **_status(2), "date_modified": written(now)}


def _order(scene: Scene, today: datetime) -> Json:
    person = PEOPLE[scene.who]
    priced = price("jewels", scene, person, "USD", "USD")
    products = [_product(scene, index, priced, person) for index in range(len(scene.items))]
    given = refunds(scene, priced, today)
    collected = scene.shipping == COUNTER
    return {
        "id": scene.number,
        **_times(scene, given, today),
        **_status(_status_id(scene, products, given)),
        **_totals(scene, priced),
        **_payment(given),
        **_buyer(person),
        "customer_message": scene.note,
        "order_source": "www",
        "channel_id": 1,
        "items_total": sum(item.quantity for item in scene.items),
        "products": products,
        "shipping_addresses": [] if collected else [{"id": scene.number, **_address(person)}],
        "shipments": shipments_of(scene.number, _packed(scene, today)),
        "coupons": _coupons(scene, priced),
        "refunds": given,
        **({"consignments": _collected(products)} if collected else {}),
    }


def _times(scene: Scene, given: list[Json], today: datetime) -> Json:
    placed = _placed(scene, today)
    later = [shipped_at(one) for one in _parcels(scene, today)]
    later += [datetime.fromisoformat(one["created"]) for one in given]
    return {"date_created": written(placed), "date_modified": written(max([placed, *later]))}


def _payment(given: list[Json]) -> Json:
    return {
        "currency_code": "USD",
        "default_currency_code": "USD",
        "store_default_currency_code": "USD",
        "payment_method": "Credit Card",
        "payment_status": "partially refunded" if given else "captured",
        "refunded_amount": str(sum((one["total_amount"] for one in given), start=Decimal(0))),
    }


def _buyer(person: Person) -> Json:
    address = {**_address(person), "email": person.email}
    return {"customer_id": 0, "customer_locale": person.locale, "billing_address": address}


def _packed(scene: Scene, today: datetime) -> list[Packed]:
    return [
        (place, one.carrier, one.tracking_number, shipped_at(one), _inside(scene, place))
        for place, one in enumerate(_parcels(scene, today))
    ]


def _parcels(scene: Scene, today: datetime) -> list[Shipment]:
    whose = replace(brand("jewels"), scenes=SCENES)
    return [shipment(whose, scene, position, today) for position in range(len(scene.boxes))]


def _placed(scene: Scene, today: datetime) -> datetime:
    first = min((shipped_at(one) for one in _parcels(scene, today)), default=None)
    return first - timedelta(hours=15) if first else today - timedelta(days=scene.placed)


def _inside(scene: Scene, place: int) -> list[Json]:
    return [{"order_product_id": _line(scene, index), "quantity": units} for index, units in holds(scene, place)]


def _line(scene: Scene, index: int) -> int:
    return scene.number * 10 + index


def _product(scene: Scene, index: int, priced: Priced, person: Person) -> Json:
    item, line = scene.items[index], priced.lines[index]
    article = articles("jewels")[item.sku]
    rates = taxes_of("jewels", person.country, person.province)
    tax = total((each.amount for each in taxes(line.gross, rates, included=False)), "USD")
    saved = line.gross - line.net
    options = (
        [{"display_name": "Variant", "display_value": article.title, "type": "Multiple choice"}]
        if article.title
        else []
    )
    options += [{"display_name": name, "display_value": text, "type": "Text field"} for name, text in item.properties]
    shares = [{"id": "coupon", "amount": _four(saved), "name": cut.title, "code": cut.code, "target": "order"}
              for cut in scene.cuts]  # fmt: skip
    return {
        "id": _line(scene, index),
        "order_id": scene.number,
        "product_id": article.product.id,
        "name": article.product.title,
        "name_customer": article.product.title,
        "sku": item.sku,
        "type": "physical",
        "brand": article.product.vendor,
        "quantity": item.quantity,
        "quantity_shipped": sum(dict(holds(scene, box)).get(index, 0) for box in range(len(scene.boxes))),
        "quantity_refunded": 0,
        "refund_amount": "0.0000",
        "price_ex_tax": _four(line.unit),
        "total_ex_tax": _four(line.gross),
        "total_inc_tax": _four(line.gross + tax),
        "total_tax": _four(tax),
        "product_options": options,
        "applied_discounts": shares if saved else [],
    }


def _four(amount: Money) -> str:
    return f"{amount.decimal:.4f}"


def _totals(scene: Scene, priced: Priced) -> Json:
    shipping = priced.shipping.net if priced.shipping else Money(0, "USD")
    tax = total((each.amount for each in priced.shipping.taxes), "USD") if priced.shipping else Money(0, "USD")
    with_code = any(cut.code for cut in scene.cuts)
    return {
        "is_tax_inclusive_pricing": False,
        "subtotal_ex_tax": _four(priced.gross),
        "discount_amount": _four(priced.discounts * (not with_code)),
        "coupon_discount": _four(priced.discounts * with_code),
        "shipping_cost_ex_tax": _four(shipping),
        "shipping_cost_inc_tax": _four(shipping + tax),
        "shipping_cost_tax": _four(tax),
        "total_ex_tax": _four(priced.total - priced.tax),
        "total_tax": _four(priced.tax),
        "total_inc_tax": _four(priced.total),
        "gift_certificate_amount": "0.0000",
        "store_credit_amount": "0.0000",
    }


def _status_id(scene: Scene, products: list[Json], given: list[Json]) -> int:
    if scene.cancelled:
        return 5
    if scene.shipping == COUNTER:
        return 8
    if given:
        return 14
    shipped = [product["quantity_shipped"] == product["quantity"] for product in products]
    return 2 if all(shipped) else 3 if scene.boxes else 11


def _status(number: int) -> Json:
    return {"status_id": number, "status": STATUSES[number], "custom_status": STATUSES[number]}


def _coupons(scene: Scene, priced: Priced) -> list[Json]:
    return [
        {"id": scene.number, "coupon_id": 1, "code": cut.code, "amount": cut.value, "type": 1,
         "discount": priced.discounts.decimal, "order_id": scene.number}
        for cut in scene.cuts if cut.code
    ]  # fmt: skip


def _collected(products: list[Json]) -> Json:
    home = AURELLE.return_address
    location = {"id": 1, "name": "Aurelle, 47th Street", "code": "NYC-47", "address_line_1": home.line1,
                "address_line_2": home.line2, "city": home.city, "state": home.region, "postal_code": home.postal_code,
                "country_alpha2": home.country}  # fmt: skip
    lines = [{"resource": f"/orders/{one['order_id']}/products/{one['id']}"} for one in products]
    pickup = {"id": 99, "pickup_method_display_name": "Collect at the salon", "location": location, "line_items": lines}
    return {"pickups": [pickup], "shipping": [], "downloads": [], "email": {"gift_certificates": []}}


def _address(person: Person) -> Json:
    return {
        "first_name": person.first,
        "last_name": person.last,
        "company": person.company,
        "street_1": person.street,
        "street_2": person.extra,
        "city": person.city,
        "state": person.province,
        "zip": person.postal_code,
        "country": COUNTRIES.get(person.country, person.country),
        "country_iso2": person.country,
        "phone": person.phone,
    }
