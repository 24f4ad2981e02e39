"""How the order was paid.

`payment_gateway_names` says who took the money, not how much each took. Exports that embed `transactions` say both;
else a single gateway took everything, and of several we know only the names.
"""

from portal.integrations.records import TenderRecord
from portal.integrations.shopify.amounts import Currencies
from portal.integrations.shopify.fields import Fields
from portal.kernel.money import Money, total

_METHODS = {
    "gift_card": ("gift_card", "giftcard"),
    "store_credit": ("store_credit", "storecredit"),
    "cash_on_delivery": ("cash_on_delivery", "cash on delivery", "cod", "nachnahme"),
    "card": (
        "shopify_payments",
        "stripe",
        "authorize_net",
        "braintree",
        "adyen",
        "visa",
        "mastercard",
        "card",
        "bogus",
    ),
}
_PAID = ("paid", "partially_refunded", "refunded")
_UNPAID = ("pending", "authorized", "voided", "expired", "unpaid")


def read_tenders(order: Fields, currencies: Currencies, owed: Money) -> tuple[TenderRecord, ...]:
    """One record a gateway, in the payload's order."""
    gateways = order.texts("payment_gateway_names") or tuple(name for name in (order.text("gateway"),) if name)
    paid = _paid_by_gateway(order, currencies)
    if not paid and len(gateways) == 1 and order.text("financial_status") in _PAID:
        paid = {gateways[0]: owed}
    names = tuple(dict.fromkeys((*gateways, *paid)))
    return tuple(TenderRecord(method=_method(name), gateway=name, amount=paid.get(name)) for name in names)


def read_paid(order: Fields, currencies: Currencies, owed: Money) -> Money | None:
    """What was paid so far: by transactions where they are embedded, else by the state; None when it cannot be told.

    `financial_status` is of Shopify's OrderDisplayFinancialStatus; partially_paid without transactions tells no amount.
    """
    by_gateway = _paid_by_gateway(order, currencies)
    if by_gateway:
        return min(total(by_gateway.values(), currencies.shopper), owed)
    status = order.text("financial_status")
    if status in _PAID:
        return owed
    return Money(0, owed.currency) if status in (*_UNPAID, "partially_paid") else None


def _method(gateway: str) -> str:
    """Our word for a gateway's name; "Cash on Delivery (COD)" and the like are merchants' own words, so parts match."""
    name = gateway.casefold()
    for method, marks in _METHODS.items():
        if name in marks or any(mark in name for mark in marks if len(mark) > 4):
            return method
    return "other"


def _paid_by_gateway(order: Fields, currencies: Currencies) -> dict[str, Money]:
    """What each gateway took, from embedded transactions; empty when unsure of any."""
    paid: dict[str, list[Money]] = {}
    for transaction in order.parts("transactions"):
        if transaction.text("kind") in ("sale", "capture") and transaction.text("status") == "success":
            amount = currencies.transferred(transaction)
            if amount is None:
                return {}
            paid.setdefault(transaction.text("gateway"), []).append(amount)
    return {gateway: total(amounts, currencies.shopper) for gateway, amounts in paid.items()}
