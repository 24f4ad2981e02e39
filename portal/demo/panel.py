"""What the demo prints when it is ready: where to go, which orders to look up, how to reach the API."""

from datetime import UTC, datetime
from itertools import groupby

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from portal.demo.brands import brand, brands
from portal.demo.orders import FEATURED
from portal.demo.people import PEOPLE
from portal.demo.shops import shown
from portal.demo.shops_selling import Sale
from portal.settings import Settings

ALSO = {"cancelled": "cancelled", "lost": "lost", "gift": "a gift"}
"""Scenes that the panel names in a line of their own, and what it calls them."""


def welcome(settings: Settings) -> Panel:
    """What to open and what to type there; nothing is cut off, however narrow the screen."""
    parts: list[RenderableType] = []
    for merchant, orders in groupby(FEATURED, key=lambda order: order.merchant_slug):
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        for column in ("number", "contact", "why"):
            table.add_column(overflow="fold", no_wrap=column != "why", ratio=None if column != "why" else 1)
        for order in orders:
            table.add_row(Text(order.number, "bold"), f"{order.email}\nor {order.postal_code}", order.why)
        parts += [Text(f"http://{merchant}.localhost:{settings.port}/", "bold underline"), table, _more(merchant)]
        parts += [Text(f"mails it sends: http://{merchant}.localhost:{settings.port}/mailbox"), ""]
    parts += [_elsewhere(), ""]
    parts.append("Type an order number with the email or the postal code beside it. Ctrl-C stops everything.")
    parts.append(
        f"Admin API: POST http://fashion.localhost:{settings.port}/graphql with a key from\n"
        "  .venv/bin/doorstep keys create --merchant fashion --scopes read_orders"
    )
    return Panel(Group(*parts), title="Doorstep", expand=False, padding=(1, 2))


def _elsewhere() -> Text:
    """Orders that come in over other platforms' APIs, and the new ones that arrive while somebody watches."""
    found = "; ".join(f"{one.number} ({one.postal_code}) {one.why}" for one in shown())
    first = (Sale(place, datetime.now(UTC)).order() for place in range(len(brands())))
    new = ", ".join(f"{order['name']} ({order['shipping_address']['zip']})" for order in first)
    return Text(f"Read from the shops' APIs: {found}. A new order every minute, the first ones {new}.")


def _more(merchant: str) -> Text:
    """One line naming orders of which something went another way, each with the postal code that opens it."""
    one = brand(merchant)
    named = {scene.name: scene for scene in one.scenes if scene.name in ALSO}
    found = (
        f"{ALSO[name]} {one.prefix}{scene.number} ({PEOPLE[scene.who].postal_code})" for name, scene in named.items()
    )
    return Text(f"also {', '.join(found)}")
