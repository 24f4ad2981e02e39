"""BigCommerce's moments: "Tue, 05 Mar 2019 21:40:11 +0000" in V2, ISO 8601 in V3."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from portal.integrations.shopify.fields import Fields


def moment(fields: Fields, key: str) -> datetime | None:
    """An aware time in UTC; None when missing or blank. Raises RecordRefused."""
    text = fields.text(key, limit=40)
    if not text:
        return None
    if text[0].isdigit():
        return fields.moment(key)
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        fields.refuse("not a date and time", key)
    if found.tzinfo is None:
        fields.refuse("not a date and time with an offset", key)
    return found.astimezone(UTC)
