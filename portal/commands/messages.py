"""Messages from the command line: what went out, what did not, and why."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from portal.commands.installation import Mistake, ready_with_database
from portal.commands.merchants import merchant_id_of
from portal.kernel.ids import new_id
from portal.settings import Settings

Found = TypeVar("Found")
MOMENT = "%Y-%m-%d %H:%M"


def list_messages(slug: str, order_number: str, limit: int) -> list[tuple[str, ...]]:
    """Messages, newest first: id, when, state, milestone, channel, to whom (masked), rule. Raises Mistake."""
    from portal.notifications import queries
    from portal.orders.queries import find_order_by_number

    async def ask(merchant_id: UUID) -> list[tuple[str, ...]]:
        order = await find_order_by_number(merchant_id, order_number) if order_number else None
        if order_number and order is None:
            raise Mistake(f"{slug} has no order {order_number!r}.")
        rows = await queries.list_messages(merchant_id, order.id if order else None, limit)
        return [
            (
                str(row.id),
                f"{row.created_at:{MOMENT}}",
                f"{row.state} ({row.error})" if row.error else row.state,
                row.event["milestone"],
                row.channel,
                row.recipient or "-",
                row.rule,
            )
            for row in rows
        ]

    return _ask(slug, ask)


def explain_message(slug: str, message: str) -> list[str]:
    """Why one message went out or did not, line by line. Raises Mistake when there is none of this id."""
    from portal.notifications.queries import get_message
    from portal.notifications.rules import EXPLAINED
    from portal.orders.queries import find_order

    try:
        wanted = UUID(message)
    except ValueError as error:
        raise Mistake(f"{message!r} is no id. `doorstep messages list` shows those there are.") from error

    async def ask(merchant_id: UUID) -> list[str]:
        row = await get_message(merchant_id, wanted)
        if row is None:
            raise Mistake(f"{slug} has no message {message}.")
        order, event = await find_order(merchant_id, row.order_id), row.event
        reason = f", reason {event['reason']}" if event["reason"] else ""
        sent = f" at {row.sent_at:{MOMENT}}" if row.sent_at else ""
        return [
            f"Event     parcel {row.parcel_id} of order {order.number if order else '?'} was {event['status']}{reason} "
            f"at {event['at']}",
            f"Rule      {row.rule}: {EXPLAINED.get(row.rule, 'no longer known in this release')}",
            f"Message   {event['milestone']}, by {row.channel} in {row.locale}, words {row.template or '-'}",
            f"To        {row.recipient or 'nobody'}",
            f"State     {row.state}{sent}{f', last said: {row.error}' if row.error else ''}",
            f"News      {row.news}: told once, however often it is heard",
        ]

    return _ask(slug, ask)


def send_sample(slug: str, to: str, language: str) -> str:
    """Send a sample letter of a merchant to an address, the way every letter goes; returns where it was handed in.
    Raises Mistake saying what the mail server said.
    """
    from portal.integrations.ports import AdapterError
    from portal.kernel.words import Words
    from portal.merchants.queries import find_canonical_host, get_merchant
    from portal.notifications.letters import Links, open_stationery, write_letter
    from portal.notifications.presenters import TITLES, ParcelLetter
    from portal.settings import read_settings
    from portal.tracking.events import Milestone
    from portal.wiring import postman_of

    async def send(merchant_id: UUID) -> str:
        settings, merchant = read_settings(), await get_merchant(merchant_id)
        home = settings.public_url(await find_canonical_host(merchant_id))
        heading = Words(TITLES[Milestone.ON_ITS_WAY])
        about = ParcelLetter(heading, heading, (), "TEST", None, "", "", (), f"{home}/", False)
        mail = write_letter(
            open_stationery(), merchant, language, "parcel", about, to, f"sample-{new_id()}", Links(home)
        )
        try:
            await postman_of(settings).send(mail)
        except AdapterError as error:
            raise Mistake(f"The letter did not go out: {error}") from error
        return re.sub(r"(?<=://)[^@]*@", "", settings.mail)

    return _ask(slug, send)


def _ask(slug: str, question: Callable[[UUID], Awaitable[Found]]) -> Found:
    from portal.db.setup import database

    async def ask(settings: Settings) -> Found:
        async with database(settings):
            return await question(await merchant_id_of(slug))

    with ready_with_database() as settings:
        return asyncio.run(ask(settings))
