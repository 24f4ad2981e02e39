"""Sample views: every page in every state, for both demo brands. Tests, previews and pictures are made of these."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from portal.kernel.words import Words
from portal.orders.presenters import LookupView
from portal.tracking.presenters import (
    AskedLink,
    AskLink,
    Asks,
    EventView,
    GroupView,
    IncidentView,
    ItemView,
    OrderView,
    ParcelView,
    ReturnBox,
    ReturnLink,
    StepView,
)
from portal.web.page import FieldError, Notice, Page
from tests.factories.view_brands import SampleBrand, ago
from tests.factories.view_messages import message_samples
from tests.factories.view_proofs import proof_samples
from tests.factories.view_requests import request_samples
from tests.factories.view_returns import return_samples
from tests.factories.view_sections import sections

STEPS = ("Ordered", "Packed", "On its way", "Out for delivery", "Delivered")
ASKS = Asks(
    links=(AskLink(Words("Change where this goes"), "/new/a-delivery"), AskLink(Words("Report a problem"), "/new/a")),
    asked=(
        AskedLink(Words("Another delivery"), Words("Asked on Friday. Our team has it."), "", "/requests/A-1001"),
        AskedLink(Words("Your message"), Words("It was not possible."), "The courier cannot.", "/requests/A-1000"),
    ),
    way_out=AskLink(Words("Report it as lost"), "/new/a-lost"),
)
LONG_NAME = "Nordlicht four-season expedition tunnel tent with vestibule, footprint and storm-proof poles (limited)"


@dataclass(frozen=True, slots=True)
class Sample:
    """A view in a state that has a name, and the template that shows it."""

    name: str
    template: str
    view: Any


def samples(brand: SampleBrand, page: Page) -> Iterator[Sample]:
    """Every sample of a brand within the given frame."""
    yield from _lookups(brand, page)
    yield from _orders(brand, page)
    for name, template, view in return_samples(brand, page):
        yield Sample(name, template, view)
    for name, template, view in request_samples(brand, page):
        yield Sample(name, template, view)
    for name, template, view in message_samples(page):
        yield Sample(name, template, view)
    for name, template, view in proof_samples(brand, page):
        yield Sample(name, template, view)
    yield from _notices(page)


def _lookups(brand: SampleBrand, page: Page) -> Iterator[Sample]:
    empty = LookupView(page, examples=(f"{brand.order_number} · 10435", "1042 · 10036"))
    errors = (
        FieldError("number", Words("Enter your order number")),
        FieldError("contact", Words("Enter the email or postal code that you ordered with")),
    )
    for name, view in {
        "lookup": empty,
        "lookup-errors": replace(empty, errors=errors),
        "lookup-again": replace(empty, again=True),
        "lookup-forgotten": replace(empty, forgotten=True),
        "lookup-miss": replace(empty, number=brand.order_number, not_found=True),
    }.items():
        yield Sample(name, "orders/lookup.html", view)


def steps(now: int) -> tuple[StepView, ...]:
    """The rail with stop `now` (from 0) as the present one."""
    states = ["done" if index < now else "now" if index == now else "todo" for index in range(len(STEPS))]
    return tuple(StepView(Words(label), state) for label, state in zip(STEPS, states, strict=True))


def _parcel(brand: SampleBrand, number: int, lines: tuple[int, ...]) -> ParcelView:
    first, second, _ = brand.places
    events = (
        EventView(Words("Left the parcel centre"), first, ago(3)),
        EventView(Words("Sorted for its journey"), first, ago(11)),
        EventView(Words("Handed to the carrier"), second, ago(16.5)),
        EventView(Words("Packed and labelled"), second, ago(90)),
    )
    return ParcelView(
        number=number,
        anchor=f"parcel-{number}",
        status=Words("On its way"),
        tone="ok",
        items=tuple(brand.item(index) for index in lines),
        events=events,
        arrives=Words("Arrives %(day)s", {"day": date(2026, 11, 26)}),
        arrives_why=Words("Parcels on this way take two days; none on Sunday."),
        carrier=brand.carrier,
        tracking_number=brand.tracking_number,
        incident=None,
    )


def _group(anchor: str, title: str, *items: ItemView) -> GroupView:
    return GroupView(anchor, Words(title), items)


def _delayed(parcel: ParcelView) -> ParcelView:
    incident = IncidentView(
        Words("The parcel missed a scan while it was sorted."),
        Words("We asked the carrier to find it. You hear from us by Wednesday, 18:00."),
        Words("Nothing yet. From Saturday you can report it as lost."),
        write=True,
    )
    return replace(
        parcel, status=Words("Delayed"), tone="warn", incident=incident, arrives=Words("Two days late"), events=()
    )


def order(brand: SampleBrand, page: Page, **changes: Any) -> OrderView:
    """The order page on a good day: two parcels on their way."""
    values: dict[str, Any] = {
        "page": page,
        "order_number": brand.order_number,
        "placed_on": date(2026, 11, 18),
        "headline": Words("Arrives %(day)s", {"day": date(2026, 11, 26)}),
        "lede": Words("Your parcel left %(place)s this morning.", {"place": brand.places[0]}),
        "tone": "ok",
        "steps": steps(2),
        "parcels": (_parcel(brand, 1, (0, 1)), _delayed(_parcel(brand, 2, (2,)))),
        "groups": (),
        "destination": brand.destination,
        "gift": False,
        "return_box": ReturnBox(
            Words("Until %(day)s, for free.", {"day": date(2026, 12, 14)}), "/orders/10482/returns/new"
        ),
        "returns": (),
        "version": 7,
        "live_url": "/orders/10482/live?version=7",
        "also": (Words("Parcel 2 is delayed."),),
        "recent": True,
        "total": brand.money(38200),
    }
    return OrderView(**{**values, **changes})


def _orders(brand: SampleBrand, page: Page) -> Iterator[Sample]:
    not_yet = ReturnBox(Words("You can send things back once they have arrived."), "")
    parcel = _parcel(brand, 1, (0, 1))
    delivered = replace(parcel, status=Words("Delivered"), arrives=Words("Delivered on time"), arrives_why=None)
    lost = replace(_delayed(parcel), status=Words("Lost"), tone="bad", events=parcel.events)
    many = replace(
        parcel,
        items=tuple(brand.item(index, quantity=1 + index % 3) for index in range(20)),
        events=tuple(replace(event, at=ago(20 * hop)) for hop in range(3) for event in parcel.events),
    )
    long_items = (
        brand.item(0, title=LONG_NAME, image_url="", initial="N", note=Words("Engraved: L + M")),
        brand.item(1, image_url="", detail="", quantity=12),
        brand.item(2, title="Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen", image_url=""),
    )
    states: dict[str, dict[str, Any]] = {
        "order": {},
        "order-unshipped": {
            "headline": Words("We are packing your order"),
            "lede": Words("It leaves us tomorrow. You get an email when it does."),
            "steps": steps(1),
            "parcels": (),
            "groups": (_group("waiting", "In this order", brand.item(0), brand.item(2)),),
            "return_box": not_yet,
        },
        "order-cancelled": {
            "headline": Words("This order was cancelled"),
            "lede": Words("Your money is on its way back to your card."),
            "tone": "bad",
            "steps": (),
            "parcels": (),
            "groups": (_group("lines", "In this order", brand.item(1)),),
            "destination": "",
            "return_box": None,
        },
        "order-delivered": {
            "headline": Words("Delivered on %(day)s", {"day": date(2026, 11, 20)}),
            "lede": Words("We hope it fits."),
            "steps": steps(4),
            "parcels": (delivered,),
            "returns": (ReturnLink("R-7K2M9X", Words("Waiting for your parcel"), "/returns/R-7K2M9X"),),
        },
        "order-lost": {
            "headline": Words("Your parcel is lost"),
            "lede": Words("We are sorry. Choose a new one or your money back."),
            "tone": "bad",
            "parcels": (lost,),
            "return_box": not_yet,
        },
        "order-asked": {"parcels": (replace(parcel, asks=ASKS), replace(lost, number=2, anchor="parcel-2", asks=ASKS))},
        "order-gift": {"gift": True, "parcels": (replace(parcel, items=(brand.item(0, note=Words("Gift")),)),)},
        "order-twenty": {"parcels": (many,)},
        "order-blocks": {"sections": sections()},
        "order-long-names": {
            "parcels": (replace(parcel, items=long_items),),
            "groups": (
                _group("waiting", "Not sent yet", brand.item(3)),
                _group("cancelled", "Cancelled", brand.item(4)),
            ),
        },
    }
    for name, changes in states.items():
        yield Sample(name, "tracking/order.html", order(brand, page, **changes))


def _notices(page: Page) -> Iterator[Sample]:
    missing = Notice(
        page, 404, Words("We cannot find this page"), Words("The address may be old."), Words("Find your order"), "/"
    )
    fault = Notice(
        page,
        500,
        Words("Something went wrong on our side"),
        Words("Nothing you did is lost. Please try again in a minute."),
        reference="k4-92x1",
    )
    yield Sample("notice-missing", "_layout/notice.html", missing)
    yield Sample("notice-fault", "_layout/notice.html", fault)
