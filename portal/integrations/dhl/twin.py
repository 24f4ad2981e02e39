"""A twin of DHL's unified tracking API, for tests and the demo: documented shapes, one number a call, its limits.

Loopback only. Parcels are put in as events; faults are played first to last, one an answer.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from portal.integrations.twins import Fault

PROBLEM = "application/problem+json"


@dataclass(slots=True)
class Depot:
    """What the twin knows: shipments by number, the key that opens it, the calls it still allows (None: any number).

    `asked` are the numbers it was asked for, in order; `slow` is how many seconds a silence lasts.
    """

    api_key: str
    shipments: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    allowed: int | None = None
    asked: list[str] = field(default_factory=list)
    slow: float = 60.0

    def put(self, number: str, *events: dict[str, Any], **facts: Any) -> None:
        """Let DHL know a shipment. Events as `event` makes them, in any order."""
        newest = max(events, key=lambda one: str(one["timestamp"]), default=None)
        self.shipments[number] = {
            "id": number,
            "service": "parcel-de",
            "origin": {"address": {"countryCode": "DE"}},
            "destination": {"address": {"countryCode": "DE"}},
            **({"status": newest} if newest else {}),
            "details": {"product": {"productName": "DHL PAKET"}, "proofOfDeliverySignedAvailable": False},
            "events": sorted(events, key=lambda one: str(one["timestamp"]), reverse=True),
            **facts,
        }


def event(at: str, status_code: str, said: str = "", city: str = "", country: str = "DE") -> dict[str, Any]:
    """One event as DHL writes it."""
    where = {"location": {"address": {"addressLocality": city, "countryCode": country}}} if city else {}
    return {"timestamp": at, **where, "statusCode": status_code, "status": said, "description": said}


def create_app(depot: Depot) -> Starlette:
    """The API over what the depot knows."""

    async def shipments(request: Request) -> Response:
        number = request.query_params.get("trackingNumber", "")
        depot.asked.append(number)
        if depot.faults:
            return await _play(depot.faults.pop(0), depot)
        if request.headers.get("dhl-api-key") != depot.api_key:
            return _problem(401, "Unauthorized", "Unauthorized for given resource.")
        if depot.allowed is not None:
            if depot.allowed <= 0:
                return _problem(429, "Too many requests", "Too many requests within defined time period.")
            depot.allowed -= 1
        found = depot.shipments.get(number)
        if found is None:
            return _problem(404, "No result found", "No shipment with given tracking number found.")
        return JSONResponse({"shipments": [found], "possibleAdditionalShipmentsUrl": []})

    return Starlette(routes=[Route("/track/shipments", shipments)])


async def _play(fault: Fault, depot: Depot) -> Response:
    match fault:
        case Fault.OUTAGE:
            return _problem(500, "Internal Server Error", "An unexpected error happened.")
        case Fault.HTML:
            return HTMLResponse("<html><body><h1>502 Bad Gateway</h1></body></html>", 502)
        case Fault.GARBAGE:
            return Response(b'{"shipments": [{"id": "0034', media_type="application/json")
        case Fault.SILENCE:
            await asyncio.sleep(depot.slow)
            return Response(status_code=504)
        case Fault.THROTTLED:
            return _problem(429, "Too many requests", "Too many requests.", {"Retry-After": "120"})
        case Fault.UNAUTHORISED:
            return _problem(401, "Unauthorized", "Unauthorized for given resource.")


def _problem(status: int, title: str, detail: str, headers: dict[str, str] | None = None) -> Response:
    body = {"status": status, "title": title, "detail": detail}
    return JSONResponse(body, status, media_type=PROBLEM, headers=headers)
