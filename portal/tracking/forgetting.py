"""What tracking knows of a person: who signed, what a carrier wrote, pictures of a door."""

from uuid import UUID

from portal.db.setup import connection


async def forget_person(merchant_id: UUID, order_id: UUID) -> None:
    """Forget what scans of the order's parcels said beside where and when, inside the caller's transaction. Scans with
    their numbers that fit no parcel go whole. What comes later is kept without such words (see `applying`).
    """
    await connection().execute_query(
        "UPDATE tracking_events e SET extra = NULL FROM parcels p "
        "WHERE p.merchant_id = $1 AND p.order_id = $2 AND e.parcel_id = p.id AND e.extra IS NOT NULL",
        [merchant_id, order_id],
    )
    await connection().execute_query(
        "DELETE FROM stray_scans s USING parcels p WHERE p.merchant_id = $1 AND p.order_id = $2 "
        "AND s.merchant_id = $1 AND s.tracking_key = p.tracking_key",
        [merchant_id, order_id],
    )
