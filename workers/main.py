"""The worker process of an installation: every topic and its handler in one table, every scheduled task in another."""

from portal.intake.events import DeliveryKept, ErasureDue, OrderNamed, ReadingDue
from portal.labels.events import LabelWanted
from portal.orders.events import PersonForgotten
from portal.products.events import PicturesWanted
from portal.proofs.events import CodeWanted
from portal.requests.events import RequestAcknowledged, RequestAnswered, RequestMade, RequestWithdrawn
from portal.settings import Settings
from portal.tracking.events import ChecksDue, ParcelMoved, PictureWanted, ScansKept
from workers import (
    intake,
    labels,
    notifications,
    pictures,
    privacy,
    products,
    proofs,
    requests,
    scans,
    tidying,
    tracking,
)
from workers.running import Handler
from workers.schedule import Every
from workers.worker import serve
from workers.workshop import Workshop, open_workshop

HANDLERS: dict[str, Handler[Workshop]] = {
    LabelWanted.topic: labels.make_return_label,
    DeliveryKept.topic: intake.apply_delivery,
    OrderNamed.topic: intake.fetch_named,
    ReadingDue.topic: intake.read_shop,
    PersonForgotten.topic: privacy.forget_person,
    ErasureDue.topic: privacy.erase_shop,
    ScansKept.topic: scans.apply_scans,
    ChecksDue.topic: tracking.ask_carrier,
    PicturesWanted.topic: products.fetch_pictures,
    PictureWanted.topic: pictures.keep_picture,
    CodeWanted.topic: proofs.send_code,
    ParcelMoved.topic: notifications.tell_parcel_moved,
    RequestMade.topic: requests.tell_team,
    RequestWithdrawn.topic: requests.tell_team,
    RequestAcknowledged.topic: requests.tell_shopper,
    RequestAnswered.topic: requests.tell_shopper,
}

SCHEDULE: tuple[Every[Workshop], ...] = (
    scans.OVERDUE,
    intake.OWE_READINGS,
    tracking.ENROL,
    tracking.DUE,
    pictures.WANTED,
    tidying.TIDY,
)


async def run_worker(settings: Settings) -> None:
    """Run effects until SIGTERM or SIGINT."""
    await serve(settings, HANDLERS, open_workshop, schedule=SCHEDULE)
