"""Proof of delivery on the order page: who signed, and the picture. Only for whoever has proven the order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.kernel.words import N_, Words
from portal.merchants.visits import visit_of
from portal.tracking.content import HIDDEN
from portal.tracking.pod import JPEG, Handed, list_handed, read_picture
from portal.tracking.presenters import HandedView, ParcelView
from portal.tracking.queries import PageRow, find_visible_page
from portal.tracking.reading import Parcel
from portal.tracking.rules import ParcelStatus
from portal.tracking.wording import LEFT
from portal.web.cookies import SESSION, read_cookie

HEADERS = {"content-security-policy": "default-src 'none'; sandbox", "cache-control": "no-store"}


async def with_proofs(
    request: Request, row: PageRow, parcels: Sequence[Parcel], views: tuple[ParcelView, ...]
) -> tuple[ParcelView, ...]:
    """The views with how each parcel was handed over; as they are for everybody who has not proven the order."""
    if not row.proven or not views or not any(parcel.status is ParcelStatus.DELIVERED for parcel in parcels):
        return views
    merchant = visit_of(request).merchant
    handed = await list_handed(merchant.id, row.order_id)
    return tuple(
        replace(view, handed=_view(request, row.order_id, parcel.facts["id"], handed.get(parcel.facts["id"])))
        for view, parcel in zip(views, parcels, strict=True)
    )


def hide_places(content: Mapping[str, Any]) -> None:
    """Take out where parcels were left, and what was engraved: whoever has only guessed a number must not learn which
    neighbour to ask, nor whose name is in the ring.
    """
    for line in content["lines"]:
        line["properties"] = [[name, HIDDEN] for name, _ in line["properties"]]
    for parcel in content["parcels"]:
        if parcel["delivered_at"]:
            parcel["reason"] = None if parcel["reason"] in LEFT else parcel["reason"]
            for scan in parcel["scans"]:
                scan[1] = None if scan[1] in LEFT else scan[1]


def _view(request: Request, order_id: UUID, parcel_id: str, handed: Handed | None) -> HandedView | None:
    if handed is None or handed.at is None or not (handed.signed_by or handed.pictured):
        return None
    if handed.signed_by:
        line = Words(N_("Handed over %(day)s, signed by %(name)s"), {"day": handed.at, "name": handed.signed_by})
    else:
        line = Words(N_("Handed over %(day)s"), {"day": handed.at})
    url = ""
    if handed.pictured:
        url = visit_of(request).path(request, "delivery_picture", order_id=order_id, parcel_id=parcel_id)
    alt = N_("The signature") if handed.kind == "signature" else N_("The courier’s picture of the delivery")
    return HandedView(line, url, Words(alt))


async def show_picture(request: Request) -> Response:
    """GET /orders/{order_id}/parcels/{parcel_id}/picture: the picture, or 404; alike for who may not see it."""
    visit, now = visit_of(request), request.app.state.clock()
    order_id, parcel_id = request.path_params["order_id"], request.path_params["parcel_id"]
    row = await find_visible_page(visit.merchant.id, order_id, read_cookie(request, SESSION), now)
    picture = None
    if row is not None and row.proven:
        picture = await read_picture(visit.merchant.id, order_id, parcel_id, request.app.state.store)
    if picture is None:
        return Response("Not found", status_code=404, media_type="text/plain")
    return Response(picture, media_type=JPEG, headers=HEADERS)


routes = [Route("/orders/{order_id:uuid}/parcels/{parcel_id:uuid}/picture", show_picture, name="delivery_picture")]
