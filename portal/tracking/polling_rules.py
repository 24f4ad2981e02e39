"""When a carrier is asked about a parcel again: often while something is about to happen, hardly ever when not.

Pure: the facts and the moment come in, the next moment (or None: never again) comes out. Moments are spread by the
parcel's own number between 0 and 1, so that a thousand parcels handed over together are not due in one second.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.tracking.rules import ParcelStatus

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

FIRST_NEWS = HOUR
"""How long carriers take to know a parcel they have just been told of."""
MORNING, EVENING = time(7), time(21)
"""When couriers are out, by the clock of the destination."""
LOOK_BACK = 12 * HOUR
"""A delivery is looked at once more: its proof comes late, and now and then it is taken back."""
TOO_OLD = 60 * DAY
"""After its handover. Carriers forget parcels after 90 to 120 days, and numbers are used again."""
STANDSTILL = 30 * DAY
"""Without any news a parcel is not asked for any longer than this."""
HEARD_LATELY = 3 * DAY
"""A source that reports by itself is trusted so long after its last word."""
BESIDE_A_SOURCE = DAY
"""How often a parcel is asked about that somebody reports anyway: to notice what they leave out."""
LONGEST = DAY
NEVER_HEARD_OF = 10
WAITED_FOR = 7 * DAY
"""A number that the carrier did not know so many times in a row, so long after the handover, is none of theirs."""
OVER = frozenset({ParcelStatus.RETURNED_TO_SENDER, ParcelStatus.CANCELLED, ParcelStatus.EXPIRED})
"""Nothing more happens to these. What is lost or damaged may still turn up."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What the next moment depends on. `heard_at`: the last word of a source that reports by itself; `failures`: times
    in a row without an answer about it; `share`: how long one round over all parcels of the account takes when its
    calls of a day are dealt out evenly.
    """

    parcel_id: UUID
    status: ParcelStatus
    status_at: datetime
    shipped_at: datetime
    zone: ZoneInfo
    delivered_at: datetime | None = None
    expected: date | None = None
    heard_at: datetime | None = None
    failures: int = 0
    share: timedelta = timedelta(0)


def first_check(watched: Watched, now: datetime) -> datetime | None:
    """When a parcel is asked about for the first time; spread over an hour, less when it is about to arrive."""
    if is_over(watched, now):
        return None
    window = min(HOUR, _interval(watched, now))
    return max(now, watched.shipped_at + FIRST_NEWS) + spread(watched.parcel_id) * window


def next_check(watched: Watched, now: datetime) -> datetime | None:
    """When it is asked about again after an answer, or after none."""
    if is_over(watched, now):
        return None
    wait = _interval(watched, now) * (0.9 + 0.2 * spread(watched.parcel_id))
    if watched.status is ParcelStatus.DELIVERED and not watched.failures:
        return max((watched.delivered_at or watched.status_at) + LOOK_BACK, now + HOUR)
    return _in_the_morning(watched, now + wait)


def is_over(watched: Watched, now: datetime) -> bool:
    """Whether nothing more is to be learnt by asking."""
    if watched.status is ParcelStatus.DELIVERED:
        return _reported(watched, now) or now >= (watched.delivered_at or watched.status_at) + LOOK_BACK
    unheard = watched.failures >= NEVER_HEARD_OF and _unmoved(watched) and now - watched.shipped_at > WAITED_FOR
    still = now - max(watched.status_at, watched.shipped_at) > STANDSTILL
    return watched.status in OVER or unheard or still or now - watched.shipped_at > TOO_OLD


def account_wait(failures: int, retry_after: float | None) -> timedelta:
    """How long an account is left alone after so many outages in a row; what the carrier asks for counts for more."""
    doubled = min(MINUTE * 2 ** min(failures, 9), 6 * HOUR)
    return max(doubled if failures > 1 else MINUTE, timedelta(seconds=retry_after or 0))


def allowance(daily: int, used: int, now: datetime) -> int:
    """Calls that an account may make now: its day's calls dealt out over the (UTC) day, with an hour's in hand."""
    gone = (now - now.replace(hour=0, minute=0, second=0, microsecond=0)) / DAY
    return max(0, min(daily, int(daily * (gone + 1 / 24)) + 1) - used)


def share_of(watched_parcels: int, daily: int) -> timedelta:
    """How long a round over all of them takes with so many calls a day."""
    return DAY * watched_parcels / max(daily, 1)


def spread(parcel_id: UUID) -> float:
    """A number from 0 to 1 that is always the same for a parcel, and another for the next."""
    # The last bits of an id are random; a product with a large odd number mixes those of ids that only count up.
    return (parcel_id.int * 0x9E3779B97F4A7C15 & 0xFFFF_FFFF) / 0x1_0000_0000


def _interval(watched: Watched, now: datetime) -> timedelta:
    wait = max(_by_status(watched, now), watched.share * _weight(watched))
    if _reported(watched, now):
        wait = max(wait, BESIDE_A_SOURCE)
    early = _unmoved(watched) and now - watched.shipped_at < 2 * DAY
    # Right after the handover a carrier often does not know a parcel yet: that is no reason to ask less.
    return min(wait * 2 ** (0 if early else min(watched.failures, 6)), max(LONGEST, watched.share))


def _by_status(watched: Watched, now: datetime) -> timedelta:
    still = now - watched.status_at
    match watched.status:
        case ParcelStatus.OUT_FOR_DELIVERY:
            return 25 * MINUTE if still < 18 * HOUR else 3 * HOUR
        case ParcelStatus.UNKNOWN | ParcelStatus.PENDING | ParcelStatus.INFO_RECEIVED:
            waiting = now - watched.shipped_at
            return 3 * HOUR if waiting < 2 * DAY else 8 * HOUR if waiting < 7 * DAY else DAY
        case ParcelStatus.AVAILABLE_FOR_PICKUP | ParcelStatus.RETURNING:
            return 8 * HOUR
        case ParcelStatus.LOST | ParcelStatus.DAMAGED:
            return DAY
        case _:
            today = now.astimezone(watched.zone)
            if watched.expected == today.date() and _is_daytime(today.time()):
                return 90 * MINUTE
            return 4 * HOUR if still < 2 * DAY else 8 * HOUR if still < 5 * DAY else DAY


def _weight(watched: Watched) -> float:
    """What is out for delivery may have four times its share of a small account, what stands still waits longer."""
    return 0.25 if watched.status is ParcelStatus.OUT_FOR_DELIVERY else 1.0


def _in_the_morning(watched: Watched, moment: datetime) -> datetime:
    """Nobody delivers at night: what would be asked then about a courier's round waits for the morning there."""
    there = moment.astimezone(watched.zone)
    if watched.status is not ParcelStatus.OUT_FOR_DELIVERY or _is_daytime(there.time()):
        return moment
    day = there.date() + (DAY if there.time() >= EVENING else timedelta(0))
    morning = datetime.combine(day, MORNING, watched.zone)
    return morning.astimezone(moment.tzinfo) + spread(watched.parcel_id) * HOUR / 2


def _is_daytime(there: time) -> bool:
    return MORNING <= there < EVENING


def _reported(watched: Watched, now: datetime) -> bool:
    return watched.heard_at is not None and now - watched.heard_at < HEARD_LATELY


def _unmoved(watched: Watched) -> bool:
    return watched.status in {ParcelStatus.UNKNOWN, ParcelStatus.PENDING, ParcelStatus.INFO_RECEIVED}
