"""A worker process for tests: its handler says that it has begun, and ends when it is let go.

Run as `python -m tests.workers.held_worker FOLDER LEASE_SECONDS` with the settings in the environment.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

from portal.db.outbox import Claim
from portal.settings import Settings, read_settings
from workers.worker import serve

BEGUN = "begun"
LET_GO = "let-go"


async def hold(claim: Claim, folder: Path) -> None:
    (folder / BEGUN).touch()
    while not (folder / LET_GO).exists():
        await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def folder_given(settings: Settings) -> AsyncIterator[Path]:
    yield Path(sys.argv[1])


if __name__ == "__main__":
    lease = timedelta(seconds=float(sys.argv[2]))
    asyncio.run(serve(read_settings(), {"test.asked": hold}, folder_given, lease))
