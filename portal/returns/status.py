"""A return that exists: its status, to the browser that has looked the order up; its label, its code and what the
shopper wrote only to the one that has proven it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from portal.labels.codes import qr_svg
from portal.labels.models import Label
from portal.labels.queries import list_labels
from portal.merchants.visits import frame, visit_of
from portal.orders.addresses import address_block
from portal.payouts.quotes import Quote
from portal.proofs.gate import front_door, proof_url, to_proof
from portal.returns.models import Return, ReturnLine
from portal.returns.presenters import LabelView, ReturnView
from portal.returns.queries import find_return_by_number, list_changes, list_return_lines
from portal.returns.rules import Pick
from portal.returns.story import checked_lines, headline, history, label_view, sum_view
from portal.tracking.queries import find_visible_page
from portal.web.answers import page, unchanged
from portal.web.cookies import SESSION, read_cookie
from portal.web.sessions import find_session, has_proven

LABEL_STEPS = {"none": 0, "pending": 1, "failed": 2, "ready": 3}


async def show_return(request: Request) -> Response:
    """GET /returns/{number}: the status page; /confirmation says first that it worked."""
    view = await _return_view(request)
    return page(request, "returns/status.html", view) if view else front_door(request)


async def show_return_changes(request: Request) -> Response:
    """GET /returns/{number}/live?version=&sent=: 204 while nothing changed, else the fragment."""
    view = await _return_view(request)
    if view is None:
        return front_door(request)
    if request.query_params.get("version") == str(view.version):
        return unchanged()
    return page(request, "returns/_live.html", view)


async def download_label(request: Request) -> Response:
    """GET /returns/{number}/label.pdf: the label, to this browser alone."""
    found = await _find(request)
    if found is None or found.label is None or found.label.state != "ready":
        return front_door(request)
    row, label = found.row, found.label
    if not found.proven:
        return to_proof(request, row.order_id, "return", row.number)
    pdf = await request.app.state.store.get(label.storage_key)
    if pdf is None:
        raise FileNotFoundError(f"label of {row.number} is recorded and not in storage")
    headers = {"content-disposition": f'inline; filename="{row.number}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


async def show_code(request: Request) -> Response:
    """GET /returns/{number}/code.svg: the QR code for a counter that prints the label."""
    found = await _find(request)
    if found is None or found.label is None:
        return front_door(request)
    if not found.proven:
        return to_proof(request, found.row.order_id, "return", found.row.number)
    return Response(qr_svg(found.label.drop_off), media_type="image/svg+xml")


@dataclass(frozen=True, slots=True)
class Found:
    """A return of an order that this browser has looked up, with its label; whether it has proven the order."""

    row: Return
    label: Label | None
    proven: bool


async def _find(request: Request) -> Found | None:
    """The return that the path names, if this browser has looked its order up."""
    visit, now = visit_of(request), request.app.state.clock()
    session = await find_session(visit.merchant.id, read_cookie(request, SESSION), now)
    row = await find_return_by_number(visit.merchant.id, request.path_params["number"])
    if session is None or row is None or str(row.order_id) not in session.order_ids:
        return None
    labels = await list_labels(visit.merchant.id, [row.id])
    return Found(row, labels[0] if labels else None, has_proven(session, row.order_id, now))


async def _return_view(request: Request) -> ReturnView | None:
    found = await _find(request)
    if found is None:
        return None
    row, label, visit = found.row, found.label, visit_of(request)
    order = await find_visible_page(
        visit.merchant.id, row.order_id, read_cookie(request, SESSION), request.app.state.clock()
    )
    if order is None:
        return None
    just_sent = request.scope["path"].endswith("/confirmation") or request.query_params.get("sent") == "1"
    head, lede, tone = headline(row, just_sent)
    lines = await list_return_lines(visit.merchant.id, [row.id])
    version = row.version * 10 + LABEL_STEPS[label.state if label else "none"]
    live = visit.path(request, "return_live", number=row.number)
    return ReturnView(
        page=frame(request),
        number=row.number,
        order_number=order.content["order"]["number"],
        order_url=visit.path(request, "order", order_id=row.order_id),
        just_sent=just_sent,
        headline=head,
        lede=lede,
        tone=tone,
        lines=checked_lines(order.content, _picks(lines, found.proven)),
        sum=sum_view(Quote.from_json(row.quote), order.content["order"]["tender"]),
        label=_label(request, found),
        send_to=address_block(visit.merchant.return_address, order.content["order"]["country"]),
        ship_by=row.ship_by,
        history=history(await list_changes(visit.merchant.id, row.id), label),
        live_url=f"{live}?version={version}{'&sent=1' if just_sent else ''}",
        version=version,
        carrier=visit.merchant.return_carrier,
    )


def _picks(lines: Sequence[ReturnLine], proven: bool) -> list[Pick]:
    """What goes back; what the shopper wrote about it is the shopper's."""
    return [Pick(str(line.line_id), line.quantity, line.reason, line.comment if proven else "") for line in lines]


def _label(request: Request, found: Found) -> LabelView:
    number, visit = found.row.number, visit_of(request)
    if found.label is not None and not found.proven:
        return LabelView("locked", proof_url(request, found.row.order_id, "return", number), "", "")
    return label_view(
        found.label, visit.path(request, "label", number=number), visit.path(request, "code", number=number)
    )
