"""How an order was paid."""

from typing import Any

import pytest

from portal.integrations.shopify.mapping import order_record
from portal.kernel.money import Money
from tests.factories.shopify import order


@pytest.mark.parametrize(
    ("gateway", "method"),
    [
        ("shopify_payments", "card"),
        ("gift_card", "gift_card"),
        ("shopify_store_credit", "store_credit"),
        ("Cash on Delivery (COD)", "cash_on_delivery"),
        ("paypal", "other"),
        ("manual", "other"),
    ],
)
def test_gateways_are_put_into_our_words(gateway: str, method: str) -> None:
    (tender,) = order_record(order(payment_gateway_names=[gateway])).tenders
    assert (tender.method, tender.gateway) == (method, gateway)


def test_one_gateway_took_it_all() -> None:
    assert order_record(order()).tenders[0].amount == Money(10000, "EUR")


@pytest.mark.parametrize("more", [{"financial_status": "pending"}, {"payment_gateway_names": ["gift_card", "stripe"]}])
def test_unpaid_or_split_amounts_are_not_guessed(more: dict[str, Any]) -> None:
    assert {tender.amount for tender in order_record(order(**more)).tenders} == {None}


def test_embedded_transactions_say_how_much_each_took() -> None:
    def transaction(gateway: str, amount: str, **more: Any) -> dict[str, Any]:
        return {"kind": "sale", "status": "success", "gateway": gateway, "amount": amount, "currency": "EUR", **more}

    transactions = [
        transaction("gift_card", "30.00"),
        transaction("stripe", "70.00"),
        transaction("stripe", "70.00", status="failure"),
    ]
    record = order_record(order(payment_gateway_names=["gift_card", "stripe"], transactions=transactions))
    assert [(tender.gateway, tender.amount) for tender in record.tenders] == [
        ("gift_card", Money(3000, "EUR")),
        ("stripe", Money(7000, "EUR")),
    ]


def test_older_payloads_name_one_gateway() -> None:
    assert order_record(order(payment_gateway_names=None, gateway="bogus")).tenders[0].gateway == "bogus"
