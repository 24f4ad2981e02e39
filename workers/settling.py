"""Writing that effects are done: while one statement is on its way, the outcomes behind it gather for the next."""

import asyncio

from portal.db.outbox import Claim, finish

TOGETHER = 200


class Finisher:
    """Turns many single finishes into few statements, without making the first one wait."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Claim, asyncio.Future[bool]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def finish(self, claim: Claim) -> bool:
        """Whether the effect was still ours to finish. Raises what the statement raised; then ask again."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((claim, answer))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await answer

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
                await _write_one(batch)
        finally:
            self._writing = None


async def _write_one(batch: list[tuple[Claim, asyncio.Future[bool]]]) -> None:
    try:
        ours = await finish([claim for claim, _ in batch])
    except Exception as error:
        # Everyone who waits for this statement learns why, and asks again.
        for _, answer in batch:
            if not answer.done():
                answer.set_exception(error)
    else:
        for claim, answer in batch:
            if not answer.done():
                answer.set_result(claim.effect_id in ours)
