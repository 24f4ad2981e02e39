"""Waits until the worker has applied all that carriers delivered. A process of its own, as e2e.doors is."""

import asyncio
import sys
import time

from portal.commands.installation import ready_with_database
from portal.db.setup import connection, database
from portal.settings import Settings

LONGEST_SECONDS = 120.0


async def settle(settings: Settings) -> bool:
    """Whether nothing waits any more, within LONGEST_SECONDS."""
    async with database(settings):
        until = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < until:
            waiting = "SELECT count(*) AS n FROM scan_deliveries WHERE state = 'waiting'"
            if not (await connection().execute_query_dict(waiting))[0]["n"]:
                return True
            await asyncio.sleep(0.1)
    return False


if __name__ == "__main__":
    with ready_with_database() as settings:
        sys.exit(0 if asyncio.run(settle(settings)) else "deliveries of scans still wait: does the worker run?")
