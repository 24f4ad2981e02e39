"""What a decision looks at: frozen facts of one order and its lines, as they were at order time."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from portal.kernel.money import Money


@dataclass(frozen=True, slots=True)
class SentUnits:
    """Units of a line in one parcel. Times are aware.

    `on_the_way` while tracking says so: then the shipment date is no stand-in for a missing delivery date.
    """

    quantity: int
    shipped_at: datetime
    delivered_at: datetime | None = None
    on_the_way: bool = False


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One line. `price` is the listed unit price, `unit_paid` what was paid for one unit, `discount` off one unit.

    `quantity` as ordered; `cancelled_quantity` never shipped; `returned_quantity` is returned, claimed or refunded.
    `reason` is "" until the shopper has chosen one.
    """

    line_id: str
    quantity: int
    price: Money
    unit_paid: Money
    sent: tuple[SentUnits, ...] = ()
    discount: Money | None = None
    cancelled_quantity: int = 0
    returned_quantity: int = 0
    sku: str = ""
    product_type: str = ""
    vendor: str = ""
    tags: tuple[str, ...] = ()
    final_sale: bool = False
    personalised: bool = False
    gift_card: bool = False
    requires_shipping: bool = True
    reason: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    """What is said of the item, as (name, value)."""

    @property
    def status(self) -> str:
        """unfulfilled, in_transit or delivered: where the units are that came furthest; cancelled when all are."""
        if self.cancelled_quantity >= self.quantity:
            return "cancelled"
        if not self.sent:
            return "unfulfilled"
        return "delivered" if any(units.delivered_at for units in self.sent) else "in_transit"

    @property
    def discount_percent(self) -> Decimal:
        """The discount in percent of the listed price; 0 for a free item.

        Shops round to the cent: 4.99 off 9.99 was meant as 50. A whole percentage that explains it within one minor
        unit is the answer, else the exact quotient is.
        """
        if not self.discount or not self.price:
            return Decimal(0)
        hundredfold, price = self.discount.minor * 100, self.price.minor
        whole = (2 * hundredfold + price) // (2 * price)
        return Decimal(whole) if abs(price * whole - hundredfold) < 100 else Decimal(hundredfold) / Decimal(price)


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """The order. `time_zone` is the merchant's (IANA name); `country` it was shipped to (ISO 3166-1 alpha-2)."""

    placed_at: datetime
    total: Money
    time_zone: str
    country: str = ""
    channel: str = "web"
    customer_tags: tuple[str, ...] = ()
    cancelled: bool = False
    returns: int = 0
    """Returns of this order that were neither declined nor cancelled."""


@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """An order and the lines that are asked about.

    `subtotal` and `items` are of the return that is being asked for; None until something was chosen.
    """

    order: OrderFacts
    lines: tuple[LineFacts, ...]
    subtotal: Money | None = None
    items: int | None = None
