"""The two demo brands: the facts that seeding, orders and parcels share."""

from dataclasses import dataclass, field
from functools import cache

from portal.demo.fashion.scenes import SCENES as FASHION_SCENES
from portal.demo.jewels.scenes import SCENES as JEWELS_SCENES
from portal.demo.places import ERFURT, NEW_YORK, Place
from portal.demo.scenes import Scene


@dataclass(frozen=True, slots=True)
class Brand:
    """A demo brand. `carrier` is the one used when a parcel names none."""

    slug: str
    name: str
    currency: str
    zone: str
    origin: Place
    carrier: str
    prefix: str
    """What the shop writes before an order's number."""
    gateway: str
    location: int
    scenes: tuple[Scene, ...] = field(repr=False)


@cache
def brands() -> tuple[Brand, ...]:
    """Fernweh and Aurelle."""
    return (
        Brand(
            "fashion",
            "Fernweh",
            "EUR",
            "Europe/Berlin",
            ERFURT,
            "DHL",
            "#FW-",
            "shopify_payments",
            71_000_001,
            FASHION_SCENES,
        ),
        Brand(
            "jewels",
            "Aurelle",
            "USD",
            "America/New_York",
            NEW_YORK,
            "UPS",
            "#",
            "shopify_payments",
            72_000_001,
            JEWELS_SCENES,
        ),
    )


def brand(slug: str) -> Brand:
    """A brand by its slug. Raises KeyError."""
    return {one.slug: one for one in brands()}[slug]
