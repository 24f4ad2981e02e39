"""What BigCommerce's twin announces is what our door proves and reads."""

import orjson
import pytest

from portal.integrations.bigcommerce.twin import announcement
from portal.integrations.bigcommerce.webhooks import is_signed, read_delivery, said
from tests.factories.bigcommerce import STORE, at

SECRET = "client-secret-of-the-app"


@pytest.mark.parametrize("scope", ["store/order/updated", "store/order/refund/created"])
def test_an_announcement_is_proven_and_points_at_its_order(scope: str) -> None:
    headers, body = announcement(STORE, 5, SECRET, at(1), scope)
    delivery = read_delivery(headers, body)
    found = said(delivery.topic, orjson.loads(body))
    assert is_signed(headers, body, SECRET, at(2))
    assert (delivery.shop, found.kind, found.subject, found.at) == (STORE, "pointer", "5", at(1))


def test_another_secret_a_changed_body_and_an_old_announcement_prove_nothing() -> None:
    headers, body = announcement(STORE, 5, SECRET, at(1))
    assert not is_signed(headers, body, "another secret of an app", at(1))
    assert not is_signed(headers, body + b" ", SECRET, at(1))
    assert not is_signed(headers, body, SECRET, at(20))
