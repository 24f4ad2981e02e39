"""Asking for a return, one question a page: which items, why, is everything right. Only for whoever has proven that the
order is theirs.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.merchants.visits import visit_of
from portal.returns.asking import (
    Asking,
    check_view,
    choose_view,
    open_asking,
    reasons_view,
    refused,
    refused_for_reasons,
    step_url,
)
from portal.returns.forms import field_errors, read_picks, read_reasons
from portal.returns.models import Return
from portal.returns.queries import find_return_by_key
from portal.returns.rules import REASONS, QuoteChanged, ReturnRefused
from portal.returns.service import request_return, save_draft
from portal.returns.status import download_label, show_code, show_return, show_return_changes
from portal.web.answers import page, redirect
from portal.web.forms import read_form


async def show_choose(request: Request) -> Response:
    """GET /orders/{order_id}/return: which items."""
    asking = await open_asking(request)
    if isinstance(asking, Response):
        return asking
    return page(request, "returns/choose.html", choose_view(request, asking, asking.picks))


async def choose(request: Request) -> Response:
    """POST /orders/{order_id}/return: keep the choice, on to the reasons."""
    asking, form = await open_asking(request), await read_form(request)
    if isinstance(asking, Response):
        return asking
    picks = read_picks(form, [line["id"] for line in asking.row.content["lines"]], asking.picks)
    errors = refused(asking, picks)
    if errors:
        return page(request, "returns/choose.html", choose_view(request, asking, picks, errors), 422)
    await save_draft(asking.merchant.id, asking.session_id, asking.row.order_id, picks, asking.now)
    return redirect(request, step_url(request, "reasons", asking))


async def show_quote(request: Request) -> Response:
    """POST /orders/{order_id}/return/quote: the sum for what is chosen now, as a fragment; nothing is kept."""
    asking, form = await open_asking(request), await read_form(request)
    if isinstance(asking, Response):
        return asking
    picks = read_picks(form, [line["id"] for line in asking.row.content["lines"]], asking.picks)
    return page(request, "returns/_sum.html", choose_view(request, asking, picks))


async def show_reasons(request: Request) -> Response:
    """GET /orders/{order_id}/return/reasons: why, line by line."""
    asking = await open_asking(request, "reasons")
    if isinstance(asking, Response):
        return asking
    if not asking.picks or refused(asking, asking.picks):
        return redirect(request, step_url(request, "choose", asking))
    return page(request, "returns/reasons.html", reasons_view(request, asking, asking.picks))


async def give_reasons(request: Request) -> Response:
    """POST /orders/{order_id}/return/reasons: keep them, on to the check."""
    asking, form = await open_asking(request, "reasons"), await read_form(request)
    if isinstance(asking, Response):
        return asking
    if not asking.picks:
        return redirect(request, step_url(request, "choose", asking))
    picks, errors = read_reasons(form, asking.picks)
    errors = errors or refused_for_reasons(asking, picks)
    if errors:
        return page(request, "returns/reasons.html", reasons_view(request, asking, picks, errors), 422)
    await save_draft(asking.merchant.id, asking.session_id, asking.row.order_id, picks, asking.now)
    return redirect(request, step_url(request, "check", asking))


async def show_check(request: Request) -> Response:
    """GET /orders/{order_id}/return/check: everything once more, before the one button that counts."""
    asking = await open_asking(request, "check")
    if isinstance(asking, Response):
        return asking
    missing = _step_back(request, asking)
    return missing or page(request, "returns/check.html", check_view(request, asking))


async def send_return(request: Request) -> Response:
    """POST /orders/{order_id}/returns: ask for it. Repeated or doubled, it is the same return."""
    asking, form = await open_asking(request, "check"), await read_form(request)
    if isinstance(asking, Response):
        return asking
    key = form.text("draft", 80)
    earlier = await find_return_by_key(asking.merchant.id, key) if key else None
    if earlier is not None and earlier.order_id == asking.row.order_id:
        return _to_confirmation(request, earlier)
    missing = _step_back(request, asking)
    if missing is not None or asking.draft is None:
        return missing or redirect(request, step_url(request, "choose", asking))
    stale = key != str(asking.draft.id)
    try:
        sent = await request_return(
            asking.merchant,
            asking.row.order_id,
            asking.picks,
            request_key=str(asking.draft.id),
            via="page",
            locale=visit_of(request).speech.language,
            now=asking.now,
            stamp="" if stale else form.text("stamp", 120),
        )
    except QuoteChanged:
        return page(request, "returns/check.html", check_view(request, asking, changed=True), 409)
    except ReturnRefused as no:
        errors = field_errors(no.refusals, asking.picks[0].line_id)
        return page(request, "returns/choose.html", choose_view(request, asking, asking.picks, errors), 409)
    return _to_confirmation(request, sent)


def _step_back(request: Request, asking: Asking) -> Response | None:
    """To the step that is still open, or None when everything is said."""
    if not asking.picks or refused(asking, asking.picks):
        return redirect(request, step_url(request, "choose", asking))
    if any(pick.reason not in REASONS for pick in asking.picks) or refused_for_reasons(asking, asking.picks):
        return redirect(request, step_url(request, "reasons", asking))
    return None


def _to_confirmation(request: Request, row: Return) -> Response:
    return redirect(request, visit_of(request).path(request, "confirmation", number=row.number))


routes = [
    Route("/orders/{order_id:uuid}/return", show_choose, methods=["GET"], name="choose"),
    Route("/orders/{order_id:uuid}/return", choose, methods=["POST"]),
    Route("/orders/{order_id:uuid}/return/quote", show_quote, methods=["POST"], name="quote"),
    Route("/orders/{order_id:uuid}/return/reasons", show_reasons, methods=["GET"], name="reasons"),
    Route("/orders/{order_id:uuid}/return/reasons", give_reasons, methods=["POST"]),
    Route("/orders/{order_id:uuid}/return/check", show_check, methods=["GET"], name="check"),
    Route("/orders/{order_id:uuid}/returns", send_return, methods=["POST"], name="returns"),
    Route("/returns/{number}", show_return, name="return"),
    Route("/returns/{number}/confirmation", show_return, name="confirmation"),
    Route("/returns/{number}/live", show_return_changes, name="return_live"),
    Route("/returns/{number}/label.pdf", download_label, name="label"),
    Route("/returns/{number}/code.svg", show_code, name="code"),
]
