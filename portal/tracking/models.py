"""Tables of the tracking room: parcels, every event ever heard, and one ready row per order for its page."""

from uuid import UUID

from tortoise import fields

from portal.db.base import MerchantRow, Row
from portal.db.sealed import SealedJSONField, SealedTextField


class Parcel(MerchantRow):
    """One parcel of an order. `status` and what follows are a fold over its events; `tracking_key` is the number
    normalised.
    """

    order_id: UUID
    order = fields.ForeignKeyField(
        "doorstep.Order",
        on_delete=fields.CASCADE,
        related_name="parcels",
        db_constraint=False,
    )
    position = fields.IntField()
    source_id = fields.CharField(160)
    carrier = fields.CharField(120, default="")
    tracking_number = fields.CharField(128, default="")
    tracking_key = fields.CharField(128, default="")
    tracking_url = fields.TextField(default="")
    location = fields.CharField(64, default="", db_default="")
    """The place it left from, by the shop's id."""
    shipped_at = fields.DatetimeField()
    cancelled = fields.BooleanField(default=False)
    status = fields.CharField(32)
    status_at = fields.DatetimeField()
    reason = fields.CharField(64, null=True)
    delivered_at = fields.DatetimeField(null=True)
    carrier_date = fields.DateField(null=True)
    carrier_window = fields.JSONField(null=True)
    previous_date = fields.DateField(null=True)
    """The carrier's date before it moved."""
    asked_of = fields.CharField(32, null=True)
    """The carrier that is asked about it, "" when nobody is; NULL until somebody has looked."""
    next_check_at = fields.DatetimeField(null=True)
    checked_at = fields.DatetimeField(null=True)
    check_failures = fields.SmallIntField(default=0, db_default=0)

    class Meta:
        table = "parcels"
        unique_together = (("order_id", "source_id"),)
        indexes = (("merchant_id", "tracking_key"),)


class ParcelLine(MerchantRow):
    """How many units of an order line travel in a parcel."""

    parcel_id: UUID
    parcel = fields.ForeignKeyField(
        "doorstep.Parcel",
        on_delete=fields.CASCADE,
        related_name="lines",
        db_constraint=False,
    )
    line_id: UUID
    line = fields.ForeignKeyField(
        "doorstep.OrderLine",
        on_delete=fields.CASCADE,
        related_name=None,
        db_constraint=False,
    )
    quantity = fields.IntField()

    class Meta:
        table = "parcel_lines"
        unique_together = (("parcel_id", "line_id"),)
        indexes = (("merchant_id",), ("line_id",))


class TrackingEvent(MerchantRow):
    """One scan as heard. `digest` tells repetitions apart; `code` is the carrier's own word, kept whatever it is."""

    parcel_id: UUID
    parcel = fields.ForeignKeyField(
        "doorstep.Parcel",
        on_delete=fields.CASCADE,
        related_name="events",
        db_constraint=False,
    )
    digest = fields.BinaryField()
    source = fields.CharField(32)
    status = fields.CharField(32)
    reason = fields.CharField(64, null=True)
    code = fields.CharField(128, default="")
    city = fields.CharField(120, default="")
    country = fields.CharField(2, default="")
    occurred_at = fields.DatetimeField()
    received_at = fields.DatetimeField()
    estimated_date = fields.DateField(null=True)
    estimated_window = fields.JSONField(null=True)
    extra = fields.JSONField(null=True)
    """What else was said, for the operator: the carrier's own text, who signed, whether somebody must act."""

    class Meta:
        table = "tracking_events"
        unique_together = (("parcel_id", "digest"),)
        indexes = (("merchant_id",),)


class StrayScan(MerchantRow):
    """A scan that came before its parcel, or about another parcel with its number: kept for a while, then forgotten."""

    tracking_key = fields.CharField(128)
    source = fields.CharField(32)
    digest = fields.BinaryField()
    scan = fields.JSONField()
    received_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "stray_scans"
        unique_together = (("merchant", "tracking_key", "digest"),)
        indexes = (("merchant_id", "expires_at"),)


class TrackingSource(MerchantRow):
    """Who may report events to a merchant's door, and the secret its signatures are checked with.

    After a rotation the secret before stays good for some days, so that no delivery is lost meanwhile.
    """

    name = fields.CharField(32)
    secret = SealedTextField()
    previous_secret = SealedTextField(null=True)
    rotated_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "tracking_sources"
        unique_together = (("merchant", "name"),)


class CarrierAccount(MerchantRow):
    """An account with a carrier whose API is asked about parcels. `name` is also the source of what it says.

    `daily_limit` and `pace_ms` (between two calls) are what the carrier allows; `used` counts the calls of `used_on`, a
    UTC day; `watched` is how many parcels it is asked about. Until `quiet_until` nobody asks it.
    """

    name = fields.CharField(32)
    carrier = fields.CharField(32)
    credentials = SealedJSONField()
    state = fields.CharField(16)
    problem = fields.CharField(200, default="")
    failures = fields.SmallIntField(default=0)
    quiet_until = fields.DatetimeField(null=True)
    daily_limit = fields.IntField()
    pace_ms = fields.IntField()
    used = fields.IntField(default=0)
    used_on = fields.DateField(null=True)
    watched = fields.IntField(default=0)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "carrier_accounts"
        unique_together = (("merchant", "name"),)


class DeliveryProof(MerchantRow):
    """A carrier's picture of a delivery: fetched once, re-encoded, kept in storage under `storage_key`.

    `state` is wanted, ready or refused; `why` says why there is none.
    """

    parcel_id = fields.UUIDField()
    url = fields.TextField()
    state = fields.CharField(16)
    why = fields.CharField(120, default="")
    storage_key = fields.CharField(255, default="")
    wanted_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "delivery_proofs"
        unique_together = (("parcel_id",),)
        indexes = (("merchant_id",),)


class OrderPage(Row):
    """Everything the order's page shows, in one row; `id` is the order's. Written in the transaction that changes a
    fact.
    """

    merchant_id = fields.UUIDField()
    version = fields.BigIntField()
    content = fields.JSONField()

    class Meta:
        table = "order_pages"
        indexes = (("merchant_id",),)


class ScanDelivery(MerchantRow):
    """One delivery of scans, proven and kept as its raw bytes until it is applied, and for a while after.

    `claimed_until` is a worker's: while it lies ahead nobody else takes the delivery. `refused` names each entry that
    is no scan.
    """

    source = fields.CharField(32)
    body = fields.BinaryField()
    digest = fields.BinaryField()
    """SHA-256 of source and body: the same delivery again finds its row."""
    state = fields.CharField(8)
    taken = fields.IntField(default=0)
    known = fields.IntField(default=0)
    strangers = fields.IntField(default=0)
    refused = fields.JSONField(null=True)
    reason = fields.CharField(500, default="")
    claimed_until = fields.DatetimeField(null=True)
    received_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "scan_deliveries"
        unique_together = (("merchant", "digest"),)
