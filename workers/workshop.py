"""What handlers work with, opened once for the life of a worker process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from portal.labels.renderer import Renderer
from portal.labels.service import warm_up
from portal.settings import Settings
from portal.storage.objects import ObjectStore, open_store


@dataclass(frozen=True, slots=True)
class Workshop:
    renderer: Renderer
    store: ObjectStore


@asynccontextmanager
async def open_workshop(settings: Settings) -> AsyncIterator[Workshop]:
    """The warm render process and the object store; the process ends with the worker."""
    async with Renderer() as renderer:
        await warm_up()
        yield Workshop(renderer, open_store(settings.storage))
