"""Requests: the mails that the worker sends when a shopper asks for something, and when the team has answered."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from portal.db.outbox import Claim
from portal.integrations.ports import AdapterError, Mail
from portal.kernel.refusal import Refusal
from portal.merchants.queries import find_canonical_host, get_merchant
from portal.notifications.letters import Links, write_letter
from portal.notifications.tokens import Purpose, make_token
from portal.orders.queries import find_order
from portal.requests.letters import shopper_letter, team_letter
from portal.requests.queries import find_request
from portal.requests.rules import RequestState
from portal.tracking.queries import find_page
from workers.workshop import Workshop


async def tell_team(claim: Claim, workshop: Workshop) -> None:
    """Topics `request.made` and `request.withdrawn`, payload `request_id`: to the merchant's own address; an answer
    goes to the shopper. Raises Refusal when the mail can never go out.
    """
    row = await find_request(claim.merchant_id, UUID(claim.payload["request_id"]))
    order = await find_order(claim.merchant_id, row.order_id) if row else None
    page = await find_page(claim.merchant_id, row.order_id) if row else None
    merchant = await get_merchant(claim.merchant_id)
    if row is None or order is None or page is None or not merchant.support_email:
        return  # forgotten meanwhile, or nobody to write to
    about = team_letter(row, order, page.content)
    mail = write_letter(
        workshop.stationery,
        merchant,
        merchant.locale,
        "request_team",
        about,
        merchant.support_email,
        claim.effect_id.hex,
    )
    await _send(replace(mail, reply_to=order.customer["email"] or mail.reply_to), workshop)


async def tell_shopper(claim: Claim, workshop: Workshop) -> None:
    """Topics `request.acknowledged` and `request.answered`, payload `request_id`. What was withdrawn meanwhile needs
    no mail. Raises Refusal when the mail can never go out.
    """
    row = await find_request(claim.merchant_id, UUID(claim.payload["request_id"]))
    order = await find_order(claim.merchant_id, row.order_id) if row else None
    page = await find_page(claim.merchant_id, row.order_id) if row else None
    if row is None or order is None or page is None or not order.customer["email"]:
        return
    if row.state == RequestState.WITHDRAWN:
        return
    merchant = await get_merchant(claim.merchant_id)
    locale = row.locale if row.locale in merchant.locales else merchant.locale
    base = f"{workshop.settings.public_url(await find_canonical_host(merchant.id))}/{locale}"
    url = f"{base}/o/{make_token(Purpose.OPEN, merchant.id, row.order_id, datetime.now(UTC).date())}"
    about = shopper_letter(row, page.content, url)
    links, to = Links(home=f"{base}/"), order.customer["email"]
    mail = write_letter(workshop.stationery, merchant, locale, "request_shopper", about, to, claim.effect_id.hex, links)
    await _send(mail, workshop)


async def _send(mail: Mail, workshop: Workshop) -> None:
    try:
        await workshop.postman.send(mail)
    except AdapterError as error:
        if error.permanent:
            raise Refusal(error.code) from error
        raise
