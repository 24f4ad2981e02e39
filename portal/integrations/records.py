"""A shop's order as we read it, whatever the shop: frozen, vendor-neutral, amounts in the shopper's currency.

An adapter (`integrations/<vendor>/mapping.py`) turns one payload into one `OrderRecord` or raises `RecordRefused`;
`orders.service` stores it. Amounts are `Money` in the presentment currency: what the shopper saw and paid.
"""

from dataclasses import dataclass, field
from datetime import datetime

from portal.kernel.money import Money


class RecordRefused(ValueError):
    """A payload that cannot become an order. `reason` is for the operator, `path` points into the payload."""

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.reason = reason
        self.path = path


@dataclass(frozen=True, slots=True)
class DiscountShare:
    """The part of one discount that fell on a line or a charge; `amount` is positive, for the whole quantity."""

    label: str
    amount: Money


@dataclass(frozen=True, slots=True)
class TaxShare:
    """One tax of a line or a charge; `rate` is a decimal string such as "0.19", `amount` is for the whole quantity."""

    label: str
    rate: str
    amount: Money


@dataclass(frozen=True, slots=True)
class LineRecord:
    """One line as it was at order time. `unit_price` is the listed price (tax inside it if the order's taxes are
    included).
    """

    source_id: str
    title: str
    quantity: int
    unit_price: Money
    sku: str = ""
    variant: str = ""
    product_id: str = ""
    product_type: str = ""
    vendor: str = ""
    tags: tuple[str, ...] = ()
    grams: int = 0
    requires_shipping: bool = True
    gift_card: bool = False
    final_sale: bool = False
    personalised: bool = False
    properties: tuple[tuple[str, str], ...] = ()
    discounts: tuple[DiscountShare, ...] = ()
    taxes: tuple[TaxShare, ...] = ()
    cancelled_quantity: int = 0
    """Units taken out of the order before they were shipped."""
    refunded_quantity: int = 0
    """Units that came back and were refunded by the shop."""
    refunded: Money | None = None
    """What the shop has already refunded for this line, tax included; None is nothing."""


@dataclass(frozen=True, slots=True)
class ChargeRecord:
    """Shipping or another order-level charge."""

    source_id: str
    kind: str
    title: str
    price: Money
    discounts: tuple[DiscountShare, ...] = ()
    taxes: tuple[TaxShare, ...] = ()


@dataclass(frozen=True, slots=True)
class ParcelRecord:
    """One parcel of a fulfilment. `lines` are (line source id, quantity). `status` is canonical or None when the shop
    is silent.
    """

    source_id: str
    carrier: str
    tracking_number: str
    shipped_at: datetime
    lines: tuple[tuple[str, int], ...]
    tracking_url: str = ""
    status: str | None = None
    delivered_at: datetime | None = None
    cancelled: bool = False
    location: str = ""
    """The place it leaves from, by the shop's id."""


@dataclass(frozen=True, slots=True)
class TenderRecord:
    """How a part of the order was paid: `method` is card, gift_card, store_credit, cash_on_delivery or other."""

    method: str
    gateway: str
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class AddressRecord:
    """A postal address; `country` is ISO 3166-1 alpha-2, `region` the code or name that the shop gave."""

    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    postal_code: str = ""
    region: str = ""
    country: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """The buyer at order time."""

    source_id: str = ""
    email: str = ""
    phone: str = ""
    name: str = ""
    locale: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """One order. All times are aware. `total` is what the shopper owed at order time, in `currency`."""

    source: str
    source_id: str
    number: str
    placed_at: datetime
    updated_at: datetime
    currency: str
    shop_currency: str
    taxes_included: bool
    total: Money
    customer: CustomerRecord
    lines: tuple[LineRecord, ...]
    shipping_address: AddressRecord | None = None
    billing_address: AddressRecord | None = None
    charges: tuple[ChargeRecord, ...] = ()
    parcels: tuple[ParcelRecord, ...] = ()
    tenders: tuple[TenderRecord, ...] = ()
    tags: tuple[str, ...] = ()
    note: str = ""
    gift: bool = False
    channel: str = "web"
    location: str = ""
    cancelled_at: datetime | None = None
    cancel_reason: str = ""
    paid: Money | None = None
    """What the shopper has really paid so far; None when the shop does not say, which counts as all of it."""
    refunded: Money | None = None
    """Everything paid back so far, also by amount alone; None is what the lines say."""
    extra: dict[str, str] = field(default_factory=dict)
