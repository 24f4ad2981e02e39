"""Magento's moments: "2026-11-18 09:30:00", in UTC whatever the store's time zone is."""

import re
from datetime import UTC, datetime

from portal.integrations.shopify.fields import Fields

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", re.ASCII)


def moment(fields: Fields, key: str) -> datetime | None:
    """An aware time in UTC; None when missing. Raises RecordRefused."""
    text = fields.text(key, limit=40)
    if not text:
        return None
    if not _MOMENT.fullmatch(text):
        return fields.moment(key)
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        fields.refuse("not a date and time", key)
