"""The panel of a demo that is ready."""

import io

import pytest
from rich.console import Console

from portal.demo.panel import welcome
from portal.settings import read_settings


def printed(width: int) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(welcome(read_settings(DOORSTEP_ENV="demo", DOORSTEP_PORT=8123)))
    return console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO from above


@pytest.mark.parametrize("width", [60, 120])
def test_it_names_addresses_orders_and_the_way_to_the_api_on_any_screen(width: int) -> None:
    text = printed(width)
    for said in ("http://fashion.localhost:8123/", "http://jewels.localhost:8123/", "doorstep keys create", "/graphql"):
        assert said in text


def test_it_names_a_gift_a_cancelled_and_a_lost_order_of_each_shop() -> None:
    lines = [line for line in printed(120).splitlines() if " also " in line]
    assert [all(word in line for word in ("a gift", "cancelled", "lost")) for line in lines] == [True, True]
