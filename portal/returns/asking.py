"""What the steps of asking for a return share: what each needs to know, and the view each shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from portal.kernel.words import Words
from portal.merchants.queries import MerchantFacts
from portal.merchants.visits import frame, visit_of
from portal.policies.queries import find_policy_for
from portal.policies.rules import Policy
from portal.proofs.gate import front_door, to_proof
from portal.returns.forms import field_errors, stored_picks
from portal.returns.models import ReturnDraft
from portal.returns.presenters import CheckView, ChooseView, ReasonOption, ReasonsView
from portal.returns.queries import find_draft, held_by_returns
from portal.returns.quoting import Held, Offer, decide_return, make_offer
from portal.returns.rules import REASONS, Pick, ReturnRefused
from portal.returns.story import checked_lines, choices, reason_lines, sum_view
from portal.returns.words import method_words
from portal.tracking.queries import PageRow, find_visible_page
from portal.web.cookies import SESSION, read_cookie
from portal.web.page import FieldError
from portal.web.sessions import find_session


@dataclass(frozen=True, slots=True)
class Asking:
    """What every step needs: whose order, its facts, its policy, what is chosen so far."""

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


async def open_asking(request: Request, then: str = "choose") -> Asking | Response:
    """What the step needs, or where to go instead: to the front door without a lookup, to the proof without one (and
    from there to the step `then`).
    """
    visit, now = visit_of(request), request.app.state.clock()
    merchant, order_id = visit.merchant, request.path_params["order_id"]
    token = read_cookie(request, SESSION)
    session = await find_session(merchant.id, token, now)
    row = await find_visible_page(merchant.id, order_id, token, now)
    if session is None or row is None:
        return front_door(request)
    if not row.proven:
        return to_proof(request, order_id, then)
    order = row.content["order"]
    policy = await find_policy_for(merchant.id, order["policy"], datetime.fromisoformat(order["placed_at"]))
    if policy is None:
        return front_door(request)
    held = await held_by_returns(merchant.id, order_id)
    draft = await find_draft(merchant.id, session.id, order_id)
    return Asking(merchant, row, policy, held, session.id, draft, now)


def choose_view(
    request: Request, asking: Asking, picks: Sequence[Pick], errors: tuple[FieldError, ...] = ()
) -> ChooseView:
    content = asking.row.content
    decision = decide_return(content, asking.held, asking.policy, asking.merchant.time_zone, asking.now)
    allowed, refused = choices(content, decision, asking.held, picks)
    try:
        known = [Pick(pick.line_id, pick.quantity, "") for pick in picks]
        total = sum_view(asking.offer(known).quote, content["order"]["tender"]) if picks else None
    except ReturnRefused:
        total = None
    return ChooseView(
        page=frame(request),
        order_number=content["order"]["number"],
        back_url=step_url(request, "order", asking),
        submit_url=step_url(request, "choose", asking),
        quote_url=step_url(request, "quote", asking),
        choices=allowed,
        refused=refused,
        sum=total,
        errors=errors,
    )


def reasons_view(
    request: Request, asking: Asking, picks: Sequence[Pick], errors: tuple[FieldError, ...] = ()
) -> ReasonsView:
    return ReasonsView(
        page=frame(request),
        order_number=asking.row.content["order"]["number"],
        back_url=step_url(request, "choose", asking),
        submit_url=step_url(request, "reasons", asking),
        lines=reason_lines(asking.row.content, picks),
        options=tuple(ReasonOption(code, Words(label)) for code, label in REASONS.items()),
        errors=errors,
    )


def check_view(request: Request, asking: Asking, changed: bool = False) -> CheckView:
    assert asking.draft is not None
    offer = asking.offer(asking.picks)
    return CheckView(
        page=frame(request),
        order_number=asking.row.content["order"]["number"],
        lines=checked_lines(asking.row.content, asking.picks),
        sum=sum_view(offer.quote, asking.row.content["order"]["tender"]),
        method=method_words(offer.method, asking.merchant.return_carrier),
        ship_by=offer.ship_by,
        change_lines_url=step_url(request, "choose", asking),
        change_reasons_url=step_url(request, "reasons", asking),
        submit_url=step_url(request, "returns", asking),
        draft=str(asking.draft.id),
        stamp=offer.stamp,
        changed=changed,
    )


def refused(asking: Asking, picks: Sequence[Pick]) -> tuple[FieldError, ...]:
    """What speaks against a choice of lines, whatever the reasons will be."""
    try:
        asking.offer([Pick(pick.line_id, pick.quantity, "") for pick in picks])
    except ReturnRefused as no:
        lines: list[dict[str, Any]] = asking.row.content["lines"]
        return field_errors(no.refusals, lines[0]["id"])
    return ()


def refused_for_reasons(asking: Asking, picks: Sequence[Pick]) -> tuple[FieldError, ...]:
    """What speaks against lines that could be chosen, now that the reasons are known."""
    try:
        asking.offer(picks)
    except ReturnRefused as no:
        return field_errors(no.refusals, picks[0].line_id, "reason")
    return ()


def step_url(request: Request, name: str, asking: Asking) -> str:
    return visit_of(request).path(request, name, order_id=asking.row.order_id)
