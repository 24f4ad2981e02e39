"""A twin of UPS's token and Track API, for tests and the demo: documented shapes, tokens that end, faults on demand.

Loopback only. Packages are put in as activities; faults are played first to last, one a question about a package.
"""

import asyncio
import base64
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from portal.integrations.twins import Fault


@dataclass(slots=True)
class Hub:
    """What the twin knows: packages by number, who may ask, tokens that are good, how long a token lasts (seconds).

    `asked` are the numbers it was asked for, in order; `slow` is how many seconds a silence lasts.
    """

    client_id: str
    client_secret: str
    packages: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    lifetime: int = 14399
    tokens_made: int = 0
    asked: list[str] = field(default_factory=list)
    slow: float = 60.0

    def put(self, number: str, *activities: dict[str, Any], **facts: Any) -> None:
        """Let UPS know a package. Activities as `activity` makes them, the newest first."""
        newest = activities[0]["status"] if activities else {}
        self.packages[number] = {
            "trackingNumber": number,
            "activity": list(activities),
            "currentStatus": newest,
            "deliveryDate": [],
            "packageCount": 1,
            **facts,
        }


def activity(
    day: str, time: str, kind: str, code: str, status_code: str = "", city: str = "", country: str = "US"
) -> dict[str, Any]:
    """One activity as UPS writes it; `day` (YYYYMMDD) and `time` (HHMMSS) are Greenwich's."""
    place = {"address": {"city": city, "countryCode": country, "country": country}} if city else {}
    status = {"type": kind, "code": code, "statusCode": status_code, "description": f"{kind} {code}"}
    return {
        "location": place, "status": status, "date": day, "time": time, "gmtDate": day, "gmtTime": time,
        "gmtOffset": "+00:00",
    }  # fmt: skip


def create_app(hub: Hub) -> Starlette:
    """The API over what the hub knows."""

    async def token(request: Request) -> Response:
        pair = base64.b64encode(f"{hub.client_id}:{hub.client_secret}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {pair}":
            return _errors(401, "10401", "ClientId is Invalid")
        made = uuid4().hex
        hub.tokens.add(made)
        hub.tokens_made += 1
        told = {"token_type": "Bearer", "access_token": made, "expires_in": str(hub.lifetime), "status": "approved"}
        return JSONResponse({"client_id": hub.client_id, **told})

    async def details(request: Request) -> Response:
        number = request.path_params["number"]
        hub.asked.append(number)
        if hub.faults:
            return await _play(hub.faults.pop(0), hub)
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in hub.tokens:
            return _errors(401, "250002", "Invalid Authentication Information.")
        if not (request.headers.get("transid") and request.headers.get("transactionsrc")):
            return _errors(400, "TV1003", "Missing transId or transactionSrc")
        if not 7 <= len(number) <= 34:
            return _errors(400, "TV1002", "Invalid inquiry number")
        found = hub.packages.get(number)
        if found is None:
            warned = {"warnings": [{"code": "TW0001", "message": "Tracking Information Not Found"}]}
            return JSONResponse({"trackResponse": {"shipment": [{"inquiryNumber": number, **warned}]}})
        return JSONResponse({"trackResponse": {"shipment": [{"inquiryNumber": number, "package": [found]}]}})

    return Starlette(
        routes=[
            Route("/security/v1/oauth/token", token, methods=["POST"]),
            Route("/api/track/v1/details/{number}", details),
        ]
    )


async def _play(fault: Fault, hub: Hub) -> Response:
    match fault:
        case Fault.OUTAGE:
            return _errors(503, "TV9999", "Resource is not available")
        case Fault.HTML:
            return HTMLResponse("<html><body>Access Denied</body></html>", 200)
        case Fault.GARBAGE:
            return Response(b'{"trackResponse": {"shipment": [', media_type="application/json")
        case Fault.SILENCE:
            await asyncio.sleep(hub.slow)
            return Response(status_code=504)
        case Fault.THROTTLED:
            return Response(status_code=429, headers={"Retry-After": "90"})
        case Fault.UNAUTHORISED:
            hub.tokens.clear()
            return _errors(401, "250002", "Invalid Authentication Information.")


def _errors(status: int, code: str, message: str) -> Response:
    return JSONResponse({"response": {"errors": [{"code": code, "message": message}]}}, status)
