"""The tracking page's floor: one json_agg query over orders, lines, parcels and scans; a view by hand; Jinja.

It knows what this page has to say and no more: no read model, no policy engine, no estimate, no tenant.
"""

import hashlib
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from portal.kernel.money import Money
from portal.orders.rules import masked_name, masked_postal_code
from portal.tracking.answers import STEP_OF
from portal.tracking.rules import ParcelStatus
from portal.tracking.story import STEPS
from portal.tracking.wording import CHIP, SCAN, TONE
from portal.web.locale import Speech
from tests.bench.floor_app import Shop
from tests.factories.merchants import NOW

NOTHING_ASKED = SimpleNamespace(links=(), asked=(), way_out=None)
WINDOW = timedelta(days=30)
VISIBLE = """
FROM shopper_sessions s JOIN orders o ON o.id = $1 AND o.merchant_id = s.merchant_id
WHERE s.merchant_id = $2 AND s.token_hash = $3 AND s.expires_at > $4 AND s.order_ids ? $1::uuid::text
"""
ONE_QUERY = f"""
SELECT json_build_object(
    'number', o.number, 'placed_at', o.placed_at, 'gift', o.gift, 'currency', o.currency, 'total', o.total,
    'address', o.shipping_address,
    'lines', (
        SELECT json_agg(json_build_object(
            'id', l.id, 'title', l.title, 'variant', l.variant, 'price', l.unit_price, 'quantity', l.quantity,
            'cancelled', l.cancelled_quantity, 'final_sale', l.final_sale, 'properties', l.properties,
            'image', i.digest
        ) ORDER BY l.position)
        FROM order_lines l LEFT JOIN product_images i ON i.merchant_id = l.merchant_id AND i.sku = l.sku
        WHERE l.order_id = o.id
    ),
    'parcels', (
        SELECT json_agg(json_build_object(
            'id', p.id, 'status', p.status, 'carrier', p.carrier, 'number', p.tracking_number,
            'delivered_at', p.delivered_at, 'date', p.carrier_date,
            'lines', (SELECT json_object_agg(pl.line_id, pl.quantity) FROM parcel_lines pl WHERE pl.parcel_id = p.id),
            'scans', (
                SELECT json_agg(json_build_array(e.status, e.city, e.occurred_at) ORDER BY e.occurred_at DESC)
                FROM tracking_events e WHERE e.parcel_id = p.id
            )
        ) ORDER BY p.position)
        FROM parcels p WHERE p.order_id = o.id AND NOT p.cancelled
    ),
    'returns', (SELECT json_agg(json_build_array(r.number, r.state)) FROM returns r WHERE r.order_id = o.id)
) {VISIBLE}
"""
NEWEST = f"""
SELECT (SELECT count(*) FROM tracking_events e JOIN parcels p ON p.id = e.parcel_id WHERE p.order_id = o.id) {VISIBLE}
"""


async def show_order(request: Request) -> Response:
    """GET /orders/{order_id}."""
    shop: Shop = request.app.state.shop
    found = await request.app.state.pool.fetchval(ONE_QUERY, *_asked(request))
    if found is None:
        return Response(status_code=303, headers={"location": "/"})
    view = view_of(orjson.loads(found), shop, request.scope["path"])
    return HTMLResponse(shop.templates.get_template("tracking/order.html").render(view=view))


async def show_changes(request: Request) -> Response:
    """GET /orders/{order_id}/live?version=, while nothing changed."""
    found = await request.app.state.pool.fetchval(NEWEST, *_asked(request))
    return Response(status_code=204 if str(found) == request.query_params["version"] else 200)


def _asked(request: Request) -> tuple[Any, ...]:
    token = hashlib.sha256(request.cookies.get("doorstep", "").encode()).digest()
    return request.path_params["order_id"], request.app.state.shop.id, token, NOW


def view_of(order: dict[str, Any], shop: Shop, path: str) -> SimpleNamespace:
    """What the templates read."""
    speech = shop.speech
    parcels = [_parcel(number, facts, order, speech, path) for number, facts in enumerate(order["parcels"], start=1)]
    coming = min((parcel for parcel in parcels if parcel.due), key=lambda parcel: parcel.due)
    day = speech.date(coming.due, "day")
    seen = next(scan[1] for scan in order["parcels"][coming.number - 1]["scans"] if scan[1])
    address = order["address"]
    where = f"{masked_postal_code(address['postal_code'])} {address['city']}"
    arrived = [datetime.fromisoformat(facts["delivered_at"]) for facts in order["parcels"] if facts["delivered_at"]]
    until = max(speech_day(moment, speech) + WINDOW for moment in arrived)
    return SimpleNamespace(
        page=shop.framed(path),
        order_number=order["number"],
        placed_on=speech_day(datetime.fromisoformat(order["placed_at"]), speech),
        headline=speech.say("Arrives %(day)s", day=day),
        lede=speech.say("On its way, last seen in %(place)s. Nothing for you to do.", place=seen),
        tone="ok",
        steps=_steps(coming.at),
        parcels=parcels,
        groups=(),
        overview=_overview(order, parcels, speech),
        address=(),
        proof_url=f"{path}/proof",
        forget_url="",
        messages_url=f"{path}/messages",
        asks=NOTHING_ASKED,
        sections=shop.blocks,
        destination=f"{masked_name(address['name'])}, {where}",
        gift=order["gift"],
        return_box=SimpleNamespace(
            line=speech.say(
                "Start by %(day)s with what is here, and with the rest once it has arrived.",
                day=speech.date(until, "day"),
            ),
            url=f"{path}/return",
        ),
        returns=order["returns"] or (),
        also=(),
        recent=True,
        total=Money(order["total"], order["currency"]),
        live_url=f"{path}/live?version={sum(len(parcel.events) for parcel in parcels)}",
    )


def speech_day(moment: datetime, speech: Speech) -> date:
    """The day of a moment where the shop is."""
    return moment.astimezone(speech._zone).date()


def _steps(place: int) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(label=label, state="done" if index < place else "now" if index == place else "todo")
        for index, label in enumerate(STEPS)
    ]


def _parcel(number: int, facts: dict[str, Any], order: dict[str, Any], speech: Speech, path: str) -> SimpleNamespace:
    status = ParcelStatus(facts["status"])
    due = date.fromisoformat(facts["date"]) if facts["date"] and not facts["delivered_at"] else None
    if due:
        arrives = speech.say("Expected %(day)s", day=speech.date(due, "day"))
    else:
        arrived = speech_day(datetime.fromisoformat(facts["delivered_at"]), speech)
        arrives = speech.say("Delivered %(day)s", day=speech.date(arrived, "day"))
    return SimpleNamespace(
        number=number,
        anchor=f"parcel-{number}",
        status=CHIP[status],
        tone=TONE[status],
        items=[
            _item(line, facts["lines"][line["id"]], order["currency"])
            for line in order["lines"]
            if line["id"] in facts["lines"]
        ],
        events=[_event(scan, speech, newest=index == 0) for index, scan in enumerate(facts["scans"])],
        arrives=arrives,
        arrives_why="The carrier gave this date." if due else None,
        carrier=facts["carrier"],
        tracking_number=facts["number"],
        incident=None,
        handed=None,
        asks=_asks(facts, path),
        due=due,
        at=STEP_OF[status],
    )


def _asks(facts: dict[str, Any], path: str) -> SimpleNamespace:
    """What can be asked of the team: about its way while it travels, about a problem always."""
    link = f"{path}/requests/new/{facts['id'].replace('-', '')[-8:]}"
    way = () if facts["delivered_at"] else (SimpleNamespace(label="Change where this goes", url=f"{link}-delivery"),)
    return SimpleNamespace(
        links=(*way, SimpleNamespace(label="Report a problem", url=f"{link}-problem")), asked=(), way_out=None
    )


def _event(scan: list[str], speech: Speech, *, newest: bool) -> SimpleNamespace:
    scanned, city, at = scan
    moment = datetime.fromisoformat(at).astimezone(speech._zone)
    if scanned == "in_transit" and city:
        text = "Arrived in %(place)s" if newest else "Passed through %(place)s"
        return SimpleNamespace(text=speech.say(text, place=city), place="", at=moment)
    return SimpleNamespace(text=SCAN[ParcelStatus(scanned)], place=city, at=moment)


def _item(line: dict[str, Any], quantity: int, currency: str) -> SimpleNamespace:
    return SimpleNamespace(
        title=line["title"],
        detail=line["variant"].replace(" / ", " · "),
        quantity=quantity,
        price=Money(line["price"] * quantity, currency),
        image_url=f"/media/{line['image']}" if line["image"] else "",
        initial=line["title"][:1].upper(),
        note="Final sale" if line["final_sale"] else None,
        split=(),
    )


def _overview(order: dict[str, Any], parcels: list[SimpleNamespace], speech: Speech) -> list[SimpleNamespace]:
    titles = {line["id"]: line["title"] for line in order["lines"]}
    return [
        SimpleNamespace(
            anchor=parcel.anchor,
            label=speech.say("Parcel %(number)s", number=parcel.number),
            status=parcel.status,
            tone=parcel.tone,
            contents=[(titles[line], units) for line, units in facts["lines"].items()],
        )
        for parcel, facts in zip(parcels, order["parcels"], strict=True)
    ]
