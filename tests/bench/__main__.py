"""Hot paths beside hand-written floors: `python -m tests.bench [name …]`.

Each module here that has `run()` is a benchmark. One that takes an argument gets the common ground; one that takes
none brings its own. Ratios are told, never judged: the exit status is 1 only when a benchmark breaks.
"""

import asyncio
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from inspect import isawaitable, signature
from pathlib import Path
from typing import Any

from tests.bench.ground import own_servers, prepared
from tests.bench.rounds import Result, load, say, tell

Run = Callable[..., Any]


def benchmarks(wanted: Sequence[str]) -> dict[str, Run]:
    """The modules to run by name. Raises SystemExit for a name that is none."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem != "__main__")
    found = {name: getattr(import_module(f"tests.bench.{name}"), "run", None) for name in names}
    known = {name: run for name, run in found.items() if run is not None}
    unknown = set(wanted) - set(known)
    if unknown:
        raise SystemExit(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return {name: run for name, run in known.items() if not wanted or name in wanted}


def main(wanted: Sequence[str]) -> int:
    """Run them one after the other, tell the results, then all of them once more."""
    chosen = benchmarks(wanted)
    alone = {name: run for name, run in chosen.items() if not signature(run).parameters}
    results: list[Result] = []
    broken = [name for name, run in alone.items() if not attempt(name, run, results)]
    shared = {name: run for name, run in chosen.items() if name not in alone}
    if shared:
        broken += on_common_ground(shared, results)
    summary(results, broken)
    return 1 if broken else 0


def on_common_ground(shared: dict[str, Run], results: list[Result]) -> list[str]:
    """Those that share servers, merchant and orders. Returns the names that broke."""
    with own_servers() as settings, asyncio.Runner() as runner:
        around = prepared(settings)
        say("preparing the common ground")
        ground = runner.run(around.__aenter__())
        try:
            return [
                name
                for name, run in shared.items()
                if not attempt(name, lambda run=run: runner.run(awaited(run, ground)), results)
            ]
        finally:
            runner.run(around.__aexit__(None, None, None))


async def awaited(run: Run, ground: Any) -> Any:
    """The result of a benchmark, whether it is a coroutine function or not."""
    found = run(ground)
    return await found if isawaitable(found) else found


def attempt(name: str, run: Run, results: list[Result]) -> bool:
    """One benchmark; a broken one is told and does not stop the others."""
    say(f"\n{name}  ({load()})")
    begun = time.perf_counter()
    try:
        found = run()
        if isawaitable(found):
            found = asyncio.run(awaited(lambda _: found, None))
    except Exception:
        say(traceback.format_exc())
        return False
    mine = [result for result in found or () if isinstance(result, Result)]
    results += tell(mine)
    say(f"  took {time.perf_counter() - begun:.0f} s")
    return True


def summary(results: Sequence[Result], broken: Sequence[str]) -> None:
    """All ratios, and what could not be measured."""
    say(f"\nsummary  ({load()})")
    for result in results:
        say(f"{result.name:44} {result.ratio:5.2f} of the floor, aim {result.aim:.2f}: {result.verdict}")
    if broken:
        say(f"broken: {', '.join(broken)}")


def stop(*_: object) -> None:
    """Whoever ends us early still leaves no server behind."""
    raise SystemExit(143)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    sys.exit(main(sys.argv[1:]))
