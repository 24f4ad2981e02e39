"""One scene as the order that Shopify's Admin REST API would give (version 2026-04), money in both currencies."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.demo.brands import Brand
from portal.demo.catalogue import articles
from portal.demo.people import PEOPLE, Person
from portal.demo.pricing import Priced, PricedLine, price
from portal.demo.scenes import Item, Scene
from portal.demo.shopify_parcels import first_shipped, fulfilments
from portal.demo.shopify_refunds import gone_units, refunds
from portal.demo.twins import Twin, both

Json = dict[str, Any]


def order_json(brand: Brand, scene: Scene, today: datetime) -> Json:
    """The payload. `today` is the moment that all its dates count from."""
    person = PEOPLE[scene.who]
    priced = _priced(brand, scene, person)
    order_id = (5_400 if brand.slug == "fashion" else 5_900) * 10**9 + scene.number
    lines = [_line(brand, scene, order_id, index, priced) for index in range(len(scene.items))]
    placed = _placed(brand, scene, today)
    made = fulfilments(brand, scene, order_id, lines, placed, today)
    given = refunds(brand, scene, order_id, lines, priced, today)
    latest = [entry["updated_at"] for entry in made] + [entry["created_at"] for entry in given]
    cancelled = given[-1]["created_at"] if scene.cancelled else None
    return {
        "id": order_id,
        "admin_graphql_api_id": f"gid://shopify/Order/{order_id}",
        "name": f"{brand.prefix}{scene.number}",
        "order_number": scene.number,
        "number": scene.number - 1000,
        "token": f"{order_id:032x}",
        "created_at": placed.isoformat(),
        "processed_at": placed.isoformat(),
        "updated_at": max([placed.isoformat(), *latest], key=datetime.fromisoformat),
        "closed_at": None,
        "cancelled_at": cancelled,
        "cancel_reason": scene.cancelled or None,
        "confirmed": True,
        "test": False,
        "currency": brand.currency,
        "presentment_currency": priced.shopper.currency,
        **_totals(priced),
        "financial_status": _financial_status(scene, given),
        "fulfillment_status": _fulfilment_status(lines),
        "discount_codes": _codes(scene, priced),
        "discount_applications": [_application(cut) for cut in scene.cuts],
        "line_items": lines,
        "shipping_lines": _shipping_lines(scene, order_id, priced),
        "fulfillments": made,
        "refunds": given,
        **_people(scene, person, order_id),
        "payment_gateway_names": list(scene.gateways or (brand.gateway,)),
        "tags": scene.tags,
        "note": scene.note or None,
        "note_attributes": [{"name": name, "value": value} for name, value in scene.attributes],
        "source_name": "pos" if scene.in_store else "web",
        "location_id": brand.location if scene.in_store else None,
        "landing_site": None if scene.in_store else "/",
        "referring_site": "",
    }


def _priced(brand: Brand, scene: Scene, person: Person) -> Twin[Priced]:
    shop = price(brand.slug, scene, person, brand.currency, brand.currency)
    other = scene.currency or brand.currency
    return Twin(shop, shop if other == brand.currency else price(brand.slug, scene, person, brand.currency, other))


def _placed(brand: Brand, scene: Scene, today: datetime) -> datetime:
    zone = ZoneInfo(brand.zone)
    shipped = first_shipped(brand, scene, today)
    if shipped is None:
        return (today - timedelta(days=scene.placed)).astimezone(zone)
    return (shipped - timedelta(hours=11 + scene.number % 17, minutes=scene.number % 53)).astimezone(zone)


def _totals(priced: Twin[Priced]) -> Json:
    return {
        "taxes_included": priced.shop.included,
        "tax_exempt": False,
        **both("total_line_items_price", priced.of(lambda side: side.gross)),
        **both("total_discounts", priced.of(lambda side: side.discounts)),
        **both("subtotal_price", priced.of(lambda side: side.subtotal)),
        **both("total_tax", priced.of(lambda side: side.tax)),
        **both("total_price", priced.of(lambda side: side.total)),
        "total_shipping_price_set": both("x", priced.of(_shipping_price))["x_set"],
        "total_tip_received": both("x", priced.of(lambda side: side.tip))["x"],
        "tax_lines": _order_taxes(priced),
        "total_weight": 0,
    }


def _shipping_price(side: Priced):
    return side.shipping.net if side.shipping else side.subtotal * 0


def _order_taxes(priced: Twin[Priced]) -> list[Json]:
    """Taxes summed over lines and shipping, by name."""

    def summed(side: Priced) -> dict[tuple[str, str], Any]:
        found: dict[tuple[str, str], Any] = {}
        for tax in (tax for part in side.parts for tax in part.taxes):
            key = (tax.title, tax.rate)
            found[key] = found[key] + tax.amount if key in found else tax.amount
        return found

    shop, shopper = summed(priced.shop), summed(priced.shopper)
    return [{"title": key[0], "rate": float(key[1]), **both("price", Twin(shop[key], shopper[key]))} for key in shop]


def _line(brand: Brand, scene: Scene, order_id: int, index: int, priced: Twin[Priced]) -> Json:
    item = scene.items[index]
    article = articles(brand.slug)[item.sku]
    product = article.product
    line = priced.of(lambda side: side.lines[index])
    shipped = sum(_held(scene, number, index) for number, box in enumerate(scene.boxes) if not box.cancelled)
    done = item.quantity if scene.in_store or product.gift_card else shipped
    gone = gone_units(scene, index)
    cancelled = sum(dict(given.lines).get(index, 0) for given in scene.refunds if given.kind == "cancel")
    line_id = order_id * 100 + index + 1
    zero = line.of(lambda side: side.unit * 0)
    return {
        "id": line_id,
        "admin_graphql_api_id": f"gid://shopify/LineItem/{line_id}",
        "product_id": product.id,
        "variant_id": article.id,
        "sku": article.sku,
        "title": product.title,
        "name": f"{product.title} - {article.title}" if article.title else product.title,
        "variant_title": article.title or None,
        "vendor": product.vendor,
        "product_type": product.product_type,
        "product_exists": True,
        "tags": list(product.tags),
        **both("price", line.of(lambda side: side.unit)),
        "quantity": item.quantity,
        "current_quantity": item.quantity - gone,
        "fulfillable_quantity": item.quantity - done - cancelled,
        "fulfillment_status": _line_status(item, done),
        "fulfillment_service": "manual",
        "grams": product.grams,
        "requires_shipping": not product.gift_card,
        "taxable": not product.gift_card,
        "gift_card": product.gift_card,
        "properties": [{"name": name, "value": value} for name, value in item.properties],
        **both("total_discount", zero),
        "discount_allocations": _allocations(line),
        "tax_lines": tax_lines(line),
        "duties": [],
    }


def _held(scene: Scene, box: int, index: int) -> int:
    return dict(holds(scene, box)).get(index, 0)


def holds(scene: Scene, box: int) -> tuple[tuple[int, int], ...]:
    """Line index and units of a parcel; every line in full when the scene does not say."""
    return scene.boxes[box].holds or tuple((index, item.quantity) for index, item in enumerate(scene.items))


def _line_status(item: Item, done: int) -> str | None:
    if done == 0:
        return None
    return "fulfilled" if done == item.quantity else "partial"


def _allocations(line: Twin[PricedLine]) -> list[Json]:
    pairs = enumerate(zip(line.shop.shares, line.shopper.shares, strict=True))
    return [
        {"discount_application_index": number, **both("amount", Twin(shop, shopper))}
        for number, (shop, shopper) in pairs
        if shop or shopper
    ]


def tax_lines(line: Twin[PricedLine]) -> list[Json]:
    """The taxes of a line or of the shipping."""
    pairs = zip(line.shop.taxes, line.shopper.taxes, strict=True)
    return [
        {"title": a.title, "rate": float(a.rate), "channel_liable": False, **both("price", Twin(a.amount, b.amount))}
        for a, b in pairs
    ]


def _shipping_lines(scene: Scene, order_id: int, priced: Twin[Priced]) -> list[Json]:
    if scene.shipping is None or priced.shop.shipping is None or priced.shopper.shipping is None:
        return []
    line = Twin(priced.shop.shipping, priced.shopper.shipping)
    entry = {
        "id": order_id * 100 + 99,
        "title": scene.shipping[0],
        "code": scene.shipping[0],
        "source": "shopify",
        "carrier_identifier": None,
        **both("price", line.of(lambda side: side.unit)),
        **both("discounted_price", line.of(lambda side: side.net)),
        "discount_allocations": _allocations(line),
        "tax_lines": tax_lines(line),
    }
    return [entry]


def _application(cut: Any) -> Json:
    kind = {"type": "discount_code", "code": cut.code} if cut.code else {"type": "automatic", "title": cut.title}
    return {
        "target_type": "shipping_line" if cut.on_shipping else "line_item",
        **kind,
        "title": cut.title,
        "value": cut.value,
        "value_type": cut.kind,
        "allocation_method": "across",
        "target_selection": "entitled" if cut.only else "all",
    }


def _codes(scene: Scene, priced: Twin[Priced]) -> list[Json]:
    """Codes with the amount they took off, in the shop's currency."""
    found = []
    for number, cut in enumerate(scene.cuts):
        if cut.code:
            amount = sum((part.shares[number].decimal for part in priced.shop.parts), start=priced.shop.tip.decimal * 0)
            found.append({"code": cut.code, "amount": str(amount), "type": "shipping" if cut.on_shipping else cut.kind})
    return found


def _people(scene: Scene, person: Person, order_id: int) -> Json:
    address = _address(person)
    customer_id = 8_000_000_000 + sum(person.email.encode()) * 7919
    customer = {
        "id": customer_id,
        "admin_graphql_api_id": f"gid://shopify/Customer/{customer_id}",
        "email": person.email,
        "phone": person.phone or None,
        "first_name": person.first,
        "last_name": person.last,
        "state": "disabled",
        "tags": person.tags,
        "currency": scene.currency or None,
        "default_address": {"id": customer_id + 1, "customer_id": customer_id, "default": True, **address},
    }
    return {
        "email": person.email,
        "contact_email": person.email,
        "phone": person.phone or None,
        "buyer_accepts_marketing": "newsletter" in person.tags,
        "customer_locale": person.locale,
        "customer": customer,
        "billing_address": address,
        "shipping_address": None if scene.in_store else address,
    }


def _address(person: Person) -> Json:
    return {
        "first_name": person.first,
        "last_name": person.last,
        "name": f"{person.first} {person.last}",
        "company": person.company or None,
        "address1": person.street,
        "address2": person.extra or None,
        "city": person.city,
        "zip": person.postal_code,
        "province": person.province or None,
        "province_code": person.province or None,
        "country": person.country,
        "country_code": person.country,
        "phone": person.phone or None,
    }


def _financial_status(scene: Scene, given: list[Json]) -> str:
    if scene.cancelled:
        return "refunded"
    return "partially_refunded" if given else "paid"


def _fulfilment_status(lines: list[Json]) -> str | None:
    states = {line["fulfillment_status"] for line in lines if line["current_quantity"]}
    if not states or states == {None}:
        return None
    return "fulfilled" if states == {"fulfilled"} else "partial"
