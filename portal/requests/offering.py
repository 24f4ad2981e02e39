"""What the order's page says of requests: what can be asked about each parcel now, and what was asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from starlette.requests import Request

from portal.kernel.words import N_, Words
from portal.merchants.visits import Visit, visit_of
from portal.requests.asking import about_of
from portal.requests.rules import BEFORE, PROBLEMS, WISHES, Kind, RequestState, Standing, may_ask, offer
from portal.requests.standing import parcel_standing, standing_of
from portal.requests.story import DELIVERY, PROBLEM
from portal.requests.words import ASK, NAME
from portal.tracking.presenters import AskedLink, AskLink, Asks
from portal.tracking.queries import PageRow
from portal.tracking.reading import Parcel
from portal.tracking.rules import ParcelStatus

LINES = {
    RequestState.OPEN: N_("Asked on %(day)s. Our team has it."),
    RequestState.DONE: N_("Asked on %(day)s. Our team has done it."),
    RequestState.DECLINED: N_("Asked on %(day)s. It was not possible."),
}
"""What became of a request, as the order's page says it; what was withdrawn is not told there."""
WRONG_ADDRESS = frozenset({"consignee_incorrect_address", "carrier_address_not_found"})
WAY_OUT = {
    ParcelStatus.ATTEMPT_FAILED: Kind.REDELIVERY,
    ParcelStatus.RETURNING: Kind.ADDRESS_CORRECTION,
    ParcelStatus.RETURNED_TO_SENDER: Kind.REDELIVERY,
    ParcelStatus.LOST: Kind.LOST,
    ParcelStatus.EXPIRED: Kind.LOST,
    ParcelStatus.DAMAGED: Kind.DAMAGED,
}
"""What helps most when a parcel is in trouble."""
SAYING = {Kind.LOST: N_("Report it as lost"), Kind.DAMAGED: N_("Report the damage")}
"""What that is called beside the trouble, where it differs from the choices."""


def order_asks(request: Request, row: PageRow, parcels: Sequence[Parcel], now: datetime) -> dict[str, Asks]:
    """By parcel's id, and by "" for what was not sent yet. A few comparisons: every order page is drawn with it."""
    return _Offering(request, row, now).of(parcels)


class _Offering:
    """One order's page at one moment."""

    def __init__(self, request: Request, row: PageRow, now: datetime) -> None:
        self._request, self._row, self._now = request, row, now
        self._visit: Visit = visit_of(request)
        self._content: Mapping[str, Any] = row.content

    def of(self, parcels: Sequence[Parcel]) -> dict[str, Asks]:
        """Of every parcel, and of what is in none."""
        found = {parcel.facts["id"]: self._of_parcel(parcel) for parcel in parcels}
        standing = standing_of(self._content, "", self._visit.merchant, self._now)
        kind = Kind.ADDRESS_CORRECTION
        fits = standing is not None and offer(kind, standing, self._now).allowed
        found[""] = Asks((self._link("", kind, Words(ASK[kind])),) if fits else (), self._asked(None))
        return found

    def _of_parcel(self, parcel: Parcel) -> Asks:
        standing = parcel_standing(parcel, self._content, self._visit.merchant, self._now)
        parcel_id, links = parcel.facts["id"], []
        if may_ask(standing, self._now, WISHES):
            links.append(self._link(parcel_id, DELIVERY, Words(N_("Change where this goes"))))
        if standing.status not in BEFORE and may_ask(standing, self._now, PROBLEMS):
            links.append(self._link(parcel_id, PROBLEM, Words(N_("Report a problem"))))
        return Asks(tuple(links), self._asked(parcel_id), self._way_out(standing, parcel_id))

    def _way_out(self, standing: Standing, parcel_id: str) -> AskLink | None:
        kind = Kind.ADDRESS_CORRECTION if standing.reason in WRONG_ADDRESS else None
        kind = kind or (WAY_OUT.get(standing.status) if standing.status else None)
        if kind is None or not offer(kind, standing, self._now).allowed:
            return None
        said = N_("Say whether you want it again or your money back") if standing.status is ParcelStatus.LOST else None
        return self._link(parcel_id, kind, Words(said or SAYING.get(kind, ASK[kind])))

    def _link(self, parcel_id: str, what: str, label: Words) -> AskLink:
        about = about_of(parcel_id, what)
        return AskLink(label, self._visit.path(self._request, "request_new", order_id=self._row.order_id, number=about))

    def _asked(self, parcel_id: str | None) -> tuple[AskedLink, ...]:
        """The newest first; the team's own words only for whoever has shown that the order is theirs."""
        return tuple(
            AskedLink(
                Words(NAME[Kind(entry["kind"])]),
                Words(LINES[RequestState(entry["state"])], {"day": datetime.fromisoformat(entry["made_at"])}),
                entry["answer"] if self._row.proven else "",
                self._visit.path(self._request, "request", number=entry["number"]),
            )
            for entry in reversed(self._content.get("requests", ()))
            if entry["parcel"] == parcel_id and entry["state"] in LINES
        )
