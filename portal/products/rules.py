"""Which products an order's page recommends: nothing that was bought, one of a kind each, others next time."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from portal.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Product:
    """A product that can be bought now. `was` is its price before a sale; `group` joins variants of one product."""

    sku: str
    group: str
    title: str
    link: str
    product_type: str
    price: Money
    was: Money | None
    image_url: str


def recommend(products: Sequence[Product], bought: Collection[str], seed: str, count: int) -> tuple[Product, ...]:
    """At most `count` of the products, alike for the same order, with one of each product and at first of each type.

    The feed's order is the merchant's own ranking: within a type its first come first. `bought` are the order's SKUs.
    """
    groups = {product.group for product in products if product.sku in bought and product.group}
    fresh: dict[str, list[Product]] = {}
    seen: set[str] = set()
    for product in products:
        one = product.group or product.sku
        if product.sku in bought or product.group in groups or one in seen:
            continue
        seen.add(one)
        fresh.setdefault(product.product_type, []).append(product)
    types = sorted(fresh, key=lambda name: hashlib.sha256(f"{seed}/{name}".encode()).digest())
    rounds = max((len(found) for found in fresh.values()), default=0)
    turns = [fresh[name][turn] for turn in range(rounds) for name in types if turn < len(fresh[name])]
    return tuple(turns[:count])
