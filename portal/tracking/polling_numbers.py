"""Parcels on their way whose numbers cannot be right: nobody can be asked about them, somebody has to look."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.db.setup import connection
from portal.tracking.numbers import fault_of
from portal.tracking.polling_rules import TOO_OLD
from portal.tracking.rules import ENDED

AT_ONCE = 5000
ON_THE_WAY = """
SELECT p.id, p.carrier, p.tracking_number, p.shipped_at, o.number
FROM parcels p JOIN orders o ON o.id = p.order_id AND o.merchant_id = p.merchant_id
WHERE p.merchant_id = $1 AND p.id > $2 AND p.shipped_at > $3 AND p.tracking_number <> '' AND NOT p.cancelled
  AND p.status <> ALL($4::varchar[])
ORDER BY p.id LIMIT $5
"""


@dataclass(frozen=True, slots=True)
class FaultyNumber:
    """A parcel's number, and what is wrong with it."""

    order: str
    carrier: str
    number: str
    shipped_at: datetime
    fault: str


async def list_faulty_numbers(merchant_id: UUID, now: datetime) -> list[FaultyNumber]:
    """Of parcels that are on their way and were handed over in the last 60 days, in the order they came in."""
    found: list[FaultyNumber] = []
    last = UUID(int=0)
    while True:
        _, rows = await connection().execute_query(
            ON_THE_WAY, [merchant_id, last, now - TOO_OLD, [str(status) for status in ENDED], AT_ONCE]
        )
        for row in rows:
            fault = fault_of(row["tracking_number"], row["carrier"])
            if fault:
                found.append(
                    FaultyNumber(row["number"], row["carrier"], row["tracking_number"], row["shipped_at"], fault)
                )
        if len(rows) < AT_ONCE:
            return found
        last = rows[-1]["id"]
