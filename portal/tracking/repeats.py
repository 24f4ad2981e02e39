"""One happening told twice is one line on the page: two sources may report a parcel, and one may say it better later.

All events are kept, and all count in the fold, which bears repetitions; only the page leaves the echo out.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from portal.tracking.rules import ParcelStatus

CLOSE = timedelta(minutes=10)
"""Two sources round a scan's time, each in its own way; two scans of one parcel in one place are further apart."""
VAGUE = frozenset({ParcelStatus.IN_TRANSIT, ParcelStatus.UNKNOWN, ParcelStatus.INFO_RECEIVED})
"""Said at the very moment of something finer, by another source, it is the same scan in a poorer language."""

Row = Mapping[str, Any]


def without_echoes(rows: Sequence[Row]) -> list[Row]:
    """The rows without those that repeat another. Their order stays; of a pair the one that says more is kept."""
    if len(rows) < 2 or not (_has_twins(rows) or len({row["source"] for row in rows}) > 1):
        return list(rows)
    kept: list[Row] = []
    used: set[bytes] = set()
    # The one that says more comes first, so that what comes later is the echo.
    for row in sorted(rows, key=_richness):
        match = next((one for one in kept if _echoes(row, one) and _pair(row, one) not in used), None)
        if match is None:
            kept.append(row)
        else:
            # A scan has one echo from each other source: the next alike is another scan.
            used.add(_pair(row, match))
    left = {id(row) for row in kept}
    return [row for row in rows if id(row) in left]


def _echoes(row: Row, told: Row) -> bool:
    apart = abs(row["occurred_at"] - told["occurred_at"])
    if apart > CLOSE:
        return False
    places = {row["city"].casefold(), told["city"].casefold()} - {""}
    if row["source"] == told["source"]:
        return apart == timedelta(0) and row["status"] == told["status"] and len(places) < 2
    if len(places) > 1:
        return False
    if row["status"] != told["status"]:
        return row["status"] in VAGUE and apart < timedelta(minutes=1)
    return row["reason"] == told["reason"] or not row["reason"]


def _pair(row: Row, told: Row) -> bytes:
    return bytes(told["digest"]) + str(row["source"]).encode()


def _richness(row: Row) -> tuple[bool, bool, bool, Any, bytes]:
    return (row["status"] in VAGUE, not row["reason"], not row["city"], row["occurred_at"], bytes(row["digest"]))


def _has_twins(rows: Sequence[Row]) -> bool:
    return len({(row["status"], row["occurred_at"]) for row in rows}) < len(rows)
