"""Sample views of the pages on which a shopper asks the team, state by state."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from portal.integrations.records import AddressRecord
from portal.kernel.words import Words
from portal.requests.addresses import address_fields
from portal.requests.presenters import (
    CheckView,
    ChoiceView,
    FieldValue,
    FillView,
    HistoryView,
    Option,
    ParcelLine,
    RefusedView,
    RequestView,
    Told,
    TopicView,
)
from portal.web.page import FieldError, Page
from tests.factories.view_brands import SampleBrand, ago

ADDRESSES = {
    "de": AddressRecord(name="Jonas Weber", line1="Torstr. 1", city="Berlin", postal_code="10119", country="DE"),
    "us": AddressRecord(
        name="Ada Hart", line1="1 Main St", city="Reno", postal_code="89501", region="NV", country="US"
    ),
}
TOLD = Told(
    address=("Jonas Weber", "Torstraße 11", "10119 Berlin"),
    before=("Jonas Weber", "Torstr. 1", "10119 Berlin"),
    where=None,
    place="",
    lines=(),
    text="The number was wrong.\nThank you!",
)


def request_samples(brand: SampleBrand, page: Page) -> Iterator[tuple[str, str, Any]]:
    """Name, template and view of every sample."""
    yield from (("request-topic", "requests/topic.html", _topic(brand, page)),)
    for name, changes in _fills(brand).items():
        yield f"request-{name}", "requests/fill.html", _fill(brand, page, **changes)
    check = CheckView(
        page, brand.order_number, 2, Words("Correct the address"), None, TOLD, "/again", "/send", "d", "shop"
    )
    yield "request-check", "requests/check.html", check
    lines = replace(TOLD, address=(), before=(), lines=_lines(brand))
    yield "request-check-changed", "requests/check.html", replace(check, told=lines, changed=True)
    refused = RefusedView(
        page, brand.order_number, Words("Deliver it again"), Words("It was delivered."), "/order", "/requests/A-1"
    )
    yield "request-refused", "requests/refused.html", refused
    for name, changes in _states().items():
        yield f"request-{name}", "requests/status.html", _status(brand, page, **changes)


def _topic(brand: SampleBrand, page: Page) -> TopicView:
    can = tuple(ChoiceView(Words(label), "/new", None) for label in ("Something is damaged", "Something else"))
    cannot = (ChoiceView(Words("It is late"), "", Words("It was delivered on Friday.")),)
    return TopicView(page, brand.order_number, 2, "/order", Words("What went wrong?"), can, cannot)


def _lines(brand: SampleBrand) -> tuple[ParcelLine, ...]:
    items = [brand.item(index) for index in range(3)]
    return tuple(
        ParcelLine(f"l{most}", item.title, item.detail, range(most + 1), 1, item.image_url, item.initial)
        for item, most in zip(items, (1, 3, 200), strict=True)
    )


def _fills(brand: SampleBrand) -> dict[str, dict[str, Any]]:
    address = ADDRESSES["us" if brand.country == "US" else "de"]
    fields = tuple(
        FieldValue(field, getattr(address, field.name)) for field in address_fields(address.country, address)
    )
    place = (Words("Who or where?"), Words("The shed behind the house."), "")
    return {
        "address": {"address": fields, "how": Words("It has not been handed over yet.")},
        "address-errors": {"address": fields, "errors": (FieldError("city", Words("Enter the city")),)},
        "place": {"options": (Option("neighbour", Words("With a neighbour")),), "place": place},
        "place-errors": {
            "options": (Option("neighbour", Words("With a neighbour")), Option("safe_place", Words("Safe place"))),
            "place": place,
            "errors": (FieldError("where", Words("Choose")), FieldError("place", Words("Say who or where"))),
        },
        "items": {"lines": _lines(brand), "first": (Words("Keep the box."), Words("Take pictures."))},
        "items-errors": {"lines": _lines(brand), "errors": (FieldError("quantity-l3", Words("Too many")),)},
    }


def _fill(brand: SampleBrand, page: Page, **changes: Any) -> FillView:
    empty = FillView(
        page=page,
        order_number=brand.order_number,
        parcel=0,
        back_url="/order",
        submit_url="/new",
        title=Words("Correct the address"),
        how=None,
        first=(),
        address=(),
        country="Germany",
        options=(),
        where="",
        place=None,
        lines=(),
        text_label=Words("Anything we should know? (optional)"),
        text="",
        text_limit=1000,
    )
    return replace(empty, **changes)


def _states() -> dict[str, dict[str, Any]]:
    return {
        "sent": {"just_sent": True},
        "declined": {
            "tone": "warn",
            "state": Words("Not possible"),
            "answer": "The parcel left last night.\nSorry!",
            "next": (),
            "withdraw_url": "",
        },
        "late": {"state": Words("Done"), "tone": "ok", "late": True, "withdraw_url": "", "next": ()},
    }


def _status(brand: SampleBrand, page: Page, **changes: Any) -> RequestView:
    waiting = RequestView(
        page=page,
        number="A-1042",
        order_number=brand.order_number,
        parcel=2,
        order_url="/order",
        headline=Words("We are looking at it"),
        lede=Words("Our team has your request and writes to you."),
        name=Words("Another address"),
        state=Words("Waiting for our team"),
        tone="calm",
        answer="",
        told=TOLD,
        next=(Words("Our team looks at it."), Words("The order page shows the new address.")),
        history=(HistoryView(Words("You asked for this"), "", ago(2)),),
        withdraw_url="/requests/A-1042/withdraw",
        just_sent=False,
    )
    return replace(waiting, **changes)
