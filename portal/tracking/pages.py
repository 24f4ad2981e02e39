"""The order page and its live part: one read, one view."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.integrations.records import AddressRecord
from portal.kernel.money import Money
from portal.kernel.words import N_, Words
from portal.merchants.queries import MerchantFacts
from portal.merchants.visits import Visit, frame, visit_of
from portal.orders.addresses import address_lines
from portal.policies.queries import find_policy_for
from portal.policies.rules import Policy, decide
from portal.tracking.answers import answer, in_store
from portal.tracking.boxes import return_line
from portal.tracking.content import Content
from portal.tracking.facts import return_facts, returned_units
from portal.tracking.items import overview
from portal.tracking.live_pages import stream_changes, wants_stream
from portal.tracking.pod_pages import hide_places, with_proofs
from portal.tracking.pod_pages import routes as picture_routes
from portal.tracking.presenters import Asks, OrderView, ReturnBox, ReturnLink, SectionView
from portal.tracking.queries import PageRow, find_changed_page, find_visible_page
from portal.tracking.reading import read_parcels
from portal.tracking.sections import section_views
from portal.tracking.story import groups, parcel_views, steps
from portal.tracking.wording import RETURN
from portal.web.answers import page, redirect, unchanged
from portal.web.cookies import SESSION, read_cookie
from portal.web.remembered import Remembered

_boxes: Remembered[tuple[Words | None, bool]] = Remembered()
_asks: Remembered[dict[str, Asks]] = Remembered()


async def show_order(request: Request) -> Response:
    """GET /orders/{order_id}: the whole story; without a lookup in this browser, the front door."""
    visit, now = visit_of(request), request.app.state.clock()
    row = await find_visible_page(visit.merchant.id, _order_id(request), read_cookie(request, SESSION), now)
    if row is None:
        return front_door(request)
    view = await order_view(request, row, now)
    return page(request, "tracking/order.html", replace(view, sections=await _sections(request, row, view.tone, now)))


async def show_changes(request: Request) -> Response:
    """GET /orders/{order_id}/live?version=: 204 while nothing changed, else the fragment; or a stream of versions."""
    visit, now = visit_of(request), request.app.state.clock()
    seen = request.query_params.get("version", "")
    version = int(seen) if seen.isdecimal() and len(seen) < 10 else -1
    if wants_stream(request):
        return await stream_changes(request, _order_id(request), version)
    row = await find_changed_page(visit.merchant.id, _order_id(request), read_cookie(request, SESSION), now, version)
    if row is None:
        return front_door(request)
    if not row.content:
        return unchanged()
    return page(request, "tracking/_live.html", await order_view(request, row, now))


async def order_view(request: Request, row: PageRow, now: datetime) -> OrderView:
    """The view of an order's page at this moment."""
    visit, content = visit_of(request), row.content
    merchant, order = visit.merchant, content["order"]
    box = await _return_box(request, row, merchant, now)
    if not row.proven:
        hide_places(content)
    parcels = read_parcels(content, merchant, now)
    placed = datetime.fromisoformat(order["placed_at"]).astimezone(merchant.zone).date()
    said = answer(content, parcels, merchant, now)
    asks = _asks.get(
        (row.order_id, row.version, row.proven, visit.prefix, now.date(), now.hour),
        lambda: request.app.state.asks(request, row, parcels, now),
    )
    return OrderView(
        page=frame(request),
        order_number=order["number"],
        placed_on=placed,
        headline=said.headline,
        lede=said.lede,
        tone=said.tone,
        steps=steps(said),
        parcels=await with_proofs(request, row, parcels, parcel_views(parcels, content, merchant, asks)),
        groups=groups(content),
        overview=overview(content, parcels),
        destination=_destination(content),
        gift=order["gift"],
        return_box=box,
        returns=_returns(request, content),
        version=row.version,
        live_url=f"{visit.path(request, 'order_live', order_id=row.order_id)}?version={row.version}",
        also=said.also,
        recent=placed.year == now.astimezone(merchant.zone).year,
        total=Money(order["total"], order["currency"]),
        address=_address(row, visit),
        proof_url="" if row.proven else visit.path(request, "proof", order_id=row.order_id),
        forget_url=visit.path(request, "forget") if row.proven else "",
        messages_url=visit.path(request, "messages", order_id=row.order_id) if merchant.messages != "none" else "",
        asks=asks.get("", Asks()),
    )


def _returns(request: Request, content: Mapping[str, Any]) -> tuple[ReturnLink, ...]:
    path = visit_of(request).path
    return tuple(
        ReturnLink(entry["number"], Words(RETURN[entry["state"]]), path(request, "return", number=entry["number"]))
        for entry in content["returns"]
    )


async def _return_box(request: Request, row: PageRow, merchant: MerchantFacts, now: datetime) -> ReturnBox | None:
    order = row.content["order"]
    if order["cancelled_at"]:
        return None
    policy = await find_policy_for(merchant.id, order["policy"], datetime.fromisoformat(order["placed_at"]))
    if policy is None:
        return ReturnBox(Words(N_("To send something back, write to us.")), "")
    today = now.astimezone(merchant.zone).date()
    line, possible = _boxes.get(
        (row.order_id, row.version, policy.version, today),
        lambda: _return_line(policy, row.content, merchant.time_zone, now),
    )
    if line is None:
        return None
    return ReturnBox(line, visit_of(request).path(request, "choose", order_id=row.order_id) if possible else "")


def _return_line(policy: Policy, content: Content, time_zone: str, now: datetime) -> tuple[Words | None, bool]:
    """What is said about sending something back, and whether that can begin."""
    decision = decide(policy, return_facts(content, returned_units(content), time_zone), now)
    return return_line(content, decision), decision.any_allowed


async def _sections(request: Request, row: PageRow, tone: str, now: datetime) -> tuple[SectionView, ...]:
    visit = visit_of(request)
    sections = visit.theme.sections.get("order", ())
    if not sections:
        return ()
    merchant, theme, language = visit.merchant, visit.theme.name, visit.speech.language
    wanted = any(section.kind == "products" for section in sections)
    products = await request.app.state.shelf.offered(merchant.id, language) if wanted else []
    images = {one.image: request.app.state.assets.url(f"themes/{theme}/{one.image}") for one in sections if one.image}
    today = now.astimezone(merchant.zone).date()
    return section_views(sections, row.content, products, language, today, tone, images)


def _destination(content: Mapping[str, Any]) -> str:
    """Where it goes; nothing where nothing goes anywhere."""
    order = content["order"]
    shipped = any(line["requires_shipping"] for line in content["lines"])
    return order["destination"] if shipped and not order["cancelled_at"] and not in_store(content) else ""


def _address(row: PageRow, visit: Visit) -> tuple[str, ...]:
    """The whole address, for whoever has proven the order; nothing where nothing goes anywhere."""
    if row.person is None or not row.person["address"] or not _destination(row.content):
        return ()
    address = AddressRecord(**row.person["address"])
    named = replace(address, name=address.name or row.person["name"])
    return address_lines(named, visit.merchant.country, visit.speech.language)


def front_door(request: Request) -> Response:
    """To the lookup, which says why; alike for an order of somebody else and one that never was."""
    return redirect(request, f"{visit_of(request).path(request, 'lookup')}?again=1")


def _order_id(request: Request) -> UUID:
    order_id: UUID = request.path_params["order_id"]
    return order_id


routes = [
    *picture_routes,
    Route("/orders/{order_id:uuid}", show_order, name="order"),
    Route("/orders/{order_id:uuid}/live", show_changes, name="order_live"),
]
