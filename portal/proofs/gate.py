"""The gate before everything that changes something: who has not shown that the order is theirs does so first, and
comes back to where they wanted to go.
"""

import re
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.merchants.visits import visit_of
from portal.web.answers import redirect

NUMBER = re.compile(r"[A-Za-z0-9-]{1,32}")


def to_proof(request: Request, order_id: UUID, then: str = "order", about: str = "") -> Response:
    """To the page that asks for a proof; afterwards to the page `then`: the name of a route for GET that takes the
    order's id, a number, which is `about` ("return", "R-1001"), or both.
    """
    return redirect(request, proof_url(request, order_id, then, about))


def proof_url(request: Request, order_id: UUID, then: str = "order", about: str = "") -> str:
    """The same as an address, for a link."""
    asked = {"then": then, **({"about": about} if about else {})} if then != "order" else {}
    url = visit_of(request).path(request, "proof", order_id=order_id)
    return f"{url}?{urlencode(asked)}" if asked else url


def front_door(request: Request) -> Response:
    """To the lookup, which says why; alike for an order of somebody else and one that never was."""
    return redirect(request, f"{visit_of(request).path(request, 'lookup')}?again=1")


def read_goal(request: Request, then: str, about: str) -> tuple[str, str]:
    """What was asked for as `then` and `about`, if there is such a page; else the order's own. Never an address."""
    named = _params(request, then)
    if named == {"order_id"}:
        return then, ""
    if named in ({"number"}, {"order_id", "number"}) and NUMBER.fullmatch(about):
        return then, about
    return "order", ""


def goal_url(request: Request, order_id: UUID, goal: str, about: str) -> str:
    """The address of a goal that was read."""
    params: dict[str, Any] = {"order_id": order_id, "number": about}
    then, about = read_goal(request, goal, about)
    named = _params(request, then) or {"order_id"}
    return visit_of(request).path(request, then, **{name: params[name] for name in named})


def _params(request: Request, name: str) -> set[str] | None:
    """The parameters of the page with this name; None when there is none."""
    for route in request.app.routes:
        if isinstance(route, Route) and route.name == name:
            return set(route.param_convertors) if "GET" in (route.methods or ()) else None
    return None
