"""Shops, their deliveries and what privacy law asks, from the command line. Secrets are read, never printed."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from portal.commands.installation import Mistake, now, ready_with_database
from portal.commands.merchants import merchant_id_of

T = TypeVar("T")
LONGEST = 60


def connect(merchant: str, platform: str, shop: str, secret: str, credentials: Path | None, since: str) -> None:
    """Let a shop deliver; `credentials` is a JSON file for its API, read from `since` on. Raises Mistake."""
    from portal.intake.connections import connect_shop

    known, first_from = _credentials(credentials), _since(since)
    _with_merchant(merchant, lambda found: connect_shop(found, platform, shop, secret, known, now(), first_from))


def reconcile(merchant: str, platform: str, shop: str, since: str, tell: Callable[[str], None]) -> None:
    """Read over a shop's API what changed, now and to the end, telling how it goes. Raises Mistake."""
    start = _since(since)
    _with_merchant(merchant, lambda found: _read(found, platform, shop, start, tell))


async def _read(
    merchant_id: UUID, platform: str, shop: str, since: datetime | None, tell: Callable[[str], None]
) -> None:
    from portal.intake.queries import find_connection
    from portal.intake.reconciling import read_through
    from portal.integrations.calls import open_client

    row = await find_connection(merchant_id, platform, shop.lower())
    if row is None or not row.credentials:
        raise Mistake(f"{shop} is not connected on {platform} with credentials: doorstep shops connect … --credentials")
    listed = fetched = missed = 0
    async with open_client() as client:
        async for done in read_through(row, since, client, now):
            listed, fetched, missed = listed + done.listed, fetched + done.fetched, missed + done.missed
            reached = f", up to {_at(done.reached)}" if done.reached else ""
            tell(f"{listed} changed, {fetched} fetched, {missed} not to be had{reached}")
            if done.trouble:
                raise Mistake(f"{shop} cannot be read now: {done.trouble}")
    if missed:
        raise Mistake("Some orders could not be fetched; they are tried again, see `doorstep shops list`.")


def rotate(merchant: str, platform: str, shop: str, secret: str) -> None:
    """Give a connection a new secret; the old one stays valid until it is retired. Raises Mistake."""
    from portal.intake.connections import rotate_secret

    _with_merchant(merchant, lambda found: rotate_secret(found, platform, shop, secret, now()))


def retire(merchant: str, platform: str, shop: str) -> None:
    """End a rotation. Raises Mistake."""
    from portal.intake.connections import retire_secret

    _with_merchant(merchant, lambda found: retire_secret(found, platform, shop, now()))


def close(merchant: str, platform: str, shop: str) -> None:
    """Take nothing more from a shop. Raises Mistake."""
    from portal.intake.connections import close_connection

    _with_merchant(merchant, lambda found: close_connection(found, platform, shop, now()))


def list_shops(merchant: str) -> list[tuple[str, ...]]:
    """Platform, shop, state, whether two secrets are valid, when its API was last read to the end, what is wrong."""
    from portal.intake.queries import list_connections

    rows = _with_merchant(merchant, list_connections)
    return [
        (
            row.platform,
            row.shop,
            row.state,
            "two secrets" if row.previous_secret else "one secret",
            _read_until(row),
            _trouble(row),
        )
        for row in rows
    ]


def _read_until(row: Any) -> str:
    if not row.credentials:
        return "not read: no credentials"
    if row.read_from:
        return f"being read, at {_at(row.read_from)}"
    return f"read until {_at(row.last_success_at)}" if row.last_success_at else "not read yet"


def _trouble(row: Any) -> str:
    return f"{row.problem} ({row.failures} times, next try {_at(row.due_at)})" if row.problem else "no trouble"


def list_inbox(merchant: str, state: str, limit: int) -> list[tuple[str, ...]]:
    """Id, arrival, topic, order, state and reason of the newest deliveries. Raises Mistake."""
    from portal.intake.inbox import State
    from portal.intake.queries import list_deliveries

    if state and state not in list(State):
        raise Mistake(f"States are: {', '.join(State)}.")
    wanted = State(state) if state else None
    rows = _with_merchant(merchant, lambda found: list_deliveries(found, wanted, limit))
    return [
        (str(row.id), _at(row.received_at), f"{row.platform} {row.topic}", row.subject, row.state, _why(row))
        for row in rows
    ]


def show_delivery(merchant: str, message: str) -> str:
    """Everything about one delivery, its body last. Raises Mistake."""
    from portal.intake.queries import COLUMNS, find_delivery

    row = _with_merchant(merchant, lambda found: find_delivery(found, _id(message)))
    if row is None:
        raise Mistake(f"There is no delivery {message}.")
    facts = "\n".join(f"{name}: {getattr(row, name)}" for name in COLUMNS if getattr(row, name))
    return f"{facts}\n\n{bytes(row.body).decode(errors='replace')}"


def replay(merchant: str, message: str) -> None:
    """Let a delivery be applied anew. Raises Mistake."""
    from portal.intake.inbox import replay_delivery

    if not _with_merchant(merchant, lambda found: replay_delivery(found, _id(message), now())):
        raise Mistake(f"There is no delivery {message}.")


def prune(merchant: str, days: int) -> int:
    """Delete deliveries that are older than so many days and not waiting; returns how many."""
    from portal.intake.inbox import prune_deliveries

    return _with_merchant(merchant, lambda found: prune_deliveries(found, now(), timedelta(days=days)))


def list_privacy(merchant: str, *, everything: bool) -> list[tuple[str, ...]]:
    """Id, kind, due date, customer, orders and outcome of privacy requests, the most urgent first."""
    from portal.intake.queries import list_privacy_requests

    rows = _with_merchant(merchant, lambda found: list_privacy_requests(found, not everything))
    return [
        (
            str(row.id),
            row.kind,
            f"due {row.due_at:%Y-%m-%d}",
            row.customer_id or "-",
            ",".join(row.order_ids) or "-",
            row.outcome or "open",
        )
        for row in rows
    ]


def close_privacy(merchant: str, request: str, outcome: str) -> None:
    """Say that somebody has done what was asked. Raises Mistake."""
    from portal.intake.privacy import close_request

    _with_merchant(merchant, lambda found: close_request(found, _id(request), outcome, now()))


def _with_merchant(slug: str, do: Callable[[UUID], Awaitable[T]]) -> T:
    from portal.db.setup import database
    from portal.kernel.refusal import Refusal

    async def run(settings: Any) -> T:
        async with database(settings):
            return await do(await merchant_id_of(slug))

    with ready_with_database() as settings:
        try:
            return asyncio.run(run(settings))
        except Refusal as refusal:
            raise Mistake(_WORDS.get(refusal.code, refusal.code) % dict(refusal.params)) from refusal


_WORDS = {
    "unknown_platform": "There is no platform %(platform)s. Known: %(known)s.",
    "bad_shop": "Not the name of a shop: %(shop)s. Give its domain or store hash.",
    "weak_secret": "The secret is shorter than %(least)s characters.",
    "not_connected": "%(shop)s is not connected on %(platform)s.",
    "no_such_request": "There is no open request %(id)s.",
}


def _credentials(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Mistake(f"{file}: not a JSON file: {error}") from error
    if not isinstance(found, dict):
        raise Mistake(f"{file}: expected a JSON object")
    return found


_AGO = re.compile(r"(\d{1,4})([dh])", re.ASCII)


def _since(text: str) -> datetime | None:
    """A moment from "30d", "4h" or a date; "" is None. Raises Mistake."""
    if not text:
        return None
    ago = _AGO.fullmatch(text)
    if ago:
        return now() - timedelta(days=int(ago[1])) if ago[2] == "d" else now() - timedelta(hours=int(ago[1]))
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Mistake(f"Not a time: {text}. Say 30d, 4h, 2026-11-01 or 2026-11-01T08:00+01:00.") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Mistake(f"Not an id: {text}") from error


def _at(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else "never"


def _why(row: Any) -> str:
    where = f" ({row.path})" if row.path else ""
    return f"{row.reason or row.outcome}{where}"[: 2 * LONGEST]
