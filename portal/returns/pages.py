"""The return, one question a page: which items, why, is everything right; then its status and its label."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.kernel.words import Words
from portal.labels.codes import qr_svg
from portal.labels.models import Label
from portal.labels.queries import list_labels
from portal.labels.rules import address_block
from portal.merchants.queries import MerchantFacts
from portal.merchants.visits import frame, visit_of
from portal.payouts.quotes import Quote
from portal.policies.queries import find_policy
from portal.policies.rules import Policy
from portal.returns.forms import field_errors, read_picks, read_reasons, stored_picks
from portal.returns.models import Return, ReturnDraft
from portal.returns.presenters import CheckView, ChooseView, ReasonOption, ReasonsView, ReturnView
from portal.returns.queries import (
    find_draft,
    find_return_by_key,
    find_return_by_number,
    held_by_returns,
    list_changes,
    list_return_lines,
)
from portal.returns.quoting import Held, Offer, decide_return, make_offer
from portal.returns.rules import REASONS, Pick, QuoteChanged, ReturnRefused
from portal.returns.service import request_return, save_draft
from portal.returns.story import (
    checked_lines,
    choices,
    headline,
    history,
    label_view,
    reason_lines,
    sum_view,
)
from portal.returns.words import METHODS
from portal.tracking.queries import PageRow, find_visible_page
from portal.web.answers import page, redirect, unchanged
from portal.web.cookies import SESSION, read_cookie
from portal.web.forms import read_form
from portal.web.page import FieldError
from portal.web.sessions import find_session

LABEL_STEPS = {"none": 0, "pending": 1, "failed": 2, "ready": 3}


@dataclass(frozen=True, slots=True)
class Desk:
    """What every step of one return needs: whose order, its facts, its policy, what is chosen so far."""

    merchant: MerchantFacts
    row: PageRow
    policy: Policy
    held: dict[str, Held]
    session_id: UUID
    draft: ReturnDraft | None
    now: datetime

    @property
    def picks(self) -> list[Pick]:
        """What was chosen so far."""
        return stored_picks(self.draft.picks) if self.draft else []

    def offer(self, picks: Sequence[Pick]) -> Offer:
        """What these picks would bring. Raises ReturnRefused."""
        return make_offer(self.row.content, self.held, self.policy, picks, self.merchant.time_zone, self.now)


async def show_choose(request: Request) -> Response:
    """GET /orders/{order_id}/return: which items."""
    desk = await _open(request)
    if desk is None:
        return _front_door(request)
    return page(request, "returns/choose.html", _choose_view(request, desk, desk.picks))


async def choose(request: Request) -> Response:
    """POST /orders/{order_id}/return: keep the choice, on to the reasons."""
    desk, form = await _open(request), await read_form(request)
    if desk is None:
        return _front_door(request)
    picks = read_picks(form, [line["id"] for line in desk.row.content["lines"]], desk.picks)
    refused = _refused(desk, picks)
    if refused:
        return page(request, "returns/choose.html", _choose_view(request, desk, picks, refused), 422)
    await save_draft(desk.merchant.id, desk.session_id, desk.row.order_id, picks, desk.now)
    return redirect(request, _url(request, "reasons", desk))


async def show_quote(request: Request) -> Response:
    """POST /orders/{order_id}/return/quote: the sum for what is chosen now, as a fragment; nothing is kept."""
    desk, form = await _open(request), await read_form(request)
    if desk is None:
        return _front_door(request)
    picks = read_picks(form, [line["id"] for line in desk.row.content["lines"]], desk.picks)
    return page(request, "returns/_sum.html", _choose_view(request, desk, picks))


async def show_reasons(request: Request) -> Response:
    """GET /orders/{order_id}/return/reasons: why, line by line."""
    desk = await _open(request)
    if desk is None:
        return _front_door(request)
    if not desk.picks or _refused(desk, desk.picks):
        return redirect(request, _url(request, "choose", desk))
    return page(request, "returns/reasons.html", _reasons_view(request, desk, desk.picks))


async def give_reasons(request: Request) -> Response:
    """POST /orders/{order_id}/return/reasons: keep them, on to the check."""
    desk, form = await _open(request), await read_form(request)
    if desk is None:
        return _front_door(request)
    if not desk.picks:
        return redirect(request, _url(request, "choose", desk))
    picks, errors = read_reasons(form, desk.picks)
    if errors:
        return page(request, "returns/reasons.html", _reasons_view(request, desk, picks, errors), 422)
    await save_draft(desk.merchant.id, desk.session_id, desk.row.order_id, picks, desk.now)
    return redirect(request, _url(request, "check", desk))


async def show_check(request: Request) -> Response:
    """GET /orders/{order_id}/return/check: everything once more, before the one button that counts."""
    desk = await _open(request)
    if desk is None:
        return _front_door(request)
    missing = _step_back(request, desk)
    return missing or page(request, "returns/check.html", _check_view(request, desk))


async def send_return(request: Request) -> Response:
    """POST /orders/{order_id}/returns: ask for it. Repeated or doubled, it is the same return."""
    desk, form = await _open(request), await read_form(request)
    if desk is None:
        return _front_door(request)
    key = form.text("draft", 80)
    earlier = await find_return_by_key(desk.merchant.id, key) if key else None
    if earlier is not None and earlier.order_id == desk.row.order_id:
        return _to_confirmation(request, earlier)
    missing = _step_back(request, desk)
    if missing is not None or desk.draft is None:
        return missing or redirect(request, _url(request, "choose", desk))
    stale = key != str(desk.draft.id)
    try:
        sent = await request_return(
            desk.merchant,
            desk.row.order_id,
            desk.picks,
            request_key=str(desk.draft.id),
            via="page",
            locale=visit_of(request).speech.language,
            now=desk.now,
            stamp="" if stale else form.text("stamp", 120),
        )
    except QuoteChanged:
        return page(request, "returns/check.html", _check_view(request, desk, changed=True), 409)
    except ReturnRefused as refused:
        errors = field_errors(refused.refusals, desk.picks[0].line_id)
        return page(request, "returns/choose.html", _choose_view(request, desk, desk.picks, errors), 409)
    return _to_confirmation(request, sent)


async def show_return(request: Request) -> Response:
    """GET /returns/{number}: the status page; /confirmation says first that it worked."""
    view = await _return_view(request)
    return page(request, "returns/status.html", view) if view else _front_door(request)


async def show_return_changes(request: Request) -> Response:
    """GET /returns/{number}/live?version=: 204 while nothing changed, else the fragment."""
    view = await _return_view(request)
    if view is None:
        return _front_door(request)
    if request.query_params.get("version") == str(view.version):
        return unchanged()
    return page(request, "returns/_live.html", view)


async def download_label(request: Request) -> Response:
    """GET /returns/{number}/label.pdf: the label, to this browser alone."""
    row, label = await _find(request) or (None, None)
    if row is None or label is None or label.state != "ready":
        return _front_door(request)
    pdf = await request.app.state.store.get(label.storage_key)
    if pdf is None:
        raise FileNotFoundError(f"label of {row.number} is recorded and not in storage")
    headers = {"content-disposition": f'inline; filename="{row.number}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


async def show_code(request: Request) -> Response:
    """GET /returns/{number}/code.svg: the QR code for a counter that prints the label."""
    found = await _find(request)
    if found is None or found[1] is None:
        return _front_door(request)
    return Response(qr_svg(found[1].drop_off), media_type="image/svg+xml")


async def _open(request: Request) -> Desk | None:
    """What the step needs, or None when this browser has not looked the order up."""
    visit, now = visit_of(request), request.app.state.clock()
    merchant, order_id = visit.merchant, request.path_params["order_id"]
    token = read_cookie(request, SESSION)
    session = await find_session(merchant.id, token, now)
    row = await find_visible_page(merchant.id, order_id, token, now)
    if session is None or row is None:
        return None
    pinned = row.content["order"]["policy"]
    policy = await find_policy(merchant.id, UUID(pinned) if pinned else None)
    if policy is None:
        return None
    held = await held_by_returns(merchant.id, order_id)
    draft = await find_draft(merchant.id, session.id, order_id)
    return Desk(merchant, row, policy, held, session.id, draft, now)


async def _find(request: Request) -> tuple[Return, Label | None] | None:
    """The return that the path names and its label, if this browser has looked its order up."""
    visit, now = visit_of(request), request.app.state.clock()
    session = await find_session(visit.merchant.id, read_cookie(request, SESSION), now)
    row = await find_return_by_number(visit.merchant.id, request.path_params["number"])
    if session is None or row is None or str(row.order_id) not in session.order_ids:
        return None
    labels = await list_labels(visit.merchant.id, [row.id])
    return row, labels[0] if labels else None


async def _return_view(request: Request) -> ReturnView | None:
    found = await _find(request)
    if found is None:
        return None
    (row, label), visit = found, visit_of(request)
    order = await find_visible_page(
        visit.merchant.id, row.order_id, read_cookie(request, SESSION), request.app.state.clock()
    )
    if order is None:
        return None
    just_sent = request.scope["path"].endswith("/confirmation")
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
        lines=checked_lines(
            order.content, [Pick(str(line.line_id), line.quantity, line.reason, line.comment) for line in lines]
        ),
        sum=sum_view(Quote.from_json(row.quote), order.content["order"]["tender"]),
        label=label_view(
            label,
            visit.path(request, "label", number=row.number),
            visit.path(request, "code", number=row.number),
        ),
        send_to=address_block(visit.merchant.return_address, order.content["order"]["country"]),
        ship_by=row.ship_by,
        history=history(await list_changes(visit.merchant.id, row.id), label),
        live_url=f"{live}?version={version}",
        version=version,
    )


def _choose_view(
    request: Request, desk: Desk, picks: Sequence[Pick], errors: tuple[FieldError, ...] = ()
) -> ChooseView:
    content = desk.row.content
    decision = decide_return(content, desk.held, desk.policy, desk.merchant.time_zone, desk.now)
    allowed, refused = choices(content, decision, desk.held, picks)
    try:
        known = [Pick(pick.line_id, pick.quantity) for pick in picks]
        total = sum_view(desk.offer(known).quote, content["order"]["tender"]) if picks else None
    except ReturnRefused:
        total = None
    return ChooseView(
        page=frame(request),
        order_number=content["order"]["number"],
        back_url=_url(request, "order", desk),
        submit_url=_url(request, "choose", desk),
        quote_url=_url(request, "quote", desk),
        choices=allowed,
        refused=refused,
        sum=total,
        errors=errors,
    )


def _reasons_view(
    request: Request, desk: Desk, picks: Sequence[Pick], errors: tuple[FieldError, ...] = ()
) -> ReasonsView:
    return ReasonsView(
        page=frame(request),
        order_number=desk.row.content["order"]["number"],
        back_url=_url(request, "choose", desk),
        submit_url=_url(request, "reasons", desk),
        lines=reason_lines(desk.row.content, picks),
        options=tuple(ReasonOption(code, Words(label)) for code, label in REASONS.items()),
        errors=errors,
    )


def _check_view(request: Request, desk: Desk, changed: bool = False) -> CheckView:
    assert desk.draft is not None
    offer = desk.offer(desk.picks)
    return CheckView(
        page=frame(request),
        order_number=desk.row.content["order"]["number"],
        lines=checked_lines(desk.row.content, desk.picks),
        sum=sum_view(offer.quote, desk.row.content["order"]["tender"]),
        method=Words(METHODS[offer.method]),
        ship_by=offer.ship_by,
        change_lines_url=_url(request, "choose", desk),
        change_reasons_url=_url(request, "reasons", desk),
        submit_url=_url(request, "returns", desk),
        draft=str(desk.draft.id),
        stamp=offer.stamp,
        changed=changed,
    )


def _refused(desk: Desk, picks: Sequence[Pick]) -> tuple[FieldError, ...]:
    """What speaks against a choice of lines, whatever the reasons will be."""
    try:
        desk.offer([Pick(pick.line_id, pick.quantity) for pick in picks])
    except ReturnRefused as refused:
        lines: list[dict[str, Any]] = desk.row.content["lines"]
        return field_errors(refused.refusals, lines[0]["id"])
    return ()


def _step_back(request: Request, desk: Desk) -> Response | None:
    """To the step that is still open, or None when everything is said."""
    if not desk.picks or _refused(desk, desk.picks):
        return redirect(request, _url(request, "choose", desk))
    if any(pick.reason not in REASONS for pick in desk.picks):
        return redirect(request, _url(request, "reasons", desk))
    return None


def _to_confirmation(request: Request, row: Return) -> Response:
    return redirect(request, visit_of(request).path(request, "confirmation", number=row.number))


def _front_door(request: Request) -> Response:
    return redirect(request, visit_of(request).path(request, "lookup"))


def _url(request: Request, name: str, desk: Desk) -> str:
    return visit_of(request).path(request, name, order_id=desk.row.order_id)


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
