"""The schedule: of all processes exactly one starts a task when it is due; who dies meanwhile is followed next time."""

from datetime import timedelta

from portal.db.setup import connection


async def take_turn(name: str, every: timedelta) -> bool:
    """Whether this process runs the task now. The next turn is `every` later by the database's clock."""
    rows = await connection().execute_query_dict(
        "INSERT INTO schedule AS s (name, next_at) VALUES ($1, clock_timestamp() + $2::interval) "
        "ON CONFLICT (name) DO UPDATE SET next_at = EXCLUDED.next_at WHERE s.next_at <= clock_timestamp() "
        "RETURNING name",
        [name, every],
    )
    return bool(rows)


async def give_back(name: str) -> None:
    """End a turn before its time: the next one may begin at once, and nothing is kept of this one."""
    await connection().execute_query("DELETE FROM schedule WHERE name = $1", [name])
