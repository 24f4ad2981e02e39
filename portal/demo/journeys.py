"""A demo parcel's way, pure: which scans a carrier would have reported by a moment, and which comes next.

Most parcels live in the past: their last scan lies a fixed time before `anchor`, the moment the demo was set up.
Parcels of a live story have their label before it and move afterwards, one scan every `pace` of the demo's clock.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.demo.codes import raw_code
from portal.demo.places import Place
from portal.demo.stories import STORIES, Step, Story


@dataclass(frozen=True, slots=True)
class Shipment:
    """A parcel. `days` ago it arrived (None: the story's own time); a live one begins `starts` after `anchor`."""

    slug: str
    carrier: str
    tracking_number: str
    story: str
    origin: Place
    stops: tuple[Place, ...]
    zone: str
    anchor: datetime
    days: int | None = None
    starts: timedelta = timedelta(0)
    pace: timedelta = timedelta(seconds=40)
    signer: str = ""


@dataclass(frozen=True, slots=True)
class Scan:
    """One event. `estimated` is the carrier's date in the sender's time zone, `window` its hours: 10:00 to 14:00."""

    id: str
    status: str
    reason: str | None
    code: str
    occurred_at: datetime
    place: Place
    estimated: date | None
    window: tuple[str, str] | None
    signed_by: str | None


def scans(shipment: Shipment) -> tuple[Scan, ...]:
    """The whole way in the order of time. The same shipment always gives the same scans."""
    steps = _steps(shipment)
    times = _times(shipment, steps)
    base = _base_day(shipment, steps, times)
    return tuple(
        _scan(shipment, number, step, at, base) for number, (step, at) in enumerate(zip(steps, times, strict=True))
    )


def scans_until(shipment: Shipment, now: datetime) -> tuple[Scan, ...]:
    """What the carrier would have reported by `now`."""
    return tuple(scan for scan in scans(shipment) if scan.occurred_at <= now)


def next_scan(shipment: Shipment, now: datetime) -> Scan | None:
    """The first scan after `now`, or None when the story is over."""
    return next((scan for scan in scans(shipment) if scan.occurred_at > now), None)


def shipped_at(shipment: Shipment) -> datetime:
    """When the label was made."""
    return scans(shipment)[0].occurred_at


def delivered_at(shipment: Shipment) -> datetime | None:
    """When a parcel that had arrived by `anchor` did so."""
    last = scans_until(shipment, shipment.anchor)[-1]
    return last.occurred_at if last.status == "delivered" else None


def _steps(shipment: Shipment) -> list[Step]:
    story = STORIES[shipment.story]
    leg = [Step("info_received", "origin", 0)]
    if story.hubs != "none":
        leg.append(Step("picked_up", "origin", 5.2, story.eta))
        hubs = 1 if story.hubs == "first" else len(shipment.stops) - 1
        leg += [Step("in_transit", f"stop {index}", 4.4 if index == 0 else 12.7, story.eta) for index in range(hubs)]
    return leg + list(story.tail)


def _times(shipment: Shipment, steps: list[Step]) -> list[datetime]:
    story = STORIES[shipment.story]
    if story.live:
        begin = shipment.anchor + shipment.starts
        return [
            shipment.anchor - timedelta(hours=7),
            *(begin + shipment.pace * index for index in range(1, len(steps))),
        ]
    after = [timedelta(hours=sum(step.hours for step in steps[1 : number + 1])) for number in range(len(steps))]
    end = _end(shipment, story)
    return [end - after[-1] + gone for gone in after]


def _end(shipment: Shipment, story: Story) -> datetime:
    if shipment.days is None:
        return _whole_minute(shipment.anchor - timedelta(hours=story.ended))
    zone = ZoneInfo(shipment.zone)
    today = shipment.anchor.astimezone(zone)
    midnight = datetime.combine(today.date() - timedelta(days=shipment.days), time(0), zone)
    if shipment.days == 0:
        return _whole_minute(midnight + (today - midnight) * 0.6)
    minutes = sum(shipment.tracking_number.encode()) * 37 % 330
    return datetime.combine(midnight.date(), time(10, 5), zone) + timedelta(minutes=minutes)


def _whole_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _base_day(shipment: Shipment, steps: list[Step], times: list[datetime]) -> date:
    """The day that a story's dates count from: when it was first brought, else its end, else today."""
    ends = times[-1] if shipment.days is not None else shipment.anchor
    past = not STORIES[shipment.story].live
    brought = [at for step, at in zip(steps, times, strict=True) if past and step.status == "out_for_delivery"]
    return (brought[0] if brought else ends).astimezone(ZoneInfo(shipment.zone)).date()


def _scan(shipment: Shipment, number: int, step: Step, at: datetime, base: date) -> Scan:
    local = at.astimezone(ZoneInfo(shipment.zone))
    window = _window(local) if step.window else None
    return Scan(
        id=f"{shipment.tracking_number}-{shipment.anchor:%y%m%d%H%M}-{number}",
        status=step.status,
        reason=step.reason,
        code=raw_code(shipment.carrier, step.status),
        occurred_at=local,
        place=_place(shipment, step.where),
        estimated=None if step.eta is None else _working_day(base + timedelta(days=step.eta), move=step.eta > 0),
        window=window,
        signed_by=shipment.signer or None if step.status == "delivered" else None,
    )


def _place(shipment: Shipment, where: str) -> Place:
    named = {"origin": shipment.origin, "hub": shipment.stops[0], "city": shipment.stops[-1]}
    named["gateway"] = shipment.stops[max(len(shipment.stops) - 2, 0)]
    return named.get(where) or shipment.stops[int(where.removeprefix("stop "))]


def _working_day(day: date, *, move: bool) -> date:
    """Carriers promise no Sunday."""
    return day + timedelta(days=1) if move and day.weekday() == 6 else day


def _window(local: datetime) -> tuple[str, str] | None:
    """The next four hours that begin on the hour, none late in the evening."""
    first = local.hour + 1
    return (f"{first:02d}:00", f"{first + 4:02d}:00") if first <= 18 else None
