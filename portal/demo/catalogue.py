"""What the demo brands sell, read from `<brand>/catalogue.toml`, and which drawing shows which article."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
SLUGS = ("fashion", "jewels")


@dataclass(frozen=True, slots=True)
class Product:
    """A product. `personalisation` is the property a shopper fills in, or ""."""

    id: int
    title: str
    product_type: str
    vendor: str
    grams: int
    tags: tuple[str, ...]
    personalisation: str
    gift_card: bool


@dataclass(frozen=True, slots=True)
class Article:
    """One variant of a product. `price` is a decimal string in the shop's currency, `art` a file's stem or ""."""

    id: int
    sku: str
    title: str
    price: str
    art: str
    product: Product


@cache
def articles(slug: str) -> dict[str, Article]:
    """Every article of a brand, by SKU."""
    with (HERE / slug / "catalogue.toml").open("rb") as file:
        products = tomllib.load(file)["product"]
    base = (SLUGS.index(slug) + 1) * 10_000_000
    found = {}
    for position, entry in enumerate(products, start=1):
        product = _product(base + position * 1000, entry)
        for step, variant in enumerate(entry["variants"], start=1):
            found[variant["sku"]] = Article(
                id=product.id + step,
                sku=variant["sku"],
                title=variant["title"],
                price=variant.get("price", entry["price"]),
                art=variant.get("art", entry["art"]),
                product=product,
            )
    return found


def art_path(slug: str, art: str) -> Path:
    """The file of a drawing."""
    return HERE / slug / "art" / f"{art}.svg"


def _product(product_id: int, entry: dict) -> Product:
    return Product(
        id=product_id,
        title=entry["title"],
        product_type=entry["product_type"],
        vendor=entry["vendor"],
        grams=entry["grams"],
        tags=tuple(entry["tags"]),
        personalisation=entry.get("personalisation", ""),
        gift_card=entry.get("gift_card", False),
    )
