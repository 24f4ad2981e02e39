"""The demo's clock: it starts when the orders are written, and runs only while the simulator does.

`demo-today.txt` beside the order files says when it starts; `simulator.json` how far it has run, which events were made
meanwhile and which were taken by the door. So a restart goes on where it stopped and repeats nothing.
"""

import json
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

START_FILE = "demo-today.txt"


def write_start(folder: Path, today: datetime) -> None:
    """Remember the moment that the dates of the order files count from."""
    (folder / START_FILE).write_text(today.isoformat())


def read_start(folder: Path) -> datetime | None:
    """That moment; None until the files are there."""
    path = folder / START_FILE
    return datetime.fromisoformat(path.read_text()) if path.exists() else None


@dataclass(slots=True)
class Progress:
    """What the simulator did. `ran` is the demo's time in seconds, `made` the real time of events since the start."""

    start: datetime
    ran: float = 0.0
    made: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    @property
    def now(self) -> datetime:
        """The time on the demo's clock."""
        return self.start + timedelta(seconds=self.ran)


def read_progress(path: Path, start: datetime) -> Progress:
    """The progress in `path` if it belongs to this start, else a new one."""
    if not path.exists():
        return Progress(start)
    kept = json.loads(path.read_text())
    if kept["start"] != start.isoformat():
        return Progress(start)
    return Progress(start, kept["ran"], kept["made"], set(kept["taken"]))


def write_progress(path: Path, progress: Progress) -> None:
    """Replace the file whole, so that a kill leaves the old one or the new one."""
    content = {
        "start": progress.start.isoformat(),
        "ran": progress.ran,
        "made": progress.made,
        "taken": sorted(progress.taken),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(content))
    os.replace(draft, path)
