"""Parcels as the order page reads them: the status, the day it comes (where one may be promised), the day it came."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.estimates.rules import Estimate, EstimateFacts, estimate
from portal.merchants.queries import MerchantFacts
from portal.tracking.rules import ENDED, ParcelStatus

UNSOLVED = frozenset(
    {
        "carrier_address_not_found",
        "carrier_parcel_lost",
        "carrier_refused",
        "consignee_cancelled",
        "consignee_incorrect_address",
        "consignee_refused",
        "consignee_verification_failed",
        "customs_documentation",
        "customs_duties_unpaid",
        "customs_prohibited",
        "not_collected",
        "parcel_being_researched",
        "regulatory_hold",
        "retailer_cancelled",
        "retailer_incorrect_data",
        "security_issue",
    }
)
"""Reasons that somebody has to settle first: until then any date, the carrier's too, would be a guess."""


STILL_HERE = frozenset({ParcelStatus.PENDING, ParcelStatus.INFO_RECEIVED})
"""Packed and labelled, and nobody has seen the carrier take it."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel's facts with its status read and its date worked out. `arrival` is None once it no longer comes.

    `dated` is False while no day may be promised.
    """

    facts: Mapping[str, Any]
    status: ParcelStatus
    arrival: Estimate | None
    delivered_on: date | None
    dated: bool

    @property
    def place(self) -> str:
        """Where it was seen last, a city or ""."""
        return next((scan[2] for scan in self.facts["scans"] if scan[2]), "")


def read_parcels(content: Mapping[str, Any], merchant: MerchantFacts, now: datetime) -> list[Parcel]:
    """The parcels of an order, each with its date."""
    return [_read(parcel, content["order"], merchant, now) for parcel in content["parcels"]]


def expected(
    facts: Mapping[str, Any] | None, order: Mapping[str, Any], merchant: MerchantFacts, now: datetime
) -> Estimate:
    """When a parcel comes; without one, when the order would."""
    left = facts is not None and facts["status"] not in STILL_HERE
    shipped = datetime.fromisoformat(facts["shipped_at"]) if facts and left else None
    destination = order["country"] or merchant.country
    location = facts.get("location", "") if facts else ""
    promise = merchant.delivery.promise(location, destination, _service(order))
    return estimate(
        EstimateFacts(
            carrier_date=date.fromisoformat(facts["date"]) if facts and facts["date"] else None,
            placed_at=datetime.fromisoformat(order["placed_at"]),
            shipped_at=shipped,
            processing_days=promise.processing_days,
            transit_days=promise.transit_days,
            cutoff_hour=promise.cutoff_hour,
            origin_country=promise.country,
            destination_country=destination,
            destination_region=order["region"] or None,
            time_zone=promise.time_zone,
        ),
        now,
    )


def _service(order: Mapping[str, Any]) -> str:
    """The name of the shipping method that was chosen."""
    return next((charge["title"] for charge in order["charges"] if charge["kind"] == "shipping"), "")


def _read(facts: Mapping[str, Any], order: Mapping[str, Any], merchant: MerchantFacts, now: datetime) -> Parcel:
    status = ParcelStatus(facts["status"])
    delivered = datetime.fromisoformat(facts["delivered_at"]) if facts["delivered_at"] else None
    coming = status not in ENDED and status is not ParcelStatus.RETURNING
    arrival = expected(facts, order, merchant, now) if coming else None
    return Parcel(
        facts,
        status,
        arrival,
        delivered.astimezone(merchant.zone).date() if delivered and status is ParcelStatus.DELIVERED else None,
        arrival is not None and _may_promise(facts, status, arrival, merchant),
    )


def _may_promise(facts: Mapping[str, Any], status: ParcelStatus, arrival: Estimate, merchant: MerchantFacts) -> bool:
    """Whether the day may be shown: not while something is unsolved, and after trouble only the carrier's own."""
    if status is ParcelStatus.AVAILABLE_FOR_PICKUP:
        return False
    if status not in {
        ParcelStatus.DELAYED,
        ParcelStatus.ON_HOLD,
        ParcelStatus.EXCEPTION,
        ParcelStatus.ATTEMPT_FAILED,
    }:
        return True
    if status is ParcelStatus.ON_HOLD or facts["reason"] in UNSOLVED:
        return False
    if arrival.source != "carrier" or arrival.late:
        return False
    tried = datetime.fromisoformat(facts["status_at"]).astimezone(merchant.zone).date()
    return status is not ParcelStatus.ATTEMPT_FAILED or arrival.last > tried
