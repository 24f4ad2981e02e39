"""Tables of the proofs room."""

from tortoise import fields

from portal.db.base import MerchantRow


class Proof(MerchantRow):
    """A code and a link that one browser asked for. Neither is stored: see `rules`; of the link's token only the hash.

    `order_id` is null when what was typed fits no order: a hit and a miss leave the same traces. `door` says where it
    was asked for (`order` or `lookup`), `goal` and `about` where to go afterwards: a route's name and a number.
    """

    session_id = fields.UUIDField()
    order_id = fields.UUIDField(null=True)
    door = fields.CharField(8)
    goal = fields.CharField(64)
    about = fields.CharField(32, default="")
    token_hash = fields.BinaryField()
    tries = fields.IntField(default=0)
    asked_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    sent_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    """When the browser asked again: only the newest counts."""
    used_at = fields.DatetimeField(null=True)
    spent_by = fields.BinaryField(null=True)
    """The hash of the session token that it was used with; that token is dead since."""

    class Meta:
        table = "proofs"
        indexes = (("merchant_id",), ("session_id",), ("order_id",), ("spent_by",))
