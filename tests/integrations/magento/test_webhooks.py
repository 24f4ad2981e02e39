"""Adobe Commerce's signatures, and what its deliveries wrap an order in."""

import base64
import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from portal.integrations.magento.rsa import read_public_key
from portal.integrations.magento.twin import announcement
from portal.integrations.magento.webhooks import is_signed, read_delivery, said
from tests.factories.magento import magento_order

NOW = datetime(2026, 11, 20, tzinfo=UTC)
PRIMES = (
    (1 << 1279) - 1,
    (1 << 2203) - 1,
)
"""Two Mersenne primes: everybody knows them, so nobody signs with them."""
MODULUS, EXPONENT = PRIMES[0] * PRIMES[1], 65537


def der(tag: int, content: bytes) -> bytes:
    length = len(content)
    size = bytes([length]) if length < 128 else bytes([0x82]) + length.to_bytes(2, "big")
    return bytes([tag]) + size + content


def number(value: int) -> bytes:
    return der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def public_key(modulus: int = MODULUS) -> str:
    bits = der(3, b"\x00" + der(0x30, number(modulus) + number(EXPONENT)))
    info = der(0x30, bytes.fromhex("300d06092a864886f70d0101010500") + bits)
    return f"-----BEGIN PUBLIC KEY-----\n{base64.encodebytes(info).decode()}-----END PUBLIC KEY-----\n"


def sign(message: bytes) -> str:
    size = (MODULUS.bit_length() + 7) // 8
    digest = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(message).digest()
    padded = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
    secret = pow(EXPONENT, -1, (PRIMES[0] - 1) * (PRIMES[1] - 1))
    return base64.b64encode(pow(int.from_bytes(padded, "big"), secret, MODULUS).to_bytes(size, "big")).decode()


BODY = b'{"order": {"entity_id": 55}}'
GOOD = sign(base64.b64encode(BODY))


def test_the_instances_signature_proves_the_body() -> None:
    headers = {"x-adobe-commerce-webhook-signature": GOOD}
    assert is_signed(headers, BODY, public_key(), NOW)
    assert not is_signed(headers, BODY + b" ", public_key(), NOW)


@pytest.mark.parametrize(
    "signature", ["", "AAAA", "?", GOOD[:-8], "A" * len(GOOD), base64.b64encode(b"\xff" * 436).decode()]
)
def test_other_signatures_prove_nothing(signature: str) -> None:
    assert not is_signed({"x-adobe-commerce-webhook-signature": signature}, BODY, public_key(), NOW)


@pytest.mark.parametrize("text", ["", "x", public_key((1 << 521) - 1), public_key().replace("M", "?", 1)])
def test_what_is_no_key_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ValueError, match="key"):
        read_public_key(text)


def test_a_shared_header_is_the_way_of_other_modules() -> None:
    assert is_signed({"x-doorstep-secret": "s" * 20}, BODY, "s" * 20, NOW)
    assert not is_signed({"x-doorstep-secret": ""}, BODY, "s" * 20, NOW)
    assert not is_signed({}, BODY, "s" * 20, NOW)


def test_the_same_bytes_are_the_same_event() -> None:
    headers = {"x-doorstep-shop": "Shop.example"}
    assert read_delivery(headers, BODY) == read_delivery(headers, BODY)
    assert read_delivery(headers, BODY).shop == "shop.example"


@pytest.mark.parametrize("wrap", [
    lambda order: order,
    lambda order: {"order": order},
    lambda order: {"data": {"key": "1", "value": order}},
    lambda order: {"event": {"data": {"value": order}}},
])  # fmt: skip
def test_every_sender_wraps_the_order_in_its_own_way(wrap: object) -> None:
    order = {"entity_id": 55, "items": [], "grand_total": 1, "updated_at": "2026-11-12 10:00:00"}
    found = said("order", wrap(order))  # type: ignore[operator]  # a function of the table above
    assert (found.kind, found.subject) == ("order", "55")
    assert said("order", wrap({"entity_id": 55})).kind == "pointer"  # type: ignore[operator]  # as above


SHIPPED = {"entity_id": 55, "grand_total": 1, "items": [{"item_id": 1, "qty_ordered": 1, "qty_shipped": 1}]}


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({}, "pointer"),
        ({"shipments": []}, "order"),
        ({"extension_attributes": {"shipments": []}}, "order"),
        ({"items": [{"item_id": 1, "qty_ordered": 1, "qty_shipped": 0}]}, "order"),
    ],
)
def test_an_order_that_was_shipped_but_comes_without_its_shipments_only_points_at_itself(more: Any, kind: str) -> None:
    assert said("order", {**SHIPPED, **more}).kind == kind


def test_what_the_twin_announces_is_proven_by_header_and_by_key() -> None:
    order = magento_order(55, NOW)
    headers, body = announcement("shop.example", order, "s" * 20, NOW)
    assert is_signed(headers, body, "s" * 20, NOW)
    assert read_delivery(headers, body).shop == "shop.example"
    key = generate_private_key(65537, 2048)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    headers, body = announcement("shop.example", order, secret, NOW)
    assert is_signed(headers, body, public, NOW)
    assert not is_signed(headers, body + b" ", public, NOW)
