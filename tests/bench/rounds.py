"""Two ways of doing the same, A-B-A-B in one run, and what the medians of the rounds say.

The machine may be busy with other things: a ratio is taken inside each round, so that both sides met the same weather.
"""

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

ROUNDS = 11
Work = Callable[[int], Awaitable[object]]
"""Does the thing that many times."""


@dataclass(frozen=True, slots=True)
class Result:
    """One hot path beside its floor. Times are milliseconds each; a ratio is ours in speed over the floor's."""

    name: str
    ours_ms: float
    floor_ms: float
    ratios: tuple[float, ...]
    aim: float
    cpu: float | None = None
    """The same ratio counted in processor time of this process, where both sides run in it."""

    @property
    def ratio(self) -> float:
        """The median over the rounds."""
        return statistics.median(self.ratios)

    @property
    def verdict(self) -> str:
        """ok or below."""
        return "ok" if self.ratio >= self.aim else "below"

    def __str__(self) -> str:
        cpu = f"  cpu {self.cpu:4.2f}" if self.cpu is not None else ""
        return (
            f"{self.name:44} ours {self.ours_ms:8.3f} ms  floor {self.floor_ms:8.3f} ms  "
            f"ratio {self.ratio:4.2f} ({min(self.ratios):4.2f}-{max(self.ratios):4.2f})  "
            f"aim {self.aim:4.2f}  {self.verdict}{cpu}"
        )


async def compare(name: str, ours: Work, floor: Work, *, aim: float, each: int, rounds: int = ROUNDS) -> Result:
    """Let both do it `each` times a round, the first round only to warm up; whoever begins, begins second next time."""
    spent: dict[Work, list[tuple[float, float]]] = {ours: [], floor: []}
    for number in range(rounds + 1):
        for work in (ours, floor) if number % 2 else (floor, ours):
            spent[work].append(await _clocked(work, each))
    own, base = spent[ours][1:], spent[floor][1:]
    pairs = list(zip(own, base, strict=True))
    return Result(
        name,
        statistics.median(wall for wall, _ in own) * 1000 / each,
        statistics.median(wall for wall, _ in base) * 1000 / each,
        tuple(theirs[0] / mine[0] for mine, theirs in pairs),
        aim,
        statistics.median(theirs[1] / mine[1] for mine, theirs in pairs),
    )


async def _clocked(work: Work, each: int) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    await work(each)
    return time.perf_counter() - wall, time.process_time() - cpu


def at_once(one: Callable[[], Awaitable[object]], workers: int) -> Work:
    """Work that keeps `workers` of them under way, as a server that has enough to do."""

    async def some(count: int) -> None:
        for _ in range(count):
            await one()

    async def work(count: int) -> None:
        await asyncio.gather(*(some(count // workers) for _ in range(workers)))

    return work


def tell(results: Sequence[Result]) -> Sequence[Result]:
    """Print results as they come."""
    for result in results:
        say(str(result))
    return results


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def load() -> str:
    """How busy the machine is, for whoever reads the numbers."""
    one, five, _ = os.getloadavg()
    return f"load average {one:.1f}, {five:.1f} on {os.cpu_count()} cores"
