"""Tables of the merchants room."""

from tortoise import fields

from portal.db.base import MerchantRow, Row


class Merchant(Row):
    """A tenant. `locales` are what its shoppers may choose; `return_address` is an AddressRecord as JSON."""

    slug = fields.CharField(64, unique=True)
    name = fields.CharField(120)
    theme = fields.CharField(64)
    locale = fields.CharField(16)
    locales = fields.JSONField()
    currency = fields.CharField(3)
    country = fields.CharField(2)
    time_zone = fields.CharField(64)
    support_email = fields.CharField(254)
    return_address = fields.JSONField()
    delivery = fields.JSONField()
    """Promises: processing_days, transit_days [min, max], cutoff_hour; and messages: what shoppers hear on the way."""
    return_carrier = fields.CharField(60, default="")
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "merchants"


class MerchantHost(MerchantRow):
    """A host name (lower case, without port) that belongs to exactly one merchant."""

    host = fields.CharField(253, unique=True)

    class Meta:
        table = "merchant_hosts"
        indexes = (("merchant_id",),)


class ApiKey(MerchantRow):
    """A key of the admin API: only its SHA-256 is kept; `prefix` lets a person recognise it."""

    name = fields.CharField(120)
    prefix = fields.CharField(16)
    token_hash = fields.BinaryField()
    scopes = fields.JSONField()
    created_at = fields.DatetimeField()
    last_used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "api_keys"
        indexes = (("merchant_id",),)


class Counter(MerchantRow):
    """The last number given out in a series of a merchant, for example of its returns."""

    series = fields.CharField(32)
    value = fields.BigIntField()

    class Meta:
        table = "counters"
        unique_together = (("merchant", "series"),)
