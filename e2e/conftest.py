"""One product per run, one Chromium per worker, one fresh browser context per test."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from e2e.browsers import open_browser
from e2e.product import ROOT, Product, running_product
from e2e.shopper import SECONDS, Shopper, Way, shopper
from e2e.stock import Order, claim

Visit = Callable[..., AbstractAsyncContextManager[Shopper]]
Take = Callable[[str, str], Order]

expect.set_options(timeout=SECONDS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def product(testrun_uid: str) -> Iterator[Product]:
    """The running product, shared by all workers of a run."""
    with running_product(ROOT / "build" / "e2e", testrun_uid[:12]) as found:
        yield found


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """This worker's Chromium."""
    async with open_browser() as found:
        yield found


@pytest.fixture
def visit(browser: Browser, product: Product) -> Visit:
    """Opens a browser context: `async with visit(Way("fashion")) as shopper`."""
    return partial(shopper, browser, product)


@pytest.fixture
async def visitor(visit: Visit, way: Way) -> AsyncIterator[Shopper]:
    """A shopper for tests that are parametrised with `way`."""
    async with visit(way) as found:
        yield found


@pytest.fixture
def take(product: Product) -> Take:
    """Claims an order of a kind for this test alone: `take("fashion", "moves_now")`."""
    return partial(claim, product.folder)


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where pictures of this run go."""
    folder = Path(os.environ.get("DOORSTEP_PICTURES") or ROOT / "build" / "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
