"""From an order's page to where its parcels stand for requests. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from portal.merchants.queries import MerchantFacts
from portal.requests.rules import RequestState, Standing
from portal.tracking.answers import in_store, left_to_send
from portal.tracking.reading import Parcel, read_parcels

Content = Mapping[str, Any]


def standing_of(content: Content, parcel_id: str, merchant: MerchantFacts, now: datetime) -> Standing | None:
    """Where the parcel stands; "" is what was not sent yet. None when the order has no such parcel, or has sent all."""
    if parcel_id:
        parcels = read_parcels(content, merchant, now)
        found = next((parcel for parcel in parcels if parcel.facts["id"] == parcel_id), None)
        return parcel_standing(found, content, merchant, now) if found else None
    if not left_to_send(content) and not _stopped(content):
        return None
    return Standing(None, domestic=_domestic(content, merchant), open=_open(content, None), stopped=_stopped(content))


def parcel_standing(parcel: Parcel, content: Content, merchant: MerchantFacts, now: datetime) -> Standing:
    """Where one parcel stands."""
    facts = parcel.facts
    heard = facts["scans"][0][3] if facts["scans"] else facts["status_at"]
    due = parcel.arrival.last if parcel.arrival and parcel.dated else None
    return Standing(
        status=parcel.status,
        reason=facts["reason"],
        heard_at=datetime.fromisoformat(heard),
        delivered_at=datetime.fromisoformat(facts["delivered_at"]) if facts["delivered_at"] else None,
        due=due,
        overdue=due is not None and due < now.astimezone(merchant.zone).date(),
        domestic=_domestic(content, merchant),
        open=_open(content, facts["id"]),
        stopped=_stopped(content),
    )


def parcel_lines(content: Content, parcel_id: str) -> list[tuple[Mapping[str, Any], int]]:
    """The lines of a parcel and how many units of each are in it."""
    inside: Mapping[str, int] = next(
        (parcel["lines"] for parcel in content["parcels"] if parcel["id"] == parcel_id), {}
    )
    return [(line, inside[line["id"]]) for line in content["lines"] if line["id"] in inside]


def parcel_number(content: Content, parcel_id: str) -> int:
    """Which parcel it is, counted from 1; 0 when it is none of the order's (any more)."""
    ids: Sequence[str] = [parcel["id"] for parcel in content["parcels"]]
    return ids.index(parcel_id) + 1 if parcel_id in ids else 0


def _stopped(content: Content) -> str:
    if content["order"]["cancelled_at"]:
        return "order_cancelled"
    return "in_store" if in_store(content) else ""


def _domestic(content: Content, merchant: MerchantFacts) -> bool:
    return content["order"]["country"] in {"", merchant.country}


def _open(content: Content, parcel_id: str | None) -> dict[str, str]:
    return {
        entry["kind"]: entry["number"]
        for entry in content.get("requests", ())
        if entry["parcel"] == parcel_id and entry["state"] == RequestState.OPEN
    }
