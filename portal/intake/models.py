"""Tables of the intake room: which shops may deliver, every delivery as it came, and what privacy law asks of us."""

from tortoise import fields

from portal.db.base import MerchantRow
from portal.db.sealed import SealedJSONField, SealedTextField


class ShopConnection(MerchantRow):
    """A shop that delivers orders. `secret` proves its deliveries; `previous_secret` still does until it is cleared.

    `shop` is the platform's own name of it: a myshopify domain, a BigCommerce store hash, a Magento base URL's host.
    `credentials` are for its API. Neither secrets nor credentials are ever logged or printed.
    """

    platform = fields.CharField(16)
    shop = fields.CharField(255)
    secret = SealedTextField()
    previous_secret = SealedTextField(default="")
    credentials = SealedJSONField()
    state = fields.CharField(8, default="active")
    last_success_at = fields.DatetimeField(null=True)
    """When the shop's API was last read to the end: every change until then is kept."""
    first_from = fields.DatetimeField(null=True)
    """How far back the first reading goes."""
    due_at = fields.DatetimeField(null=True)
    """When the API may be asked next; null is at once."""
    read_from = fields.DatetimeField(null=True)
    read_until = fields.DatetimeField(null=True)
    """The part of the window that a reading under way has yet to go through; null when none is."""
    missed = fields.CharField(200, default="", db_default="")
    """What this reading could not get; it ends without success then, and the window is read again."""
    problem = fields.CharField(200, default="", db_default="")
    """Why the last reading did not succeed; "" when it did."""
    failures = fields.SmallIntField(default=0, db_default=0)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "shop_connections"
        unique_together = (("merchant", "platform", "shop"),)


class InboxMessage(MerchantRow):
    """One delivery, kept as its raw bytes. `subject` is the order it speaks of ("" for none or not yet read).

    `version` orders what is said of one subject: the platform's own time of change, then of sending, then the bytes.
    """

    platform = fields.CharField(16)
    shop = fields.CharField(255)
    topic = fields.CharField(80)
    event_id = fields.CharField(128)
    event_key = fields.BinaryField()
    """SHA-256 of platform, shop, topic and event id: the same event again finds its row."""
    triggered_at = fields.CharField(40, default="")
    """When the platform says that it sent it, as it writes it; breaks ties only."""
    body = fields.BinaryField()
    state = fields.CharField(8)
    subject = fields.CharField(128, default="")
    version = fields.CharField(160, default="")
    outcome = fields.CharField(32, default="")
    reason = fields.CharField(500, default="")
    path = fields.CharField(255, default="")
    received_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "inbox"
        unique_together = (("merchant", "event_key"),)


class PrivacyRequest(MerchantRow):
    """What a shop asks on behalf of a person or of itself: data_request, customer_redact or shop_redact."""

    message_id = fields.UUIDField()
    kind = fields.CharField(24)
    platform = fields.CharField(16)
    shop = fields.CharField(255)
    customer_id = fields.CharField(64, default="")
    order_ids = fields.JSONField()
    due_at = fields.DatetimeField()
    received_at = fields.DatetimeField()
    done_at = fields.DatetimeField(null=True)
    outcome = fields.CharField(255, default="")

    class Meta:
        table = "privacy_requests"
        unique_together = (("merchant", "message_id"),)
        indexes = (("merchant_id", "due_at"),)
