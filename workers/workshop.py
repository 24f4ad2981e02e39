"""What handlers work with, opened once for the life of a worker process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2

from portal.integrations.calls import open_client
from portal.integrations.ports import Messenger, Postman
from portal.labels.renderer import Renderer
from portal.labels.service import warm_up
from portal.notifications.letters import Stationery, open_stationery
from portal.settings import Settings
from portal.storage.objects import ObjectStore, open_store
from portal.wiring import messenger_of, postman_of


@dataclass(frozen=True, slots=True)
class Workshop:
    renderer: Renderer
    store: ObjectStore
    settings: Settings
    postman: Postman
    stationery: Stationery
    http: httpx2.AsyncClient
    """For every vendor's API."""
    messenger: Messenger | None = None
    """None where no texts are sent."""


@asynccontextmanager
async def open_workshop(settings: Settings) -> AsyncIterator[Workshop]:
    """The warm render process, the object store and the ways out; all of it ends with the worker."""
    async with Renderer() as renderer, open_client() as http:
        await warm_up()
        store = open_store(settings.storage)
        messenger = messenger_of(settings, http)
        yield Workshop(renderer, store, settings, postman_of(settings), open_stationery(), http, messenger)
