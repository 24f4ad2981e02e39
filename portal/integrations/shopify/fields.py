"""Reading a payload field by field: every value is checked for type and size, and every refusal says where.

Numbers that are binary floats are refused: parse the JSON with `parse_float=Decimal` (as `orders.importing` does).
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NoReturn

from portal.integrations.records import RecordRefused

SHORT, TITLE, LONG = 255, 512, 5000
"""Characters: names, numbers and codes; titles; notes and other free text."""

MOST_PARTS = 5000
"""The longest list we read. Shopify itself stops at 500 lines an order."""

# ISO 8601 with an offset, as documented; `fromisoformat` alone would also take week dates and naive times.
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})", re.ASCII)
_IDENTIFIER = re.compile(r"(gid://shopify/[A-Za-z]+/)?([A-Za-z0-9_.:-]{1,64})", re.ASCII)
# NUL and lone surrogates are legal JSON but no text that PostgreSQL stores.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Fields:
    """One JSON object and its path in the payload. A missing key and null are the same thing, as in Shopify's API."""

    __slots__ = ("data", "path")

    def __init__(self, data: Any, path: str = "") -> None:
        if not isinstance(data, Mapping):
            raise RecordRefused("not an object", path)
        self.data = data
        self.path = path

    def at(self, key: str) -> str:
        """The path of `key`, such as line_items[0].price."""
        return f"{self.path}.{key}" if self.path else key

    def refuse(self, reason: str, key: str = "") -> NoReturn:
        """Raises RecordRefused for `key` of this object, or for the object itself."""
        raise RecordRefused(reason, self.at(key) if key else self.path)

    def get(self, key: str) -> Any:
        """The raw value; None when missing or null."""
        return self.data.get(key)

    def text(self, key: str, limit: int = SHORT) -> str:
        """Text, trimmed; "" when missing. Whole numbers are taken as their digits: fixtures and exports mix both."""
        value = self.get(key)
        if value is None:
            return ""
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            self.refuse("not text", key)
        return self.checked(value, key, limit)

    def checked(self, value: str, key: str, limit: int = SHORT) -> str:
        """`value` trimmed, refused when longer than `limit` characters or not storable."""
        if len(value) > limit:
            self.refuse(f"longer than {limit} characters", key)
        if _UNSTORABLE.search(value):
            self.refuse("holds a character that cannot be stored", key)
        return value.strip()

    def required_text(self, key: str, limit: int = SHORT) -> str:
        """As `text`, refused when missing or blank."""
        return self.text(key, limit) or self.refuse("missing", key)

    def identifier(self, key: str) -> str:
        """An id as text; a GraphQL id (gid://shopify/Order/1) gives its last part. "" when missing."""
        found = self.text(key)
        if not found:
            return ""
        match = _IDENTIFIER.fullmatch(found)
        return match[2] if match else self.refuse("not an id", key)

    def required_identifier(self, key: str) -> str:
        """As `identifier`, refused when missing."""
        return self.identifier(key) or self.refuse("missing", key)

    def count(self, key: str, most: int = 1_000_000) -> int | None:
        """A whole number from 0 to `most`; None when missing."""
        value = self.get(key)
        if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
            value = int(value) if abs(value) <= most else -1
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            self.refuse("not a whole number", key)
        if not 0 <= value <= most:
            self.refuse("negative or too large", key)
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        """True or false; `default` when missing."""
        value = self.get(key)
        if value is None:
            return default
        return value if isinstance(value, bool) else self.refuse("not true or false", key)

    def moment(self, key: str) -> datetime | None:
        """An aware time in UTC; None when missing. A time without an offset is refused: it is nobody's time."""
        text = self.text(key, limit=40)
        if not text:
            return None
        if not _MOMENT.fullmatch(text):
            self.refuse("not a date and time with an offset", key)
        try:
            return datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            self.refuse("not a date and time", key)

    def part(self, key: str) -> "Fields | None":
        """The object under `key`; None when missing."""
        value = self.get(key)
        return None if value is None else Fields(value, self.at(key))

    def items(self, key: str) -> list[Any]:
        """The raw list under `key`; empty when missing."""
        value = self.get(key)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            self.refuse("not a list", key)
        if len(value) > MOST_PARTS:
            self.refuse(f"more than {MOST_PARTS:,} entries", key)
        return list(value)

    def parts(self, key: str) -> "list[Fields]":
        """The objects in the list under `key`; empty when missing."""
        return [Fields(value, f"{self.at(key)}[{index}]") for index, value in enumerate(self.items(key))]

    def texts(self, key: str, limit: int = SHORT) -> tuple[str, ...]:
        """The non-empty texts in the list under `key`."""
        found = self.items(key)
        if any(not isinstance(value, str | int | None) or isinstance(value, bool) for value in found):
            self.refuse("not a list of texts", key)
        return tuple(text for value in found if value is not None and (text := self.checked(str(value), key, limit)))

    def tags(self, key: str) -> tuple[str, ...]:
        """Tags as the REST API writes them ("a, b"), or as a list; without blanks and repetitions, in order."""
        value = self.get(key)
        names = value.split(",") if isinstance(value, str) else self.texts(key)
        if len(names) > MOST_PARTS:
            self.refuse(f"more than {MOST_PARTS:,} entries", key)
        return tuple(dict.fromkeys(tag for name in names if (tag := self.checked(name, key))))
