"""Tables of the policies room: versions never change once written."""

from tortoise import fields

from portal.db.base import MerchantRow


class PolicyVersion(MerchantRow):
    """One immutable version of a merchant's policy, live from `live_from` until a later one is."""

    number = fields.IntField()
    document = fields.JSONField()
    digest = fields.CharField(64)
    live_from = fields.DatetimeField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "policy_versions"
        unique_together = (("merchant", "number"),)
        indexes = (("merchant_id", "live_from"),)
