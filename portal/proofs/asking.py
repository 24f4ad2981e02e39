"""What the pages of the proofs room share: who asks, about which order, how often that may happen."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from starlette.requests import Request

from portal.merchants.queries import MerchantFacts
from portal.merchants.visits import visit_of
from portal.orders.models import Order
from portal.orders.queries import find_order
from portal.orders.rules import email_key, number_key
from portal.proofs.queries import find_asker
from portal.web.cookies import SESSION, read_cookie
from portal.web.errors import TooManyTries
from portal.web.limits import network_of
from portal.web.models import ShopperSession
from portal.web.sessions import has_proven

MAILS_PER_NETWORK = "10/10minute"
MAILS_SOON = "3/10minute"
"""Mails about one order to one address from one network; counted by what was typed, whether it fits an order or not."""
MAILS_PER_HOUR, MAILS_PER_DAY = "8/hour", "10/day"
"""The same from everywhere: what a mailbox is spared. Never so few that one network alone could use them up."""
MAILS_PER_DAY_FROM_NETWORK = "6/day"
"""Less than the whole: one who guesses cannot use up what the shopper needs."""
CODES_PER_NETWORK = "30/10minute"


@dataclass(frozen=True, slots=True)
class Asker:
    """A browser that has looked an order up."""

    merchant: MerchantFacts
    session: ShopperSession
    order: Order
    cookie: str
    now: datetime

    @property
    def proven(self) -> bool:
        """Whether it needs no proof any more."""
        return has_proven(self.session, self.order.id, self.now)

    @property
    def email(self) -> str:
        """Where the order's mails go, or ""."""
        email: str = self.order.customer.get("email") or ""
        return email


async def open_asker(request: Request) -> Asker | None:
    """Who asks about the order in the path, or None when this browser has not looked it up."""
    visit, now = visit_of(request), request.app.state.clock()
    cookie, order_id = read_cookie(request, SESSION), request.path_params["order_id"]
    session = await find_asker(visit.merchant.id, cookie, now)
    if session is None or str(order_id) not in session.order_ids:
        return None
    order = await find_order(visit.merchant.id, UUID(str(order_id)))
    return Asker(visit.merchant, session, order, cookie, now) if order else None


async def count_mail(request: Request, number: str, email: str, *, waiting: bool) -> bool:
    """Count a mail that is wanted. False when it is not to be sent because others have asked too often, and this
    browser is `waiting` for a code that still counts. Raises TooManyTries otherwise.
    """
    merchant, network = str(visit_of(request).merchant.id), network_of(request)
    who = f"{number_key(number)} {email_key(email)}"
    limiter = request.app.state.limiter
    if not await limiter.allows(
        (MAILS_PER_NETWORK, f"proof-network:{merchant}", network),
        (MAILS_SOON, f"proof-mail:{merchant}", f"{network} {who}"),
        (MAILS_PER_DAY_FROM_NETWORK, f"proof-mail-from:{merchant}", f"{network} {who}"),
    ):
        raise TooManyTries
    allowed: bool = await limiter.allows(
        (MAILS_PER_HOUR, f"proof-mail-hour:{merchant}", who), (MAILS_PER_DAY, f"proof-mail-day:{merchant}", who)
    )
    if not allowed and not waiting:
        raise TooManyTries
    return allowed


async def count_code(request: Request) -> None:
    """Count a code that is tried. Raises TooManyTries."""
    merchant = str(visit_of(request).merchant.id)
    if not await request.app.state.limiter.allows((CODES_PER_NETWORK, f"proof-code:{merchant}", network_of(request))):
        raise TooManyTries
