"""An order as REST writes it, as the node that GraphQL makes of it: for the twin, which keeps orders as the shop's
webhooks tell them.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

Json = Mapping[str, Any]
Node = dict[str, Any]

_DISPLAYED = {"cancelled": "CANCELED", "success": "FULFILLED"}
_KINDS = {
    "discount_code": "DiscountCodeApplication",
    "manual": "ManualDiscountApplication",
    "script": "ScriptDiscountApplication",
}
_MOST = 250
"""Rows that a page may have."""


def order_node(order: Json) -> Node:
    """One order. What it refers to itself for (a fulfilment's order) is the same node."""
    lines = {str(line["id"]): _line(line, order) for line in order["line_items"]}
    applications = [_application(each, index) for index, each in enumerate(order.get("discount_applications") or ())]
    shipping = [_shipping(line, order) for line in order.get("shipping_lines") or ()]
    for made, kept in [*zip(lines.values(), order["line_items"], strict=True),
                       *zip(shipping, order.get("shipping_lines") or (), strict=True)]:  # fmt: skip
        made["discountAllocations"] = [_share(each, applications, order) for each in kept["discount_allocations"]]
    node = {
        "id": f"gid://shopify/Order/{order['id']}",
        **_facts(order),
        **_money_facts(order),
        "customer": _customer(order.get("customer")),
        "billingAddress": _address(order.get("billing_address")),
        "shippingAddress": _address(order.get("shipping_address")),
        "discountApplications": connection(applications),
        "shippingLines": connection(shipping),
        "lineItems": connection(list(lines.values())),
        "transactions": _first([_transaction(each, order) for each in order.get("transactions") or ()]),
    }
    fulfilments = [_fulfilment(each, lines, node) for each in order.get("fulfillments") or ()]
    return node | {
        "fulfillmentsCount": {"count": len(fulfilments)},
        "fulfillments": _first(fulfilments),
        "refunds": _first([_refund(each, lines, node, order) for each in order.get("refunds") or ()]),
    }


def connection(nodes: Sequence[Node]) -> Callable[..., Node]:
    """A connection over all of these; the cursor is a place in the list."""

    def page(info: Any, first: int, after: str | None = None) -> Node:
        start = int(after) if after else 0
        end = start + min(first, _MOST)
        return {
            "nodes": nodes[start:end],
            "pageInfo": {"hasNextPage": end < len(nodes), "endCursor": str(end) if nodes[start:end] else None},
        }

    return page


def _first(nodes: Sequence[Node]) -> Callable[..., Sequence[Node]]:
    def some(info: Any, first: int | None = None) -> Sequence[Node]:
        return nodes[:first]

    return some


def _facts(order: Json) -> Node:
    location = order.get("location_id")
    tags = order.get("tags") or ""
    return {
        "name": order["name"],
        "number": order["order_number"],
        "createdAt": order["created_at"],
        "processedAt": order.get("processed_at") or order["created_at"],
        "updatedAt": order["updated_at"],
        "cancelledAt": order.get("cancelled_at"),
        "cancelReason": _upper(order.get("cancel_reason")),
        "test": bool(order.get("test")),
        "currencyCode": order["currency"],
        "presentmentCurrencyCode": order.get("presentment_currency") or order["currency"],
        "taxesIncluded": bool(order.get("taxes_included")),
        "dutiesIncluded": bool(order.get("duties_included")),
        "displayFinancialStatus": _upper(order.get("financial_status")),
        "email": order.get("email"),
        "phone": order.get("phone"),
        "customerLocale": order.get("customer_locale"),
        "note": order.get("note"),
        "tags": [tag.strip() for tag in tags.split(",") if tag.strip()],
        "sourceName": order.get("source_name"),
        "paymentGatewayNames": list(order.get("payment_gateway_names") or ()),
        "customAttributes": _pairs(order.get("note_attributes")),
        "retailLocation": {"id": f"gid://shopify/Location/{location}"} if location else None,
    }


def _money_facts(order: Json) -> Node:
    return {
        "totalPriceSet": _bag(order, "total_price", order),
        "subtotalPriceSet": _bag(order, "subtotal_price", order),
        "totalTaxSet": _bag(order, "total_tax", order),
        "totalDiscountsSet": _bag(order, "total_discounts", order),
        "totalTipReceivedSet": _bag(order, "total_tip_received", order) or _same("0.00", order),
        "originalTotalDutiesSet": _bag(order, "original_total_duties", order),
        "originalTotalAdditionalFeesSet": _bag(order, "original_total_additional_fees", order),
        "taxLines": _taxes(order, order),
    }


def _line(line: Json, order: Json) -> Node:
    product = line.get("product_id")
    return {
        "id": f"gid://shopify/LineItem/{line['id']}",
        "title": line["title"],
        "variantTitle": line.get("variant_title"),
        "name": line.get("name") or line["title"],
        "sku": line.get("sku"),
        "vendor": line.get("vendor"),
        "product": {
            "id": f"gid://shopify/Product/{product}",
            "productType": line.get("product_type") or "",
            "tags": list(line.get("tags") or line.get("product_tags") or ()),
        }
        if product
        else None,
        "quantity": line["quantity"],
        "currentQuantity": line.get("current_quantity", line["quantity"]),
        "requiresShipping": line.get("requires_shipping", True),
        "taxable": line.get("taxable", True),
        "isGiftCard": line.get("gift_card", False),
        "customAttributes": _pairs(line.get("properties")),
        "weight": {"unit": "GRAMS", "value": float(line.get("grams") or 0)},
        "originalUnitPriceSet": _bag(line, "price", order),
        "taxLines": _taxes(line, order),
        "duties": [
            {"price": _bag({"_set": each}, "", order), "taxLines": _taxes(each, order)}
            for each in line.get("duties") or ()
        ],
    }


def _shipping(line: Json, order: Json) -> Node:
    price = _bag(line, "price", order)
    return {
        "id": f"gid://shopify/ShippingLine/{line['id']}",
        "title": line["title"],
        "originalPriceSet": price,
        "discountedPriceSet": _bag(line, "discounted_price", order) or price,
        "taxLines": _taxes(line, order),
    }


def _fulfilment(fulfilment: Json, lines: Mapping[str, Node], order: Node) -> Node:
    held = [{"quantity": entry["quantity"], "lineItem": lines[str(entry["id"])]} for entry in fulfilment["line_items"]]
    numbers = fulfilment.get("tracking_numbers") or ()
    urls = [*(fulfilment.get("tracking_urls") or ()), *[None] * len(numbers)]
    company = fulfilment.get("tracking_company")
    tracking = [
        {"company": company, "number": number, "url": url} for number, url in zip(numbers, urls, strict=False)
    ] or ([{"company": company, "number": None, "url": None}] if company else [])
    word, place = fulfilment.get("shipment_status"), fulfilment.get("location_id")
    return {
        "id": f"gid://shopify/Fulfillment/{fulfilment['id']}",
        "status": fulfilment["status"].upper(),
        "displayStatus": word.upper() if word else _DISPLAYED.get(fulfilment["status"]),
        "createdAt": fulfilment["created_at"],
        "updatedAt": fulfilment.get("updated_at") or fulfilment["created_at"],
        "deliveredAt": fulfilment.get("delivered_at")
        or (fulfilment.get("updated_at") if word == "delivered" else None),
        "order": order,
        "location": {"id": f"gid://shopify/Location/{place}"} if place else None,
        "trackingInfo": _first(tracking),
        "fulfillmentLineItems": connection(held),
    }


def _refund(refund: Json, lines: Mapping[str, Node], order_node: Node, order: Json) -> Node:
    entries = [
        {
            "quantity": entry["quantity"],
            "restockType": entry["restock_type"].upper(),
            "lineItem": lines[str(entry["line_item_id"])],
            "subtotalSet": _bag(entry, "subtotal", order),
            "totalTaxSet": _bag(entry, "total_tax", order),
        }
        for entry in refund.get("refund_line_items") or ()
    ]
    shipping = [
        {"subtotalAmountSet": _positive(_bag(each, "amount", order))}
        for each in refund.get("order_adjustments") or ()
        if each.get("kind") == "shipping_refund"
    ]
    return {
        "id": f"gid://shopify/Refund/{refund['id']}",
        "createdAt": refund["created_at"],
        "processedAt": refund.get("processed_at") or refund["created_at"],
        "note": refund.get("note"),
        "order": order_node,
        "refundLineItems": connection(entries),
        "refundShippingLines": connection(shipping),
        "transactions": connection([_transaction(each, order) for each in refund.get("transactions") or ()]),
    }


def _transaction(found: Json, order: Json) -> Node:
    return {
        "kind": found["kind"].upper(),
        "status": found["status"].upper(),
        "gateway": found.get("gateway"),
        "amountSet": _bag(found, "amount", order),
    }


def _application(found: Json, index: int) -> Node:
    kind = _KINDS.get(found["type"], "AutomaticDiscountApplication")
    words = {key: found.get(key) for key in ("title", "code", "description")}
    return {"__typename": kind, "index": index, **words, "title": found.get("title") or ""}


def _share(found: Json, applications: Sequence[Node], order: Json) -> Node:
    application = applications[found.get("discount_application_index") or 0]
    return {"allocatedAmountSet": _bag(found, "amount", order), "discountApplication": application}


def _taxes(part: Json, order: Json) -> list[Node]:
    return [
        {"title": tax["title"], "rate": float(tax["rate"]), "priceSet": _bag(tax, "price", order)}
        for tax in part.get("tax_lines") or ()
    ]


def _customer(found: Json | None) -> Node | None:
    if not found:
        return None
    tags = found.get("tags") or ""
    return {
        "id": f"gid://shopify/Customer/{found['id']}",
        "firstName": found.get("first_name"),
        "lastName": found.get("last_name"),
        "tags": [tag.strip() for tag in tags.split(",") if tag.strip()],
        "defaultEmailAddress": {"emailAddress": found["email"]} if found.get("email") else None,
        "defaultPhoneNumber": {"phoneNumber": found["phone"]} if found.get("phone") else None,
    }


def _address(found: Json | None) -> Node | None:
    if not found:
        return None
    same = {key: found.get(key) for key in ("name", "company", "address1", "address2", "city", "zip", "province")}
    return {
        **same,
        "firstName": found.get("first_name"),
        "lastName": found.get("last_name"),
        "provinceCode": found.get("province_code"),
        "country": found.get("country"),
        "countryCodeV2": found.get("country_code"),
        "phone": found.get("phone"),
    }


def _bag(part: Json, name: str, order: Json) -> Node | None:
    """The amount in both currencies; an order with one currency may have the plain field alone."""
    both = part.get(f"{name}_set")
    if both:
        return {"shopMoney": _money(both["shop_money"]), "presentmentMoney": _money(both["presentment_money"])}
    return None if part.get(name) is None else _same(str(part[name]), order)


def _same(amount: str, order: Json) -> Node:
    shopper = order.get("presentment_currency") or order["currency"]
    if shopper != order["currency"] and Decimal(amount):
        raise ValueError(f"only in {order['currency']}, and the shopper pays in {shopper}")
    both = {"shopMoney": order["currency"], "presentmentMoney": shopper}
    return {side: {"amount": amount if Decimal(amount) else "0", "currencyCode": code} for side, code in both.items()}


def _money(money: Json) -> Node:
    return {"amount": str(money["amount"]), "currencyCode": money["currency_code"]}


def _positive(both: Node | None) -> Node | None:
    return both and {side: {**money, "amount": str(-Decimal(money["amount"]))} for side, money in both.items()}


def _pairs(found: Sequence[Json] | None) -> list[Node]:
    return [{"key": pair["name"], "value": str(pair["value"])} for pair in found or ()]


def _upper(word: str | None) -> str | None:
    return word.upper() if word else None
