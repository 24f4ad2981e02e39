"""Nothing is published that no worker knows."""

import importlib
from pathlib import Path

from workers.main import HANDLERS

PORTAL = Path(__file__).parents[2] / "portal"


def published_topics() -> set[str]:
    rooms = [path.parent.name for path in PORTAL.glob("*/events.py")]
    modules = [importlib.import_module(f"portal.{room}.events") for room in rooms]
    return {found.topic for module in modules for found in vars(module).values() if isinstance(found, type)
            and found.__module__ == module.__name__ and hasattr(found, "topic")}  # fmt: skip


def test_every_published_topic_has_a_handler_and_every_handler_a_topic() -> None:
    assert published_topics() == set(HANDLERS)
