"""GraphQL's order as the REST Admin API writes it, which is what webhooks bring and the mapping reads. Pure.

Raises KeyError, TypeError or ValueError on what is no such order; `shop_api` makes one error of them.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

Node = Mapping[str, Any]
Json = dict[str, Any]

# What GraphQL displays where REST's `shipment_status` is silent, and its other words for the same thing.
_SILENT = frozenset({"FULFILLED", "MARKED_AS_FULFILLED", "SUBMITTED", "CANCELED", "LABEL_VOIDED"})
_SHIPMENT = {"PICKED_UP": "delivered"}
_GRAMS = {"GRAMS": 1.0, "KILOGRAMS": 1000.0, "POUNDS": 453.59237, "OUNCES": 28.349523125}


def order_json(order: Node, lines: Sequence[Node], fulfilments: Sequence[Json], refunds: Sequence[Json]) -> Json:
    """The order; its connections come whole, beside it. `shippingLines` and `discountApplications` are lists by now."""
    return {
        "id": number_of(order["id"]),
        "admin_graphql_api_id": order["id"],
        "name": order["name"],
        "order_number": order["number"],
        "created_at": order["createdAt"],
        "processed_at": order["processedAt"],
        "updated_at": order["updatedAt"],
        "cancelled_at": order["cancelledAt"],
        "cancel_reason": _lower(order["cancelReason"]),
        "test": order["test"],
        "currency": order["currencyCode"],
        "presentment_currency": order["presentmentCurrencyCode"],
        "taxes_included": order["taxesIncluded"],
        "duties_included": order["dutiesIncluded"],
        "financial_status": _lower(order["displayFinancialStatus"]),
        **_sums(order),
        **_people(order),
        "note": order["note"],
        "tags": ", ".join(order["tags"]),
        "note_attributes": _pairs(order["customAttributes"]),
        "source_name": order["sourceName"],
        "location_id": number_of(order["retailLocation"]["id"]) if order["retailLocation"] else None,
        "payment_gateway_names": list(order["paymentGatewayNames"]),
        "discount_applications": _applications(order["discountApplications"]),
        "line_items": _with_tips([_line(line) for line in lines], order["totalTipReceivedSet"]),
        "shipping_lines": [_shipping(line) for line in order["shippingLines"]],
        "fulfillments": list(fulfilments),
        "refunds": list(refunds),
        "transactions": [_transaction(each) for each in order["transactions"]],
    }


def fulfilment_json(fulfilment: Node, held: Sequence[Node]) -> Json:
    """One fulfilment with everything it holds."""
    tracking = fulfilment["trackingInfo"]
    numbers = [info["number"] for info in tracking if info["number"]]
    urls = [info["url"] or "" for info in tracking if info["number"]]
    shown = fulfilment["displayStatus"]
    return {
        "id": number_of(fulfilment["id"]),
        "status": _lower(fulfilment["status"]),
        "location_id": number_of(fulfilment["location"]["id"]) if fulfilment["location"] else None,
        "shipment_status": None if shown is None or shown in _SILENT else _SHIPMENT.get(shown, _lower(shown)),
        "created_at": fulfilment["createdAt"],
        "updated_at": fulfilment["updatedAt"],
        "delivered_at": fulfilment["deliveredAt"],
        "tracking_company": next((info["company"] for info in tracking if info["company"]), None),
        "tracking_numbers": numbers,
        "tracking_urls": urls if any(urls) else [],
        "line_items": [
            {
                "id": number_of(entry["lineItem"]["id"]),
                "quantity": entry["quantity"] or 0,
                "requires_shipping": entry["lineItem"]["requiresShipping"],
            }
            for entry in held
        ],
    }


def refund_json(refund: Node, entries: Sequence[Node]) -> Json:
    """One refund with all its lines. What went back for shipping is an adjustment in REST, negative."""
    shipping = [
        {"kind": "shipping_refund", "amount_set": _negative(line["subtotalAmountSet"])}
        for line in refund["refundShippingLines"]["nodes"]
    ]
    return {
        "id": number_of(refund["id"]),
        "created_at": refund["createdAt"] or refund["processedAt"],
        "processed_at": refund["processedAt"],
        "note": refund["note"],
        "refund_line_items": [
            {
                "line_item_id": number_of(entry["lineItem"]["id"]),
                "quantity": entry["quantity"],
                "restock_type": _lower(entry["restockType"]),
                "subtotal_set": bag(entry["subtotalSet"]),
                "total_tax_set": bag(entry["totalTaxSet"]),
            }
            for entry in entries
        ],
        "order_adjustments": shipping,
        "transactions": [_transaction(each) for each in refund["transactions"]["nodes"]],
    }


def number_of(gid: str) -> int:
    """The number at the end of "gid://shopify/Order/1"."""
    return int(gid.rsplit("/", 1)[1].split("?")[0])


def bag(both: Node | None) -> Json | None:
    """The shopper's side of a MoneyBag in REST's words."""
    if both is None:
        return None
    money = both["presentmentMoney"]
    return {"presentment_money": {"amount": str(money["amount"]), "currency_code": money["currencyCode"]}}


def _negative(both: Node) -> Json:
    money = both["presentmentMoney"]
    amount = str(-Decimal(money["amount"]))
    return {"presentment_money": {"amount": amount, "currency_code": money["currencyCode"]}}


def _sums(order: Node) -> Json:
    return {
        "total_price_set": bag(order["totalPriceSet"]),
        "subtotal_price_set": bag(order["subtotalPriceSet"]),
        "total_tax_set": bag(order["totalTaxSet"]),
        "total_discounts_set": bag(order["totalDiscountsSet"]),
        "total_tip_received_set": bag(order["totalTipReceivedSet"]),
        "original_total_duties_set": bag(order["originalTotalDutiesSet"]),
        "original_total_additional_fees_set": bag(order["originalTotalAdditionalFeesSet"]),
        "tax_lines": _taxes(order["taxLines"]),
    }


def _people(order: Node) -> Json:
    return {
        "email": order["email"],
        "phone": order["phone"],
        "customer_locale": order["customerLocale"],
        "customer": _customer(order["customer"]),
        "billing_address": _address(order["billingAddress"]),
        "shipping_address": _address(order["shippingAddress"]),
    }


def _customer(customer: Node | None) -> Json | None:
    if customer is None:
        return None
    mail, phone = customer["defaultEmailAddress"], customer["defaultPhoneNumber"]
    return {
        "id": number_of(customer["id"]),
        "email": mail["emailAddress"] if mail else None,
        "phone": phone["phoneNumber"] if phone else None,
        "first_name": customer["firstName"],
        "last_name": customer["lastName"],
        "tags": ", ".join(customer["tags"]),
    }


def _address(place: Node | None) -> Json | None:
    if place is None:
        return None
    return {
        "first_name": place["firstName"],
        "last_name": place["lastName"],
        "name": place["name"],
        "company": place["company"],
        "address1": place["address1"],
        "address2": place["address2"],
        "city": place["city"],
        "zip": place["zip"],
        "province": place["province"],
        "province_code": place["provinceCode"],
        "country": place["country"],
        "country_code": place["countryCodeV2"],
        "phone": place["phone"],
    }


def _line(line: Node) -> Json:
    product = line["product"] or {}
    return {
        "id": number_of(line["id"]),
        "title": line["title"],
        "variant_title": line["variantTitle"],
        "name": line["name"],
        "sku": line["sku"],
        "vendor": line["vendor"],
        "product_id": number_of(product["id"]) if product else None,
        "product_type": product.get("productType"),
        "product_tags": list(product.get("tags") or ()),
        "grams": _grams(line["weight"]),
        "quantity": line["quantity"],
        "current_quantity": line["currentQuantity"],
        "requires_shipping": line["requiresShipping"],
        "taxable": line["taxable"],
        "gift_card": line["isGiftCard"],
        "properties": _pairs(line["customAttributes"]),
        "price_set": bag(line["originalUnitPriceSet"]),
        "discount_allocations": _shares(line["discountAllocations"]),
        "tax_lines": _taxes(line["taxLines"]),
        "duties": [{**(bag(duty["price"]) or {}), "tax_lines": _taxes(duty["taxLines"])} for duty in line["duties"]],
    }


def _grams(weight: Node | None) -> int | None:
    return round(weight["value"] * _GRAMS[weight["unit"]]) if weight else None


def _with_tips(lines: list[Json], tips: Node) -> list[Json]:
    """REST marks a tip's line; GraphQL only says what was tipped in all. Goods have a product or want shipping."""
    received = Decimal(tips["presentmentMoney"]["amount"])
    found = [line for line in lines if line["product_id"] is None and not line["requires_shipping"]]
    if received and sum((_price(line) for line in found), Decimal(0)) == received:
        for line in found:
            line["tip"] = {"payment_gateway": None}
    return lines


def _price(line: Json) -> Decimal:
    return Decimal(line["price_set"]["presentment_money"]["amount"]) * line["quantity"]


def _shipping(line: Node) -> Json:
    return {
        "id": number_of(line["id"]) if line["id"] else None,
        "title": line["title"],
        "price_set": bag(line["originalPriceSet"]),
        "discounted_price_set": bag(line["discountedPriceSet"]),
        "discount_allocations": _shares(line["discountAllocations"]),
        "tax_lines": _taxes(line["taxLines"]),
    }


def _applications(found: Sequence[Node]) -> list[Json]:
    """By their index: allocations point at it."""
    keys = ("code", "title", "description")
    return [{key: each[key] for key in keys if each.get(key)} for each in sorted(found, key=lambda each: each["index"])]


def _shares(found: Sequence[Node]) -> list[Json]:
    return [
        {
            "amount_set": bag(share["allocatedAmountSet"]),
            "discount_application_index": share["discountApplication"]["index"],
        }
        for share in found
    ]


def _taxes(found: Sequence[Node]) -> list[Json]:
    return [{"title": tax["title"], "rate": tax["rate"], "price_set": bag(tax["priceSet"])} for tax in found]


def _transaction(found: Node) -> Json:
    both = found["amountSet"]
    return {
        "kind": _lower(found["kind"]),
        "status": _lower(found["status"]),
        "gateway": found["gateway"],
        "currency": both["presentmentMoney"]["currencyCode"],
        "amount_set": bag(both),
    }


def _pairs(found: Sequence[Node]) -> list[Json]:
    return [{"name": pair["key"], "value": pair["value"]} for pair in found]


def _lower(word: str | None) -> str | None:
    return word.lower() if word else None
