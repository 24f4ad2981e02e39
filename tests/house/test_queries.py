"""Every read names the merchant first."""

import inspect
import pkgutil
from collections.abc import Callable
from importlib import import_module

import pytest

import portal

BEFORE_THE_MERCHANT_IS_KNOWN = {
    "find_merchant_by_slug": "the operator names a merchant",
    "find_merchant_by_host": "this is how the merchant is found",
    "find_api_key": "the key says whose it is",
    "list_merchant_ids": "each of them is named afterwards",
}


def queries() -> list[Callable[..., object]]:
    modules = [name for _, name, _ in pkgutil.walk_packages(portal.__path__, "portal.") if name.endswith(".queries")]
    return [
        function
        for module in map(import_module, modules)
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    ]


@pytest.mark.parametrize("query", queries(), ids=lambda query: f"{query.__module__}.{query.__name__}")
def test_a_query_takes_the_merchant_first(query: Callable[..., object]) -> None:
    if query.__name__ in BEFORE_THE_MERCHANT_IS_KNOWN:
        return
    first = next(iter(inspect.signature(query).parameters))
    assert first == "merchant_id"
